"""Annotations of a GitHub workflow: lines that it shows beside the run.

GitHub shows at most ten errors, ten warnings and ten notices of a step, so findings of one check are one
annotation, and what would be an eleventh is counted in the tenth.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Final

from contracts.findings import EVERY_EVENT, Severity
from contracts.reports.plain_text import one_line, plain

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from contracts.findings import Finding
    from contracts.run_events import RunResult

MOST: Final = 10
"""Annotations of a kind that GitHub shows of one step."""
_COMMANDS: Final = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "notice"}
_EVENTS_NAMED: Final = 3
_COMMAND_CHARS: Final = 1_000
"""A longer command is for the other reports."""
_Group = tuple[str, list["Finding"]]


def render(result: RunResult) -> str:
    """Return the annotations of one receiver."""
    return render_all([result])


def render_all(results: Sequence[RunResult]) -> str:
    """Return the annotations of all receivers of a step; what is known is left out."""
    return "".join(f"{line}\n" for severity in Severity for line in _lines(results, severity))


def _lines(results: Sequence[RunResult], severity: Severity) -> Iterator[str]:
    groups = [group for result in results for group in _groups(result, severity, is_one=len(results) == 1)]
    shown = groups if len(groups) <= MOST else groups[: MOST - 1]
    for title, findings in shown:
        yield _annotation(severity, title, _text(findings))
    if rest := groups[len(shown) :]:
        codes = ", ".join(dict.fromkeys(findings[0].code for _, findings in rest))
        yield _annotation(severity, f"{len(rest)} more", f"{codes}; the other reports have them all")


def _groups(result: RunResult, severity: Severity, *, is_one: bool) -> list[_Group]:
    """Return the findings of one severity by check, with a title that says of which receiver."""
    by_code: dict[str, list[Finding]] = defaultdict(list)
    for finding in result.findings:
        if finding.severity is severity and not result.is_known(finding):
            by_code[finding.code].append(finding)
    name = result.receiver.subscription.name or result.receiver.shown
    of = "" if is_one else f"{name}: "
    return [(f"{of}{code} {findings[0].title}", findings) for code, findings in by_code.items()]


def _text(findings: Sequence[Finding]) -> str:
    first = findings[0]
    events = [finding.event for finding in findings if finding.event != EVERY_EVENT]
    lines = [
        one_line(first.message),
        f"expected: {one_line(first.expected)}",
        f"mend: {one_line(first.mend.partition(chr(10))[0])}",
    ]
    if first.reproduce and len(first.reproduce.command) <= _COMMAND_CHARS:
        lines.append(f"again: {plain(first.reproduce.command)}")
    if len(findings) > 1:
        named = ", ".join(events[:_EVENTS_NAMED])
        more = f" and {len(events) - _EVENTS_NAMED} more" if len(events) > _EVENTS_NAMED else ""
        lines.append(f"{len(findings)} findings{f', of {named}{more}' if named else ''}")
    return "\n".join(lines)


def _annotation(severity: Severity, title: str, message: str) -> str:
    return f"::{_COMMANDS[severity]} title={_property(title)}::{_escaped(message)}"


def _escaped(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _escaped(one_line(text)).replace(":", "%3A").replace(",", "%2C")
