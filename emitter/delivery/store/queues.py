"""How much is pending at each of the app's subscriptions."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from sqlalchemy import func, select

from emitter.delivery.store.app_tables import standings
from emitter.delivery.store.tables import deliveries

if TYPE_CHECKING:
    from emitter.delivery.store.database import Database

_OWN: Final = deliveries.c.subscription_id == standings.c.subscription_id


@dataclass(frozen=True, slots=True)
class Queue:
    """What is pending at one subscription: how much, and when the first is due, in ms since the epoch."""

    depth: int
    first_due_ms: int


def queues(database: Database) -> dict[int, Queue]:
    """Return the queues that are not empty, by the number of their subscription."""
    query = (
        select(deliveries.c.subscription_id, func.count(), func.min(deliveries.c.due_at_ms))
        .join(standings, _OWN)
        .where(deliveries.c.due_at_ms.is_not(None))
        .group_by(deliveries.c.subscription_id)
    )
    with database.reading() as connection:
        return {number: Queue(depth, first_ms) for number, depth, first_ms in connection.execute(query)}


def queue(database: Database, subscription_id: int) -> Queue | None:
    """Return what is pending at one subscription, None if nothing is."""
    query = select(func.count(), func.min(deliveries.c.due_at_ms)).where(
        deliveries.c.subscription_id == subscription_id, deliveries.c.due_at_ms.is_not(None)
    )
    with database.reading() as connection:
        depth, first_ms = connection.execute(query).one()
    return Queue(depth, first_ms) if depth else None
