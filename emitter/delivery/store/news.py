"""What one process does to a record that several share, told to the others as it happens.

By PostgreSQL's NOTIFY. It keeps pages live and what is known of subscriptions fresh; nothing depends on it:
whoever missed something is told so, and finds it in the record.
"""

from __future__ import annotations

import contextlib
import json
import threading
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import bindparam, func, select

from emitter.delivery.store.database import WRITE
from emitter.delivery.store.prepared import Prepared
from emitter.errors import StoreError

if TYPE_CHECKING:
    from collections.abc import Callable

    from emitter.delivery.store.database import Database

    Message = dict[str, Any]

_CHANNEL: Final = func.concat("zoom_emitter_", func.hashtext(func.current_schema()))
_NAME_OF_CHANNEL: Final = "SELECT 'zoom_emitter_' || hashtext(current_schema())"
_TELL: Final = Prepared(select(func.pg_notify(_CHANNEL, bindparam("payload"))))
_GATHER_S: Final = 0.05
"""How long news are gathered after some were heard, so that a burst does not take a query each."""
_AGAIN_S: Final = 1.0
"""How long to wait before listening is tried again, in real seconds."""
_LOOK_S: Final = 30.0


def tell(database: Database, message: Message, *, by: str) -> None:
    """Tell every other process; where that fails they find it in the record.

    Args:
        database: The record; a shared one.
        message: What is told, as JSON below 8,000 bytes.
        by: The name of who tells.
    """
    payload = json.dumps({"by": by, **message})
    with contextlib.suppress(StoreError), database.transaction(WRITE) as transaction:
        _TELL.run(transaction, payload=payload)


class News:
    """Hears what other processes tell, in a thread of its own.

    Args:
        database: The record; a shared one.
        own_name: Whose news are not heard: one's own.
        heard: Called with what was told, in that order.
        missed: Called after a time in which nothing could be heard.
    """

    def __init__(
        self,
        database: Database,
        *,
        own_name: str,
        heard: Callable[[list[Message]], None],
        missed: Callable[[], None],
    ) -> None:
        self._database = database
        self._own_name = own_name
        self._heard = heard
        self._missed = missed
        self._is_closing = threading.Event()
        self._is_listening = threading.Event()
        self._thread = threading.Thread(target=self._run, name="news", daemon=True)

    def start(self) -> None:
        """Listen from now on; what is told once this returns is heard, if the record can be reached."""
        self._thread.start()
        self._is_listening.wait(_AGAIN_S)

    def close(self) -> None:
        """Listen no longer."""
        if not self._thread.is_alive():
            return
        self._is_closing.set()
        tell(self._database, {}, by=self._own_name)  # ends the wait for news
        self._thread.join(_AGAIN_S)

    def _run(self) -> None:
        while not self._is_closing.is_set():
            with contextlib.suppress(*self._database.errors, StoreError), self._database.session() as session:
                cursor = session.cursor()
                cursor.execute(_NAME_OF_CHANNEL)
                cursor.execute(f'LISTEN "{cursor.fetchone()[0]}"')
                if self._is_listening.is_set():
                    self._missed()
                self._is_listening.set()
                while not self._is_closing.is_set():
                    self._listen(session)
            self._is_closing.wait(_AGAIN_S)

    def _listen(self, session: Any) -> None:
        told = [*session.notifies(timeout=_LOOK_S, stop_after=1), *session.notifies(timeout=0)]
        if not told:
            session.execute("SELECT 1")  # raises where the server is gone
        messages = [json.loads(each.payload) for each in told]
        others = [each for each in messages if each["by"] != self._own_name and "kind" in each]
        if others and not self._is_closing.is_set():
            self._heard(others)
        self._is_closing.wait(_GATHER_S)
