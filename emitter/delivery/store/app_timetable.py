"""What the app has to do next: which of its subscriptions has something due, and when.

The head of each subscription's own queue is looked at: how much is pending behind it does not matter.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from sqlalchemy import and_, bindparam, or_, select, update

from emitter.core.standing import SubscriptionState
from emitter.delivery.store.app_tables import standings
from emitter.delivery.store.database import WRITE
from emitter.delivery.store.prepared import Prepared
from emitter.delivery.store.tables import deliveries, subscriptions
from emitter.delivery.store.timetable_statements import IS_LEASED

if TYPE_CHECKING:
    from emitter.delivery.store.database import Database

_IS_ACTIVE: Final = standings.c.state == SubscriptionState.ACTIVE.value
_IS_AT_WORK: Final = and_(_IS_ACTIVE, or_(standings.c.is_paused.is_(False), standings.c.steps > 0))
_PENDING: Final = deliveries.c.due_at_ms.is_not(None)
_FREE: Final = deliveries.c.leased_until_ms.is_(None)

_HEAD: Final = (
    select(deliveries.c.due_at_ms)
    .where(deliveries.c.subscription_id == standings.c.subscription_id, _PENDING, _FREE)
    .order_by(deliveries.c.due_at_ms)
    .limit(1)
    .scalar_subquery()
)
_HEADS: Final = Prepared(
    select(standings.c.subscription_id, standings.c.is_paused, standings.c.revalidate_at_ms, _HEAD).where(
        _IS_AT_WORK
    )
)
_LEASED: Final = Prepared(
    select(
        deliveries.c.subscription_id,
        deliveries.c.leased_until_ms,
        deliveries.c.id,
        deliveries.c.attempts_made,
    ).where(IS_LEASED)
)
_ACTIVE_IDS: Final = Prepared(
    select(standings.c.subscription_id).where(_IS_ACTIVE).order_by(standings.c.subscription_id)
)
_DUE_ATTEMPTS: Final = Prepared(
    select(deliveries.c.id, deliveries.c.attempts_made + 1)
    .where(
        deliveries.c.subscription_id == bindparam("its_id"),
        deliveries.c.due_at_ms <= bindparam("now_ms"),
        or_(_FREE, deliveries.c.leased_until_ms <= bindparam("now_ms")),
    )
    .order_by(deliveries.c.due_at_ms, deliveries.c.id)
    .limit(bindparam("limit"))
)
_AT_WORK: Final = Prepared(
    select(
        standings.c.subscription_id,
        standings.c.is_paused,
        *(subscriptions.c[name] for name in ("url", "settings", "sealed", "secret_source")),
    )
    .join(deliveries, deliveries.c.subscription_id == standings.c.subscription_id)
    .join(subscriptions, subscriptions.c.id == standings.c.subscription_id)
    .where(deliveries.c.id == bindparam("its_id"), _PENDING, _IS_AT_WORK)
)
_TAKE_STEP: Final = Prepared(
    update(standings)
    .where(standings.c.subscription_id == bindparam("its_id"), standings.c.steps > 0)
    .values(steps=standings.c.steps - 1)
    .returning(standings.c.subscription_id)
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Due:
    """What is next at one subscription; times in milliseconds since the epoch, None where there is nothing.

    Attributes:
        subscription_id: The subscription.
        is_paused: Whether only a step that was asked for may be made.
        attempt_at_ms: When its first attempt that nobody makes is due.
        lease_ends_at_ms: When the first attempt that somebody makes is due again if it is not recorded.
        revalidate_at_ms: When its endpoint is validated again.
    """

    subscription_id: int
    is_paused: bool
    attempt_at_ms: int | None
    lease_ends_at_ms: int | None
    revalidate_at_ms: int | None

    @property
    def at_ms(self) -> int | None:
        """When an attempt may be taken next, None if nothing is pending."""
        times_ms = [at for at in (self.attempt_at_ms, self.lease_ends_at_ms) if at is not None]
        return min(times_ms, default=None)


def due(database: Database) -> list[Due]:
    """Return what is next at each active subscription that is not paused, or may make a step."""
    with database.transaction() as transaction:
        heads = _HEADS.run(transaction).fetchall()
        leased = _LEASED.run(transaction).fetchall()
    ends: dict[int, int] = {}
    for number, until_ms, *_ in leased:
        ends[number] = min(until_ms, ends.get(number, until_ms))
    return [
        Due(
            subscription_id=number,
            is_paused=bool(is_paused),
            attempt_at_ms=head_ms,
            lease_ends_at_ms=ends.get(number),
            revalidate_at_ms=None if is_paused else revalidate_at_ms,
        )
        for number, is_paused, revalidate_at_ms, head_ms in heads
    ]


Numbered = tuple[int, int]
"""The number of a delivery, and that of an attempt."""


def leased(database: Database, *, now_ms: int) -> dict[int, set[Numbered]]:
    """Return the attempts that somebody makes, by the number of their subscription."""
    with database.transaction() as transaction:
        rows = _LEASED.run(transaction).fetchall()
    found: dict[int, set[Numbered]] = {}
    for subscription_id, until_ms, delivery_id, number in rows:
        if until_ms > now_ms:
            found.setdefault(subscription_id, set()).add((delivery_id, number))
    return found


def due_attempts(database: Database, subscription_id: int, *, now_ms: int, limit: int) -> list[Numbered]:
    """Return a subscription's attempts that are due and that nobody makes, the first first."""
    with database.transaction() as transaction:
        rows = _DUE_ATTEMPTS.run(transaction, its_id=subscription_id, now_ms=now_ms, limit=limit)
        return [(delivery_id, number) for delivery_id, number in rows.fetchall()]


@dataclass(frozen=True, slots=True)
class AtWork:
    """A subscription whose attempts may be made.

    Attributes:
        subscription_id: Its number.
        is_paused: Whether that takes one of the steps it has left.
        written: All that an edit changes, as the record holds it: who knows it otherwise reads it anew.
    """

    subscription_id: int
    is_paused: bool
    written: tuple[str, ...]


def at_work(database: Database, delivery_id: int) -> AtWork | None:
    """Return the subscription of a pending delivery; None where no attempt may be made."""
    with database.transaction() as transaction:
        row = _AT_WORK.run(transaction, its_id=delivery_id).fetchone()
    return row and AtWork(row[0], bool(row[1]), tuple(row[2:]))


def active_ids(database: Database) -> list[int]:
    """Return the numbers of the subscriptions that events go to, paused ones too, oldest first."""
    with database.transaction() as transaction:
        return [row[0] for row in _ACTIVE_IDS.run(transaction).fetchall()]


def take_step(database: Database, subscription_id: int) -> bool:
    """Use up one step of a paused subscription, and return whether it had one left."""
    with database.transaction(WRITE) as transaction:
        return bool(_TAKE_STEP.run(transaction, its_id=subscription_id).fetchall())
