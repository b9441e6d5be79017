"""The app's subscriptions in the record: made, changed, paused, revalidated, ended.

Each function is one transaction. What is secret in a subscription is sealed by the record's vault.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import and_, case, exists, insert, literal, null, select, update

from emitter.core.deliveries import DeliveryState
from emitter.core.standing import Standing, SubscriptionState
from emitter.delivery import secret_sources
from emitter.delivery.store.app_tables import cancellations, standings
from emitter.delivery.store.subscription_rows import subscription_values
from emitter.delivery.store.tables import deliveries, subscriptions
from emitter.errors import UnknownNameError

if TYPE_CHECKING:
    from sqlalchemy import ColumnElement, Connection

    from emitter.core.subscription import Subscription
    from emitter.delivery.secret_sources import SecretSource
    from emitter.delivery.store.database import Database

_OWN: Final = subscriptions.c.origin == "app"
_THERE: Final = standings.c.state != SubscriptionState.ENDED
_ENDED: Final = select(standings.c.subscription_id).where(standings.c.state == SubscriptionState.ENDED.value)
_ABANDONED: Final = (
    deliveries.c.subscription_id.in_(_ENDED),
    deliveries.c.id.in_(select(cancellations.c.delivery_id)),
)
"""What is to be cancelled; apart, since each is found by an index of its own."""
_FREE: Final = (deliveries.c.due_at_ms.is_not(None), deliveries.c.leased_until_ms.is_(None))


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """What an edit leaves of a subscription; what is None stays as it was."""

    subscription: Subscription | None = None
    secret_source: SecretSource | None = None
    validated_at_ms: int | None = None


def adopt(database: Database) -> None:
    """Give a standing to subscriptions of the app that have none: an earlier version's, a cut-off one's."""
    without = ~exists().where(standings.c.subscription_id == subscriptions.c.id)
    state = case(
        (subscriptions.c.validated_at_ms.is_not(None), SubscriptionState.ACTIVE.value),
        else_=SubscriptionState.ENDED.value,
    )
    found = select(subscriptions.c.id, state, literal(value=False), literal(0), literal(0)).where(
        _OWN, without
    )
    with database.writing() as connection:
        connection.execute(
            insert(standings).from_select(
                ["subscription_id", "state", "is_paused", "steps", "failures_in_a_row"], found
            )
        )


def add(
    database: Database,
    subscription: Subscription,
    standing: Standing,
    *,
    secret_source: SecretSource,
    validated_at_ms: int | None,
    now_ms: int,
) -> int:
    """Store a subscription with its standing and return its number.

    Raises:
        StoreError: It could not be stored.
        InvalidSettingError: The vault's key cannot be used.
    """
    values = {
        **subscription_values(subscription, database.vault),
        "secret_source": secret_sources.to_text(secret_source),
        "origin": "app",
        "created_at_ms": now_ms,
        "validated_at_ms": validated_at_ms,
    }
    with database.writing() as connection:
        new = insert(subscriptions).values(values).returning(subscriptions.c.id)
        number = int(connection.execute(new).scalar_one())
        connection.execute(
            insert(standings).values(subscription_id=number, steps=0, **_standing_values(standing))
        )
    return number


def change(database: Database, subscription_id: int, standing: Standing, changed: Change) -> None:
    """Store what an edit or a handshake made of a subscription.

    Raises:
        UnknownNameError: It has been ended meanwhile.
        StoreError: It could not be stored.
        InvalidSettingError: The vault's key cannot be used.
    """
    values: dict[str, Any] = {}
    if changed.subscription is not None:
        values |= subscription_values(changed.subscription, database.vault)
    if changed.secret_source is not None:
        values["secret_source"] = secret_sources.to_text(changed.secret_source)
    if changed.validated_at_ms is not None:
        values["validated_at_ms"] = changed.validated_at_ms
    with database.writing() as connection:
        _set_standing(connection, subscription_id, **_standing_values(standing))
        if values:
            its = subscriptions.c.id == subscription_id
            connection.execute(update(subscriptions).where(its).values(values))


def pause(database: Database, subscription_id: int, *, is_paused: bool) -> None:
    """Hold a subscription's attempts back, or let them go on; raises as `change`."""
    with database.writing() as connection:
        _set_standing(connection, subscription_id, is_paused=is_paused, steps=0)


def end(database: Database, subscription_id: int) -> None:
    """End a subscription and cancel what is pending there; an attempt under way is not stopped.

    `cancel_abandoned` cancels its retries afterwards. Raises as `change`.
    """
    with database.writing() as connection:
        _set_standing(connection, subscription_id, state=SubscriptionState.ENDED.value, revalidate_at_ms=None)
        its = subscriptions.c.id == subscription_id
        connection.execute(update(subscriptions).where(its).values(validated_at_ms=null()))
        _cancel_abandoned(connection)


def cancel_abandoned(database: Database, delivery_id: int | None = None) -> bool:
    """Cancel what is pending, and not under way, at ended subscriptions and where a person asked for it.

    Args:
        database: The record.
        delivery_id: Look only at this one.

    Returns:
        Whether something was cancelled.
    """
    narrowed = () if delivery_id is None else (deliveries.c.id == delivery_id,)
    with database.reading() as connection:
        looked_for = [select(deliveries.c.id).where(*narrowed, *_FREE, gone).limit(1) for gone in _ABANDONED]
        if not any(connection.execute(query).first() for query in looked_for):
            return False  # nearly always, and seen without the write lock
    with database.writing() as connection:
        _cancel_abandoned(connection, *narrowed)
    return True


def standing_of(database: Database, subscription_id: int) -> Standing:
    """Return where a subscription of the app stands.

    Raises:
        UnknownNameError: There is none of this number, or it has ended.
    """
    with database.reading() as connection:
        found = and_(standings.c.subscription_id == subscription_id, _THERE)
        row = connection.execute(select(standings).where(found)).one_or_none()
    if row is None:
        raise unknown(subscription_id)
    return standing_from(row)


def listed(
    database: Database, *, state: SubscriptionState | None = None, after_id: int = 0, limit: int | None = None
) -> list[tuple[int, Standing]]:
    """Return the app's subscriptions that have not ended, by number, with where they stand."""
    query = select(standings).where(standings.c.subscription_id > after_id, _THERE)
    if state is not None:
        query = query.where(standings.c.state == state.value)
    with database.reading() as connection:
        rows = connection.execute(query.order_by(standings.c.subscription_id).limit(limit)).all()
    return [(row.subscription_id, standing_from(row)) for row in rows]


def unknown(subscription_id: int) -> UnknownNameError:
    """Return the error for a number that no subscription of the app has."""
    hint = "GET /api/subscriptions lists those there are"
    return UnknownNameError("subscription", str(subscription_id), hint=hint)


def standing_from(row: Any) -> Standing:
    """Return the standing in a row that has every column of the table."""
    return Standing(
        state=SubscriptionState(row.state),
        is_paused=bool(row.is_paused),
        revalidate_at_ms=row.revalidate_at_ms,
        failures_in_a_row=row.failures_in_a_row,
    )


def _standing_values(standing: Standing) -> dict[str, Any]:
    return {
        "state": standing.state.value,
        "is_paused": standing.is_paused,
        "revalidate_at_ms": standing.revalidate_at_ms,
        "failures_in_a_row": standing.failures_in_a_row,
    }


def _set_standing(connection: Connection, subscription_id: int, **values: Any) -> None:
    found: ColumnElement[bool] = and_(standings.c.subscription_id == subscription_id, _THERE)
    if not connection.execute(update(standings).where(found).values(values)).rowcount:
        raise unknown(subscription_id)


def _cancel_abandoned(connection: Connection, *narrowed: ColumnElement[bool]) -> None:
    given_up = update(deliveries).values(state=DeliveryState.CANCELLED.value, due_at_ms=null())
    for gone in _ABANDONED:
        connection.execute(given_up.where(*narrowed, *_FREE, gone))
