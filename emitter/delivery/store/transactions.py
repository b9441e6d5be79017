"""Transactions for prepared statements, straight on the driver's connections."""

from __future__ import annotations

from collections import deque
from enum import Enum
from typing import TYPE_CHECKING, Self, cast

from emitter.delivery.store.failures import DATABASE_ERRORS, clear_failure

if TYPE_CHECKING:
    from collections.abc import Mapping
    from types import TracebackType

    from sqlalchemy import Dialect, Engine, PoolProxiedConnection
    from sqlalchemy.engine.interfaces import DBAPIConnection, DBAPICursor

    from emitter.delivery.places import Place


class Access(Enum):
    """What a transaction is for."""

    READ = "read"
    """It sees one state of the record throughout."""
    WRITE = "write"
    """It holds the write lock from its beginning."""


class Connections:
    """The driver's connections, kept aside by whoever was last done with one. Thread-safe.

    The pool's own care would double a transaction's cost.

    Args:
        engine: Opens them.
        path: What messages call the record.
        begin: The statement that begins a transaction.
    """

    errors: tuple[type[Exception], ...] = DATABASE_ERRORS

    def __init__(self, engine: Engine, path: Place, begin: Mapping[Access, str]) -> None:
        self.path = path
        self.begin = begin
        self.dialect: Dialect = engine.dialect
        self._engine = engine
        self._opened: list[PoolProxiedConnection] = []
        self._idle: deque[DBAPIConnection] = deque()

    def take(self) -> DBAPIConnection:
        """Return one that no one else uses until it is given back."""
        try:
            return self._idle.pop()
        except IndexError:  # none, or another thread was faster
            opened = self._engine.raw_connection()
            self._opened.append(opened)
            return cast("DBAPIConnection", opened.dbapi_connection)

    def give_back(self, connection: DBAPIConnection) -> None:
        """Keep one for the next transaction."""
        self._idle.append(connection)

    def close(self) -> None:
        """Close them; no one may use one any more."""
        self._idle.clear()
        while self._opened:
            self._opened.pop().close()


class Transaction:
    """Begins when it is entered and commits when it is left; an exception takes everything back.

    A class, since a generator made into a context manager costs as much as a statement.

    Raises:
        StoreError: In place of whatever the database raises.
    """

    __slots__ = ("_begin", "_connection", "_connections", "cursor", "dialect")

    cursor: DBAPICursor

    def __init__(self, connections: Connections, access: Access) -> None:
        self.dialect = connections.dialect
        self._connections = connections
        self._begin = connections.begin[access]

    def __enter__(self) -> Self:
        try:
            self._connection = self._connections.take()
            try:
                self.cursor = self._connection.cursor()
                self.cursor.execute(self._begin)
            except BaseException:
                self._connection.rollback()
                self._connections.give_back(self._connection)
                raise
        except self._connections.errors as error:
            raise clear_failure(self._connections.path, error) from None
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            if error is None:
                self._connection.commit()
        except self._connections.errors as failed:
            error = failed
        try:
            if error is not None:
                self._connection.rollback()
        except self._connections.errors as failed:
            error = failed
        self._connections.give_back(self._connection)
        if isinstance(error, self._connections.errors):
            raise clear_failure(self._connections.path, error) from None
