"""The record: every subscription, handshake, delivery and attempt, and what is due when.

The truth and the timetable at once. SQLAlchemy Core on SQLite or PostgreSQL; imported by commands only when
they record, since SQLAlchemy takes a while to load.
"""

from __future__ import annotations

from emitter.delivery.store import app_tables as app_tables  # made with the others where a record is opened
from emitter.delivery.store import zoom_tables as zoom_tables  # likewise
from emitter.delivery.store.record import Counts, DeliveryFilter, DeliverySummary, Record
from emitter.delivery.store.subscriptions import StoredHandshake, StoredSubscription, Subscriptions
from emitter.delivery.store.timetable import Timetable

__all__ = [
    "Counts",
    "DeliveryFilter",
    "DeliverySummary",
    "Store",
    "StoredHandshake",
    "StoredSubscription",
]


class Store(Subscriptions, Timetable, Record):
    """The whole record, in one file or a database. Thread-safe, and safe for several processes at once.

    Every method raises `StoreError`, with one clear line, when it is locked, damaged, gone, full or out of
    reach.
    """
