"""The clock of a test: the machine's, moved by as much as the test says."""

from __future__ import annotations

import threading

from emitter.core.schedule import parse_duration
from emitter.delivery.clock import SystemClock


class ZoomClock:
    """Follows the machine's clock, also one that a test has frozen; `move` sets it off. Thread-safe.

    What requests are signed with, and when events happen. A receiver whose clock is the machine's takes a
    request for old after ``move("-10m")``.
    """

    def __init__(self) -> None:
        self._system = SystemClock()
        self._moved_ms = 0
        self._lock = threading.Lock()

    def now_ms(self) -> int:
        """Return milliseconds since the epoch."""
        with self._lock:
            return self._system.now_ms() + self._moved_ms

    @property
    def now_s(self) -> int:
        """Whole seconds since the epoch, as they are signed."""
        return self.now_ms() // 1000

    @property
    def moved_s(self) -> float:
        """How far it is ahead of the machine's clock, in seconds; negative where it is behind."""
        with self._lock:
            return self._moved_ms / 1000

    def move(self, by: str | float) -> None:
        """Move it, forward or back.

        Args:
            by: Seconds, or a duration such as ``10m``, ``-1h`` or ``500ms``.

        Raises:
            InvalidSettingError: The text is no duration.
        """
        seconds = _seconds(by)
        with self._lock:
            self._moved_ms += round(seconds * 1000)

    def wait_until_ms(self, due_ms: int, wake: threading.Event | None = None) -> None:  # noqa: ARG002 - never blocks
        """Move to the time at once; never back."""
        self.move(max(0, due_ms - self.now_ms()) / 1000)


def _seconds(by: str | float) -> float:
    if not isinstance(by, str):
        return float(by)
    sign = -1 if by.startswith("-") else 1
    return sign * parse_duration(by.lstrip("+-"))
