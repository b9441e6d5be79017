from __future__ import annotations

import os
import socket
import subprocess
import sys
import threading
from collections import Counter
from pathlib import Path

import pytest
from sqlalchemy import text

from emitter.core.deliveries import DeliveryState
from emitter.core.outcome import OutcomeKind
from emitter.delivery.store import DeliveryFilter, Store
from emitter.delivery.store.listing import list_deliveries
from emitter.delivery.store.workers import is_alive
from emitter.errors import SecretTokenError, StoreError
from tests.support.postgres import ON_SQLITE, place_text
from tests.support.recorded import NOW_MS, a_delivery, accepted, begun, lease, subscribed, to_be_retried


@pytest.fixture
def store(record):
    with Store.open(record) as store:
        yield store


@pytest.fixture
def subscription_id(store):
    return subscribed(store)


def test_what_is_due_first_is_leased_first(store, subscription_id):
    store.accept([a_delivery(subscription_id, due_at_ms=NOW_MS - early) for early in (1, 3, 2, 3)])

    assert [lease(store)[0].id for _ in range(4)] == [2, 4, 3, 1]


def test_what_is_not_due_is_not_leased(store, subscription_id):
    store.accept([a_delivery(subscription_id, due_at_ms=NOW_MS + 1)])

    assert lease(store) is None
    assert lease(store, now_ms=NOW_MS + 1) is not None


def test_an_empty_record_has_nothing_to_lease(store):
    assert lease(store) is None
    assert store.next_due_ms() is None


def test_a_lease_gives_the_delivery_and_records_the_attempt_as_unknown(store, subscription_id):
    (delivery,) = store.accept([a_delivery(subscription_id, body=b"\xff", faults=("duplicate",))])

    leased, attempt = lease(store)

    assert leased == delivery
    assert attempt == begun(delivery, 1)
    assert store.attempts(delivery.id) == [attempt]
    assert attempt.outcome.kind is OutcomeKind.UNKNOWN


def test_what_is_leased_is_not_leased_again(store, subscription_id):
    store.accept([a_delivery(subscription_id)])
    lease(store)

    assert lease(store) is None


def test_an_expired_lease_is_due_again_with_a_new_attempt_at_the_same_retry(store, subscription_id):
    store.accept([a_delivery(subscription_id, retry_number=2)])
    lease(store)

    assert lease(store, now_ms=NOW_MS + 4_999) is None
    _, again = lease(store, now_ms=NOW_MS + 5_000)

    assert (again.number, again.retry_number) == (2, 2)
    assert [one.outcome.kind for one in store.attempts(1)] == ["unknown", "unknown"]


def test_leases_can_be_limited_to_a_subscription(store, subscription_id):
    other_id = subscribed(store)
    store.accept([a_delivery(subscription_id, due_at_ms=1), a_delivery(other_id, due_at_ms=2)])

    leased, _ = lease(store, subscription_id=other_id)

    assert leased.subscription_id == other_id
    assert lease(store, subscription_id=other_id) is None
    assert store.next_due_ms(subscription_id) == 1


def test_a_view_knows_one_delivery_only(store, subscription_id):
    store.accept([a_delivery(subscription_id, due_at_ms=due_ms) for due_ms in (1, 2, 3)])
    view = store.only(2)

    assert view.next_due_ms() == 2
    assert lease(view, subscription_id=subscription_id)[0].id == 2
    assert lease(view) is None
    assert lease(store)[0].id == 1


def test_nothing_is_leased_when_the_attempt_cannot_begin(store, subscription_id):
    store.accept([a_delivery(subscription_id)])

    def without_secret(delivery, number):
        raise SecretTokenError("no secret token")

    with pytest.raises(SecretTokenError):
        lease(store, prepare=without_secret)

    assert store.attempts(1) == []
    assert lease(store)[1].number == 1


def test_a_finished_delivery_is_due_at_its_new_time(store, subscription_id):
    store.accept([a_delivery(subscription_id)])

    store.finish(*to_be_retried(*lease(store), due_at_ms=NOW_MS + 300))

    assert store.next_due_ms() == NOW_MS + 300
    assert lease(store, now_ms=NOW_MS + 299) is None
    assert lease(store, now_ms=NOW_MS + 300)[0].retry_number == 1


def test_an_attempt_is_finished_and_the_next_begun_in_one_transaction(store, subscription_id):
    store.accept([a_delivery(subscription_id), a_delivery(subscription_id)])
    ended = accepted(*lease(store))
    seen_meanwhile: list[OutcomeKind] = []

    def looks_around(delivery, number):
        with Store.open(store.path) as other:
            seen_meanwhile.extend(attempt.outcome.kind for attempt in other.attempts(1))
        return begun(delivery, number)

    leased, _ = lease(store, prepare=looks_around, after=ended)

    assert leased.id == 2
    assert seen_meanwhile == [OutcomeKind.UNKNOWN]
    assert store.attempts(1) == [ended[1]]
    assert store.get_delivery(1).state is DeliveryState.DELIVERED
    assert [one.outcome.kind for one in store.attempts(2)] == [OutcomeKind.UNKNOWN]


def test_an_attempt_is_finished_when_nothing_else_is_due(store, subscription_id):
    store.accept([a_delivery(subscription_id), a_delivery(subscription_id, due_at_ms=NOW_MS + 1)])
    ended = accepted(*lease(store))

    assert lease(store, after=ended) is None

    assert store.attempts(1) == [ended[1]]
    assert store.attempts(2) == []


@pytest.mark.parametrize("damage", ["SELECT 1", "UPDATE deliveries SET state = 'lost' WHERE id = 2"])
def test_an_attempt_is_finished_whatever_keeps_the_next_from_being_begun(store, subscription_id, damage):
    store.accept([a_delivery(subscription_id), a_delivery(subscription_id)])
    ended = accepted(*lease(store))
    with store.writing() as connection:
        connection.execute(text(damage))

    def without_secret(delivery, number):
        raise SecretTokenError("no secret token")

    assert lease(store, prepare=without_secret, after=ended) is None

    assert store.attempts(1) == [ended[1]]
    assert store.attempts(2) == []
    with pytest.raises(StoreError if "lost" in damage else SecretTokenError):
        lease(store, prepare=without_secret)


def test_a_lease_that_is_given_back_was_never_taken(store, subscription_id):
    store.accept([a_delivery(subscription_id)])
    _, attempt = lease(store)

    store.give_back(attempt)

    assert store.attempts(1) == []
    assert store.summary(1).attempts_made == 0
    assert store.next_due_ms() == NOW_MS
    assert lease(store)[1].number == 1


def test_a_retry_that_is_given_back_leaves_a_delivery_that_failed(store, subscription_id):
    def listed(outcome):
        return len(list_deliveries(store, DeliveryFilter(outcome=outcome), limit=9))

    store.accept([a_delivery(subscription_id)])
    store.finish(*to_be_retried(*lease(store), due_at_ms=NOW_MS))
    _, retry = lease(store)
    assert (listed(OutcomeKind.FAILED), listed(OutcomeKind.UNKNOWN)) == (0, 1)

    store.give_back(retry)

    assert (listed(OutcomeKind.FAILED), listed(OutcomeKind.UNKNOWN)) == (1, 0)


def test_a_lease_that_another_worker_has_taken_over_is_not_given_back(store, subscription_id):
    store.accept([a_delivery(subscription_id, lease_ms=1)])
    _, late = lease(store)
    ended = accepted(*lease(store, now_ms=NOW_MS + 1))

    store.give_back(late)
    store.finish(*ended)

    assert [one.outcome.kind for one in store.attempts(1)] == ["unknown", "accepted"]
    assert store.summary(1).attempts_made == 2


def test_a_settled_delivery_is_never_due(store, subscription_id):
    store.accept([a_delivery(subscription_id)])

    store.finish(*accepted(*lease(store)))

    assert store.next_due_ms() is None
    assert lease(store, now_ms=2**53) is None
    assert store.pending() == {}


def test_a_lease_counts_as_due_at_its_end(store, subscription_id):
    store.accept([a_delivery(subscription_id), a_delivery(subscription_id, due_at_ms=NOW_MS + 90_000)])
    lease(store)

    assert store.next_due_ms() == NOW_MS + 5_000
    assert store.next_due_ms(subscription_id) == NOW_MS + 5_000


def test_what_is_waiting_may_be_due_before_a_lease_ends(store, subscription_id):
    store.accept([a_delivery(subscription_id), a_delivery(subscription_id, due_at_ms=NOW_MS + 100)])
    lease(store)

    assert store.next_due_ms() == NOW_MS + 100


def test_a_late_worker_does_not_undo_what_the_next_one_has_done(store, subscription_id):
    store.accept([a_delivery(subscription_id, lease_ms=1)])
    late = lease(store)
    store.finish(*accepted(*lease(store, now_ms=NOW_MS + 1)))

    store.finish(*to_be_retried(*late, due_at_ms=NOW_MS + 300))

    assert store.get_delivery(1).state is DeliveryState.DELIVERED
    assert store.next_due_ms() is None
    assert [one.outcome.kind for one in store.attempts(1)] == ["failed", "accepted"]


def test_pending_deliveries_are_counted_by_subscription(store, subscription_id):
    other_id = subscribed(store)
    store.accept([a_delivery(subscription_id), a_delivery(other_id), a_delivery(other_id)])
    store.finish(*accepted(*lease(store, subscription_id=subscription_id)))

    assert store.pending() == {other_id: 2}


@ON_SQLITE
def test_leases_of_dead_workers_are_freed_at_once(store, subscription_id):
    store.accept([a_delivery(subscription_id), a_delivery(subscription_id)])
    lease(store, worker="here:1")
    lease(store, worker="here:2")

    store.release_dead_leases(lambda worker: worker == "here:2")

    again, attempt = lease(store)
    assert (again.id, attempt.number) == (1, 2)
    assert lease(store) is None


def test_a_process_that_ended_is_dead_and_this_one_is_not():
    ended = subprocess.Popen([sys.executable, "-c", ""])
    ended.wait()
    host = socket.gethostname()

    assert is_alive(f"{host}:{os.getpid()}")
    assert is_alive(f"{host}:{ended.pid}") is (os.name != "posix")


@pytest.mark.parametrize("worker", ["elsewhere.invalid:1", "", f"{socket.gethostname()}:x"])
def test_a_worker_one_cannot_know_may_be_alive(worker):
    assert is_alive(worker)


def test_threads_never_attempt_a_delivery_at_the_same_time(record, store, subscription_id):
    store.accept([a_delivery(subscription_id) for _ in range(200)])
    taken: list[int] = []

    def work() -> None:
        while leased := lease(store):
            taken.append(leased[0].id)
            store.finish(*accepted(*leased))

    threads = [threading.Thread(target=work) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(taken) == list(range(1, 201))
    assert store.next_due_ms() is None


WORKER = """
import sys, threading
from emitter.delivery.places import place_of
from emitter.delivery.store import Store
from tests.support.recorded import accepted, lease
with Store.open(place_of(sys.argv[1])) as store:
    print("ready", flush=True)
    sys.stdin.readline()
    while leased := lease(store):
        print(leased[0].id, leased[1].number)
        store.finish(*accepted(*leased))
        threading.Event().wait(0.002)  # so that the other gets some
"""
ROOT = Path(__file__).parents[2]


def worker_process(record):
    return subprocess.Popen(
        [sys.executable, "-c", WORKER, place_text(record)],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        encoding="utf-8",
    )


@pytest.mark.slow
def test_processes_never_attempt_a_delivery_at_the_same_time(record, store, subscription_id):
    store.accept([a_delivery(subscription_id) for _ in range(300)])

    with worker_process(record) as one, worker_process(record) as other:
        for process in (one, other):
            assert process.stdout.readline() == "ready\n"
        for process in (one, other):
            process.stdin.write("go\n")
            process.stdin.flush()
        taken = [process.stdout.read().split("\n")[:-1] for process in (one, other)]

    counted = Counter(line for lines in taken for line in lines)
    assert counted == Counter(f"{number} 1" for number in range(1, 301))
    assert all(lines for lines in taken), "one process did everything, so nothing was shown"
