"""A record of a million attempts, made by SQL in a minute."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING

from emitter.core.standing import Standing, SubscriptionState
from emitter.core.subscription import Subscription
from emitter.delivery.secret_sources import FromEnvironment
from emitter.delivery.store import Store
from emitter.delivery.store.app_subscriptions import add

if TYPE_CHECKING:
    from pathlib import Path

NOW_MS = 1_790_000_000_000
SUBSCRIPTIONS = 5

# All but one in a thousand are accepted. The rarest event is one in ten thousand; another goes to the fifth
# subscription alone, which gets no others.
_DELIVERIES = """
WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < :count)
INSERT INTO deliveries (id, subscription_id, event, created_at_ms, state, retry_number, due_at_ms, virtual_ms,
    lease_ms, attempts_made, request_id, tracking_id, traceparent, client_id, faults, body, last_outcome)
SELECT i, 1 + i % :subscriptions,
    CASE WHEN i % 10000 = 0 THEN 'rare.event' WHEN i % 5 = 4 THEN 'event.of_one'
        ELSE 'revenue_accelerator.event_' || (i % 7) END,
    :now_ms - (:count - i) * 100,
    CASE WHEN :pending THEN 'pending' WHEN i % 1000 = 0 THEN 'failed' ELSE 'delivered' END,
    0, CASE WHEN :pending THEN :now_ms - (:count - i) * 100 END, 0, 11000, CASE WHEN :pending THEN 0 ELSE 1
    END, 'request-' || i, 'tracking', 'trace', 'client', '[]', zeroblob(:body_bytes), CASE WHEN :pending THEN
    NULL WHEN i % 1000 = 0 THEN 'refused' ELSE 'accepted' END
FROM n
"""
_ATTEMPTS = """
INSERT INTO attempts (delivery_id, number, retry_number, started_at_ms, virtual_ms, timestamp_s,
    request_headers, outcome, status, detail, answer_status, answer_headers, answer_body, answer_is_cut,
    connect_ms, first_byte_ms, total_ms)
SELECT id, 1, 0, created_at_ms, 0, '1790000000', '[["host","localhost"]]', last_outcome,
    CASE last_outcome WHEN 'accepted' THEN 204 ELSE 401 END, '', 204, '[]', x'', 0, 0.1, 1.0, 1.5 + id % 50
FROM deliveries
"""


def make_record(
    database: Path, *, count: int, pending: bool = False, url: str = "http://127.0.0.1:9/"
) -> None:
    """Make a record with so many deliveries, with an attempt each or all of them pending."""
    with Store.open(database) as store:
        for _ in range(SUBSCRIPTIONS):
            add(
                store,
                Subscription(url=url, allows_private=False),
                Standing(state=SubscriptionState.ACTIVE, is_paused=not pending),
                secret_source=FromEnvironment("ZOOM_WEBHOOK_SECRET_TOKEN"),
                validated_at_ms=NOW_MS,
                now_ms=NOW_MS,
            )
    with closing(sqlite3.connect(database)) as connection, connection:
        connection.execute("PRAGMA synchronous = OFF")
        values = {
            "count": count,
            "subscriptions": SUBSCRIPTIONS,
            "now_ms": NOW_MS,
            "pending": pending,
            "body_bytes": 800,
        }
        connection.execute(_DELIVERIES, values)
        if not pending:
            connection.execute(_ATTEMPTS)
        connection.execute("UPDATE store_format SET next_delivery_id = ?", (count + 1,))
