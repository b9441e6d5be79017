"""The latest attempts as samples for charts: when, how long, how they ended, of what."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from sqlalchemy import func, select

from emitter.core.outcome import OutcomeKind
from emitter.delivery.store.tables import attempts, deliveries

if TYPE_CHECKING:
    from emitter.delivery.store.database import Database

MOST: Final = 10_000
"""How many attempts are looked at: what a chart can show, and a record of millions gives at once."""


class Sample(NamedTuple):
    """One attempt that has ended."""

    started_at_ms: int
    total_ms: float
    outcome: OutcomeKind
    event: str
    subscription_id: int


def latest_samples(database: Database, *, since_ms: int) -> list[Sample]:
    """Return the attempts that began at a time, in ms since the epoch, or later; the latest `MOST` at most.

    Oldest first, without those that are under way or were cut off.
    """
    newest = select(func.max(attempts.c.id)).scalar_subquery()
    query = (
        select(
            attempts.c.started_at_ms,
            attempts.c.total_ms,
            attempts.c.outcome,
            deliveries.c.event,
            deliveries.c.subscription_id,
        )
        .join(deliveries, deliveries.c.id == attempts.c.delivery_id)
        .where(
            attempts.c.id > newest - MOST,
            attempts.c.started_at_ms >= since_ms,
            attempts.c.outcome != OutcomeKind.UNKNOWN.value,
        )
        .order_by(attempts.c.id)
    )
    with database.reading() as connection:
        rows = connection.execute(query).all()
    with database.checked("an attempt"):
        return [
            Sample(at, took, OutcomeKind(outcome), event, number) for at, took, outcome, event, number in rows
        ]
