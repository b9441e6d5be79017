"""Short lines for people: counts of findings, what a baseline says of them, several receivers at a glance."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from contracts.baseline import known_findings
from contracts.findings import Severity
from emitter.errors import EmitterError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from contracts.findings import Finding
    from contracts.run_events import RunResult

_NAMES: Final = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "note"}


def counted(findings: Sequence[Finding]) -> str:
    """Return how many errors, warnings and notes there are; empty where there are none."""
    counts = {
        name: sum(finding.severity is severity for finding in findings) for severity, name in _NAMES.items()
    }
    return ", ".join(f"{count} {name}{'' if count == 1 else 's'}" for name, count in counts.items() if count)


def baseline_lines(result: RunResult) -> list[str]:
    """Return what is known and what is mended, each under its heading; nothing without a baseline."""
    known = known_findings(filter(result.is_known, result.findings))
    lines = []
    if known:
        lines += ["", "known, in the baseline:", *(f"  {each.line}" for each in known)]
    if mended := result.mended():
        lines += ["", "mended since the baseline:", *(f"  {each.line}" for each in mended)]
    return lines


def overview_lines(ends: Sequence[tuple[str, RunResult | EmitterError]]) -> list[str]:
    """Return one line a receiver: its name, and what its run came to."""
    width = max((len(name) for name, _ in ends), default=0)
    return [f"{name:<{width}}  {_end(end)}" for name, end in ends]


def _end(end: RunResult | EmitterError) -> str:
    if isinstance(end, EmitterError):
        return f"not judged: {end}"
    new = counted([finding for finding in end.findings if not end.is_known(finding)]) or "nothing found"
    known = sum(map(end.is_known, end.findings))
    remarks = [
        *([f"{known} known"] if known else []),
        *([f"stopped, {end.stopped}"] if end.stopped else []),
        *(["interrupted"] if end.is_interrupted else []),
    ]
    sign = "failed" if end.is_wanting() else "passed"
    return "; ".join([f"{sign}  {new}", *remarks])
