"""When the events of a story happen: how long after each other, and how long after what they tell of.

And how soon they are sent. `Tempo` says the same as the functions, of a whole story at once.
"""

from __future__ import annotations

from itertools import accumulate
from typing import TYPE_CHECKING, Final, NamedTuple

from emitter.faking.cells import DELIVERY, PACE, PACE_AND_REQUEST, drawn

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from emitter.catalog.events import EventType

_SHORTEST_LAG_MS: Final = 5
_LAGS_MS: Final = 396
_SHORTEST_WAY_MS: Final = 40
_SECOND_MS: Final = 1000


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


def sent_ms_of(event_ts_ms: int, sending: bytes) -> int:
    """Return when an event is sent: up to 66 seconds after it was made, mostly within one."""
    share = sending[0] << 8 | sending[1]
    return event_ts_ms + _SHORTEST_WAY_MS + (share >> 6 if sending[2] else share)


Paced = tuple[list[int], list[int], list[int], list[bytes]]
"""When the events of a story are made; when that happened what they tell of; when they are sent; and what
names their requests. Milliseconds since the epoch, but seconds of the third; 16 bytes of the last.
"""


class Tempo:
    """Says when the events of stories of one course happen.

    Args:
        beats: What happens.
    """

    __slots__ = ("_beats", "_waits_ms")

    def __init__(self, beats: Sequence[Beat]) -> None:
        self._beats = beats
        self._waits_ms = ((0, 0), *((least_ms, width_ms) for _, least_ms, width_ms in beats[1:]))

    def paced(self, octets: bytes, *, start_ms: int, end_ms: int) -> Paced:
        """Return when the events of a story happen.

        Args:
            octets: All of its random bytes.
            start_ms: When its first event is made, milliseconds since the epoch.
            end_ms: When the last is made at the latest; what would go on for longer is told faster.
        """
        times, happened, sent, request_ids = list[int](), list[int](), list[int](), list[bytes]()
        time_ms = before_ms = start_ms
        rows = zip(drawn(PACE_AND_REQUEST, octets), self._waits_ms, strict=True)
        for (gap, lag, request_id, way, is_soon), (least_ms, width_ms) in rows:
            time_ms += least_ms + (gap * width_ms >> 32)
            happened_ms = time_ms - _SHORTEST_LAG_MS - (lag * _LAGS_MS >> 32)
            happened.append(happened_ms if happened_ms > before_ms or not times else before_ms)
            times.append(time_ms)
            sent.append((time_ms + _SHORTEST_WAY_MS + (way >> 6 if is_soon else way)) // _SECOND_MS)
            request_ids.append(request_id)
            before_ms = time_ms
        if time_ms > end_ms:
            return self._hurried(octets, start_ms, end_ms, request_ids)
        return times, happened, sent, request_ids

    def _hurried(self, octets: bytes, start_ms: int, end_ms: int, request_ids: list[bytes]) -> Paced:
        gaps, lags = zip(*drawn(PACE, octets), strict=True)
        times = times_of(gaps, self._beats, start_ms=start_ms, end_ms=end_ms)
        sent = [
            sent_ms_of(time_ms, sending) // _SECOND_MS
            for time_ms, (_, sending) in zip(times, drawn(DELIVERY, octets), strict=True)
        ]
        return times, happened_of(lags, times), sent, request_ids
