"""What Zoom's API knows of the subscriptions that were made through it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import insert, select, update

from emitter.delivery.store.rows import storable
from emitter.delivery.store.zoom_tables import zoom_subscriptions

if TYPE_CHECKING:
    from emitter.delivery.store.database import Database


@dataclass(frozen=True, slots=True, kw_only=True)
class ZoomSubscription:
    """A subscription by the id Zoom's API gives it.

    Attributes:
        id: 22 characters.
        subscription_id: Its number.
        scope: ``user``, ``account`` or ``master_account``.
        account_id: Whose it is; may be empty.
        user_ids: Who subscribed, where the scope is ``user``.
    """

    id: str
    subscription_id: int
    scope: str
    account_id: str
    user_ids: tuple[str, ...]


def add_zoom_subscription(database: Database, new: ZoomSubscription) -> None:
    """Store one."""
    values = {
        "id": new.id,
        "subscription_id": new.subscription_id,
        "scope": new.scope,
        "account_id": storable(new.account_id),
        "user_ids": json.dumps(new.user_ids),
    }
    with database.writing() as connection:
        connection.execute(insert(zoom_subscriptions).values(values))


def change_users(database: Database, id_: str, user_ids: tuple[str, ...]) -> None:
    """Store who is subscribed now."""
    changed = update(zoom_subscriptions).where(zoom_subscriptions.c.id == id_)
    with database.writing() as connection:
        connection.execute(changed.values(user_ids=json.dumps(user_ids)))


def zoom_subscriptions_by_number(database: Database) -> dict[int, ZoomSubscription]:
    """Return all of them, those that ended too, by the number of the subscription."""
    with database.reading() as connection:
        rows = connection.execute(select(zoom_subscriptions)).all()
    return {
        row.subscription_id: ZoomSubscription(
            id=row.id,
            subscription_id=row.subscription_id,
            scope=row.scope,
            account_id=row.account_id,
            user_ids=tuple(json.loads(row.user_ids)),
        )
        for row in rows
    }
