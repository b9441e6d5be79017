"""What happened since a time, for whoever was away: newest first in the record, oldest first when told."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import select

from emitter.delivery.store.notices import Notice, find_notices
from emitter.delivery.store.rows import attempt_from, delivery_from
from emitter.delivery.store.tables import attempts, deliveries

if TYPE_CHECKING:
    from emitter.core.deliveries import Attempt, Delivery
    from emitter.delivery.store.database import Database

MOST: Final = 1000
"""More is not told one by one."""
_TAKES_MS: Final = 1_300_000
"""Longer than any attempt takes: one that began earlier has not ended since."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Happenings:
    """What happened, oldest first: deliveries accepted, attempts ended, notices given."""

    deliveries: list[Delivery]
    attempts: list[tuple[Delivery, Attempt]]
    notices: list[Notice]


def happenings_since(database: Database, at_ms: int) -> Happenings | None:
    """Return what happened at a time, in ms since the epoch, or later; None where it is too much."""
    newest = select(deliveries).order_by(deliveries.c.id.desc()).limit(MOST)
    latest = select(attempts).order_by(attempts.c.id.desc()).limit(MOST)
    with database.reading() as connection:
        accepted = connection.execute(newest).all()
        made = connection.execute(latest).all()
        if _goes_on(accepted, "created_at_ms", at_ms) or _goes_on(made, "started_at_ms", at_ms - _TAKES_MS):
            return None
        ended = [row for row in made if row.started_at_ms + row.total_ms >= at_ms]
        wanted = deliveries.c.id.in_({row.delivery_id for row in ended})
        of_attempts = {row.id: row for row in connection.execute(select(deliveries).where(wanted))}
    notices = find_notices(database, limit=MOST)
    with database.checked("a delivery"):
        return Happenings(
            deliveries=[delivery_from(row) for row in accepted[::-1] if row.created_at_ms >= at_ms],
            attempts=[
                (delivery_from(of_attempts[row.delivery_id]), attempt_from(row))
                for row in sorted(ended, key=lambda row: row.started_at_ms + row.total_ms)
                if row.delivery_id in of_attempts
            ],
            notices=[notice for notice in notices[::-1] if notice.at_ms >= at_ms],
        )


def _goes_on(rows: list[Any] | Any, column: str, at_ms: int) -> bool:
    """Return whether there may be more than was read that is new enough."""
    return len(rows) == MOST and getattr(rows[-1], column) >= at_ms
