"""Attempts, newest first, as a log of what was sent shows them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import and_, select

from emitter.core.outcome import OutcomeKind
from emitter.delivery.store.record import DeliverySummary
from emitter.delivery.store.rows import attempt_from, delivery_from
from emitter.delivery.store.tables import attempts, deliveries, subscriptions

if TYPE_CHECKING:
    from sqlalchemy import ColumnElement

    from emitter.core.deliveries import Attempt
    from emitter.delivery.store.database import Database


@dataclass(frozen=True, slots=True, kw_only=True)
class LogFilter:
    """Which attempts are meant; those under way are in no log.

    Attributes:
        since_ms: Begun at this time or later, milliseconds since the epoch.
        until_ms: Begun then or earlier.
        event: Of events of this name; empty for all.
        is_accepted: Whether they were accepted; None for all.
        retry_number: Which retry, 0 for the first attempt; None for all.
        subscription_ids: At these subscriptions; None for all.
    """

    since_ms: int
    until_ms: int
    event: str = ""
    is_accepted: bool | None = None
    retry_number: int | None = None
    subscription_ids: tuple[int, ...] | None = None


def find_log(
    database: Database, wanted: LogFilter, *, before_id: int | None, limit: int
) -> list[tuple[int, Attempt, DeliverySummary]]:
    """Return attempts that ended, newest first, each with its number in the log and its delivery.

    Args:
        database: The record.
        wanted: Which ones.
        before_id: Only those older than this one.
        limit: At most so many.
    """
    query = (
        select(attempts.c.id)
        .select_from(attempts.join(deliveries))
        .where(*_conditions(wanted, before_id))
        .order_by(attempts.c.id.desc())
        .limit(limit)
    )
    with database.reading() as connection:
        ids = [*connection.execute(query).scalars()]
        made = connection.execute(select(attempts).where(attempts.c.id.in_(ids))).all()
        numbers = {row.delivery_id for row in made}
        shown = select(*deliveries.c, subscriptions.c.url).select_from(deliveries.join(subscriptions))
        found = {row.id: row for row in connection.execute(shown.where(deliveries.c.id.in_(numbers)))}
    with database.checked("an attempt"):
        rows = sorted(made, key=lambda row: -row.id)
        return [(row.id, attempt_from(row), _summary(found[row.delivery_id])) for row in rows]


def _conditions(wanted: LogFilter, before_id: int | None) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = [
        and_(attempts.c.started_at_ms >= wanted.since_ms, attempts.c.started_at_ms <= wanted.until_ms),
        attempts.c.outcome != OutcomeKind.UNKNOWN.value,
    ]
    if before_id is not None:
        conditions.append(attempts.c.id < before_id)
    if wanted.event:
        conditions.append(deliveries.c.event == wanted.event)
    if wanted.is_accepted is not None:
        is_it = attempts.c.outcome == OutcomeKind.ACCEPTED.value
        conditions.append(is_it if wanted.is_accepted else ~is_it)
    if wanted.retry_number is not None:
        conditions.append(attempts.c.retry_number == wanted.retry_number)
    if wanted.subscription_ids is not None:
        conditions.append(deliveries.c.subscription_id.in_(wanted.subscription_ids))
    return conditions


def _summary(row: Any) -> DeliverySummary:
    return DeliverySummary(
        delivery=delivery_from(row), url=row.url, attempts_made=row.attempts_made, last_outcome=None
    )
