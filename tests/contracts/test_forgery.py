"""What the families about forgers must not say of right receivers, and what they must say exactly."""

from __future__ import annotations

import pytest

from contracts.findings import Evidence, Severity
from contracts.scope import Depth
from emitter.core.faults import FAULTS
from emitter.core.secrets import Secret
from emitter.core.subscription import BasicAuth, CustomHeaderAuth, LegacyTokenAuth
from emitter.delivery.clock import SystemClock
from tests.support.receivers.defective import credentials
from tests.support.receivers.judging import REGISTRY, judged, receiver_at
from tests.support.receivers.reference import SECRET_TOKEN, Answer, right

SECRET = SECRET_TOKEN.reveal()
OURS = [check for check in REGISTRY if check.letter in "PAFHSUL"]


def now_s():
    return SystemClock().now_ms() / 1000


def with_lenient_hex(asked):
    digits, right_digits = (
        (text or "").removeprefix("v0=")[:64].lower() for text in (asked.signature, asked.right_signature())
    )
    return right(asked.signed_if(digits == right_digits))


def test_lenient_hex_is_worth_knowing_and_no_more(receivers):
    (finding,) = judged(receivers.add(with_lenient_hex), checks=OURS, depth=Depth.DEFAULT).findings

    assert (finding.code, finding.severity) == ("S09", Severity.INFO)
    assert finding.count > 1


def test_a_receiver_that_acknowledges_first_is_not_judged_by_its_answers(receivers):
    def acknowledging(asked):
        return right(asked) if asked.is_challenge else Answer(200)

    url = receivers.add(acknowledging)
    result = judged(
        url, checks=OURS, receiver=receiver_at(url, acks_before_verifying=True), depth=Depth.DEFAULT
    )

    assert [finding.code for finding in result.findings if finding.severity is not Severity.INFO] == []


@pytest.mark.parametrize(
    "auth",
    [
        BasicAuth("zoom", Secret("open sesame")),
        BasicAuth("zoom", Secret("open:sesame")),
        CustomHeaderAuth("x-webhook-key", Secret("open-sesame")),
    ],
    ids=["basic", "a password with a colon", "custom header"],
)
def test_a_receiver_that_checks_credentials_rightly_has_nothing_to_mend(auth, receivers):
    name, value = auth.headers()[0]

    def checking(asked):
        return right(asked) if asked.headers.get(name) == value else Answer(401)

    url = receivers.add(checking)
    result = judged(url, checks=OURS, receiver=receiver_at(url, auth=auth), depth=Depth.DEFAULT)

    assert {finding.code: finding.message for finding in result.findings} == {}
    assert "U" in {case.code[0] for case in result.cases}


@pytest.mark.parametrize("auth", [None, LegacyTokenAuth(Secret("retired"))], ids=["none", "retired token"])
def test_credentials_are_looked_at_only_where_there_are_some(auth, receivers):
    url = receivers.add(right)
    receiver = receiver_at(url, auth=auth) if auth else receiver_at(url)

    result = judged(url, checks=OURS, receiver=receiver)

    assert "U" not in {case.code[0] for case in result.cases}
    assert result.findings == ()


def test_a_stranger_who_gets_a_challenge_signed_forges_an_event_with_it(receivers):
    asked_for = []

    def signing_for_anyone(asked):
        asked_for.append(asked)
        return right(asked.signed_anew()) if asked.is_challenge else right(asked)

    result = judged(receivers.add(signing_for_anyone), checks=OURS)
    finding = result.findings[0]

    assert [each.code for each in result.findings] == ["H02"]
    assert (finding.severity, finding.evidence) == (Severity.ERROR, Evidence.ATTACK)
    assert any(
        asked.is_challenge and asked.value["payload"]["plainToken"].startswith("v0:") for asked in asked_for
    )


def test_a_hash_that_forges_nothing_is_a_warning(receivers):
    def signing_short_tokens(asked):
        is_short = asked.is_challenge and len(str(asked.value["payload"])) < 100
        return right(asked.signed_anew()) if is_short else right(asked)

    (finding,) = judged(receivers.add(signing_short_tokens), checks=OURS).findings

    assert (finding.code, finding.severity) == ("H05", Severity.WARNING)


def test_a_failure_that_a_stranger_causes_is_an_error_and_one_of_the_secrets_holder_a_warning(receivers):
    def reading_it(asked):
        return Answer(500) if not asked.timestamp.isdecimal() and asked.signature else right(asked)

    def reading_it_last(asked):
        return Answer(500) if not asked.timestamp.isdecimal() and asked.is_signed else right(asked)

    found = [
        [(finding.code, finding.severity) for finding in judged(receivers.add(respond), checks=OURS).findings]
        for respond in (reading_it, reading_it_last)
    ]

    assert found == [[("S07", Severity.ERROR)], [("F05", Severity.WARNING)]]


def test_an_event_ahead_of_time_is_sent_early_in_its_second(receivers):
    leads = []

    def measuring(asked):
        if asked.is_signed and not asked.is_challenge:
            leads.append(int(asked.timestamp) - now_s())
        return right(asked)

    for _ in range(3):
        judged(receivers.add(measuring), checks=[REGISTRY.find("F01")], depth=Depth.DEFAULT)

    assert max(leads) > 0.2


def test_late_retries_are_old_events_under_new_signatures(receivers):
    ages_min = set()

    def measuring(asked):
        if asked.is_signed and not asked.is_challenge:
            ages_min.add(round((now_s() - asked.value["event_ts"] / 1000) / 60))
        return right(asked)

    judged(receivers.add(measuring), checks=[REGISTRY.find("F02")], depth=Depth.DEFAULT)

    assert ages_min == {0, 5, 25, 85}


@pytest.mark.parametrize("code", ["L01", "L02", "L03", "L04"])
def test_a_leak_is_shown_without_what_leaked(code, receivers):
    def leaking(asked):
        answer = right(asked)
        text = f"{SECRET} {asked.right_signature()} Traceback (most recent call last): PATH=1 HOME=2 PWD=3"
        return answer if answer.status < 400 else Answer(401, text)

    result = judged(receivers.add(leaking), checks=OURS)
    finding = next(each for each in result.findings if each.code == code)

    assert SECRET not in str(finding.value())
    assert "PATH=1" not in str(finding.value())
    assert finding.reproduce is not None


def test_a_leak_of_a_receiver_that_cannot_be_judged_is_told_all_the_same(receivers):
    result = judged(receivers.add(lambda _: Answer(500, f"settings: {SECRET}")))

    assert [finding.code for finding in result.findings] == ["L01", "P06"] or [
        finding.code for finding in result.findings
    ] == ["P06", "L01"]


def test_the_signature_that_came_may_be_said_again(receivers):
    def repeating(asked):
        answer = right(asked)
        return Answer(200, f"got {asked.signature}") if answer.status == 204 else answer

    assert judged(receivers.add(repeating), checks=OURS).findings == ()


@pytest.mark.parametrize("code", ["S01", "S05", "S07", "F03", "U01"])
def test_what_is_found_can_be_sent_again_by_name(code, receivers):
    def taking_all(asked):
        return right(asked.signed_anew())

    by_code = {
        "S05": lambda asked: Answer(500) if len(asked.signature or "0" * 67) != 67 else right(asked),
        "S07": lambda asked: (
            Answer(500) if not asked.timestamp.isdecimal() and asked.signature else right(asked)
        ),
        "F03": lambda asked: right(asked.signed_anew() if asked.is_signed else asked),
        "U01": right,
    }
    url = receivers.add(by_code.get(code, taking_all))
    result = judged(url, checks=OURS, receiver=receiver_at(url, auth=credentials.AUTH))
    finding = next(each for each in result.findings if each.code == code)

    assert finding.reproduce is not None
    names = finding.reproduce.command.split("--fault ")[1:]
    assert names
    assert all(name.split()[0] in FAULTS for name in names)


def test_what_takes_several_requests_is_looked_for_again(receivers):
    url = receivers.add(
        lambda asked: Answer(500) if asked.is_challenge and not asked.is_signed else right(asked)
    )

    (finding,) = judged(url, checks=OURS).findings

    assert finding.code == "H05"
    assert finding.reproduce is not None
    assert finding.reproduce.command == f"zoom-emitter check {url} --select H05"


def test_every_case_but_the_oracle_can_be_sent_again_by_emit(receivers):
    url = receivers.add(right)
    codes = [check.code for check in OURS]

    result = judged(url, codes=codes, checks=OURS, receiver=receiver_at(url, auth=credentials.AUTH))
    names = {fault.name for sent in result.traffic if sent.check != "H02" for fault in sent.recipe.faults}

    assert len(names) > 40
    assert names <= FAULTS.keys()
