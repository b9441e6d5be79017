from __future__ import annotations

import pytest

from contracts.expectations import ACKNOWLEDGED, Kind, kind_of
from contracts.findings import Severity
from contracts.greeting import NoReceiverError
from contracts.plan import Plan
from contracts.run_events import CaseEnded, FindingSeen, RunEnded, RunStarted
from contracts.scope import Depth, Scope
from tests.support.receivers.judging import CATALOG, REGISTRY, judged, judging, receiver_at
from tests.support.receivers.reference import DROPPED, Answer, Asked, right
from tests.support.sockets import not_listening

CHECKS = REGISTRY.select()
GIVEN = [check for check in CHECKS if check.letter != "G"]
"""All checks but those that generate bodies by the hundred."""


def of_families(letters):
    return [check for check in CHECKS if check.letter in letters]


def test_a_run_begins_tells_its_cases_and_ends(receivers):
    events = [*judging(receivers.add(right))]

    assert isinstance(events[0], RunStarted)
    assert {type(event) for event in events[1:-1]} == {CaseEnded}
    assert [event.done for event in events[1:-1]] == [*range(1, len(events) - 1)]
    assert isinstance(events[-1], RunEnded)


def test_a_finding_is_told_as_soon_as_it_is_seen(receivers):
    events = [*judging(receivers.add(lambda asked: right(asked.signed_anew())))]
    kinds = [type(event) for event in events]

    assert FindingSeen in kinds
    assert kinds.index(FindingSeen) < len(kinds) - 2


def test_no_connection_at_all_is_no_finding():
    with not_listening() as sock, pytest.raises(NoReceiverError, match="no connection"):
        judged(f"http://127.0.0.1:{sock.getsockname()[1]}/")


def test_a_receiver_that_hangs_on_everything_is_told_so_once(receivers):
    url = receivers.add(lambda _: Answer(delay_s=2.0))

    result = judged(url, receiver=receiver_at(url, timeout_s=0.2))

    assert [finding.code for finding in result.findings] == ["P05"]
    assert len(result.traffic) <= 5
    assert result.left_out


@pytest.mark.slow
def test_hanging_on_every_event_does_not_cost_the_deadline_for_each_check(receivers):
    def stalling(request):
        return right(request) if request.is_challenge else Answer(delay_s=1.0)

    url = receivers.add(stalling)
    result = judged(url, depth=Depth.DEFAULT, receiver=receiver_at(url, timeout_s=0.1))

    hung = [sent for sent in result.traffic if kind_of(sent.exchange) is Kind.NO_ANSWER]
    assert len(hung) * 3 < 120  # seconds, with Zoom's deadline
    assert "A01" in {finding.code for finding in result.findings}
    assert {planned.check.code for planned in result.left_out} >= {"A01", "B01", "D02", "G01"}


def test_hanging_on_every_forgery_does_not_cost_the_deadline_for_each(receivers):
    def stalling(request):
        return right(request) if request.is_signed else Answer(delay_s=1.0)

    url = receivers.add(stalling)
    result = judged(
        url, checks=of_families("PAS"), depth=Depth.DEFAULT, receiver=receiver_at(url, timeout_s=0.2)
    )

    assert {finding.severity for finding in result.findings} == {Severity.ERROR}
    assert "S01" in {finding.code for finding in result.findings}
    assert {planned.check.code for planned in result.left_out} >= {"S03", "S04"}


def test_a_single_slow_answer_is_not_believed(receivers):
    slow = iter([*[False] * 10, True])

    def slow_once(asked):
        return Answer(delay_s=1.0) if next(slow, False) else right(asked)

    url = receivers.add(slow_once)
    result = judged(url, receiver=receiver_at(url, timeout_s=0.3))

    assert result.findings == ()


def test_a_death_is_blamed_on_the_case_that_caused_it(receivers):
    dead = []

    def dies_of_an_empty_list(asked):
        if asked.body == b"[]" and asked.is_signed:
            dead.extend([True] * 3)
        if dead:
            dead.pop()
            return DROPPED
        return right(asked)

    result = judged(receivers.add(dies_of_an_empty_list), checks=of_families("PAR"), depth=Depth.DEFAULT)
    (finding,) = result.findings

    assert (finding.code, finding.severity) == ("R02", Severity.ERROR)
    assert "an empty list" in finding.message
    assert finding.cause.endswith("died")


@pytest.mark.slow
def test_a_receiver_that_stays_dead_ends_the_run(receivers):
    dead = []

    def dies(asked):
        if asked.body == b"null" and asked.is_signed:
            dead.append(True)
        return DROPPED if dead else right(asked)

    result = judged(receivers.add(dies), checks=of_families("PAR"), depth=Depth.DEFAULT)

    assert "no longer answers" in result.stopped
    assert [finding.code for finding in result.findings] == ["R02"]
    assert {planned.check.code for planned in result.left_out} >= {"R03", "R09"}


@pytest.mark.slow
def test_what_does_not_fit_into_the_time_is_left_out_and_listed(receivers):
    def slow(asked):
        answer = right(asked)
        return Answer(answer.status, answer.body, answer.headers, delay_s=0.02)

    result = judged(receivers.add(slow), depth=Depth.DEFAULT, budget_s=3.0)

    assert result.findings == ()
    assert result.left_out
    assert result.elapsed_s < 4
    assert {case.code[0] for case in result.cases} >= {"A", "B", "H", "D", "S", "R"}


def test_a_receiver_that_bans_an_address_is_not_blamed_for_refusing_good_events_afterwards(receivers):
    refused: list[Asked] = []

    def banning(asked):
        answer = Answer(403, "banned") if len(refused) > 2 else right(asked)
        if 400 <= answer.status < 500:
            refused.append(asked)
        return answer

    result = judged(receivers.add(banning), checks=GIVEN, depth=Depth.DEFAULT)

    assert len(refused) > 50
    assert result.findings == ()


def test_forgeries_are_not_judged_by_answers_that_come_before_verifying(receivers):
    url = receivers.add(lambda asked: right(asked.signed_anew()))

    result = judged(url, receiver=receiver_at(url, acks_before_verifying=True))

    assert not {finding.code for finding in result.findings} & {"S01", "S02", "S03", "S04"}


def test_the_interrupted_still_hear_what_was_found(receivers):
    events = judging(receivers.add(lambda asked: right(asked.signed_anew())))
    for event in events:
        if isinstance(event, FindingSeen):
            break

    ended = events.throw(KeyboardInterrupt())

    assert isinstance(ended, RunEnded)
    assert ended.result.is_interrupted
    assert len(ended.result.findings) == 1


def scope():
    return Scope(receiver=receiver_at("http://127.0.0.1:9/"), catalog=CATALOG, events=tuple(CATALOG))


def test_a_plan_counts_requests_without_sending_any():
    some = Plan.of(map(REGISTRY.find, ("H02", "S01", "S03")), scope())
    plan = Plan.of(CHECKS, scope())

    # Two procedures of three requests; one case of S01 and three of S03, of one event below the depth deep.
    assert some.requests() == {"H": 6, "S": 4}
    assert sum(plan.requests().values()) == sum(planned.case.requests for planned in plan.cases)


def test_a_fitted_plan_keeps_the_first_case_of_every_check_that_sends():
    plan = Plan.of(CHECKS, scope())
    quick = [planned for planned in plan.cases if planned.case.depth is Depth.QUICK]

    fitted = plan.fitted(within_s=1.2 * sum(each.case.requests for each in quick), latency_s=1.0)

    assert fitted.left_out
    assert {planned.case.depth for planned in fitted.left_out} == {Depth.DEFAULT}
    assert all(any(kept is each for kept in fitted.cases) for each in quick)
    left_out = {planned.check.code for planned in fitted.left_out}
    assert any(planned.check.code in left_out for planned in fitted.cases)


def test_an_expectation_says_what_came_instead(receivers):
    result = judged(
        receivers.add(lambda asked: Answer(500, "boom") if asked.event.endswith("create") else right(asked))
    )

    (finding,) = result.findings

    assert finding.code == "A01"
    assert finding.expected == ACKNOWLEDGED.words
    assert "500 failed" in finding.received
    assert "boom" in finding.received


def test_the_secret_is_taken_out_of_what_a_receiver_says(receivers):
    def leaking(asked):
        return (
            Answer(500, "secret 4fv1RkqGQUq5sWbEz6hA5A") if asked.event.endswith("create") else right(asked)
        )

    result = judged(receivers.add(leaking))

    assert "4fv1RkqGQUq5sWbEz6hA5A" not in str([finding.value() for finding in result.findings])
