"""The tables that only the app uses: where its subscriptions stand, and what was said about them.

They are made where they are missing, so that a record of a one-shot command becomes one of the app.
"""

from __future__ import annotations

from typing import Final

from sqlalchemy import Boolean, Column, ForeignKey, Integer, Table, Text, text

from emitter.delivery.store.tables import BIG, metadata, partial_index

_OF_SUBSCRIPTION: Final = "subscriptions.id"

standings: Final = Table(
    "standings",
    metadata,
    Column("subscription_id", ForeignKey(_OF_SUBSCRIPTION, ondelete="CASCADE"), primary_key=True),
    Column("state", Text, nullable=False),
    Column("is_paused", Boolean, nullable=False),
    Column("steps", Integer, nullable=False),  # attempts that a paused one may make all the same
    Column("revalidate_at_ms", BIG),
    Column("failures_in_a_row", Integer, nullable=False),
)

notices: Final = Table(
    "notices",
    metadata,
    Column("id", BIG, primary_key=True),
    Column("subscription_id", ForeignKey(_OF_SUBSCRIPTION, ondelete="CASCADE"), nullable=False, index=True),
    Column("at_ms", BIG, nullable=False),
    Column("kind", Text, nullable=False),
    Column("detail", Text, nullable=False),
)

# Deliveries to be cancelled once the attempt that is under way has ended.
cancellations: Final = Table(
    "cancellations",
    metadata,
    Column("delivery_id", ForeignKey("deliveries.id", ondelete="CASCADE"), primary_key=True),
)

partial_index("revalidations", text("revalidate_at_ms IS NOT NULL"), standings.c.revalidate_at_ms)
