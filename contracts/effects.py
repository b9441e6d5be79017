"""Effects of a receiver's work, counted when it has settled."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from contracts.observers import Observer
    from contracts.pacing import Pacer

STEP_S: Final = 0.05
QUIET_STEPS: Final = 3
"""So many equal counts in a row are believed: receivers answer first and work later."""
MOST_STEPS: Final = 40


def settled_count(observer: Observer, pacer: Pacer) -> int:
    """Return the count once it has stood still for a moment, or as it is after two seconds.

    Raises:
        OutOfTimeError: The run's time is up before that.
        UsageError: The observer cannot be asked or does not answer with a number.
    """
    count, quiet = observer.count(), 0
    for _ in range(MOST_STEPS):
        pacer.wait_s(STEP_S)
        known, count = count, observer.count()
        quiet = quiet + 1 if count == known else 0
        if quiet == QUIET_STEPS:
            break
    return count
