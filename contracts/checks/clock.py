"""Whether the receiver's clock is right: said once, and not as a defect of all that depends on it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from contracts.check import Check
from contracts.clock_drift import DRIFT, drift_s, drift_text
from contracts.findings import Evidence, Severity
from contracts.remedies import Remedy
from contracts.sent import Miss

if TYPE_CHECKING:
    from collections.abc import Iterable

    from contracts.session import Session

_TOLERATED_S: Final = 5.0
_LARGE_S: Final = 60.0
"""A fifth of the usual window of 300 s: with the delay of a request it begins to cost events."""


def _drifts(session: Session) -> Iterable[Miss]:
    drift = drift_s(session.traffic)
    if drift is not None and abs(drift) >= _TOLERATED_S:
        is_large = abs(drift) >= _LARGE_S
        yield Miss(
            kind=DRIFT,
            expected=f"a Date within {_TOLERATED_S:.0f} s of the time",
            received=f"the Date header of its answers is {drift_text(drift)}",
            message=f"the receiver's clock is {drift_text(drift)}, by the Date header of its answers",
            severity=Severity.WARNING if is_large else None,
            evidence=Evidence.UNSURE if is_large else None,
        )


CHECKS: Final = (
    Check(
        code="P08",
        title="The receiver's clock is right",
        severity=Severity.INFO,
        evidence=Evidence.CONFIRMED,
        sends="nothing of its own",
        expects="a Date header within 5 s of the time, half of all answers; 60 s are a warning",
        why="Requests are signed with Zoom's clock: a receiver whose own is far away refuses them all.",
        source="docs/zoom.md#signing",
        mend=Remedy("Let NTP set the clock of the machine, and of the one below it."),
        inspects=_drifts,
        implied_by=("P04",),
    ),
)
