"""Looks up what new deliveries mention, in the background, so that who asks need not wait for it.

Begins with the first call, and goes on with every later run on the record: who never calls back pays nothing.
"""

from __future__ import annotations

import logging
import threading
from typing import TYPE_CHECKING, Final

from emitter.delivery.store.mentions import catch_up, is_begun
from emitter.errors import EmitterError

if TYPE_CHECKING:
    from emitter.delivery.store import Store

PAUSE_S: Final = 1.0
"""How long news is left to gather, in real seconds: what sends has the record to itself meanwhile."""
_LOG = logging.getLogger(__name__)


class CatchingUp:
    """One thread that keeps up with the record. Thread-safe.

    Args:
        store: The record.
    """

    def __init__(self, store: Store) -> None:
        self._store = store
        self._news = threading.Event()
        self._is_closing = threading.Event()
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None

    def resume(self) -> None:
        """Begin if an earlier run did."""
        if is_begun(self._store):
            self.begin()

    def begin(self) -> None:
        """Begin, if that was not done yet."""
        with self._lock:
            if self._thread is None and not self._is_closing.is_set():
                self._thread = threading.Thread(target=self._run, name="catching up", daemon=True)
                self._news.set()
                self._thread.start()

    def tell(self) -> None:
        """Tell that there may be something new."""
        self._news.set()

    def close(self) -> None:
        """End it, and wait until it has let go of the record."""
        with self._lock:
            self._is_closing.set()
        self._news.set()
        if self._thread is not None:
            self._thread.join()

    def _run(self) -> None:
        while True:
            self._news.wait()
            if self._is_closing.wait(PAUSE_S):
                return
            self._news.clear()
            try:
                while not catch_up(self._store, most=1):
                    if self._is_closing.is_set():
                        return
            except EmitterError as error:
                _LOG.error("%s", error)
