"""How far a receiver's clock is from ours, by the Date headers of its answers."""

from __future__ import annotations

from email.utils import parsedate_to_datetime
from statistics import median
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable

    from contracts.sent import Sent


DRIFT: Final = "drift"
"""The kind of a miss that a wrong clock explains, whichever check tells it."""


def drift_s(traffic: Iterable[Sent]) -> float | None:
    """Return the seconds a receiver's clock is ahead, less than 0 if it is behind; None if it never says.

    The header has whole seconds and may have been written a second before, so less than two mean nothing.
    """
    drifts = [drift for sent in traffic if (drift := _drift_s(sent)) is not None]
    return median(drifts) if drifts else None


def drift_text(seconds: float) -> str:
    """Return a drift in words."""
    return f"{abs(seconds):.0f} s {'ahead' if seconds > 0 else 'behind'}"


def _drift_s(sent: Sent) -> float | None:
    answer = sent.exchange.answer
    text = next((value for name, value in answer.headers if name.lower() == "date"), "") if answer else ""
    try:
        said_s = parsedate_to_datetime(text).timestamp()
    except (ValueError, TypeError, OverflowError):
        return None
    answered_s = (sent.started_at_ms + sent.exchange.timing.total_ms) / 1000
    return said_s + 0.5 - answered_s  # on average half a second is cut off
