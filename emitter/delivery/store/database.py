"""Opens the file, checks that it is a record this version reads, and gives out transactions."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final, Self

from sqlalchemy import insert, inspect, select

from emitter.delivery.places import DatabaseUrl, place_of
from emitter.delivery.store import sqlite
from emitter.delivery.store.failures import (
    clear_failure,
    clear_failures,
    damaged,
    foreign,
    too_new,
)
from emitter.delivery.store.tables import FORMAT, metadata, store_format
from emitter.delivery.store.transactions import Access, Connections, Transaction
from emitter.delivery.store.upgrades import upgrade

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from contextlib import AbstractContextManager
    from types import TracebackType

    from sqlalchemy import Connection, Engine

    from emitter.delivery.places import Place
    from emitter.delivery.vault import Vault

BUSY_TIMEOUT_S: Final = 5.0
READ: Final = Access.READ
WRITE: Final = Access.WRITE


class Database:
    """The file or database and its connections; what is in it, the subclasses know. Thread-safe."""

    def __init__(self, path: Place, engine: Engine, connections: Connections, vault: Vault | None) -> None:
        self.path = path
        self.vault = vault
        self._engine = engine
        self._connections = connections

    @classmethod
    def open(
        cls, database: str | Place, *, vault: Vault | None = None, busy_timeout_s: float = BUSY_TIMEOUT_S
    ) -> Self:
        """Open the record, and make it where there is none, readable by its owner only.

        Args:
            database: The file, whose folder must exist; or a database of PostgreSQL, which must exist.
            vault: Seals and opens credentials; needed only where a subscription has some.
            busy_timeout_s: How long to wait for others who have the file locked.

        Raises:
            StoreError: It is no record, one of a later version, damaged, locked, out of reach, or cannot be
                made.
        """
        path = place_of(database) if isinstance(database, str) else database
        if isinstance(path, DatabaseUrl):
            return cls._open_postgres(path, vault)
        sqlite.make_file(path)
        engine = sqlite.open_engine(path, busy_timeout_s)
        try:
            with clear_failures(path):
                sqlite.until_not_busy(lambda: _prepare(engine, path), busy_timeout_s)
        except BaseException:
            engine.dispose()
            raise
        return cls(path, engine, Connections(engine, path, sqlite.BEGIN), vault)

    @classmethod
    def _open_postgres(cls, url: DatabaseUrl, vault: Vault | None) -> Self:
        from emitter.delivery.store import postgres  # noqa: PLC0415 - its dialect takes long to load

        engine = postgres.open_engine(url)
        try:
            with clear_failures(url):
                _prepare(engine, url, lock=postgres.lock_tables)
        except BaseException:
            engine.dispose()
            raise
        return cls(url, engine, postgres.PooledConnections(engine, url), vault)

    @property
    def is_shared(self) -> bool:
        """Whether other machines may be at work on the same record."""
        return isinstance(self.path, DatabaseUrl)

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
    def _connected(self, access: Access) -> Iterator[Connection]:
        with clear_failures(self.path), self._engine.execution_options(access=access).begin() as connection:
            yield connection

    def transaction(self, access: Access = READ) -> Transaction:
        """Give the same for prepared statements, which are faster."""
        return Transaction(self._connections, access)

    @property
    def errors(self) -> tuple[type[Exception], ...]:
        """What a session of its own may raise."""
        return self._connections.errors

    @contextmanager
    def session(self) -> Iterator[Any]:
        """Give a connection of the driver that nobody else ever uses: for what is bound to one.

        Raises:
            StoreError: There is none to be had.
        """
        try:
            opened = self._engine.raw_connection()
        except self.errors as error:
            raise clear_failure(self.path, error) from None
        opened.detach()
        try:
            yield opened.dbapi_connection
        finally:
            opened.close()

    @contextmanager
    def checked(self, what: str) -> Iterator[None]:
        """Raise StoreError where a row holds what nothing of ours writes."""
        try:
            yield
        except (ValueError, TypeError, KeyError):
            raise damaged(self.path, what) from None

    def shrink(self) -> None:
        """Give the space of deleted rows back to the disk, unless another program is at work there.

        PostgreSQL does so by itself.
        """
        if not self.is_shared:
            sqlite.shrink(self._engine)


def _prepare(engine: Engine, path: Place, *, lock: Callable[[Connection], None] | None = None) -> None:
    """Make what is missing in an empty database or a record of ours; leave everything else untouched.

    Args:
        engine: Gives connections.
        path: What messages call the record.
        lock: Keeps others from doing the same; None for SQLite, where whoever writes is alone.
    """
    with engine.begin() as connection:
        names, version = _check(connection, path)
    if names >= set(metadata.tables) and version == FORMAT:
        return
    if lock is None:
        sqlite.turn_on_log(engine)
    with engine.execution_options(access=WRITE).begin() as connection:
        if lock is not None:
            lock(connection)
        names, version = _check(connection, path)
        metadata.create_all(connection)
        if names:
            upgrade(connection, found=version)
        else:
            connection.execute(insert(store_format).values(version=FORMAT, next_delivery_id=1))


def _check(connection: Connection, path: Place) -> tuple[set[str], int]:
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
