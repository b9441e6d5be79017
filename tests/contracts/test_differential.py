"""A receiver that refuses what is right is told which wrong computation it makes."""

from __future__ import annotations

from email.utils import formatdate

import pytest

from contracts.differential import MOST_SEARCHES, Diagnosis
from contracts.pacing import OutOfTimeError
from emitter.core.secrets import Secret, SecretToken
from emitter.core.signing import sign
from emitter.core.subscription import BasicAuth
from emitter.delivery.clock import SystemClock
from tests.support.receivers.defective.computations import DEFECTS, NOT_ALWAYS, over_body
from tests.support.receivers.judging import REGISTRY, judged, receiver_at, session_for
from tests.support.receivers.reference import SECRET_TOKEN, Answer, right

EVENT = "revenue_accelerator.playlist_create"
PREFLIGHT = [check for check in REGISTRY if check.letter == "P"]
BYTES = [check for check in REGISTRY if check.letter in "PB"]


def now_s():
    return SystemClock().now_ms() / 1000


def with_another_secret(asked):
    other = sign(SecretToken("another-secret-token-0"), timestamp_s=asked.timestamp, body=asked.body)
    return right(asked.signed_if(asked.signature == other))


@pytest.mark.parametrize("defect", DEFECTS, ids=lambda defect: defect.name)
def test_the_wrong_computation_is_named_with_its_remedy(defect, receivers):
    url = receivers.add(defect.receiver()[0])

    (finding,) = judged(url, checks=PREFLIGHT, receiver=receiver_at(url, auth=defect.auth)).findings

    assert finding.code == "P04"
    assert defect.says in finding.message
    assert finding.mend != REGISTRY.find("P04").mend.words
    assert SECRET_TOKEN.reveal() not in str(finding.value())


@pytest.mark.parametrize(
    ("rewritten", "says"), NOT_ALWAYS, ids=lambda each: each if isinstance(each, str) else ""
)
def test_the_habit_of_a_receiver_that_refuses_some_bodies_is_named(rewritten, says, receivers):
    respond = over_body(rewritten)

    result = judged(receivers.add(lambda asked: respond(asked, right)), checks=BYTES)

    assert says in result.findings[0].message


def test_nothing_is_named_where_nothing_accounts_for_it(receivers):
    (finding,) = judged(receivers.add(with_another_secret), checks=PREFLIGHT).findings

    assert "none of" in finding.message
    assert "accepts what" not in finding.message
    assert "same secret token" in finding.mend


def test_what_takes_anything_that_looks_like_a_probe_is_not_believed(receivers):
    def taking_all_but_what_is_right(asked):
        return right(asked.signed_if(not asked.is_signed))

    result = judged(receivers.add(taking_all_but_what_is_right), checks=PREFLIGHT)

    assert all("it accepts what is computed so" not in finding.message for finding in result.findings)


def test_a_clock_that_is_wrong_is_told_by_its_answers(receivers):
    def an_hour_behind(asked):
        is_fresh = asked.is_signed and abs(now_s() - 3600 - int(asked.timestamp)) < 300
        answer = right(asked.signed_anew() if is_fresh else asked.signed_if(False))
        said = formatdate(now_s() - 3600, usegmt=True)
        return Answer(answer.status, answer.body, (("date", said),))

    (finding,) = judged(receivers.add(an_hour_behind), checks=PREFLIGHT).findings

    assert "3600 s behind" in finding.message or "3601 s behind" in finding.message
    assert "NTP" in finding.mend


def test_a_password_with_a_colon_is_pointed_at(receivers):
    url = receivers.add(lambda _: Answer(401))
    auth = BasicAuth("zoom", Secret("open:sesame"))

    (finding,) = judged(url, checks=PREFLIGHT, receiver=receiver_at(url, auth=auth)).findings

    assert "colon" in finding.mend
    assert "sesame" not in str(finding.value())


@pytest.mark.slow
def test_a_search_ends_with_the_time_of_the_run(receivers):
    def slow(asked):
        answer = with_another_secret(asked)
        return Answer(answer.status, answer.body, answer.headers, delay_s=0.1)

    result = judged(receivers.add(slow), checks=PREFLIGHT, budget_s=2.0)

    assert [finding.code for finding in result.findings] == ["P04"]
    assert result.elapsed_s < 4


def test_refusals_for_other_reasons_are_searched_a_few_times_only(receivers):
    def refusing_most(asked):
        return (
            Answer(422)
            if asked.is_signed and not asked.event.endswith("analysis_completed")
            else right(asked)
        )

    result = judged(receivers.add(refusing_most))
    probes = [sent for sent in result.traffic if sent.case == "diagnosis"]

    assert len(probes) <= 70 * (MOST_SEARCHES + 1)
    assert all("computed so" not in finding.message for finding in result.findings)


def test_no_time_at_all_explains_nothing(receivers):
    session = session_for(receivers.add(right), budget_s=-1.0)

    assert Diagnosis(session).of_everything(EVENT).mistake is None
    with pytest.raises(OutOfTimeError):
        session.challenge()
