"""How each check fared with each event: what reports with one row or case for each are made from."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from contracts.findings import EVERY_EVENT

if TYPE_CHECKING:
    from contracts.check import Check
    from contracts.findings import Finding
    from contracts.run_events import RunResult


class State(StrEnum):
    """What a check came to with an event."""

    FAILED = "failed"
    NOTED = "noted"
    """Something was found that does not count: a warning or less, or a check that is new."""
    KNOWN = "known"
    """All that was found is in the baseline."""
    PASSED = "passed"
    LEFT_OUT = "left out"


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """One check and one event.

    Attributes:
        check: The check.
        event: The event, or `EVERY_EVENT` for checks that look at the whole run.
        state: What it came to.
        findings: What was found, those that count first.
        cases: How many cases ran.
        elapsed_s: How long they took, in seconds.
    """

    check: Check
    event: str
    state: State
    findings: tuple[Finding, ...] = ()
    cases: int = 0
    elapsed_s: float = 0.0


def verdicts_of(result: RunResult) -> list[Verdict]:
    """Return one verdict for each check and event that was tried or meant to be, in the order of checks."""
    return [verdict for check in result.checks for verdict in _of_check(result, check)]


def _of_check(result: RunResult, check: Check) -> list[Verdict]:
    ran = [case.event for case in result.cases if case.code == check.code]
    left_out = [planned.case.event for planned in result.left_out if planned.check.code == check.code]
    events = [*dict.fromkeys([*ran, *left_out])]
    if check.inspects:
        events.append(EVERY_EVENT)
    return [_verdict(result, check, event) for event in events]


def _verdict(result: RunResult, check: Check, event: str) -> Verdict:
    cases = [case for case in result.cases if (case.code, case.event) == (check.code, event)]
    is_of_run = event == EVERY_EVENT
    is_shown = is_of_run or any(case.misses for case in cases)
    findings = [
        finding
        for finding in result.findings
        if finding.code == check.code and finding.event in {event, EVERY_EVENT} and is_shown
    ]
    findings.sort(key=lambda finding: not result.fails(finding))
    return Verdict(
        check=check,
        event=event,
        state=_state(result, findings, has_run=bool(cases) or (is_of_run and _looked(result, check))),
        findings=tuple(findings),
        cases=len(cases),
        elapsed_s=sum(case.elapsed_ms for case in cases) / 1000,
    )


def _state(result: RunResult, findings: list[Finding], *, has_run: bool) -> State:
    if any(map(result.fails, findings)):
        return State.FAILED
    if findings:
        return State.KNOWN if all(map(result.is_known, findings)) else State.NOTED
    return State.PASSED if has_run else State.LEFT_OUT


def _looked(result: RunResult, check: Check) -> bool:
    """Return whether a check that looks back on the run had the whole run to look at."""
    return check.ends_run or not (result.stopped or result.is_interrupted)
