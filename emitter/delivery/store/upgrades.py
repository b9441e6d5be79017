"""Brings a record of an earlier version up to this one, in the transaction that opens it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from sqlalchemy import select, text, update

from emitter.delivery.store.tables import FORMAT, attempts, deliveries, store_format

if TYPE_CHECKING:
    from sqlalchemy import Connection


_BEFORE_FORMAT_3: Final = (
    "due", "leased", "listed_by_event", "listed_by_outcome", "listed_given_up", "listed_pending",
    "ix_deliveries_subscription_id",
)  # fmt: skip


def upgrade(connection: Connection, *, found: int) -> None:
    """Change the tables of a record of format `found`, at least 1, into those of `FORMAT`.

    Format 2 keeps with each delivery how its last attempt ended, and has the indexes that lists are read by.
    Format 3 has other indexes: one for attempts under way, and in those for lists what else a list may be
    asked for.
    """
    if found >= FORMAT:
        return
    if found < 2:  # noqa: PLR2004 - the format described above
        connection.execute(text("ALTER TABLE deliveries ADD COLUMN last_outcome TEXT"))
        last = select(attempts.c.outcome).where(
            attempts.c.delivery_id == deliveries.c.id, attempts.c.number == deliveries.c.attempts_made
        )
        connection.execute(update(deliveries).values(last_outcome=last.scalar_subquery()))
    for name in _BEFORE_FORMAT_3:
        connection.execute(text(f"DROP INDEX IF EXISTS {name}"))
    for index in deliveries.indexes:
        index.create(connection, checkfirst=True)
    connection.execute(update(store_format).values(version=FORMAT))
