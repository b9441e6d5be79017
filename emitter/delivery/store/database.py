"""Opens the file, checks that it is a record this version reads, and gives out transactions."""

from __future__ import annotations

import contextlib
import os
import sqlite3
import threading
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Self

from sqlalchemy import URL, Connection, Engine, create_engine, event, insert, inspect, select
from sqlalchemy.exc import DBAPIError

from emitter.delivery.clock import monotonic_ms
from emitter.delivery.store.failures import (
    clear_failures,
    damaged,
    foreign,
    is_busy,
    too_new,
)
from emitter.delivery.store.tables import FORMAT, metadata, store_format
from emitter.delivery.store.transactions import Connections, Transaction
from emitter.delivery.store.upgrades import upgrade
from emitter.errors import StoreError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from contextlib import AbstractContextManager
    from types import TracebackType

    from emitter.delivery.vault import Vault

BUSY_TIMEOUT_S: Final = 5.0
_POOL_SIZE: Final = 8
READ: Final = "BEGIN"
"""How a transaction begins that sees one state of the record throughout."""
WRITE: Final = "BEGIN IMMEDIATE"
"""How one begins that holds the write lock: taking it later could fail without waiting for it."""


class Database:
    """The file and its connections; what is in it, the subclasses know. Thread-safe."""

    def __init__(self, path: Path, engine: Engine, vault: Vault | None) -> None:
        self.path = path
        self.vault = vault
        self._engine = engine
        self._connections = Connections(engine, path)

    @classmethod
    def open(
        cls, database: str | Path, *, vault: Vault | None = None, busy_timeout_s: float = BUSY_TIMEOUT_S
    ) -> Self:
        """Open the record, and make it where there is none, readable by its owner only.

        Args:
            database: The file; its folder must exist.
            vault: Seals and opens credentials; needed only where a subscription has some.
            busy_timeout_s: How long to wait for others who have the record locked.

        Raises:
            StoreError: It is no record, one of a later version, damaged, locked, or cannot be made.
        """
        path = Path(database)
        _make_file(path)
        engine = _sqlite_engine(path, busy_timeout_s)
        try:
            with clear_failures(path):
                _until_not_busy(lambda: _prepare(engine, path), busy_timeout_s)
        except BaseException:
            engine.dispose()
            raise
        return cls(path, engine, vault)

    def close(self) -> None:
        """Close every connection; call it when no other thread uses the store any more."""
        self._connections.close()
        self._engine.dispose()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def reading(self) -> AbstractContextManager[Connection]:
        """Give a connection that sees one state of the record throughout."""
        return self._connected(READ)

    def writing(self) -> AbstractContextManager[Connection]:
        """Give a connection that holds the write lock; an exception takes everything back."""
        return self._connected(WRITE)

    @contextmanager
    def _connected(self, begin: str) -> Iterator[Connection]:
        with clear_failures(self.path), self._engine.execution_options(begin=begin).begin() as connection:
            yield connection

    def transaction(self, begin: str = READ) -> Transaction:
        """Give the same for prepared statements, which are faster; `begin` is READ or WRITE."""
        return Transaction(self._connections, begin)

    @contextmanager
    def checked(self, what: str) -> Iterator[None]:
        """Raise StoreError where a row holds what nothing of ours writes."""
        try:
            yield
        except (ValueError, TypeError, KeyError):
            raise damaged(self.path, what) from None

    def shrink(self) -> None:
        """Give the space of deleted rows back to the disk, unless another program is at work there."""
        with contextlib.suppress(sqlite3.Error):
            _outside_transactions(self._engine, "VACUUM", "PRAGMA wal_checkpoint(TRUNCATE)")


def _make_file(path: Path) -> None:
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


def _sqlite_engine(path: Path, busy_timeout_s: float) -> Engine:
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
        connection.execute("PRAGMA synchronous = NORMAL")
        connection.execute("PRAGMA foreign_keys = ON")

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        connection.exec_driver_sql(connection.get_execution_options().get("begin", READ))

    return engine


def _prepare(engine: Engine, path: Path) -> None:
    """Make what is missing in an empty file or a record of ours; leave everything else untouched."""
    with engine.begin() as connection:
        names, version = _check(connection, path)
    if names >= set(metadata.tables) and version == FORMAT:
        return
    _outside_transactions(engine, "PRAGMA journal_mode = WAL")
    with engine.execution_options(begin=WRITE).begin() as connection:
        names, version = _check(connection, path)
        metadata.create_all(connection)
        if names:
            upgrade(connection, found=version)
        else:
            connection.execute(insert(store_format).values(version=FORMAT, next_delivery_id=1))


def _check(connection: Connection, path: Path) -> tuple[set[str], int]:
    """Return the names of the tables there are and the format, once it is clear that the file is ours."""
    names = set(inspect(connection).get_table_names())
    if names and store_format.name not in names:
        raise foreign(path)
    version = FORMAT
    if names:
        versions = connection.execute(select(store_format.c.version)).scalars().all()
        if len(versions) != 1 or not isinstance(versions[0], int):
            raise damaged(path, "its format")
        if versions[0] > FORMAT:
            raise too_new(path, found=versions[0], known=FORMAT)
        version = versions[0]
    return names, version


def _outside_transactions(engine: Engine, *statements: str) -> None:
    connection = engine.raw_connection()
    try:
        cursor = connection.cursor()
        for statement in statements:
            cursor.execute(statement)
        cursor.close()
    finally:
        connection.close()


def _until_not_busy(prepare: Callable[[], None], busy_timeout_s: float) -> None:
    """Try for as long as a lock may be held: turning on the write-ahead log does not wait by itself."""
    deadline_ms = monotonic_ms() + busy_timeout_s * 1000
    while True:
        try:
            return prepare()
        except (DBAPIError, sqlite3.Error) as error:
            if not is_busy(error) or monotonic_ms() > deadline_ms:
                raise
            threading.Event().wait(0.02)
