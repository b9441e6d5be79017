"""Lists by what deliveries have in common, and records of the format before."""

from __future__ import annotations

import sqlite3
from contextlib import closing

import pytest
from sqlalchemy import update

from emitter.core.deliveries import DeliveryState
from emitter.core.outcome import OutcomeKind
from emitter.delivery.store import DeliveryFilter, Store, listing
from emitter.delivery.store.listing import list_deliveries
from emitter.delivery.store.tables import deliveries
from tests.support.postgres import ON_SQLITE
from tests.support.recorded import NOW_MS, a_delivery, accepted, lease, subscribed, to_be_retried


@pytest.fixture
def store(record):
    with Store.open(record) as store:
        yield store


@pytest.fixture
def several(store):
    """Two subscriptions; 1 delivered, 2 waiting for a retry, 3 under way, 4 and 5 not attempted."""
    first, second = subscribed(store), subscribed(store)
    store.accept([a_delivery(first, event="a.one", created_at_ms=NOW_MS + 1)])
    store.finish(*accepted(*lease(store)))
    store.accept([a_delivery(second, event="a.two", created_at_ms=NOW_MS + 2)])
    store.finish(*to_be_retried(*lease(store), due_at_ms=NOW_MS + 9_000_000))
    store.accept([a_delivery(first, event="b.one", created_at_ms=NOW_MS + 3)])
    lease(store)
    store.accept([a_delivery(second, event="a.one", created_at_ms=NOW_MS + 5, due_at_ms=NOW_MS + 9_000_000)])
    store.accept([a_delivery(second, event="a[x", created_at_ms=NOW_MS + 4, due_at_ms=NOW_MS + 9_000_000)])
    return store


def ids(store, limit=50, before_id=None, **wanted):
    found = list_deliveries(store, DeliveryFilter(**wanted), limit=limit, before_id=before_id)
    return [summary.delivery.id for summary in found]


@pytest.mark.parametrize(
    ("wanted", "expected"),
    [
        ({}, [4, 5, 3, 2, 1]),
        ({"event": "one"}, [4, 3, 1]),
        ({"event": "a.*"}, [4, 2, 1]),
        ({"event": "a.one"}, [4, 1]),
        ({"event": "a[x"}, [5]),
        ({"event": "none"}, []),
        ({"outcome": OutcomeKind.ACCEPTED}, [1]),
        ({"outcome": OutcomeKind.FAILED}, [2]),
        ({"outcome": OutcomeKind.UNKNOWN}, [3]),
        ({"state": DeliveryState.PENDING}, [4, 5, 3, 2]),
        ({"state": DeliveryState.DELIVERED}, [1]),
        ({"state": DeliveryState.FAILED}, []),
        ({"subscription_id": 2}, [4, 5, 2]),
        ({"subscription_id": 2, "state": DeliveryState.PENDING, "event": "a.*"}, [4, 2]),
        ({"subscription_id": 1, "outcome": OutcomeKind.FAILED}, []),
        ({"since_ms": NOW_MS + 4}, [4, 5]),
        ({"until_ms": NOW_MS + 3, "event": "*"}, [2, 1]),
    ],
)
def test_deliveries_are_listed_by_time_and_what_is_known_of_them(several, wanted, expected):
    assert ids(several, **wanted) == expected


@pytest.mark.parametrize("wanted", [{}, {"event": "*"}, {"subscription_id": 2}])
def test_pages_leave_nothing_out_and_repeat_nothing(several, wanted):
    whole, pages, before = ids(several, **wanted), [], None
    while page := ids(several, limit=2, before_id=before, **wanted):
        pages += page
        before = page[-1]

    assert pages == whole


def test_a_page_goes_on_where_its_last_one_was_pruned(several):
    with several.writing() as connection:
        connection.exec_driver_sql("DELETE FROM deliveries WHERE id = 3")

    assert ids(several, before_id=3) == [2, 1]


def test_the_body_is_not_read(several):
    (found,) = list_deliveries(several, DeliveryFilter(event="a.two"), limit=1)

    assert found.delivery.body == b""
    assert (found.attempts_made, found.last_outcome and found.last_outcome.status) == (1, 503)


LIKE_FORMAT_2 = """
DROP INDEX under_way;
DROP INDEX listed_by_event;
DROP INDEX listed_by_outcome;
DROP INDEX listed_pending;
DROP INDEX listed_given_up;
CREATE INDEX leased ON deliveries (leased_until_ms) WHERE leased_until_ms IS NOT NULL;
CREATE INDEX listed_by_event ON deliveries (event, created_at_ms);
CREATE INDEX listed_by_outcome ON deliveries (last_outcome, created_at_ms);
CREATE INDEX listed_pending ON deliveries (created_at_ms) WHERE due_at_ms IS NOT NULL;
CREATE INDEX listed_given_up ON deliveries (state, created_at_ms) WHERE state IN ('failed', 'cancelled');
CREATE INDEX ix_deliveries_subscription_id ON deliveries (subscription_id);
UPDATE store_format SET version = 2;
"""
LIKE_FORMAT_1 = """
DROP INDEX leased;
DROP INDEX listed;
DROP INDEX listed_by_event;
DROP INDEX listed_by_subscription;
DROP INDEX listed_by_outcome;
DROP INDEX listed_pending;
DROP INDEX listed_given_up;
ALTER TABLE deliveries DROP COLUMN last_outcome;
DROP TABLE notices;
DROP TABLE cancellations;
DROP TABLE standings;
UPDATE store_format SET version = 1;
"""


def indexes() -> dict[str, str]:
    with closing(sqlite3.connect("record.sqlite")) as connection:
        return dict(connection.execute("SELECT name, sql FROM sqlite_master WHERE type = 'index'"))


@ON_SQLITE
@pytest.mark.parametrize("made_like", [LIKE_FORMAT_2, LIKE_FORMAT_2 + LIKE_FORMAT_1], ids=["2", "1"])
def test_a_record_of_a_format_before_is_brought_up_to_this_one(several, made_like):
    expected, as_made = {kind: ids(several, outcome=kind) for kind in OutcomeKind}, indexes()
    several.close()
    with closing(sqlite3.connect("record.sqlite")) as connection, connection:
        connection.executescript(made_like)

    with Store.open("record.sqlite") as store:
        found = {kind: ids(store, outcome=kind) for kind in OutcomeKind}

    assert found == expected
    assert indexes() == as_made


QUERIES = [
    ({"outcome": OutcomeKind.FAILED}, "listed_by_outcome"),
    ({"outcome": OutcomeKind.UNKNOWN}, "under_way"),
    ({"subscription_id": 1}, "listed_by_subscription"),
    ({"state": DeliveryState.PENDING}, "listed_pending"),
    ({"state": DeliveryState.FAILED}, "listed_given_up"),
    ({"event": "a.one"}, "listed_by_event"),
    ({"since_ms": 1}, "listed"),
]


@ON_SQLITE
@pytest.mark.parametrize(("wanted", "index"), QUERIES, ids=[index for _, index in QUERIES])
def test_a_list_is_read_by_its_index_and_never_sorted(several, wanted, index):
    (page,) = pages_asked_for(several, **wanted)

    assert_read_by(index, page)


COMBINED = [
    ({"outcome": OutcomeKind.ACCEPTED, "subscription_id": 2}, "listed_by_outcome"),
    ({"outcome": OutcomeKind.FAILED, "event": "b.one"}, "listed_by_outcome"),
    ({"outcome": OutcomeKind.FAILED, "event": "*.one"}, "listed_by_outcome"),
    ({"outcome": OutcomeKind.FAILED, "event": "a.one", "subscription_id": 2}, "listed_by_outcome"),
    ({"outcome": OutcomeKind.FAILED, "state": DeliveryState.PENDING}, "listed_by_outcome"),
    ({"state": DeliveryState.PENDING, "subscription_id": 2}, "listed_pending"),
    ({"state": DeliveryState.PENDING, "event": "a.one", "subscription_id": 1}, "listed_pending"),
    ({"state": DeliveryState.CANCELLED, "event": "c.one", "subscription_id": 1}, "listed_given_up"),
    ({"event": "b.one", "subscription_id": 2}, "listed_by_event"),
]


@ON_SQLITE
@pytest.mark.parametrize(("wanted", "index"), COMBINED)
def test_what_meets_nothing_though_each_part_is_common_is_seen_without_looking_at_a_row(
    several, monkeypatch, wanted, index
):
    """Rows lie all over the file: to look one up for every entry of an index takes ten times as long."""
    with several.writing() as connection:
        row = {"state": "cancelled", "event": "c.one", "last_outcome": "refused", "due_at_ms": None}
        connection.execute(update(deliveries).where(deliveries.c.id == 5).values(row))
    monkeypatch.setattr(listing, "_ENOUGH", 1)  # so that a few are as many as one counts

    for page in pages_asked_for(several, **wanted):
        assert_read_by(index, page)
        assert not reads_rows(page)


def pages_asked_for(store, **wanted) -> list[str]:
    """Return the SQL, values filled in, of a list's pages."""
    asked: list[str] = []
    with store.reading() as connection:
        driver = connection.connection.dbapi_connection
        driver.set_trace_callback(asked.append)
    ids(store, **wanted)
    driver.set_trace_callback(None)
    return [sql for sql in asked if "ORDER BY deliveries.created_at_ms DESC" in sql]


def assert_read_by(index: str, sql: str) -> None:
    with closing(sqlite3.connect("record.sqlite")) as connection:
        plan = " ".join(row[3] for row in connection.execute(f"EXPLAIN QUERY PLAN {sql}")) + " "

    assert f" INDEX {index} " in plan
    assert "TEMP B-TREE" not in plan


def reads_rows(sql: str) -> bool:
    """Return whether a column is taken from the table, not from an index; the plan does not tell this."""
    with closing(sqlite3.connect("record.sqlite")) as connection:
        (root,) = connection.execute(
            "SELECT rootpage FROM sqlite_master WHERE name = 'deliveries'"
        ).fetchone()
        steps = connection.execute(f"EXPLAIN {sql}").fetchall()
    opened = {step[2] for step in steps if step[1] == "OpenRead" and step[3] == root}
    return any(step[1] == "Column" and step[2] in opened for step in steps)
