"""All that only PostgreSQL wants: its driver, how connections are set up and transactions begin.

Several processes and machines share such a record; what is leased is decided by locks of rows.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, cast

from sqlalchemy import create_engine, event, make_url, text
from sqlalchemy.exc import ArgumentError, SQLAlchemyError

from emitter.delivery.store.tables import speak_postgresql
from emitter.delivery.store.transactions import Access, Connections
from emitter.errors import InvalidSettingError, StoreError

if TYPE_CHECKING:
    from sqlalchemy import Connection, Engine, PoolProxiedConnection
    from sqlalchemy.engine.interfaces import DBAPIConnection

    from emitter.delivery.places import DatabaseUrl
    from emitter.delivery.store.database import Database

BEGIN: Final = {
    Access.READ: "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY",
    Access.WRITE: "BEGIN",  # what is read in order to be changed is locked by its row, see FOR UPDATE
}
_POOL_SIZE: Final = 16
_MORE_AT_ONCE: Final = 48
"""How many connections beyond those that are kept may be open for a moment: every thread may need one."""
_SECONDS: Final = {
    "connect_timeout": 5,
    "keepalives_idle": 15,
    "keepalives_interval": 5,
    "keepalives_count": 3,
}
"""A server that is gone is noticed, not waited for."""
LOCKS: Final = 0x7A6D
"""The first key of our advisory locks; the second is that of the schema."""


def open_engine(url: DatabaseUrl) -> Engine:
    """Return what gives connections to the database, which begin as `BEGIN` says.

    Raises:
        InvalidSettingError: The URL cannot be read.
        StoreError: The driver is not installed.
    """
    try:
        parsed = make_url(url.reveal())
    except (ArgumentError, ValueError):
        raise InvalidSettingError(
            f"the database {url} is no URL; write postgresql+psycopg://USER@HOST:5432/NAME"
        ) from None
    known = {name: value for name, value in _SECONDS.items() if name not in parsed.query}
    try:
        engine = create_engine(
            parsed,
            connect_args={"application_name": "zoom-emitter", **known},
            hide_parameters=True,
            pool_size=_POOL_SIZE,
            max_overflow=_MORE_AT_ONCE,
            pool_pre_ping=True,  # the server may have been restarted
            pool_reset_on_return=None,  # whoever uses one ends its transaction
        )
    except ImportError:
        raise StoreError(
            f"the record {url} wants PostgreSQL's driver: pip install 'zoom-webhook-emitter[postgres]'"
        ) from None
    speak_postgresql()

    @event.listens_for(engine, "connect")
    def _set_up(connection: Any, _: Any) -> None:
        connection.autocommit = True  # transactions begin below, not where the driver thinks

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        connection.exec_driver_sql(BEGIN[connection.get_execution_options().get("access", Access.READ)])

    return engine


def lock_tables(connection: Connection) -> None:
    """Let one process at a time make or change tables, until its transaction ends."""
    connection.execute(text(f"SELECT pg_advisory_xact_lock({LOCKS}, hashtext(current_schema()))"))


def whole_name(database: Database) -> str:
    """Return what a shared record is called on every machine: a name for what belongs to it alone."""
    with database.reading() as connection:
        name = connection.execute(text("SELECT current_database() || '.' || current_schema()")).scalar_one()
    return f"zoom-emitter.{name}"


class PooledConnections(Connections):
    """Connections of the pool, which opens others in place of those that are broken. Thread-safe."""

    def __init__(self, engine: Engine, place: DatabaseUrl) -> None:
        super().__init__(engine, place, BEGIN)
        self.errors = (SQLAlchemyError, engine.dialect.loaded_dbapi.Error)

    def take(self) -> DBAPIConnection:
        """Return one that no one else uses until it is given back."""
        return cast("DBAPIConnection", self._engine.raw_connection())

    def give_back(self, connection: DBAPIConnection) -> None:
        """Give it back to the pool, unless it is broken."""
        pooled = cast("PoolProxiedConnection", connection)
        if pooled.dbapi_connection is not None and pooled.dbapi_connection.closed:
            pooled.invalidate()
        pooled.close()
