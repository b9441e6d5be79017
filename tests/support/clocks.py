"""Clocks that move for tests of the app."""

from __future__ import annotations

import threading

from emitter.delivery.clock import ManualClock

_HORIZON_MS = 24 * 3600 * 1000


class RetriesClock(ManualClock):
    """Moves at once to whatever is within a day; revalidations, 72 hours away, are really waited for."""

    def wait_until_ms(self, due_ms: int, wake: threading.Event | None = None) -> None:
        if due_ms - self.now_ms() < _HORIZON_MS:
            super().wait_until_ms(due_ms, wake)
        else:
            (wake or threading.Event()).wait(1.0)
