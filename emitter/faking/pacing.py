"""When the events of a story happen: how long after each other, and how long after what they tell of."""

from __future__ import annotations

from itertools import accumulate
from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from emitter.catalog.events import EventType

_SHORTEST_LAG_MS: Final = 5
_LAGS_MS: Final = 396


class Beat(NamedTuple):
    """One event of a story whose course is settled.

    Attributes:
        event_type: Its type.
        least_ms: How many milliseconds at least it comes after the event before it.
        width_ms: How many more it may be, at most and not included.
    """

    event_type: EventType
    least_ms: int
    width_ms: int

    @classmethod
    def after(cls, event_type: EventType, least_s: int, most_s: int) -> Beat:
        """Return an event that comes between so many seconds after the last, both included."""
        return cls(event_type, least_s * 1000, (most_s - least_s) * 1000 + 1)


def times_of(
    gaps: Iterable[int], beats: Sequence[Beat], *, start_ms: int, end_ms: int | None = None
) -> list[int]:
    """Return when the events of a story are made, milliseconds since the epoch, never falling.

    Args:
        gaps: What is drawn for each, a 32-bit share.
        beats: What happens.
        start_ms: When the first is made.
        end_ms: When the last is made at the latest; what would go on for longer is told faster.
    """
    waits_ms = [
        least_ms + (gap * width_ms >> 32) for gap, (_, least_ms, width_ms) in zip(gaps, beats, strict=True)
    ]
    waits_ms[0] = start_ms
    times_ms = [*accumulate(waits_ms)]
    if end_ms is not None and times_ms[-1] > end_ms:
        room_ms, took_ms = max(0, end_ms - start_ms), times_ms[-1] - start_ms
        return [start_ms + (time_ms - start_ms) * room_ms // took_ms for time_ms in times_ms]
    return times_ms


def happened_of(lags: Iterable[int], times_ms: Sequence[int]) -> list[int]:
    """Return when that happened what the events of a story tell of, milliseconds since the epoch.

    A moment before each was made, but not before the one before it was.

    Args:
        lags: What is drawn for each, a 32-bit share.
        times_ms: When they are made.
    """
    likely = [
        time_ms - _SHORTEST_LAG_MS - (lag * _LAGS_MS >> 32)
        for lag, time_ms in zip(lags, times_ms, strict=True)
    ]
    return [*map(max, likely, (likely[0], *times_ms))]
