"""The tables of the record. Only what SQLite and PostgreSQL both know.

Times ending in ``_at_ms`` and `due_at_ms` are real, in milliseconds since the epoch; `virtual_ms` counts
from a delivery's first attempt. Bodies are exact bytes. Headers are JSON lists of pairs. Columns that hold
a secret hold it sealed by the vault.
"""

from __future__ import annotations

from typing import Any, Final

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ColumnElement,
    Float,
    ForeignKey,
    Index,
    Insert,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
    TextClause,
    UniqueConstraint,
    bindparam,
    insert,
    text,
)

FORMAT: Final = 3
"""The version this code reads and writes."""

metadata: Final = MetaData()

BIG: Final = BigInteger().with_variant(Integer(), "sqlite")


def _table(name: str, *parts: Column[Any] | UniqueConstraint) -> Table:
    return Table(name, metadata, Column("id", BIG, primary_key=True), *parts)


def _end_of_request() -> tuple[Column[Any], ...]:
    """Return the columns in which an attempt and a handshake say what came of them."""
    return (
        Column("outcome", Text, nullable=False),
        Column("status", Integer),
        Column("code", Integer),
        Column("detail", Text, nullable=False),
        Column("answer_status", Integer),
        Column("answer_headers", Text),
        Column("answer_body", LargeBinary),
        Column("answer_is_cut", Boolean),
        Column("connect_ms", Float),
        Column("first_byte_ms", Float),
        Column("total_ms", Float, nullable=False),
    )


store_format: Final = Table(
    "store_format",
    metadata,
    Column("version", Integer, nullable=False),
    # So that a batch knows its numbers without asking for each, and none is given twice, even after pruning.
    Column("next_delivery_id", BIG, nullable=False),
)

subscriptions: Final = _table(
    "subscriptions",
    Column("name", Text, nullable=False),
    Column("url", Text, nullable=False),  # without its query, which may hold a token
    Column("origin", Text, nullable=False),
    Column("settings", Text, nullable=False),
    Column("sealed", Text),  # the whole URL and the credentials, where there is something to hide
    Column("secret_source", Text, nullable=False),
    Column("created_at_ms", BIG, nullable=False),
    Column("validated_at_ms", BIG),
)

handshakes: Final = _table(
    "handshakes",
    Column("subscription_id", ForeignKey("subscriptions.id", ondelete="CASCADE"), index=True),
    Column("kind", Text, nullable=False),
    Column("url", Text, nullable=False),
    Column("started_at_ms", BIG, nullable=False),
    Column("timestamp_s", BIG, nullable=False),
    Column("request_headers", Text, nullable=False),
    Column("body", LargeBinary, nullable=False),
    *_end_of_request(),
    Column("is_valid", Boolean, nullable=False),
    Column("reason", Text, nullable=False),
)

deliveries: Final = _table(
    "deliveries",
    Column("subscription_id", ForeignKey("subscriptions.id", ondelete="CASCADE"), nullable=False),
    Column("event", Text, nullable=False),
    Column("created_at_ms", BIG, nullable=False),
    Column("state", Text, nullable=False),
    Column("retry_number", Integer, nullable=False),
    Column("due_at_ms", BIG),
    Column("virtual_ms", BIG, nullable=False),
    Column("lease_ms", Integer, nullable=False),
    Column("attempts_made", Integer, nullable=False),
    Column("leased_until_ms", BIG),
    Column("leased_by", Text),
    Column("request_id", Text, nullable=False),
    Column("tracking_id", Text, nullable=False),
    Column("traceparent", Text, nullable=False),
    Column("client_id", Text, nullable=False),
    Column("faults", Text, nullable=False),
    Column("body", LargeBinary, nullable=False),
    Column("last_outcome", Text),  # of the attempt that began last: lists are filtered by it
)

attempts: Final = _table(
    "attempts",
    Column("delivery_id", ForeignKey("deliveries.id", ondelete="CASCADE"), nullable=False),
    Column("number", Integer, nullable=False),
    Column("retry_number", Integer, nullable=False),
    Column("started_at_ms", BIG, nullable=False),
    Column("virtual_ms", BIG, nullable=False),
    Column("timestamp_s", Text, nullable=False),
    Column("request_headers", Text, nullable=False),
    Column("sent_body", LargeBinary),
    *_end_of_request(),
    Column("next_retry_s", Float),
    UniqueConstraint("delivery_id", "number"),
)

PENDING: Final = text("due_at_ms IS NOT NULL")
UNDER_WAY: Final = text("last_outcome = 'unknown'")
ENDED: Final = text("last_outcome <> 'unknown'")
GIVEN_UP: Final = text("state IN ('failed', 'cancelled')")
"""What partial indexes hold; asked for in these words, since SQLite recognises such an index by them."""


def partial_index(name: str, where: TextClause, *columns: ColumnElement[Any]) -> Index:
    """Add an index of the rows that meet a condition."""
    return Index(name, *columns, sqlite_where=where, info={"where": where})


def speak_postgresql() -> None:
    """Say what partial indexes hold to PostgreSQL, too: before tables are made there.

    Apart, since saying it loads that dialect, which takes a command on SQLite as long as all else it loads
    of its own.
    """
    for table in metadata.tables.values():
        for index in table.indexes:
            if "where" in index.info:
                index.dialect_kwargs["postgresql_where"] = index.info["where"]


# A settled delivery has no due time, so that these stay as small as what is pending. On SQLite one is enough:
# commands and app ask for what is due at a subscription, any other question looks through what is pending,
# and each index is two page writes a delivery.
partial_index("due", PENDING, deliveries.c.due_at_ms).ddl_if(dialect="postgresql")
partial_index("due_by_subscription", PENDING, deliveries.c.subscription_id, deliveries.c.due_at_ms)
# What lists are read by: newest first among those that have something in common, with what else may be asked
# for, so that a row is looked up only when it is shown. What was delivered is found by its last outcome. What
# changes again stays out of what is written once: each index touched is a page written more. For the same
# reason attempts under way have an index of their own, which stays on one page.
_AT: Final = (deliveries.c.created_at_ms, deliveries.c.id)
_OF: Final = (deliveries.c.subscription_id, deliveries.c.event)
partial_index("under_way", UNDER_WAY, deliveries.c.created_at_ms)
Index("listed", deliveries.c.created_at_ms)
Index("listed_by_event", deliveries.c.event, *_AT, deliveries.c.subscription_id)
Index("listed_by_subscription", deliveries.c.subscription_id, deliveries.c.created_at_ms)
partial_index("listed_by_outcome", ENDED, deliveries.c.last_outcome, *_AT, *_OF, deliveries.c.state)
partial_index("listed_pending", PENDING, *_AT, *_OF)
partial_index("listed_given_up", GIVEN_UP, deliveries.c.state, *_AT, *_OF)


def new_row(table: Table) -> Insert:
    """Return the statement that adds a row, all columns given but its number."""
    return insert(table).values(
        {column.name: bindparam(column.name) for column in table.c if column.name != "id"}
    )
