"""All that only SQLite wants: its file, how connections are set up and transactions begin, its log.

Everything else of the record is SQLAlchemy Core, and says the same to every database.
"""

from __future__ import annotations

import contextlib
import os
import sqlite3
import threading
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import URL, create_engine, event
from sqlalchemy.exc import DBAPIError

from emitter.delivery.clock import monotonic_ms
from emitter.delivery.store.failures import is_busy
from emitter.delivery.store.transactions import Access
from emitter.errors import StoreError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from sqlalchemy import Connection, Engine

BEGIN: Final = {
    Access.READ: "BEGIN",
    Access.WRITE: "BEGIN IMMEDIATE",  # taking the write lock later could fail without waiting for it
}
_POOL_SIZE: Final = 8
SET_UP: Final = (
    "PRAGMA synchronous = NORMAL",
    "PRAGMA foreign_keys = ON",
    # A commit in so many pages moves the log into the file and waits for the disk. The log's index is made of
    # blocks of about 4,000 pages, and looking into a second one would cost every reader.
    "PRAGMA wal_autocheckpoint = 4000",
)


def make_file(path: Path) -> None:
    """Make an empty file of mode 0600 unless there is one.

    One that exists is not opened here: closing it again would end the locks of other stores in this process.
    """
    try:
        os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600))
    except FileExistsError:
        if path.is_dir():
            raise StoreError(
                f"{path} is a folder; name a file in it, as --database {path / 'deliveries.sqlite'}"
            ) from None
    except FileNotFoundError:
        raise StoreError(
            f"the folder {path.parent} does not exist; make it, or choose another with --database FILE"
        ) from None
    except OSError as error:
        raise StoreError(
            f"cannot make the record {path}: {error.strerror}; choose another place with --database FILE"
        ) from None


def open_engine(path: Path, busy_timeout_s: float) -> Engine:
    """Return what gives connections to the file, which begin as `BEGIN` says."""
    engine = create_engine(
        URL.create("sqlite", database=str(path.absolute())),
        connect_args={"timeout": busy_timeout_s},
        hide_parameters=True,
        pool_size=_POOL_SIZE,
        max_overflow=-1,
    )

    @event.listens_for(engine, "connect")
    def _set_up(connection: sqlite3.Connection, _: Any) -> None:
        connection.isolation_level = None  # transactions begin below, not where the driver thinks
        for statement in SET_UP:
            connection.execute(statement)

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        connection.exec_driver_sql(BEGIN[connection.get_execution_options().get("access", Access.READ)])

    return engine


def turn_on_log(engine: Engine) -> None:
    """Let readers and a writer work at once; the file remembers it."""
    _outside_transactions(engine, "PRAGMA journal_mode = WAL")


def shrink(engine: Engine) -> None:
    """Give the space of deleted rows back to the disk, unless another program is at work there."""
    with contextlib.suppress(sqlite3.Error):
        _outside_transactions(engine, "VACUUM", "PRAGMA wal_checkpoint(TRUNCATE)")


def until_not_busy(prepare: Callable[[], None], busy_timeout_s: float) -> None:
    """Try for as long as a lock may be held: turning on the write-ahead log does not wait by itself."""
    deadline_ms = monotonic_ms() + busy_timeout_s * 1000
    while True:
        try:
            return prepare()
        except (DBAPIError, sqlite3.Error) as error:
            if not is_busy(error) or monotonic_ms() > deadline_ms:
                raise
            threading.Event().wait(0.02)


def _outside_transactions(engine: Engine, *statements: str) -> None:
    connection = engine.raw_connection()
    try:
        cursor = connection.cursor()
        for statement in statements:
            cursor.execute(statement)
        cursor.close()
    finally:
        connection.close()
