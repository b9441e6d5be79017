"""Opens the file, checks that it is a record this version reads, and gives out transactions."""

from __future__ import annotations

from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Final, Self

from sqlalchemy import insert, inspect, select

from emitter.delivery.store import sqlite
from emitter.delivery.store.failures import (
    clear_failures,
    damaged,
    foreign,
    too_new,
)
from emitter.delivery.store.tables import FORMAT, metadata, store_format
from emitter.delivery.store.transactions import Access, Connections, Transaction
from emitter.delivery.store.upgrades import upgrade

if TYPE_CHECKING:
    from collections.abc import Iterator
    from contextlib import AbstractContextManager
    from types import TracebackType

    from sqlalchemy import Connection, Engine

    from emitter.delivery.vault import Vault

BUSY_TIMEOUT_S: Final = 5.0
READ: Final = Access.READ
WRITE: Final = Access.WRITE


class Database:
    """The file and its connections; what is in it, the subclasses know. Thread-safe."""

    def __init__(self, path: Path, engine: Engine, vault: Vault | None) -> None:
        self.path = path
        self.vault = vault
        self._engine = engine
        self._connections = Connections(engine, path, sqlite.BEGIN)

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
        sqlite.make_file(path)
        engine = sqlite.open_engine(path, busy_timeout_s)
        try:
            with clear_failures(path):
                sqlite.until_not_busy(lambda: _prepare(engine, path), busy_timeout_s)
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
    def _connected(self, access: Access) -> Iterator[Connection]:
        with clear_failures(self.path), self._engine.execution_options(access=access).begin() as connection:
            yield connection

    def transaction(self, access: Access = READ) -> Transaction:
        """Give the same for prepared statements, which are faster."""
        return Transaction(self._connections, access)

    @contextmanager
    def checked(self, what: str) -> Iterator[None]:
        """Raise StoreError where a row holds what nothing of ours writes."""
        try:
            yield
        except (ValueError, TypeError, KeyError):
            raise damaged(self.path, what) from None

    def shrink(self) -> None:
        """Give the space of deleted rows back to the disk, unless another program is at work there."""
        sqlite.shrink(self._engine)


def _prepare(engine: Engine, path: Path) -> None:
    """Make what is missing in an empty file or a record of ours; leave everything else untouched."""
    with engine.begin() as connection:
        names, version = _check(connection, path)
    if names >= set(metadata.tables) and version == FORMAT:
        return
    sqlite.turn_on_log(engine)
    with engine.execution_options(access=WRITE).begin() as connection:
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
