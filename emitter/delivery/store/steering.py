"""Deliveries that a person moves by hand: brought forward, skipped, cancelled, stepped."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from sqlalchemy import and_, insert, select, update

from emitter.core.deliveries import DeliveryState
from emitter.delivery.store.app_tables import cancellations, standings
from emitter.delivery.store.rows import delivery_from
from emitter.delivery.store.tables import deliveries
from emitter.errors import ConflictError, UnknownNameError

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlalchemy import Connection

    from emitter.core.deliveries import Delivery
    from emitter.delivery.store.database import Database

_PENDING: Final = deliveries.c.due_at_ms.is_not(None)


def steer(database: Database, delivery_id: int, decide: Callable[[Delivery], Delivery]) -> Delivery:
    """Make of a pending delivery what a decision says, in one transaction, and return it.

    Raises:
        UnknownNameError: There is none of this number.
        ConflictError: It is settled, or an attempt of it is under way; or the decision says so.
    """
    with database.writing() as connection:
        delivery, is_leased = _pending(connection, delivery_id)
        if is_leased:
            raise ConflictError(
                f"an attempt of delivery {delivery_id} is under way; look again when it ended"
            )
        after = decide(delivery)
        _store(connection, after)
    return after


def cancel(database: Database, delivery_id: int, decide: Callable[[Delivery], Delivery]) -> Delivery:
    """Cancel a pending delivery; one that is under way is cancelled when its attempt has failed.

    Raises:
        UnknownNameError: There is none of this number.
        ConflictError: It is settled.
    """
    with database.writing() as connection:
        delivery, is_leased = _pending(connection, delivery_id)
        known = select(cancellations).where(cancellations.c.delivery_id == delivery_id)
        if is_leased and connection.execute(known).first() is None:
            connection.execute(insert(cancellations).values(delivery_id=delivery_id))
        if is_leased:
            return delivery
        after = decide(delivery)
        _store(connection, after)
    return after


def step(database: Database, subscription_id: int, decide: Callable[[Delivery], Delivery]) -> Delivery:
    """Let a paused subscription make its first pending attempt, brought forward as a decision says.

    Raises:
        ConflictError: It is not paused, or nothing is pending there that is not under way.
    """
    with database.writing() as connection:
        first = (
            select(deliveries)
            .where(
                deliveries.c.subscription_id == subscription_id,
                _PENDING,
                deliveries.c.leased_until_ms.is_(None),
            )
            .order_by(deliveries.c.due_at_ms, deliveries.c.id)
            .limit(1)
            .with_for_update()
        )
        row = connection.execute(first).one_or_none()
        if row is None:
            raise ConflictError(
                f"nothing is pending at subscription {subscription_id}; send it an event first"
            )
        with database.checked(f"delivery {row.id}"):
            delivery = delivery_from(row)
        after = decide(delivery)
        _allow_step(connection, subscription_id)
        _store(connection, after)
    return after


def first_due_ms(database: Database, subscription_id: int) -> int | None:
    """Return when the first attempt of a subscription is due that nobody makes, None if there is none."""
    free = and_(_PENDING, deliveries.c.leased_until_ms.is_(None))
    query = (
        select(deliveries.c.due_at_ms)
        .where(deliveries.c.subscription_id == subscription_id, free)
        .order_by(deliveries.c.due_at_ms)
        .limit(1)
    )
    with database.reading() as connection:
        return connection.execute(query).scalar_one_or_none()


def allow_step(database: Database, subscription_id: int) -> None:
    """Let a paused subscription make one attempt more; raises ConflictError where it is not paused."""
    with database.writing() as connection:
        _allow_step(connection, subscription_id)


def _allow_step(connection: Connection, subscription_id: int) -> None:
    paused = and_(standings.c.subscription_id == subscription_id, standings.c.is_paused)
    more = update(standings).where(paused).values(steps=standings.c.steps + 1)
    if not connection.execute(more).rowcount:
        raise ConflictError(f"subscription {subscription_id} is not paused; only a paused one goes by steps")


def _pending(connection: Connection, delivery_id: int) -> tuple[Delivery, bool]:
    its = select(deliveries).where(deliveries.c.id == delivery_id).with_for_update()
    row = connection.execute(its).one_or_none()
    if row is None:
        raise UnknownNameError("delivery", str(delivery_id), hint="GET /api/deliveries lists them")
    if row.state != DeliveryState.PENDING:
        raise ConflictError(
            f"delivery {delivery_id} is {row.state}, nothing of it is pending; replay it to send it again"
        )
    return delivery_from(row), row.leased_until_ms is not None


def _store(connection: Connection, delivery: Delivery) -> None:
    connection.execute(
        update(deliveries)
        .where(deliveries.c.id == delivery.id)
        .values(
            state=delivery.state.value,
            retry_number=delivery.retry_number,
            due_at_ms=delivery.due_at_ms,
            virtual_ms=delivery.virtual_ms,
        )
    )
