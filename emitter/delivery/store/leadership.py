"""Which of several processes that share a record does what only one may do: an advisory lock of PostgreSQL.

The lock is its connection's: whoever dies, or is cut off, has lost it.
"""

from __future__ import annotations

import threading
from contextlib import ExitStack
from typing import TYPE_CHECKING, Any, Final

from emitter.delivery.clock import monotonic_ms
from emitter.errors import StoreError

if TYPE_CHECKING:
    from emitter.delivery.store.database import Database

_LOOK_MS: Final = 1000
"""How long an answer is believed, in real milliseconds."""
_LOCK: Final = 0x7A6E
"""The first key of the lock; the second is that of the schema."""
_TAKE: Final = f"SELECT pg_try_advisory_lock({_LOCK}, hashtext(current_schema()))"
_KEEP: Final = "SELECT true"


class Leadership:
    """Whether this process leads. Thread-safe; without a shared record everyone does."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._session: Any = None
        self._open = ExitStack()
        self._leads = not database.is_shared
        self._looked_ms = -float(_LOOK_MS)
        self._lock = threading.Lock()

    def holds(self) -> bool:
        """Return whether this process leads, and take the lead where nobody has it."""
        if not self._database.is_shared:
            return True
        with self._lock:
            if monotonic_ms() - self._looked_ms >= _LOOK_MS:
                self._leads = self._look()
                self._looked_ms = monotonic_ms()
            return self._leads

    def close(self) -> None:
        """Give the lead to others."""
        with self._lock:
            self._leads, self._session = False, None
            self._open.close()

    def _look(self) -> bool:
        errors: tuple[type[Exception], ...] = (*self._database.errors, StoreError)
        try:
            if self._session is None:
                self._leads = False
                self._session = self._open.enter_context(self._database.session())
            return bool(self._session.execute(_KEEP if self._leads else _TAKE).fetchone()[0])
        except errors:
            self._session = None
            self._open.close()
            return False
