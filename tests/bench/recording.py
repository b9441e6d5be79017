"""Recording deliveries with their attempts in batches, beside SQLite copying the same rows."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from dataclasses import replace
from itertools import count
from time import perf_counter
from typing import TYPE_CHECKING

from emitter.core.deliveries import DeliveryState
from emitter.delivery.store import Store
from emitter.delivery.store.sqlite import SET_UP
from tests.bench.delivering import BATCH, made_events, open_courier
from tests.bench.figures import Figure, in_turns

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from emitter.core.deliveries import Attempt, Delivery

ROUNDS = 51
# The columns of each table that hold a delivery's or an attempt's number.
NUMBERED = {"deliveries": {"id"}, "attempts": {"id", "delivery_id"}}


def figures(folder: Path) -> list[Figure]:
    """Measure the recording of batches."""
    with (
        Store.open(folder / "recording.sqlite") as store,
        Store.open(folder / "copying.sqlite") as other,
    ):
        ended = _ended(store)
        _ended(other)
        with closing(_connected(folder / "copying.sqlite")) as connection:
            taken = in_turns({"record": _record(store, ended), "copy": _copy(connection)}, rounds=ROUNDS)
    return [
        Figure(
            name=f"record {BATCH} deliveries, attempted",
            beside="INSERT … SELECT of the same rows",
            ours_s=taken["record"],
            theirs_s=taken["copy"],
            bar=3,
        )
    ]


def _ended(store: Store) -> list[tuple[Delivery, Attempt]]:
    """Make a batch of deliveries that are over, with their attempts."""
    courier, subscription_id = open_courier(store, "http://127.0.0.1:9/")
    courier.accept(subscription_id, made_events(BATCH))
    ended = list(iter(lambda: courier.attempt_next(subscription_id), None))
    assert len(ended) == BATCH
    return ended


def _record(store: Store, ended: list[tuple[Delivery, Attempt]]) -> Callable[[], float]:
    """Commit the deliveries as they were before their attempts, then what came of them."""
    before = [
        replace(delivery, id=0, state=DeliveryState.PENDING, due_at_ms=delivery.created_at_ms)
        for delivery, _ in ended
    ]

    def record_all() -> float:
        began = perf_counter()
        accepted = store.accept(before)
        seconds = perf_counter() - began
        numbered = [
            (replace(delivery, id=one.id), replace(attempt, delivery_id=one.id))
            for one, (delivery, attempt) in zip(accepted, ended, strict=True)
        ]
        began = perf_counter()
        store.finish_many(numbered)
        return seconds + perf_counter() - began

    return record_all


def _connected(path: Path) -> sqlite3.Connection:
    """Open the file as the store does, and put the rows aside that are copied, as they were when inserted."""
    connection = sqlite3.connect(path, isolation_level=None)
    for statement in SET_UP:
        connection.execute(statement)
    for table in NUMBERED:
        copied = f"CREATE TABLE kept_{table} AS SELECT * FROM {table}"  # noqa: S608 - our names
        connection.execute(copied)
    connection.execute("UPDATE kept_deliveries SET state = 'pending', due_at_ms = created_at_ms")
    return connection


def _copy(connection: sqlite3.Connection) -> Callable[[], float]:
    """Insert the same rows under new numbers, a transaction for each table."""
    statements = [_copying(connection, table) for table in NUMBERED]
    offsets = count(BATCH, BATCH)

    def copy_all() -> float:
        offset = next(offsets)
        began = perf_counter()
        for statement in statements:
            connection.execute(statement, {"offset": offset})
        return perf_counter() - began

    return copy_all


def _copying(connection: sqlite3.Connection, table: str) -> str:
    columns = [row[1] for row in connection.execute(f"PRAGMA table_info({table})")]
    values = [f"{name} + :offset" if name in NUMBERED[table] else name for name in columns]
    return f"INSERT INTO {table} SELECT {', '.join(values)} FROM kept_{table}"  # noqa: S608 - our names
