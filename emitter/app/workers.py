"""The threads that do what is due, by the store's timetable.

One of them at a time looks out for what is due next, and waits for it; the others work, or wait for their
turn to look. So what is due is looked up once and taken once, however many threads there are.
"""

from __future__ import annotations

import logging
import threading
from typing import TYPE_CHECKING, Final

from emitter.delivery.clock import monotonic_ms
from emitter.errors import EmitterError

if TYPE_CHECKING:
    from collections.abc import Callable

    from emitter.delivery.clock import Clock

    Job = Callable[[], None]

IDLE_S: Final = 5.0
"""How long to wait with nothing pending before looking again, in real seconds."""
BACK_OFF_S: Final = 1.0
"""How long to wait after the record could not be reached, in real seconds."""
_LOG = logging.getLogger(__name__)


class Workers:
    """Threads that do jobs until they are closed.

    Args:
        take: Returns a job that is now the caller's, or when there will be one, in milliseconds since the
            epoch, or None if nothing is pending. Never called by two threads at once.
        clock: What is waited by.
        count: How many jobs are done at once.
    """

    def __init__(self, *, take: Callable[[], Job | int | None], clock: Clock, count: int) -> None:
        self._take = take
        self._clock = clock
        self._is_closing = threading.Event()
        self._lookout = threading.Lock()
        self._wake = threading.Event()
        self._threads = [
            threading.Thread(target=self._work, name=f"worker-{number}", daemon=True)
            for number in range(1, count + 1)
        ]

    def start(self) -> None:
        """Start the threads."""
        for thread in self._threads:
            thread.start()

    def wake(self) -> None:
        """Look at the store now: something was accepted, or may go on."""
        self._wake.set()

    def are_alive(self) -> bool:
        """Return whether every thread is at work."""
        return all(thread.is_alive() for thread in self._threads)

    def close(self, *, grace_s: float) -> bool:
        """Begin no further job, wait for those under way, and return whether all of them ended in time.

        An attempt that did not is repeated by the next run; until then the record shows it as unknown.
        """
        self._is_closing.set()
        self.wake()
        end_ms = monotonic_ms() + grace_s * 1000
        for thread in self._threads:
            thread.join(max(0.0, (end_ms - monotonic_ms()) / 1000))
        return not any(thread.is_alive() for thread in self._threads)

    def _work(self) -> None:
        while not self._is_closing.is_set():
            with self._lookout:
                job = self._look_out()
            if job is None:
                return
            self._guarded(job)
            self.wake()  # what had to wait for this job may begin now

    def _look_out(self) -> Job | None:
        """Return the next job as soon as it is due, None when closing."""
        found: list[Job | int | None] = []
        while True:
            # Cleared before looking: what is accepted after the look sets it again and ends the wait.
            self._wake.clear()
            if self._is_closing.is_set():
                return None
            found.clear()
            if not self._guarded(lambda: found.append(self._take())):
                continue
            match found[0]:
                case None:
                    self._wake.wait(IDLE_S)
                case int() as due_ms:
                    self._clock.wait_until_ms(due_ms, self._wake)
                case job:
                    return job

    def _guarded(self, job: Job) -> bool:
        """Do a job and return whether it went well; a worker that died of a failure would be missed."""
        try:
            job()
        except EmitterError as error:
            _LOG.error("%s", error)
        except Exception:  # noqa: BLE001 - a worker that died of a defect would be missed by no one
            _LOG.exception("a defect of the emitter; the delivery stays pending")
        else:
            return True
        self._is_closing.wait(BACK_OFF_S)
        return False
