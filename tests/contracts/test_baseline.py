from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from contracts.baseline import Baseline, compared, known_findings
from contracts.findings import EVERY_EVENT, Evidence, Severity
from contracts.ledger import Ledger
from contracts.reports import renderer
from tests.contracts.test_ledger import FIRST, case_of, miss
from tests.support.command import zoom_emitter
from tests.support.receivers.judging import REGISTRY, judged, session_for
from tests.support.receivers.reference import SECRET_TOKEN, Answer, right

A01, S01, R02 = map(REGISTRY.find, ("A01", "S01", "R02"))


@pytest.fixture(autouse=True)
def secret(monkeypatch):
    monkeypatch.setenv("ZOOM_WEBHOOK_SECRET_TOKEN", SECRET_TOKEN.reveal())


def unverifying(asked):
    return right(asked.signed_anew())


def failing_on(*events):
    """Return a receiver that fails on events that end so."""

    def respond(asked):
        return Answer(500) if asked.is_signed and asked.event.endswith(events) else right(asked)

    return respond


class Changing:
    """A receiver that can become another one."""

    def __init__(self, respond):
        self.respond = respond

    def __call__(self, asked):
        return self.respond(asked)


def test_what_is_known_is_listed_and_fails_nothing(receivers):
    url = receivers.add(unverifying)
    zoom_emitter("check", url, "--select", "S", "--report", "baseline=known.json")

    result = zoom_emitter("check", url, "--select", "S", "--baseline", "known.json")

    assert result.status == 0, result.text
    assert "known, in the baseline:" in result.text
    assert "error   S01  A request with a wrong signature is refused" in result.text
    assert "nothing new found" in result.text
    assert "mend" not in result.text.replace("mended", "")


def test_only_what_is_new_fails_and_is_explained(receivers):
    receiver = Changing(failing_on("delete"))
    url = receivers.add(receiver)
    zoom_emitter("check", url, "--select", "A01,S01", "--report", "baseline=known.json")
    receiver.respond = lambda asked: (
        unverifying(asked) if not asked.is_signed else failing_on("delete")(asked)
    )

    result = zoom_emitter("check", url, "--select", "A01,S01", "--baseline", "known.json", "--json")
    report = json.loads(result.text)

    assert result.status == 1
    assert {finding["code"]: finding["is_known"] for finding in report["findings"]} == {
        "A01": True,
        "S01": False,
    }
    assert report["summary"]["known"] == 1


def test_what_was_mended_is_named(receivers):
    receiver = Changing(unverifying)
    url = receivers.add(receiver)
    zoom_emitter("check", url, "--select", "S", "--report", "baseline=known.json")
    receiver.respond = right

    result = zoom_emitter("check", url, "--select", "S", "--baseline", "known.json")

    assert result.status == 0
    assert "mended since the baseline:" in result.text
    assert "S01" in result.text


def test_a_json_report_is_a_baseline_too(receivers):
    url = receivers.add(unverifying)
    zoom_emitter("check", url, "--select", "S", "--report", "json=report.json")

    assert zoom_emitter("check", url, "--select", "S", "--baseline", "report.json").status == 0


def test_another_seed_and_other_texts_change_nothing(receivers):
    url = receivers.add(unverifying)
    zoom_emitter("check", url, "--select", "S", "--report", "baseline=known.json")

    result = zoom_emitter("check", url, "--select", "S", "--seed", "other", "--baseline", "known.json")

    assert result.status == 0


def baseline_of(result):
    return Baseline(known_findings(result.findings))


def test_what_every_event_showed_is_known_where_some_still_do(receivers):
    every = judged(receivers.add(failing_on("")), checks=[A01], codes=["A01"])
    (known,) = every.findings
    some = judged(receivers.add(failing_on("delete")), checks=[A01], codes=["A01"])

    assert known.event == EVERY_EVENT
    assert not replace(some, baseline=baseline_of(every)).is_wanting()
    assert replace(some, baseline=baseline_of(every)).mended() == ()


def test_what_some_events_showed_is_new_where_every_one_does(receivers):
    some = judged(receivers.add(failing_on("delete")), checks=[A01], codes=["A01"])
    every = judged(receivers.add(failing_on("")), checks=[A01], codes=["A01"])

    assert replace(every, baseline=baseline_of(some)).is_wanting()
    assert replace(every, baseline=baseline_of(some)).mended() == ()


def test_what_was_not_tried_is_not_called_mended(receivers):
    before = judged(receivers.add(unverifying), checks=[S01])
    url = receivers.add(right)
    baseline = baseline_of(before)

    assert replace(judged(url, checks=[A01]), baseline=baseline).mended() == ()
    assert replace(judged(url, checks=[S01]), baseline=baseline, stopped="dead").mended() == ()
    assert replace(judged(url, checks=[S01]), baseline=baseline, is_interrupted=True).mended() == ()
    assert [known.code for known in replace(judged(url, checks=[S01]), baseline=baseline).mended()] == ["S01"]


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (None, "cannot read the baseline known.json: No such file or directory"),
        ("", "the baseline known.json is damaged, it is not JSON"),
        ("{", "the baseline known.json is damaged, it is not JSON"),
        ("[" * 100_000, "the baseline known.json is damaged, it is not JSON"),
        ("[]", "the baseline known.json is damaged, it has no version 1 and list of findings"),
        ('{"version": 1}', "the baseline known.json is damaged, it has no version 1 and list of findings"),
        ('{"version": true, "findings": []}', "it has no version 1 and list of findings"),
        ('{"version": 1, "findings": [7]}', "the baseline known.json is damaged at findings[0]"),
        ('{"version": 1, "findings": [{"code": "S01"}]}', "damaged at findings[0], which has not the texts"),
        (
            '{"version": 2, "findings": []}',
            "the baseline known.json has version 2, this zoom-emitter reads up to 1; update it",
        ),
    ],
)
def test_a_baseline_that_cannot_be_used_is_said_once_before_anything_is_sent(content, says, receivers):
    asked: list[object] = []
    if content is not None:
        Path("known.json").write_text(content, encoding="utf-8")

    result = zoom_emitter("check", receivers.add(asked.append), "--baseline", "known.json")

    assert result.status == 2
    assert says in result.err
    assert result.err.count("\n") == 1
    assert asked == []


def write_baseline(name, *findings):
    known = [each.value() for each in findings]
    Path(name).write_text(json.dumps({"version": 1, "findings": known}), encoding="utf-8")


def test_two_reports_are_compared(receivers):
    url = receivers.add(unverifying)
    zoom_emitter("check", url, "--select", "S01", "--report", "json=before.json")
    zoom_emitter(
        "check", receivers.add(failing_on("delete")), "--select", "A01", "--report", "json=after.json"
    )

    result = zoom_emitter("report", "diff", "before.json", "after.json")
    values = json.loads(zoom_emitter("report", "diff", "before.json", "after.json", "--json").text)

    assert result.status == 1
    assert "new, 1:\n  error   A01" in result.text
    assert "gone, 1:\n  error   S01" in result.text
    assert {name: [each["code"] for each in findings] for name, findings in values.items()} == {
        "new": ["A01"],
        "gone": ["S01"],
        "stayed": [],
    }


def test_nothing_new_is_status_0(receivers):
    zoom_emitter("check", receivers.add(unverifying), "--select", "S01", "--report", "json=before.json")
    zoom_emitter("check", receivers.add(right), "--select", "S01", "--report", "json=after.json")

    assert zoom_emitter("report", "diff", "before.json", "after.json").status == 0
    assert zoom_emitter("report", "diff", "before.json", "before.json").text == "nothing new, nothing gone\n"


def test_fewer_events_with_the_same_finding_are_neither_new_nor_gone(receivers):
    every = baseline_of(judged(receivers.add(failing_on("")), checks=[A01], codes=["A01"]))
    some = baseline_of(judged(receivers.add(failing_on("delete")), checks=[A01], codes=["A01"]))

    assert {name: len(each) for name, each in compared(every, some).items()} == {
        "new": 0,
        "gone": 0,
        "stayed": 1,
    }
    assert len(compared(some, every)["new"]) == 1


def test_a_damaged_report_is_refused_by_diff():
    Path("a.json").write_text("{", encoding="utf-8")
    write_baseline("b.json")

    result = zoom_emitter("report", "diff", "b.json", "a.json")

    assert result.status == 2
    assert "a.json is damaged" in result.err


def ledger_of(check, version):
    ledger = Ledger(session_for("http://127.0.0.1:9/"), version=version)
    ledger.add(check, miss("acknowledged"), case_of(FIRST))
    return ledger.findings()[0]


NEW = replace(S01, since="0.2")


@pytest.mark.parametrize(
    ("version", "severity", "fails_from"),
    [
        ("0.2.0", Severity.WARNING, "0.3"),
        ("0.2.7", Severity.WARNING, "0.3"),
        ("0.3.0", Severity.ERROR, ""),
        ("1.0.0", Severity.ERROR, ""),
    ],
)
def test_a_check_that_is_new_warns_for_one_minor_release(version, severity, fails_from):
    finding = ledger_of(NEW, version)

    assert (finding.severity, finding.fails_from) == (severity, fails_from)
    assert finding.evidence is Evidence.ATTACK


def test_a_new_check_fails_nothing_even_where_warnings_count(receivers):
    result = judged(receivers.add(unverifying), checks=[S01])
    new = replace(result, findings=(ledger_of(NEW, "0.2.0"),), is_strict=True)

    assert not new.is_wanting()
    assert json.loads(renderer("json")(new))["findings"][0]["fails_from"] == "0.3"


def test_the_checks_of_the_first_release_are_not_new():
    assert ledger_of(S01, "0.1.0").severity is Severity.ERROR
    assert {check.since for check in REGISTRY} >= {"0.1"}
