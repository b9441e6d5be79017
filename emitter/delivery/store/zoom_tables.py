"""The tables of Zoom's own API: what events mention, tokens given out, calls taken, and who subscribed there.

They are made where they are missing, as those of the app.
"""

from __future__ import annotations

from typing import Final

from sqlalchemy import Boolean, Column, Float, ForeignKey, Index, Integer, Table, Text, text

from emitter.delivery.store.tables import BIG, metadata, partial_index

_OF_DELIVERY: Final = "deliveries.id"
IS_FIRST: Final = text("is_first")

mentions: Final = Table(
    "mentions",
    metadata,
    Column("delivery_id", ForeignKey(_OF_DELIVERY, ondelete="CASCADE"), primary_key=True),
    Column("name", Text, primary_key=True),
    Column("value", Text, primary_key=True),
    Column("is_first", Boolean, nullable=False),  # whether no earlier delivery mentions it: lists go by these
    sqlite_with_rowid=False,
)
Index("mentioned", mentions.c.name, mentions.c.value, mentions.c.delivery_id)
partial_index("first_mentioned", IS_FIRST, mentions.c.name, mentions.c.delivery_id, mentions.c.value)

# Up to which delivery the mentions are known; one row.
mentions_known: Final = Table("mentions_known", metadata, Column("up_to", BIG, nullable=False))

# Access and refresh tokens, and codes that were used: by their hash, so that the record gives none away.
zoom_tokens: Final = Table(
    "zoom_tokens",
    metadata,
    Column("hash", Text, primary_key=True),
    Column("kind", Text, nullable=False),
    Column("client_id", Text, nullable=False),
    Column("account_id", Text, nullable=False),
    Column("scope", Text, nullable=False),
    Column("expires_at_ms", BIG, nullable=False, index=True),
)

calls: Final = Table(
    "calls",
    metadata,
    Column("id", BIG, primary_key=True),
    Column("delivery_id", ForeignKey(_OF_DELIVERY, ondelete="CASCADE"), index=True),
    Column("at_ms", BIG, nullable=False),
    Column("method", Text, nullable=False),
    Column("path", Text, nullable=False),
    Column("status", Integer, nullable=False),
    Column("code", Integer),
    Column("message", Text, nullable=False),
    Column("fault", Text, nullable=False),
    Column("took_ms", Float, nullable=False),
)

# What Zoom's API knows of a subscription that was made through it, and the control API does not.
zoom_subscriptions: Final = Table(
    "zoom_subscriptions",
    metadata,
    Column("id", Text, primary_key=True),
    Column(
        "subscription_id", ForeignKey("subscriptions.id", ondelete="CASCADE"), nullable=False, unique=True
    ),
    Column("scope", Text, nullable=False),
    Column("account_id", Text, nullable=False),
    Column("user_ids", Text, nullable=False),
)
