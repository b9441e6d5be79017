"""Calls as they are taken: measured, tied to the delivery that led to them, recorded and told."""

from __future__ import annotations

from dataclasses import replace
from random import SystemRandom
from typing import TYPE_CHECKING, Any, Final

from emitter.core.mentions import snake
from emitter.delivery.clock import monotonic_ms
from emitter.delivery.store.calls import Call, add_call
from emitter.delivery.store.mentions import cause_about, cause_since
from emitter.faking.ids import tracking_id

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from emitter.app.zoom.errors import ZoomError
    from emitter.delivery.clock import Clock
    from emitter.delivery.store import Store
    from emitter.delivery.store.mentions import Cause

FOLLOWS_S: Final = 30.0
"""How long after an attempt began a call that names nothing is taken to follow from it, in real seconds."""
_RANDOM: Final = SystemRandom()


class Taken:
    """One call while it is answered.

    Args:
        method: The method.
        environ: The request's WSGI environment: it has the path as it was sent.
        clock: Says when it came.

    Attributes:
        at_ms: When it came, milliseconds since the epoch.
        rate: The rate limit it counts towards, empty before it is known.
        cause: The delivery that led to it, if that is known.
        fault: The fault it is answered with.
        about: What it asks for besides its path.
        tracking_id: What the answer is called.
    """

    def __init__(self, method: str, environ: Mapping[str, Any], clock: Clock) -> None:
        self.at_ms = clock.now_ms()
        self.rate = ""
        self.cause: Cause | None = None
        self.fault = ""
        self.about = ""
        self.tracking_id = tracking_id(_RANDOM)
        self._method = method
        self._path = _sent_path(environ)
        self._started_ms = monotonic_ms()
        self._code: int | None = None
        self._message = ""

    def failed(self, error: ZoomError) -> None:
        """Note the error it is answered with."""
        self._code = error.code
        self._message = f"{error.message} {error.note}".strip() if error.note else error.message

    def call(self, status: int) -> Call:
        """Return it as it is recorded."""
        return Call(
            delivery_id=self.cause and self.cause.delivery_id,
            at_ms=self.at_ms,
            method=self._method,
            path=f"{self._path} {self.about}".strip(),
            status=status,
            code=self._code,
            message=self._message,
            fault=self.fault,
            took_ms=round(monotonic_ms() - self._started_ms, 3),
        )


class Calls:
    """Ties calls to deliveries, and records them. Thread-safe.

    Args:
        store: The record.
        told: Called with each call once it is recorded.
    """

    def __init__(self, store: Store, told: Callable[[Call], None]) -> None:
        self._store = store
        self._told = told

    def cause(self, values: Mapping[str, str], at_ms: int) -> Cause | None:
        """Return the delivery that led to a call.

        That is one sent about the thing the path names; where it names none, or one of which no event says
        anything, one that was sent a moment ago.

        Args:
            values: What stands in the slots of the path.
            at_ms: When the call came, milliseconds since the epoch.
        """
        for slot, value in values.items():
            if found := cause_about(self._store, snake(slot), value):
                return found
        return cause_since(self._store, at_ms - round(FOLLOWS_S * 1000))

    def record(self, taken: Taken, status: int) -> None:
        """Record a call."""
        call = taken.call(status)
        self._told(replace(call, id=add_call(self._store, call)))


def _sent_path(environ: Mapping[str, Any]) -> str:
    """Return path and query as they were sent, without what may be a secret."""
    raw = environ.get("REQUEST_URI") or environ.get("RAW_URI") or environ.get("PATH_INFO", "")
    path, _, query = str(raw).partition("?")
    if not query and not environ.get("REQUEST_URI") and not environ.get("RAW_URI"):
        query = str(environ.get("QUERY_STRING", ""))
    kept = [part for part in query.split("&") if part and not part.startswith(_SECRET)]
    return f"{path}?{'&'.join(kept)}" if kept else path


_SECRET: Final = ("client_secret", "refresh_token", "code=", "access_token")
