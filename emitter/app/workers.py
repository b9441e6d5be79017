"""The threads that make the attempts that are due, by the store's timetable."""

from __future__ import annotations

import logging
import threading
from typing import TYPE_CHECKING, Final

from emitter.delivery.clock import monotonic_ms
from emitter.errors import EmitterError

if TYPE_CHECKING:
    from collections.abc import Callable

    from emitter.delivery.clock import Clock
    from emitter.delivery.store.app_subscriptions import Due

IDLE_S: Final = 5.0
"""How long a worker with nothing pending waits before it looks again, in real seconds."""
BACK_OFF_S: Final = 1.0
"""How long a worker waits after it could not reach the record, in real seconds."""
_LOG = logging.getLogger(__name__)


class Workers:
    """Threads that make attempts until they are closed.

    Args:
        next_due: Returns what is to be attempted next and when, or None if nothing is pending.
        attempt: Attempts it; does nothing if another worker was faster.
        clock: What they wait by.
        count: How many attempts are made at once.
    """

    def __init__(
        self,
        *,
        next_due: Callable[[], Due | None],
        attempt: Callable[[Due], None],
        clock: Clock,
        count: int,
    ) -> None:
        self._next_due = next_due
        self._attempt = attempt
        self._clock = clock
        self._is_closing = threading.Event()
        # One event a worker: with a shared one, the worker that clears it first would rob the others.
        self._wakes = [threading.Event() for _ in range(count)]
        self._threads = [
            threading.Thread(target=self._work, args=(wake,), name=f"worker-{number}", daemon=True)
            for number, wake in enumerate(self._wakes, 1)
        ]

    def start(self) -> None:
        """Start the threads."""
        for thread in self._threads:
            thread.start()

    def wake(self) -> None:
        """Make the workers look at the store now: something was accepted."""
        for wake in self._wakes:
            wake.set()

    def are_alive(self) -> bool:
        """Return whether every thread is at work."""
        return all(thread.is_alive() for thread in self._threads)

    def close(self, *, grace_s: float) -> bool:
        """Begin no further attempt, wait for those under way, and return whether all of them ended in time.

        An attempt that did not is repeated by the next run; until then the record shows it as unknown.
        """
        self._is_closing.set()
        self.wake()
        end_ms = monotonic_ms() + grace_s * 1000
        for thread in self._threads:
            thread.join(max(0.0, (end_ms - monotonic_ms()) / 1000))
        return not any(thread.is_alive() for thread in self._threads)

    def _work(self, wake: threading.Event) -> None:
        while True:
            # Cleared before looking: what is accepted after the look sets it again and ends the wait.
            wake.clear()
            if self._is_closing.is_set():
                return
            try:
                self._attempt_or_wait(wake)
            except EmitterError as error:
                _LOG.error("%s", error)
                wake.wait(BACK_OFF_S)
            except Exception:  # noqa: BLE001 - a worker that died of a defect would be missed by no one
                _LOG.exception("a defect of the emitter; the delivery stays pending")
                wake.wait(BACK_OFF_S)

    def _attempt_or_wait(self, wake: threading.Event) -> None:
        due = self._next_due()
        if due is None:
            wake.wait(IDLE_S)
        elif due.at_ms > self._clock.now_ms():
            self._clock.wait_until_ms(due.at_ms, wake)
        else:
            self._attempt(due)
