"""The calls that receivers made, beside the deliveries that led to them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from sqlalchemy import func, select

from emitter.delivery.store.database import WRITE
from emitter.delivery.store.prepared import Prepared
from emitter.delivery.store.rows import storable
from emitter.delivery.store.tables import new_row
from emitter.delivery.store.zoom_tables import calls

if TYPE_CHECKING:
    from emitter.delivery.store.database import Database

LONGEST: Final = 2000
"""How much of a path, and of a message, is kept, in characters."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One call of Zoom's API.

    Attributes:
        id: Its number; 0 before it is recorded.
        delivery_id: The delivery that led to it, None where none could be told.
        at_ms: When it came, milliseconds since the epoch.
        method: The method.
        path: Path and query as they were sent, without tokens.
        status: The HTTP status it was answered with.
        code: Zoom's code in the answer, None where it has none.
        message: What was said of it: Zoom's message, and what a person may want to know; may be empty.
        fault: The fault it was answered with, empty for none.
        took_ms: How long the answer took.
    """

    id: int = 0
    delivery_id: int | None
    at_ms: int
    method: str
    path: str
    status: int
    code: int | None
    message: str
    fault: str
    took_ms: float


_ADD: Final = Prepared(new_row(calls).returning(calls.c.id))


def add_call(database: Database, call: Call) -> int:
    """Record a call and return its number."""
    with database.transaction(WRITE) as transaction:
        number = _ADD.value(
            transaction,
            delivery_id=call.delivery_id,
            at_ms=call.at_ms,
            method=storable(call.method),
            path=storable(call.path[:LONGEST]),
            status=call.status,
            code=call.code,
            message=storable(call.message[:LONGEST]),
            fault=call.fault,
            took_ms=call.took_ms,
        )
    return int(number)


def find_calls(
    database: Database, *, delivery_id: int | None = None, before_id: int | None = None, limit: int
) -> list[Call]:
    """Return calls, newest first.

    Args:
        database: The record.
        delivery_id: Only those a delivery led to.
        before_id: Only those older than this one.
        limit: At most so many.
    """
    query = select(calls).order_by(calls.c.id.desc()).limit(limit)
    if delivery_id is not None:
        query = query.where(calls.c.delivery_id == delivery_id)
    if before_id is not None:
        query = query.where(calls.c.id < before_id)
    with database.reading() as connection:
        return [Call(**row._mapping) for row in connection.execute(query)]  # noqa: SLF001 - SQLAlchemy's


def count_faults(database: Database, *, delivery_id: int, fault: str) -> int:
    """Return how many calls that a delivery led to were answered with a fault."""
    query = select(func.count()).where(calls.c.delivery_id == delivery_id, calls.c.fault == fault)
    with database.reading() as connection:
        return int(connection.execute(query).scalar_one())
