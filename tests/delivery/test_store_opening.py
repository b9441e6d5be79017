from __future__ import annotations

import contextlib
import os
import sqlite3
import stat
import subprocess
import sys
import tempfile
import threading
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from sqlalchemy.dialects import postgresql
from sqlalchemy.schema import CreateIndex, CreateTable

from emitter.delivery.store import Store, timetable_statements
from emitter.delivery.store.tables import metadata, speak_postgresql
from emitter.delivery.store.workers import is_alive
from emitter.errors import StoreError
from tests.support.recorded import NOW_MS, a_delivery, begun, lease, subscribed

if TYPE_CHECKING:
    from collections.abc import Callable

RECORD = Path("record.sqlite")
ROOT = Path(__file__).parents[2]


@contextlib.contextmanager
def sqlite(path=RECORD):
    connection = sqlite3.connect(path, isolation_level=None)
    try:
        yield connection
    finally:
        connection.close()


def a_record(path=RECORD, *, deliveries=1):
    with Store.open(path) as store:
        subscription_id = subscribed(store)
        store.accept([a_delivery(subscription_id) for _ in range(deliveries)])


def test_what_was_recorded_is_there_when_opened_again():
    a_record()

    with Store.open(str(RECORD)) as store:
        assert store.delivery_ids() == [1]


def test_the_record_keeps_a_write_ahead_log():
    a_record()

    with sqlite() as connection:
        assert connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)


@pytest.mark.skipif(os.name != "posix", reason="the system knows no modes")
def test_only_the_owner_can_read_the_record():
    with Store.open(RECORD) as store:
        subscribed(store)
        modes = {stat.S_IMODE(path.stat().st_mode) for path in Path().glob("record.sqlite*")}

    assert modes == {0o600}


def test_an_empty_file_becomes_a_record():
    RECORD.touch()

    a_record()


def test_a_missing_table_is_made():
    a_record()
    with sqlite() as connection:
        connection.execute("DROP TABLE handshakes")

    with Store.open(RECORD) as store:
        assert store.handshakes() == []
        assert store.delivery_ids() == [1]


def test_a_newer_record_is_refused_and_left_alone():
    a_record()
    with sqlite() as connection:
        connection.execute("UPDATE store_format SET version = 99")
        connection.execute("DROP TABLE handshakes")
    before = RECORD.read_bytes()

    with pytest.raises(StoreError, match=r"format 99, this version reads up to 3; upgrade"):
        Store.open(RECORD)

    assert RECORD.read_bytes() == before


@pytest.mark.parametrize(
    "damage", ["DELETE FROM store_format", "UPDATE store_format SET version = 'x'"], ids=["none", "text"]
)
def test_a_record_without_a_format_is_damaged(damage):
    a_record()
    with sqlite() as connection:
        connection.execute(damage)

    with pytest.raises(StoreError, match=r"record\.sqlite is damaged; .*--database"):
        Store.open(RECORD)


def test_a_database_of_another_program_is_refused_and_left_alone():
    with sqlite() as connection:
        connection.execute("CREATE TABLE things (id)")
    before = RECORD.read_bytes()

    with pytest.raises(StoreError, match="database of another program; choose another"):
        Store.open(RECORD)

    assert RECORD.read_bytes() == before


def test_a_file_that_is_no_database_is_refused_and_left_alone():
    RECORD.write_bytes(b"no database at all, but long enough to have a header" * 20)
    before = RECORD.read_bytes()

    with pytest.raises(StoreError, match="is not a database"):
        Store.open(RECORD)

    assert RECORD.read_bytes() == before


def test_a_cut_file_is_damaged():
    a_record(deliveries=500)
    RECORD.write_bytes(RECORD.read_bytes()[:20_000])

    with pytest.raises(StoreError, match=r"record\.sqlite is damaged"), Store.open(RECORD) as store:
        store.find_deliveries(limit=1000)


def test_overwritten_pages_are_damage():
    a_record(deliveries=500)
    content = RECORD.read_bytes()
    RECORD.write_bytes(content[:4096] + b"\xa5" * (len(content) - 4096))

    with pytest.raises(StoreError, match=r"record\.sqlite is damaged"), Store.open(RECORD) as store:
        store.find_deliveries()


@pytest.mark.parametrize(
    ("statement", "read", "what"),
    [
        ("UPDATE deliveries SET state = 'lost'", Store.find_deliveries, "a delivery"),
        ("UPDATE deliveries SET faults = '{'", lambda store: store.get_delivery(1), "delivery 1"),
        ("UPDATE attempts SET outcome = 'odd'", lambda store: store.attempts(1), "an attempt of delivery 1"),
        ("UPDATE attempts SET code = 5", lambda store: store.attempts(1), "an attempt of delivery 1"),
        ("UPDATE attempts SET request_headers = '[1]'", lambda store: store.attempts(1), "an attempt"),
        ("UPDATE subscriptions SET settings = '{}'", Store.list_subscriptions, "subscription 1"),
        ("UPDATE subscriptions SET secret_source = '{}'", Store.list_subscriptions, "subscription 1"),
        ("UPDATE subscriptions SET secret_source = '[]'", Store.list_subscriptions, "subscription 1"),
    ],
    ids=range(8),
)
def test_a_row_that_nothing_of_ours_writes_is_damage(statement, read, what):
    a_record()
    with Store.open(RECORD) as store, sqlite() as connection:
        lease(store)
        connection.execute(statement)

        with pytest.raises(StoreError, match=rf"is damaged; .*\({what}.* cannot be read\)"):
            read(store)


def test_a_folder_is_refused():
    with pytest.raises(StoreError, match="is a folder"):
        Store.open(Path())


def test_a_missing_folder_is_named():
    with pytest.raises(StoreError, match="the folder nowhere does not exist; make it"):
        Store.open(Path("nowhere/record.sqlite"))


def test_a_file_in_place_of_a_folder_is_named():
    Path("file").touch()

    with pytest.raises(StoreError, match=r"cannot make the record file.record\.sqlite: "):
        Store.open(Path("file/record.sqlite"))


METHODS: dict[str, Callable[[Store], object]] = {
    "accept": lambda store: store.accept([a_delivery(1)]),
    "lease_next": lease,
    "finish": lambda store: store.finish(a_delivery(1, id=1), begun(a_delivery(1, id=1), 1)),
    "add_subscription": subscribed,
    "mark_validated": lambda store: store.mark_validated(1, now_ms=NOW_MS),
    "release_dead_leases": lambda store: store.release_dead_leases(is_alive),
    "prune": lambda store: store.prune(None),
}
READING: dict[str, Callable[[Store], object]] = {
    "next_due_ms": Store.next_due_ms,
    "pending": Store.pending,
    "get_subscription": lambda store: store.get_subscription(1),
    "list_subscriptions": Store.list_subscriptions,
    "handshakes": Store.handshakes,
    "find_deliveries": Store.find_deliveries,
    "delivery_ids": Store.delivery_ids,
    "get_delivery": lambda store: store.get_delivery(1),
    "attempts": lambda store: store.attempts(1),
    "prunable": lambda store: store.prunable(None),
}


@pytest.mark.parametrize("method", METHODS)
def test_a_lock_held_by_another_program_is_one_clear_line(method):
    a_record()
    with Store.open(RECORD, busy_timeout_s=0.05) as store, sqlite() as other:
        other.execute("BEGIN IMMEDIATE")

        with pytest.raises(StoreError, match=r"record\.sqlite is locked by another program; wait for it"):
            METHODS[method](store)

        other.execute("ROLLBACK")
        METHODS[method](store)


def test_a_record_that_is_locked_all_over_cannot_be_opened():
    a_record()
    with sqlite() as other:
        other.execute("PRAGMA locking_mode = EXCLUSIVE")
        other.execute("BEGIN EXCLUSIVE")

        with pytest.raises(StoreError, match="locked by another program"):
            Store.open(RECORD, busy_timeout_s=0.05)


def test_a_writer_waits_for_another():
    a_record()
    with Store.open(RECORD) as store, sqlite() as other:
        other.execute("BEGIN IMMEDIATE")
        waiting = threading.Thread(target=store.accept, args=([a_delivery(1)],))
        waiting.start()
        waiting.join(0.1)
        assert waiting.is_alive()

        other.execute("COMMIT")
        waiting.join()

        assert store.delivery_ids() == [1, 2]


@pytest.mark.parametrize("method", METHODS | READING)
def test_a_record_that_lost_its_tables_is_one_clear_line(method):
    a_record()
    with Store.open(RECORD) as store:
        with sqlite() as other:
            other.execute("PRAGMA foreign_keys = OFF")
            for table in metadata.tables:
                other.execute(f"DROP TABLE {table}")

        with pytest.raises(StoreError, match=r"record\.sqlite cannot be used \(SQLITE_ERROR\)"):
            (METHODS | READING)[method](store)


@pytest.fixture
def open_to_all():
    """A folder that a user without rights can reach, unlike the test's own."""
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)
        yield Path(folder)


@contextlib.contextmanager
def without_rights():
    user = os.geteuid()
    if user == 0:
        os.seteuid(65534)
    try:
        yield
    finally:
        os.seteuid(user)


@pytest.mark.skipif(os.name != "posix", reason="the system knows no modes")
def test_a_record_that_may_only_be_read_is_one_clear_line(open_to_all):
    path = open_to_all / "record.sqlite"
    a_record(path)
    path.chmod(0o444)
    open_to_all.chmod(0o555)

    with without_rights():
        with pytest.raises(StoreError, match=r"cannot be (written|opened); .*writable"):
            a_record(path)
        with pytest.raises(StoreError, match=r"cannot make the record .*: Permission denied"):
            a_record(open_to_all / "new.sqlite")


@pytest.mark.skipif(os.name != "posix", reason="the system knows no modes")
def test_a_record_that_may_not_be_read_is_one_clear_line(open_to_all):
    path = open_to_all / "record.sqlite"
    a_record(path)
    path.chmod(0)

    with without_rights(), pytest.raises(StoreError, match="cannot be opened"):
        Store.open(path)


def test_a_subscription_pruned_meanwhile_is_one_clear_line_without_values():
    a_record()
    with Store.open(RECORD) as store, pytest.raises(StoreError, match="was pruned meanwhile") as caught:
        store.accept([a_delivery(99, event="canary", body=b"canary")])

    assert "canary" not in str(caught.value)


OPENER = """
import sys
from pathlib import Path
from emitter.delivery.store import Store
from tests.support.recorded import subscribed
print("ready", flush=True)
sys.stdin.readline()
with Store.open(Path(sys.argv[1])) as store:
    print(subscribed(store))
"""


def python(code, *, path=RECORD):
    return subprocess.Popen(
        [sys.executable, "-c", code, path.absolute()],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        encoding="utf-8",
    )


@pytest.mark.slow
def test_several_processes_make_one_record_together():
    with contextlib.ExitStack() as stack:
        openers = [stack.enter_context(python(OPENER)) for _ in range(4)]
        for opener in openers:
            assert opener.stdout.readline() == "ready\n"
        for opener in openers:
            opener.stdin.write("go\n")
            opener.stdin.flush()
        numbers = sorted(int(opener.stdout.read()) for opener in openers)

    assert numbers == [1, 2, 3, 4]


def test_many_threads_may_use_one_store():
    with Store.open(RECORD) as store:
        subscription_id = subscribed(store)
        threads = [
            threading.Thread(target=store.accept, args=([a_delivery(subscription_id)] * 5,))
            for _ in range(20)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

        assert store.delivery_ids() == list(range(1, 101))


def test_the_tables_and_statements_are_ones_postgresql_knows():
    dialect = postgresql.dialect()
    speak_postgresql()
    for table in metadata.sorted_tables:
        assert "CREATE TABLE" in str(CreateTable(table).compile(dialect=dialect))
        for index in table.indexes:
            made = str(CreateIndex(index).compile(dialect=dialect))
            assert made.startswith("CREATE INDEX")
            assert ("WHERE" in made) is ("where" in index.info), made

    asked = timetable_statements.due_first("its_subscription_id")._text(dialect)
    added = timetable_statements.BEGIN_ATTEMPT._usual._text(dialect)

    assert "FOR UPDATE SKIP LOCKED" in asked.sql
    assert "%(its_subscription_id)s" in asked.sql
    assert asked.of_row
    assert asked.of_row((7, 1_800_000)) == {"its_subscription_id": 7, "now_ms": 1_800_000, "param_1": 1}
    assert "%(request_headers)s" in added.sql
