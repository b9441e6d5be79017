"""Time as an argument. The only module that asks the system what time it is or waits for it."""

from __future__ import annotations

import threading
import time
from typing import Protocol


class Clock(Protocol):
    """Real time for signing, waiting for the rest. Implementations are thread-safe."""

    def now_ms(self) -> int:
        """Return milliseconds since the epoch; what requests are signed with."""

    def wait_until_ms(self, due_ms: int, wake: threading.Event | None = None) -> None:
        """Return when `now_ms` has reached a time, or earlier when the event is set."""


class SystemClock:
    """The machine's own clock.

    A time scale never reaches it: the scale divides a wait before it becomes a due time
    (`emitter.core.deliveries.settle`), so that requests are always signed with the real time.
    """

    def now_ms(self) -> int:
        """Return milliseconds since the epoch."""
        return time.time_ns() // 1_000_000

    def wait_until_ms(self, due_ms: int, wake: threading.Event | None = None) -> None:
        """Return when the time has come, or earlier when the event is set."""
        wake = wake or threading.Event()
        while (left_ms := due_ms - self.now_ms()) > 0:
            # In pieces, so that a clock that is set forward is noticed and Ctrl-C works everywhere.
            if wake.wait(min(left_ms / 1000, 1.0)):
                return


class ManualClock:
    """A clock that only moves when someone waits for it or moves it: for tests."""

    def __init__(self, now_ms: int) -> None:
        self._now_ms = now_ms
        self._lock = threading.Lock()

    def now_ms(self) -> int:
        """Return the time it was set to."""
        with self._lock:
            return self._now_ms

    def wait_until_ms(self, due_ms: int, wake: threading.Event | None = None) -> None:  # noqa: ARG002 - never blocks
        """Move to the time at once; never back."""
        with self._lock:
            self._now_ms = max(self._now_ms, due_ms)


def monotonic_ms() -> float:
    """Return milliseconds of a clock that never goes back, for durations."""
    return time.perf_counter() * 1000
