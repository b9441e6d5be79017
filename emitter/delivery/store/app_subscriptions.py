"""What the app asks of the record: which subscriptions are its own, and which of them is due first.

A subscription of the app is active while its endpoint counts as validated. One that has been ended stays in
the record with all that was sent to it, and nothing is sent to it any more.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from sqlalchemy import and_, bindparam, null, select, update

from emitter.core.deliveries import DeliveryState
from emitter.delivery.store.database import WRITE
from emitter.delivery.store.prepared import Prepared
from emitter.delivery.store.tables import deliveries, subscriptions

if TYPE_CHECKING:
    from collections.abc import Collection

    from emitter.delivery.store.database import Database

_OWN: Final = subscriptions.c.origin == "app"
_ACTIVE: Final = and_(_OWN, subscriptions.c.validated_at_ms.is_not(None))
_OF_EACH: Final = deliveries.c.subscription_id == subscriptions.c.id
_PENDING: Final = deliveries.c.due_at_ms.is_not(None)
_FREE: Final = deliveries.c.leased_until_ms.is_(None)

_ACTIVE_IDS: Final = Prepared(select(subscriptions.c.id).where(_ACTIVE).order_by(subscriptions.c.id))
# The head of each subscription's own queue: how much is pending behind it, or elsewhere, does not matter.
_WAITING: Final = (
    select(deliveries.c.due_at_ms)
    .where(_OF_EACH, _PENDING, _FREE)
    .order_by(deliveries.c.due_at_ms)
    .limit(1)
    .scalar_subquery()
)
_HEADS: Final = Prepared(select(subscriptions.c.id, _WAITING).where(_ACTIVE))
# No more rows than there are workers anywhere.
_LEASED: Final = Prepared(select(deliveries.c.subscription_id, deliveries.c.leased_until_ms).where(~_FREE))
_END: Final = Prepared(
    update(subscriptions)
    .where(_ACTIVE, subscriptions.c.id == bindparam("its_id"))
    .values(validated_at_ms=null())
    .returning(subscriptions.c.id)
)
_ENDED: Final = select(subscriptions.c.id).where(_OWN, subscriptions.c.validated_at_ms.is_(None))
_GIVE_UP_ENDED: Final = Prepared(
    update(deliveries)
    .where(deliveries.c.subscription_id.in_(_ENDED), _PENDING, _FREE)
    .values(state=DeliveryState.FAILED.value, due_at_ms=null())
)


@dataclass(frozen=True, slots=True, order=True)
class Due:
    """When something is due next, in milliseconds since the epoch, and at which subscription."""

    at_ms: int
    subscription_id: int


def active_ids(database: Database) -> list[int]:
    """Return the numbers of the app's active subscriptions, oldest first."""
    with database.transaction() as transaction:
        return [row[0] for row in _ACTIVE_IDS.run(transaction).fetchall()]


def next_due(database: Database, *, without: Collection[int] = ()) -> Due | None:
    """Return what the app has to attempt next, None if nothing is pending; a lease is due at its end.

    Args:
        database: The record.
        without: Subscriptions to pass over.
    """
    with database.transaction() as transaction:
        heads = dict(_HEADS.run(transaction).fetchall())
        leased = _LEASED.run(transaction).fetchall()
    lease_ends = [(number, at_ms) for number, at_ms in leased if number in heads]
    return min(
        (
            Due(at_ms, number)
            for number, at_ms in (*heads.items(), *lease_ends)
            if at_ms is not None and number not in without
        ),
        default=None,
    )


def end(database: Database, subscription_id: int) -> bool:
    """End an active subscription of the app and give up what is pending there; return whether there was one.

    An attempt under way is not stopped; `give_up_ended` gives up its retries afterwards.
    """
    with database.transaction(WRITE) as transaction:
        ended = _END.run(transaction, its_id=subscription_id).fetchall()
        _GIVE_UP_ENDED.run(transaction)
    return bool(ended)


def give_up_ended(database: Database) -> None:
    """Settle what is pending, and not under way, at ended subscriptions of the app."""
    with database.transaction(WRITE) as transaction:
        _GIVE_UP_ENDED.run(transaction)
