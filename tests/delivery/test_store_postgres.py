"""What only a record in PostgreSQL can do, and how it fails."""

from __future__ import annotations

import subprocess
import sys
import threading
from pathlib import Path

import pytest

from emitter.delivery.places import DatabaseUrl, place_of
from emitter.delivery.store import Store, postgres_failures
from emitter.delivery.store.leadership import Leadership
from emitter.delivery.store.news import News, tell
from emitter.delivery.store.steering import steer
from emitter.delivery.store.tables import FORMAT
from emitter.delivery.vault import vault_of
from emitter.errors import InvalidSettingError, StoreError
from tests.support.postgres import ANYWHERE, connected, database_url
from tests.support.recorded import NOW_MS, a_delivery, accepted, lease, subscribed
from tests.support.waiting import wait_for

PASSWORD = "hunter2-of-the-database"
ROOT = Path(__file__).parents[2]


@pytest.fixture
def store(postgres_url):
    with Store.open(DatabaseUrl(postgres_url)) as store:
        yield store


def end_connections(url):
    """End all that others have open to the database, as its server does when it stops."""
    with connected(url) as connection:
        connection.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
            "WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        (f"postgresql+psycopg://me:{PASSWORD}@db.example:5433/zoom", "postgresql://me@db.example:5433/zoom"),
        (f"postgres://db/zoom?user=me&password={PASSWORD}", "postgresql://db/zoom"),
        (f"postgresql://me:{PASSWORD}@[::1]/zoom", "postgresql://me@[::1]/zoom"),
    ],
)
def test_a_url_is_shown_without_password_and_options(given, shown):
    place = DatabaseUrl(given)

    assert str(place) == shown
    assert PASSWORD not in repr(place)
    assert PASSWORD in place.reveal()


@pytest.mark.parametrize(
    "url",
    [f"mysql://me:{PASSWORD}@db/zoom", f"sqlite:///{PASSWORD}", f"postgresql://me:{PASSWORD}@[no/zoom"],
)
def test_a_url_of_another_database_is_refused(url):
    with pytest.raises(InvalidSettingError, match=r"postgresql\+psycopg://USER@HOST") as caught:
        place_of(url)

    assert PASSWORD not in str(caught.value)


def test_a_port_that_is_none_is_one_clear_line():
    with pytest.raises(InvalidSettingError, match="is no URL"):
        Store.open(f"postgresql://me:{PASSWORD}@db:port/zoom")


def test_a_record_for_machines_wants_a_key_they_all_have():
    vault = vault_of(place_of("postgresql://db/zoom"), {})

    with pytest.raises(InvalidSettingError, match=r"set ZOOM_EMITTER_KEY to the same on each; make one with"):
        vault.check_key()

    assert repr(vault) == "Vault('ZOOM_EMITTER_KEY')"


WITHOUT_DRIVER = """
import sys
sys.modules["psycopg"] = None
from emitter.cli.main import run
run(["deliveries", "list", "--database", sys.argv[1]])
"""


def test_without_the_driver_one_line_says_what_to_install():
    command = [sys.executable, "-c", WITHOUT_DRIVER, f"postgresql://me:{PASSWORD}@127.0.0.1/zoom"]
    ran = subprocess.run(command, capture_output=True, encoding="utf-8", cwd=ROOT, check=False, timeout=60)

    assert ran.returncode == 2
    assert ran.stderr.splitlines()[1:] == [
        "error: the record postgresql://me@127.0.0.1/zoom wants PostgreSQL's driver: "
        "pip install 'zoom-webhook-emitter[postgres]'"
    ]


def test_a_server_that_is_not_there_is_one_clear_line():
    with pytest.raises(
        StoreError, match=r"cannot be reached: Connection refused; .*--database URL$"
    ) as caught:
        Store.open(f"postgresql://me:{PASSWORD}@127.0.0.1:9/zoom")

    assert PASSWORD not in str(caught.value)
    assert "\n" not in str(caught.value)


@ANYWHERE
@pytest.mark.parametrize(
    ("user", "name", "reason"),
    [("", "no_such_database", 'database "no_such_database" does not exist'), ("nobody_at_all", "", "nobody")],
)
def test_a_server_that_refuses_is_quoted_in_one_clear_line(postgres_server, user, name, reason):
    url = database_url(name) if name else postgres_server
    if user:
        url = url.replace("postgres@", f"{user}:{PASSWORD}@")

    expected = rf"^the record postgresql://\S+ cannot be reached: .*{reason}"
    with pytest.raises(StoreError, match=expected) as caught:
        Store.open(url)

    assert "\n" not in str(caught.value)
    assert PASSWORD not in str(caught.value)


@pytest.mark.parametrize(
    ("said", "reason"),
    [
        (
            'connection failed: connection to server at "127.0.0.1", port 5432 failed: FATAL:  password '
            'authentication failed for user "me"',
            'password authentication failed for user "me"',
        ),
        ("connection timeout expired", "connection timeout expired"),
    ],
)
def test_what_the_driver_says_loses_its_preface(said, reason):
    assert postgres_failures.reason(Exception(said)).startswith(f"cannot be reached: {reason}; see that")


@ANYWHERE
def test_a_record_of_a_later_version_is_refused(store, postgres_url):
    with connected(postgres_url) as connection:
        connection.execute("UPDATE store_format SET version = version + 1")

    with pytest.raises(StoreError, match=f"format {FORMAT + 1}, this version reads up to {FORMAT}; upgrade"):
        Store.open(postgres_url)


@ANYWHERE
def test_a_schema_with_tables_of_others_is_refused(postgres_url):
    with connected(postgres_url) as connection:
        connection.execute("CREATE SCHEMA theirs CREATE TABLE orders (id integer)")
        try:
            with pytest.raises(StoreError, match="holds tables of another program; make a database for"):
                Store.open(f"{postgres_url}?options=-csearch_path%3Dtheirs")
        finally:
            connection.execute("DROP SCHEMA theirs CASCADE")


@ANYWHERE
def test_a_schema_of_its_own_is_a_record_of_its_own(store, postgres_url):
    subscribed(store)
    with connected(postgres_url) as connection:
        connection.execute("CREATE SCHEMA ours")
        try:
            with Store.open(f"{postgres_url}?options=-csearch_path%3Dours") as other:
                assert other.list_subscriptions() == []
        finally:
            connection.execute("DROP SCHEMA ours CASCADE")


@ANYWHERE
def test_several_make_one_record_together(postgres_url):
    with connected(postgres_url) as connection:
        connection.execute("DROP SCHEMA public CASCADE; CREATE SCHEMA public")
    failures: list[Exception] = []

    def opens():
        try:
            Store.open(postgres_url).close()
        except Exception as error:  # noqa: BLE001 - whatever it is, is shown below
            failures.append(error)

    threads = [threading.Thread(target=opens) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert failures == []


@ANYWHERE
def test_connections_that_the_server_ended_are_opened_anew(store, postgres_url):
    subscription_id = subscribed(store)
    store.accept([a_delivery(subscription_id)])
    end_connections(postgres_url)

    assert lease(store) is not None
    assert store.get_delivery(1).subscription_id == subscription_id


@ANYWHERE
def test_a_connection_that_ends_within_a_transaction_is_one_clear_line_and_gone(store):
    subscription_id = subscribed(store)
    store.accept([a_delivery(subscription_id)])

    def cut_off(delivery, number):
        end_connections(store.path.reveal())
        raise InvalidSettingError("anything")

    with pytest.raises((StoreError, InvalidSettingError)):
        lease(store, prepare=cut_off)

    assert lease(store) is not None


@ANYWHERE
def test_what_one_moves_by_hand_no_other_leases_meanwhile(store):
    store.accept([a_delivery(subscribed(store))])
    leased_meanwhile = []

    def decide(delivery):
        with Store.open(store.path) as other:
            leased_meanwhile.append(lease(other))
        return delivery

    steer(store, 1, decide)

    assert leased_meanwhile == [None]
    assert lease(store) is not None


@ANYWHERE
def test_leases_of_others_end_by_time_alone(store):
    store.accept([a_delivery(subscribed(store), lease_ms=1_000)])
    lease(store, worker="here:1")

    store.release_dead_leases(lambda _: False)

    assert lease(store) is None
    assert store.next_due_ms() == NOW_MS + 1_000
    assert lease(store, now_ms=NOW_MS + 1_000)[1].number == 2


@ANYWHERE
def test_many_threads_accept_lease_and_finish_without_deadlock(store):
    subscription_id = subscribed(store)
    done: list[int] = []
    failures: list[Exception] = []

    def works():
        try:
            store.accept([a_delivery(subscription_id) for _ in range(10)])
            while leased := lease(store):
                store.finish(*accepted(*leased))
                done.append(leased[0].id)
        except Exception as error:  # noqa: BLE001 - whatever it is, is shown below
            failures.append(error)

    threads = [threading.Thread(target=works) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert failures == []
    assert sorted(done) == [*range(1, 61)]


@ANYWHERE
def test_one_of_several_leads_until_it_ends(store):
    with Store.open(store.path) as other:
        first, second = Leadership(store), Leadership(other)

        assert first.holds()
        assert not second.holds()
        first.close()
        wait_for(second.holds, what="the second's turn")
        second.close()


@ANYWHERE
def test_whoever_is_cut_off_leads_no_longer(store):
    leadership = Leadership(store)
    assert leadership.holds()

    end_connections(store.path.reveal())

    wait_for(lambda: not leadership.holds(), what="the loss")
    wait_for(leadership.holds, what="the lead again")
    leadership.close()


def test_a_file_has_no_leader_but_everyone(tmp_path):
    with Store.open(tmp_path / "record.sqlite") as store:
        assert Leadership(store).holds()


@ANYWHERE
def test_news_are_heard_by_others_alone_and_a_loss_is_told(store):
    missed = threading.Event()
    heard: list[dict[str, str]] = []
    own: list[dict[str, str]] = []
    with Store.open(store.path) as other:
        listening = News(other, own_name="other", heard=heard.extend, missed=missed.set)
        telling = News(store, own_name="this", heard=own.extend, missed=lambda: None)
        listening.start()
        telling.start()
        tell(store, {"kind": "a", "text": "ä'\"\\"}, by="this")
        wait_for(lambda: heard, what="the news")
        end_connections(store.path.reveal())
        assert missed.wait(10)
        tell(store, {"kind": "b"}, by="this")
        wait_for(lambda: len(heard) > 1, what="the news after")
        listening.close()
        telling.close()

    assert [{name: each[name] for name in each if name != "by"} for each in heard] == [
        {"kind": "a", "text": "ä'\"\\"},
        {"kind": "b"},
    ]
    assert own == []
