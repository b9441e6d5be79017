"""Lists by what deliveries have in common, and records of the format before."""

from __future__ import annotations

import sqlite3
from contextlib import closing

import pytest

from emitter.core.deliveries import DeliveryState
from emitter.core.outcome import OutcomeKind
from emitter.delivery.store import DeliveryFilter, Store
from emitter.delivery.store.listing import list_deliveries
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


SINCE_FORMAT_2 = {"listed", "listed_by_event", "listed_by_subscription", "listed_pending", "listed_given_up"}
SINCE_FORMAT_3 = {"under_way", "listed_by_outcome"}
BEFORE_FORMAT_3 = """
CREATE INDEX leased ON deliveries (leased_until_ms) WHERE leased_until_ms IS NOT NULL;
CREATE INDEX listed_by_outcome ON deliveries (last_outcome, created_at_ms);
"""


def back_to_format_2(connection):
    for name in SINCE_FORMAT_3:
        connection.execute(f"DROP INDEX {name}")
    connection.executescript(BEFORE_FORMAT_3)
    connection.execute("UPDATE store_format SET version = 2")


def back_to_format_1(connection):
    for name in SINCE_FORMAT_2 | SINCE_FORMAT_3:
        connection.execute(f"DROP INDEX {name}")
    connection.execute("ALTER TABLE deliveries DROP COLUMN last_outcome")
    connection.execute("UPDATE store_format SET version = 1")
    for table in ("notices", "cancellations", "standings"):
        connection.execute(f"DROP TABLE {table}")


def indexes() -> dict[str, str]:
    with closing(sqlite3.connect("record.sqlite")) as connection:
        return dict(connection.execute("SELECT name, sql FROM sqlite_master WHERE type = 'index'"))


@ON_SQLITE
@pytest.mark.parametrize("go_back", [back_to_format_1, back_to_format_2])
def test_a_record_of_a_format_before_is_brought_up_to_this_one(several, go_back):
    expected, as_made = {kind: ids(several, outcome=kind) for kind in OutcomeKind}, indexes()
    several.close()
    with closing(sqlite3.connect("record.sqlite")) as connection, connection:
        go_back(connection)

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
    plans: list[str] = []
    with several.reading() as connection:
        driver = connection.connection.dbapi_connection
        driver.set_trace_callback(plans.append)
    ids(several, **wanted)
    driver.set_trace_callback(None)
    (page,) = [sql for sql in plans if "ORDER BY deliveries.created_at_ms DESC" in sql]
    with closing(sqlite3.connect("record.sqlite")) as connection:
        plan = " ".join(row[3] for row in connection.execute(f"EXPLAIN QUERY PLAN {page}"))

    assert f"USING COVERING INDEX {index} " in plan + " " or f"USING INDEX {index} " in plan + " "
    assert "TEMP B-TREE" not in plan
