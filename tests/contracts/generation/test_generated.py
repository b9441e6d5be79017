"""What the walk through the schemas sends, finds, shrinks, keeps and counts."""

from __future__ import annotations

import json
import re
from dataclasses import replace

import pytest
from hypothesis import strategies as st

from contracts.checks.generated import FUZZED, _cover_plausible, _cover_wrong, _fuzz_plausible, _fuzz_wrong
from contracts.expectations import ACKNOWLEDGED, NOT_A_SERVER_ERROR
from contracts.findings import Severity
from contracts.generation.course import Course
from contracts.generation.fuzzing import Fuzzing
from contracts.generation.keeping import KeptBodies
from contracts.generation.sources import Generated, GenerationError, Source
from contracts.generation.trials import Trials
from contracts.plan import Plan
from contracts.run_events import RunEnded
from contracts.runner import run
from contracts.scope import Depth
from emitter.catalog.validation import problems
from tests.support.receivers.judging import CATALOG, REGISTRY, judged, receiver_at, scope_for, session_for
from tests.support.receivers.reference import Answer, Asked, right

EVENT = CATALOG.find("playlist_create")
TIME = re.compile(rb"\b\d{13}\b")


def course(**changed):
    return Course(code="G01", event=EVENT.name, **{"expects": ACKNOWLEDGED, **changed})


def failing_on(is_bad, answer=None):
    def respond(asked):
        if asked.is_signed and asked.event == EVENT.name and is_bad(asked):
            return answer or Answer(500)
        return right(asked)

    return respond


def payload_of(asked):
    payload = asked.value.get("payload") if isinstance(asked.value, dict) else None
    return payload if isinstance(payload, dict) else {}


def generated(session):
    return [sent for sent in session.traffic if sent.recipe.body.__class__.__name__ == "ExactBody"]


def test_plausible_bodies_all_fit_and_reach_every_field_and_value(receivers):
    session = session_for(receivers.add(right))

    misses = [*_cover_plausible(session, EVENT, course(fits=lambda value: not problems(EVENT, value)))]

    values = [json.loads(sent.signed_body) for sent in generated(session)]
    assert misses == []
    assert all(problems(EVENT, value) == [] for value in values)
    objects = [value["payload"]["object"] for value in values]
    assert {each["playlist_type"] for each in objects} == {"BASIC", "SMART"}
    assert {"create_time" in each for each in objects} == {True, False}
    assert {"operator" in value["payload"] for value in values} == {True, False}
    assert not any(
        "\0" in sent.signed_body.decode() or '""' in sent.signed_body.decode() for sent in generated(session)
    )


def test_wrong_bodies_have_every_type_wrong_and_every_required_field_absent(receivers):
    session = session_for(receivers.add(right))

    misses = [*_cover_wrong(session, EVENT, course(expects=NOT_A_SERVER_ERROR))]

    bodies = [sent.signed_body for sent in generated(session)]
    values = [json.loads(body) for body in bodies if body]
    objects = [value for value in values if isinstance(value, dict)]
    assert misses == []
    assert len(bodies) > 80
    assert {type(value).__name__ for value in values} >= {"int", "bool", "NoneType", "str", "list", "dict"}
    assert all(any(name not in value for value in objects) for name in ("event", "event_ts", "payload"))
    assert any(value.get("event") not in {EVENT.name, None} for value in objects)


def test_a_crash_is_found_with_the_smallest_body_that_shows_it(receivers):
    def is_bad(asked):
        return "operator_id" in payload_of(asked) and "operator" not in payload_of(asked)

    session = session_for(receivers.add(failing_on(is_bad)))

    first, *_ = _cover_plausible(session, EVENT, course(fits=lambda value: not problems(EVENT, value)))

    assert first.sent is not None
    value = json.loads(first.sent.signed_body)
    assert first.kind == "server-error"
    assert value["payload"].keys() == {"account_id", "operator_id", "object"}
    assert value["payload"]["object"].keys() == {"playlist_id", "playlist_name", "playlist_type"}
    assert "the smallest body found: {" in first.message


def test_what_is_found_at_random_is_shrunk_and_told_with_its_seed(receivers):
    def is_bad(asked):
        name = asked.object.get("playlist_name") if isinstance(asked.object, dict) else None
        return isinstance(name, str) and len(name) > 20 and " " not in name  # no plain name

    session = session_for(receivers.add(failing_on(is_bad)))

    (miss,) = _fuzz_plausible(session, EVENT, course(fits=lambda value: not problems(EVENT, value)))

    assert miss.sent is not None
    value = json.loads(miss.sent.signed_body)
    assert len(value["payload"]["object"]["playlist_name"]) == 21
    assert value["payload"].keys() == {"account_id", "object"}
    assert "(seed zoom)" in miss.message


@pytest.mark.parametrize(
    ("fuzz", "expects"), [(_fuzz_plausible, ACKNOWLEDGED), (_fuzz_wrong, NOT_A_SERVER_ERROR)]
)
def test_a_right_receiver_gets_as_many_bodies_at_random_as_planned(receivers, fuzz, expects):
    session = session_for(receivers.add(right))

    assert [*fuzz(session, EVENT, course(expects=expects))] == []
    assert len(generated(session)) >= FUZZED


def test_bodies_are_about_many_things_and_none_is_sent_twice(receivers):
    for make, expects in ((_cover_wrong, NOT_A_SERVER_ERROR), (_fuzz_plausible, ACKNOWLEDGED)):
        session = session_for(receivers.add(right))
        assert [*make(session, EVENT, course(expects=expects))] == []

        bodies = [sent.signed_body for sent in generated(session)]
        objects = [
            Asked("POST", {}, body).object
            for body in bodies
            if isinstance(Asked("POST", {}, body).value, dict)
        ]
        assert len({*bodies}) == len(bodies)
        for name in ("playlist_name", "playlist_id"):
            assert len({str(each.get(name)) for each in objects if isinstance(each, dict)}) > 10


def test_what_is_wrong_with_a_body_is_all_that_is_wrong_with_it(receivers):
    session = session_for(receivers.add(right))

    assert [*_cover_wrong(session, EVENT, course(expects=NOT_A_SERVER_ERROR))] == []

    values = [json.loads(sent.signed_body) for sent in generated(session) if sent.signed_body]
    found = [problems(EVENT, value) for value in values if isinstance(value, dict)]
    counts = [len(each) for each in found]
    assert sum(count == 1 for count in counts) > 50
    assert max(counts) <= 3


SOME_EVENTS = (
    EVENT.name,
    "revenue_accelerator.playlist_delete",
    "revenue_accelerator.conversation_analysis_completed",
)


def failing_where(fails):
    def respond(asked):
        if asked.is_signed and isinstance(asked.value, dict) and fails(asked.value):
            return Answer(500)
        return right(asked)

    return respond


def has_odd_operator(value):
    payload = value.get("payload")
    return isinstance(payload, dict) and not isinstance(payload.get("operator", ""), str)


def has_no_time(value):
    return "event_ts" not in value


def test_what_several_events_show_for_one_reason_is_one_finding_for_each_reason(receivers):
    url = receivers.add(failing_where(lambda value: has_odd_operator(value) or has_no_time(value)))
    checks = [replace(check, implied_by=()) for check in REGISTRY.select(select=["G02"])]

    result = judged(url, checks=checks, receiver=receiver_at(url, events=SOME_EVENTS), depth=Depth.DEFAULT)

    found = {finding.cause: finding for finding in result.findings}
    assert found.keys() == {"wrong-type: server-error", "missing-field: server-error"}
    assert found["missing-field: server-error"].event == "*"  # every event has a time
    odd = found["wrong-type: server-error"]
    assert odd.event == "*"
    assert odd.count > 5
    assert "; likewise revenue_accelerator." in odd.message
    assert "conversation_analysis_completed" not in odd.message  # which has no operator


def test_what_one_event_shows_is_about_that_event(receivers):
    def fails(value):
        return value.get("event") == EVENT.name and has_odd_operator(value)

    url = receivers.add(failing_where(fails))
    checks = REGISTRY.select(select=["G02"])
    result = judged(url, checks=checks, receiver=receiver_at(url, events=SOME_EVENTS), depth=Depth.DEFAULT)

    assert [(finding.event, finding.cause) for finding in result.findings] == [
        (EVENT.name, "wrong-type: server-error")
    ]


def test_the_same_seed_gives_the_same_bodies(receivers):
    runs = []
    for _ in range(2):
        session = session_for(receivers.add(right))
        assert [*_cover_wrong(session, EVENT, course(expects=NOT_A_SERVER_ERROR))] == []
        runs.append([TIME.sub(b"a time", sent.signed_body) for sent in generated(session)])

    assert runs[0] == runs[1]


def test_fewer_bodies_than_planned_are_our_defect(receivers):
    session = session_for(receivers.add(right))
    search = Fuzzing(Trials(session, EVENT.name, NOT_A_SERVER_ERROR), most=50, seed="zoom")

    with pytest.raises(GenerationError, match="only 1 of 50"):
        search.run(st.just(Generated(b"{}", {})))

    assert GenerationError.exit_status == 4


def test_a_schema_that_nothing_fits_is_our_defect_and_no_pass():
    with pytest.raises(GenerationError):
        Source("x", {"type": "object", "properties": {"a": False}, "required": ["a"]}).coverage(is_valid=True)


def test_who_refuses_everything_by_now_is_not_blamed_for_each_body(receivers):
    session = session_for(receivers.add(lambda _: Answer(403)))

    assert [*_cover_plausible(session, EVENT, course(fits=lambda value: not problems(EVENT, value)))] == []


def test_what_failed_is_kept_sent_first_and_forgotten_once_mended(receivers, tmp_path):
    is_mended: list[bool] = []

    def is_bad(asked):
        return not is_mended and "operator_id" in payload_of(asked) and "operator" not in payload_of(asked)

    url = receivers.add(failing_on(is_bad))
    scope = replace(scope_for(receiver_at(url)), kept=KeptBodies(tmp_path, receiver=url), events=(EVENT,))
    checks = REGISTRY.select(select=["G01"])

    def judged(scope):
        session = session_for(url)
        ended = [*run(session, checks, scope)][-1]
        assert isinstance(ended, RunEnded)
        return ended.result

    assert [finding.code for finding in judged(scope).findings] == ["G01"]

    again = judged(replace(scope, depth=Depth.QUICK))
    assert again.cases[0].name == "what failed before"
    assert [finding.severity for finding in again.findings] == [Severity.ERROR]
    assert "as in an earlier run" in again.findings[0].message

    is_mended.append(True)
    assert judged(replace(scope, depth=Depth.QUICK)).findings == ()
    assert judged(replace(scope, depth=Depth.QUICK)).cases[0].name != "what failed before"


def test_the_plan_counts_what_would_be_sent_without_making_it():
    scope = scope_for(receiver_at("http://localhost:1/"))
    checks = REGISTRY.select(select=["G"])
    requests = {depth: Plan.of(checks, replace(scope, depth=depth)).requests()["G"] for depth in Depth}

    assert requests == {Depth.QUICK: 14, Depth.DEFAULT: 14 + 7 * 220, Depth.DEEP: 14 + 7 * 220 + 7 * 200}
