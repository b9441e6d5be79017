from __future__ import annotations

from dataclasses import replace

import pytest

from contracts.bodies import EventBody
from contracts.cases import Case
from contracts.expectations import ACKNOWLEDGED
from contracts.findings import EVERY_EVENT, Finding, Severity
from contracts.ledger import Ledger
from contracts.sent import Miss, Recipe
from tests.support.receivers.judging import CATALOG, REGISTRY, session_for

A01, A02, S01, S02, R01 = map(REGISTRY.find, ("A01", "A02", "S01", "S02", "R01"))
FIRST, SECOND, *_ = CATALOG.names()


def case_of(event, name="as it is", cause=""):
    return Case(
        name=name, event=event, recipe=Recipe(body=EventBody(event=event)), expects=ACKNOWLEDGED, cause=cause
    )


def miss(kind="refused", **known):
    return Miss(kind=kind, expected="a 2xx", received="400 refused", **known)


@pytest.fixture
def ledger():
    return Ledger(session_for("http://127.0.0.1:9/"))


def test_equal_causes_are_one_finding_with_a_count(ledger):
    for name in ("one way", "another"):
        ledger.add(S01, miss("acknowledged"), case_of(FIRST, name, cause="forged"))

    (finding,) = ledger.findings()

    assert finding.count == 2
    assert finding.event == EVERY_EVENT


def test_only_the_first_of_equal_causes_is_announced(ledger):
    announced = [ledger.add(S01, miss(), case_of(FIRST, cause="forged")) for _ in range(3)]

    assert [bool(each) for each in announced] == [True, False, False]


def test_other_causes_are_other_findings(ledger):
    ledger.add(S01, miss(), case_of(FIRST, "no header"))
    ledger.add(S01, miss(), case_of(FIRST, "empty header"))

    assert len({finding.fingerprint for finding in ledger.findings()}) == 2


def test_a_finding_of_one_event_names_it(ledger):
    for event in (FIRST, SECOND):
        ledger.tried(A01, case_of(event))
    ledger.add(A01, miss(), case_of(SECOND))

    assert [finding.event for finding in ledger.findings()] == [SECOND]


def test_what_every_event_shows_is_about_no_event(ledger):
    for event in (FIRST, SECOND):
        ledger.tried(A01, case_of(event))
        ledger.add(A01, miss(), case_of(event))

    assert [(finding.event, finding.count) for finding in ledger.findings()] == [(EVERY_EVENT, 2)]


def test_what_another_check_has_said_is_not_said_again(ledger):
    ledger.add(S01, miss("acknowledged"), case_of(FIRST))

    assert ledger.add(S02, miss("acknowledged"), case_of(FIRST)) is None
    assert ledger.add(S02, miss("server-error"), case_of(FIRST)) is not None


def test_the_worst_comes_first(ledger):
    ledger.add(R01, miss("server-error"), case_of(FIRST))
    ledger.add(A01, miss(), case_of(FIRST))
    ledger.add(R01, miss("died", severity=Severity.ERROR), case_of(FIRST))

    assert [finding.severity for finding in ledger.findings()] == ["error", "error", "warning"]


def test_a_miss_may_know_better_how_to_mend(ledger):
    finding = ledger.add(A01, miss(mend="restart it"), case_of(FIRST))

    assert finding is not None
    assert finding.mend == "restart it"


def test_a_fingerprint_is_of_code_event_and_cause_only():
    finding = Finding(
        code="S01", title="t", severity=Severity.ERROR, evidence=S01.evidence, event="*", cause="c",
        message="m", expected="e", received="r", mend="m",
    )  # fmt: skip
    other = replace(finding, title="T", message="M", received="R", mend="M", count=9, severity=Severity.INFO)

    # printf 'S01\0*\0c' | sha256sum
    assert finding.fingerprint == "873e6109cb1bd1ac"
    assert other.fingerprint == finding.fingerprint
    assert finding.fingerprint not in {
        replace(finding, code="x").fingerprint,
        replace(finding, event="x").fingerprint,
        replace(finding, cause="x").fingerprint,
    }
