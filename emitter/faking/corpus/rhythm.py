"""When things happen in an account: much on weekdays in office hours, little at night.

Whole numbers throughout, so that every machine comes to the same millisecond.
"""

from __future__ import annotations

from bisect import bisect_right
from itertools import accumulate
from typing import Final

_HOUR_MS: Final = 3_600_000
_WEEK_MS: Final = 168 * _HOUR_MS
_FIRST_MONDAY_MS: Final = 4 * 24 * _HOUR_MS  # 1970-01-05

# How much happens in each hour (UTC) of a working day, and of a day of the weekend.
_WORKING: Final = (2, 1, 1, 1, 2, 4, 10, 26, 52, 70, 74, 66, 50, 62, 74, 76, 68, 52, 34, 22, 14, 9, 5, 3)
_WEEKEND: Final = (1, 1, 1, 1, 1, 1, 2, 3, 5, 7, 8, 8, 7, 7, 8, 8, 7, 6, 5, 4, 3, 2, 2, 1)
_WEEK: Final = _WORKING * 5 + _WEEKEND * 2
_BEFORE: Final = (0, *accumulate(_WEEK))
_WEEK_WEIGHT: Final = _BEFORE[-1] * _HOUR_MS


class Rhythm:
    """Shares of what happens in a period, as points in time.

    Args:
        start_ms: When the period begins, milliseconds since the epoch.
        span_ms: How long it is, milliseconds; at least 1.
    """

    def __init__(self, start_ms: int, span_ms: int) -> None:
        self._first = _weight_until(start_ms)
        self._all = _weight_until(start_ms + span_ms) - self._first
        self.end_ms = start_ms + span_ms
        """When the period is over, milliseconds since the epoch."""

    def time_ms(self, part: int, whole: int) -> int:
        """Return when so large a part of everything has happened, milliseconds since the epoch."""
        weeks, weight = divmod(self._first + self._all * part // whole, _WEEK_WEIGHT)
        hour = bisect_right(_BEFORE, weight // _HOUR_MS) - 1
        in_hour_ms = (weight - _BEFORE[hour] * _HOUR_MS) // _WEEK[hour]
        return _FIRST_MONDAY_MS + weeks * _WEEK_MS + hour * _HOUR_MS + in_hour_ms


def _weight_until(time_ms: int) -> int:
    weeks, ms = divmod(time_ms - _FIRST_MONDAY_MS, _WEEK_MS)
    hour, in_hour_ms = divmod(ms, _HOUR_MS)
    return weeks * _WEEK_WEIGHT + _BEFORE[hour] * _HOUR_MS + _WEEK[hour] * in_hour_ms
