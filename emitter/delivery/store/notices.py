"""What Zoom would have told the owner of a subscription whose endpoint keeps failing its revalidation."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import insert, select, update

from emitter.core.revalidation import Consequence
from emitter.core.standing import SubscriptionState
from emitter.delivery.store.app_tables import notices, standings
from emitter.delivery.store.rows import storable
from emitter.delivery.store.tables import subscriptions

if TYPE_CHECKING:
    from emitter.core.standing import Standing
    from emitter.delivery.store.database import Database


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """One notice.

    Attributes:
        id: Its number, 0 before it is stored.
        subscription_id: The subscription it is about.
        at_ms: When it was given, milliseconds since the epoch.
        kind: Which step of the ladder it is.
        detail: What was wrong with the last answer.
    """

    id: int = 0
    subscription_id: int
    at_ms: int
    kind: Consequence
    detail: str


def record_revalidation(
    database: Database,
    subscription_id: int,
    standing: Standing,
    *,
    validated_at_ms: int | None,
    notice: Notice | None,
) -> bool:
    """Store where a subscription stands after a revalidation, and the notice it led to, if any.

    Args:
        database: The record.
        subscription_id: The subscription.
        standing: Where it stands now.
        validated_at_ms: When its endpoint passed; None if it did not.
        notice: What Zoom would have told its owner.

    Returns:
        Whether it was still active; if not, someone ended or edited it meanwhile, and nothing was stored.
    """
    was_active = (
        standings.c.subscription_id == subscription_id,
        standings.c.state == SubscriptionState.ACTIVE.value,
    )
    with database.writing() as connection:
        changed = connection.execute(
            update(standings)
            .where(*was_active)
            .values(
                state=standing.state.value,
                revalidate_at_ms=standing.revalidate_at_ms,
                failures_in_a_row=standing.failures_in_a_row,
            )
        )
        if not changed.rowcount:
            return False
        if validated_at_ms is not None:
            its = subscriptions.c.id == subscription_id
            connection.execute(update(subscriptions).where(its).values(validated_at_ms=validated_at_ms))
        if notice is not None:
            connection.execute(
                insert(notices).values(
                    subscription_id=subscription_id,
                    at_ms=notice.at_ms,
                    kind=notice.kind.value,
                    detail=storable(notice.detail),
                )
            )
    return True


def find_notices(
    database: Database, *, subscription_id: int | None = None, before_id: int | None = None, limit: int = 50
) -> list[Notice]:
    """Return notices, newest first, of one subscription or of all."""
    query = select(notices).order_by(notices.c.id.desc()).limit(limit)
    if subscription_id is not None:
        query = query.where(notices.c.subscription_id == subscription_id)
    if before_id is not None:
        query = query.where(notices.c.id < before_id)
    with database.reading() as connection:
        rows = connection.execute(query).all()
    with database.checked("a notice"):
        return [
            Notice(
                id=row.id,
                subscription_id=row.subscription_id,
                at_ms=row.at_ms,
                kind=Consequence(row.kind),
                detail=row.detail,
            )
            for row in rows
        ]
