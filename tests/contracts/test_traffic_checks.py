"""What the matrix does not show of the checks of Zoom's traffic: severities, shapes, limits of haste."""

from __future__ import annotations

import json
import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest

from contracts.findings import Severity
from contracts.plan import Plan
from contracts.scope import Depth
from emitter.delivery.clock import monotonic_ms
from tests.support.receivers.judging import CATALOG, REGISTRY, judged, receiver_at, scope_for
from tests.support.receivers.reference import Answer, right


def run_of(receivers, respond, *codes, **options):
    checks = [REGISTRY.find(code) for code in codes]
    return judged(receivers.add(respond), checks=checks, **{"depth": Depth.DEFAULT, **options})


def severities(result):
    return {finding.code: finding.severity for finding in result.findings}


def cases_of(*codes, depth=Depth.DEFAULT, events=("*",)):
    scope = scope_for(receiver_at("http://127.0.0.1:9/", events=events), depth=depth)
    return [planned.case for planned in Plan.of([REGISTRY.find(code) for code in codes], scope).cases]


def test_every_optional_field_is_absent_once():
    names = {(case.event, case.name) for case in cases_of("A05")}

    for event in CATALOG:
        optional = set(event.schema["properties"]["payload"]["properties"]) - set(
            event.schema["properties"]["payload"]["required"]
        )
        for field in optional:
            assert any(event.name == name and field in title for name, title in names), (event.name, field)


def test_every_value_of_an_enum_is_sent():
    sources = CATALOG.find("conversation_analysis_completed").schema["properties"]["payload"]["properties"][
        "object"
    ]["properties"]["source"]["enum"]
    names = " ".join(case.name for case in cases_of("A06"))

    assert all(f'"{source}"' in names for source in sources)


def test_arrays_are_empty_and_long():
    names = [case.name for case in cases_of("A07")]

    assert any("empty array" in name for name in names)
    assert any("50 items" in name for name in names)


@pytest.mark.parametrize("status", [400, 401, 422])
def test_what_zoom_would_hardly_send_may_be_refused(receivers, status):
    def strict(asked):
        conversation = asked.object.get("conversation_id", "x") if isinstance(asked.object, dict) else "x"
        return Answer(status) if asked.is_signed and not conversation else right(asked)

    result = run_of(receivers, strict, "A01", "A09")

    assert result.findings == ()


def test_a_plausible_event_that_is_refused_is_an_error_and_an_odd_one_that_fails_a_warning(receivers):
    def picky(asked):
        name = asked.object.get("playlist_name", "x") if isinstance(asked.object, dict) else "x"
        ids = [value for key, value in asked.object.items() if key.endswith("_id")]
        if asked.is_signed and "" in ids:
            return Answer(500)
        return Answer(422) if asked.is_signed and name == "" else right(asked)

    result = run_of(receivers, picky, "A01", "A08", "A09")

    assert severities(result) == {"A08": Severity.ERROR, "A09": Severity.WARNING}


def test_events_it_does_not_subscribe_to_are_judged_as_unknown_ones(receivers):
    def failing(asked):
        return Answer(501) if asked.event.endswith("playlist_delete") else right(asked)

    url = receivers.add(failing)
    checks = [REGISTRY.find("A01"), REGISTRY.find("A03")]
    narrow = receiver_at(url, events=("*.playlist_create",))
    result = judged(url, checks=checks, depth=Depth.DEFAULT, receiver=narrow)

    assert severities(result) == {"A03": Severity.WARNING}
    assert "does not subscribe" in result.findings[0].message
    assert severities(judged(url, checks=checks, depth=Depth.DEFAULT)) == {"A01": Severity.ERROR}


def test_who_subscribes_to_everything_gets_no_event_as_unknown():
    assert len(cases_of("A03")) == 1
    assert len(cases_of("A03", events=("*.playlist_create",))) == len(CATALOG)


def test_bodies_reach_the_size_that_their_names_say(receivers):
    sizes = []

    def measuring(asked):
        sizes.append(len(asked.body))
        return right(asked)

    run_of(receivers, measuring, "A14", depth=Depth.DEEP)

    wanted = [64_000, 128_000, 512_000, 1_000_000]
    assert [size for size in sizes if size > 50_000] == [pytest.approx(size, rel=0.02) for size in wanted]


def test_answers_are_looked_at_only_if_that_is_asked_for(receivers):
    assert cases_of("A15") == []

    def echoing(asked):
        answer = right(asked)
        return replace(answer, status=200, body=asked.body) if answer.status == 204 else answer

    strict = {"is_response_strict": True}
    assert run_of(receivers, echoing, "A15", **strict).findings == ()

    def lacking(asked):
        answer = echoing(asked)
        return replace(answer, body=json.dumps({"event": asked.event})) if asked.event else answer

    for respond, why in ((right, "the status is 204"), (lacking, "event_ts")):
        (finding,) = run_of(receivers, respond, "A15", **strict).findings
        assert why in finding.message


def test_another_severity_holds_for_a_hang(receivers):
    def hanging(asked):
        return Answer(delay_s=1.0) if b"field_zoom_may" in asked.body else right(asked)

    url = receivers.add(hanging)
    result = judged(url, checks=[REGISTRY.find("A10")], receiver=receiver_at(url, timeout_s=0.2))

    assert severities(result) == {"A10": Severity.ERROR}


@pytest.mark.slow
def test_a_receiver_that_serves_one_at_a_time_is_not_hurried(receivers):
    """By any of these checks; all of them at the same time, for it is mostly waiting."""
    codes = ["D02", "D04", "D05", "O01"]
    with ThreadPoolExecutor(len(codes)) as pool:
        results = dict(zip(codes, pool.map(lambda code: served_alone(receivers, code), codes), strict=True))

    for code, (result, together) in results.items():
        assert result.findings == (), code
        assert together == [], code


def served_alone(receivers, code):
    """Judge a receiver that serves one at a time; return the result, and what came while it was busy."""
    alone, never, together = threading.Lock(), threading.Event(), []

    def serving(asked):
        if not alone.acquire(blocking=False):
            together.append(asked)
            alone.acquire()
        try:
            never.wait(0.8)
            return right(asked)
        finally:
            alone.release()

    result = judged(receivers.add(serving), checks=[REGISTRY.find(code)], depth=Depth.DEFAULT)
    return result, together


def test_a_burst_grows_until_the_receivers_pace_forbids_it(receivers):
    lock, now, most = threading.Lock(), [0], []

    def counting(asked):
        with lock:
            now[0] += 1
            most.append(now[0])
        threading.Event().wait(0.25)
        with lock:
            now[0] -= 1
        return right(asked)

    run_of(receivers, counting, "O01")

    assert max(most) == 4


def test_a_retry_after_a_timeout_has_the_request_id_and_body_of_the_first(receivers):
    arrived = []

    def keeping(asked):
        arrived.append(asked)
        return right(asked)

    run_of(receivers, keeping, "D03", depth=Depth.QUICK)
    first, again = [asked for asked in arrived if asked.is_signed][-2:]

    assert first.body == again.body
    assert first.headers["x-zm-request-id"] == again.headers["x-zm-request-id"]
    assert first.signature != again.signature


def test_a_duplicate_is_signed_anew(receivers):
    arrived = []

    def keeping(asked):
        arrived.append(asked)
        return right(asked)

    run_of(receivers, keeping, "D01", depth=Depth.QUICK)
    first, again = arrived[-2:]

    assert (first.body, first.headers["x-zm-request-id"]) == (again.body, again.headers["x-zm-request-id"])
    assert int(first.timestamp) < int(again.timestamp)


def test_a_story_out_of_order_can_be_seen_again(receivers):
    def ordered(asked):
        is_late = asked.event.endswith("playlist_create") and "playlist_delete" in seen
        seen.add(asked.event.rpartition(".")[2])
        return Answer(409) if is_late else right(asked)

    seen: set[str] = set()
    (finding,) = run_of(receivers, ordered, "D06").findings

    assert finding.reproduce
    assert "--fault reorder" in finding.reproduce.command
    assert "playlist_delete" in finding.reproduce.command


@pytest.mark.parametrize("status", [405, 404, 501, 403])
def test_other_methods_may_be_refused_in_any_way(receivers, status):
    def respond(asked):
        return right(asked) if asked.method == "POST" else Answer(status)

    assert run_of(receivers, respond, "R06").findings == ()


def test_get_may_be_answered_by_a_page(receivers):
    def respond(asked):
        return Answer(200, "up") if asked.method in {"GET", "HEAD", "OPTIONS"} else right(asked)

    assert run_of(receivers, respond, "R06").findings == ()


def test_a_method_that_makes_it_fail_is_told(receivers):
    def respond(asked):
        return Answer(500) if asked.method == "GET" else right(asked)

    assert severities(run_of(receivers, respond, "R06")) == {"R06": Severity.WARNING}


def test_half_requests_never_overlap_others(receivers):
    now, most = [0], []

    def counting(asked):
        now[0] += 1
        most.append(now[0])
        answer = right(asked)
        now[0] -= 1
        return answer

    began_ms = monotonic_ms()
    assert run_of(receivers, counting, "R07", "R08", "R09").findings == ()

    assert max(most) == 1
    assert monotonic_ms() - began_ms < 10_000
