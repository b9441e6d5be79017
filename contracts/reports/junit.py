"""The report for CI servers: JUnit's XML, one case for each check and event."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

from junitparser import Failure, JUnitXml, Skipped, TestCase, TestSuite

from contracts.findings import EVERY_EVENT
from contracts.reports.plain_text import one_line, plain
from contracts.reports.texts import finding_text
from contracts.reports.verdicts import State, Verdict, verdicts_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from contracts.findings import Finding
    from contracts.run_events import RunResult

_DECLARATION: Final = '<?xml version="1.0" encoding="utf-8"?>'


def render(result: RunResult) -> str:
    """Return the report as XML. What does not count passes, with what was found as its output."""
    started = datetime.fromtimestamp(result.started_at_ms / 1000, UTC)
    suite = TestSuite(plain(f"zoom-emitter check {result.receiver.shown}"))
    suite.timestamp = started.isoformat(timespec="seconds")
    for name, value in _properties(result).items():
        suite.add_property(name, value)
    suite.add_testcases([_case(verdict) for verdict in verdicts_of(result)])
    suite.time = round(result.elapsed_s, 3)
    report = JUnitXml("zoom-emitter check")
    report.add_testsuite(suite)
    report.update_statistics()
    return f"{_DECLARATION}\n{report.tostring().decode()}\n"


def _properties(result: RunResult) -> dict[str, str]:
    known = {
        "depth": result.depth,
        "seed": result.seed,
        "requests": str(len(result.traffic)),
        "stopped": result.stopped or ("interrupted" if result.is_interrupted else ""),
    }
    return {name: plain(value) for name, value in known.items() if value}


def _case(verdict: Verdict) -> TestCase:
    check, event = verdict.check, verdict.event
    about = "" if event == EVERY_EVENT else f" [{event}]"
    case = TestCase(f"{check.code} {check.title}{about}", classname=f"zoom.{check.code}")
    case.time = round(verdict.elapsed_s, 3)
    if verdict.state is State.FAILED:
        case.result = [_failure(verdict.findings)]
    elif verdict.state is State.KNOWN:
        case.result = [Skipped("known: it is in the baseline")]
    elif verdict.state is State.LEFT_OUT:
        case.result = [Skipped("not tried")]
    if verdict.state in {State.NOTED, State.KNOWN}:
        case.system_out = "\n\n".join(map(finding_text, verdict.findings))
    return case


def _failure(findings: Sequence[Finding]) -> Failure:
    """Return all that was found as one failure: most readers look at a case's first only."""
    first = findings[0]
    more = f" (and {len(findings) - 1} more)" if len(findings) > 1 else ""
    failure = Failure(one_line(first.message) + more, str(first.severity))
    failure.text = "\n\n".join(map(finding_text, findings))
    return failure
