"""Workers on other machines: what they are given, what they make of it, and what is left when one dies."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager

import pytest

from emitter.app.spreading import AGAIN_MS, FEWEST, MOST, SLOW_MS, _UnderWay
from emitter.core.outcome import OutcomeKind
from emitter.delivery.carrier import BrokerUrl
from emitter.delivery.places import DatabaseUrl
from emitter.delivery.store import Store
from emitter.errors import InvalidSettingError
from tests.support.api import ENVIRON, KEY, SECRET_TOKEN, running_app
from tests.support.brokers import AMQP, BROKERS, REDIS, cleaned_up, working
from tests.support.command import zoom_emitter
from tests.support.following import following
from tests.support.forwarding import Forwarder
from tests.support.moody import Client, MoodyReceiver, check_record
from tests.support.postgres import NAME, SERVER, connected
from tests.support.receiving import Receiver
from tests.support.servers import serve
from tests.support.serving import serving
from tests.support.waiting import wait_for

QUEUE = f"zoom-emitter.{NAME}.public"
OF_WORKERS = {"ZOOM_EMITTER_KEY": KEY}
SHARED = ENVIRON | OF_WORKERS
PASSWORD = "hunter2-of-the-broker"
WITH_REDIS = pytest.mark.skipif(not (REDIS and SERVER), reason="TEST_REDIS_URL, TEST_POSTGRES_URL name none")
NOW = 1_000_000


def firsts(count, start=1):
    return [(number, 1) for number in range(start, start + count)]


def published(under_way, free, taken=(), now_ms=NOW):
    chosen = under_way.next(free, set(taken), now_ms=now_ms)
    under_way.note(chosen, now_ms=now_ms)
    return chosen


def test_what_was_published_is_published_again_only_after_a_while_and_ever_later():
    under_way = _UnderWay()
    times = [now for now in range(0, 12_000, 50) if published(under_way, firsts(1), now_ms=NOW + now)]

    assert times == [0, *(AGAIN_MS * time for time in (1, 2, 4, 8))]


def test_the_next_attempt_of_a_delivery_is_another_one():
    under_way = _UnderWay()

    assert published(under_way, [(1, 1)]) == [(1, 1)]
    assert published(under_way, [(1, 2)], now_ms=NOW + 1) == [(1, 2)]


def test_more_and_more_of_a_quick_receivers_deliveries_are_under_way():
    under_way = _UnderWay()
    counts = [
        len(published(under_way, firsts(600, start), now_ms=NOW + start)) for start in range(0, 10_000, 1000)
    ]

    assert counts == [16, 32, 64, 128, 256, 256, 256, 256, 256, 256]
    assert MOST == 256


def test_of_a_slow_receivers_only_a_handful_are():
    under_way = _UnderWay()
    published(under_way, firsts(100))
    taken = firsts(16)

    late = published(under_way, firsts(100, 17), taken, now_ms=NOW + SLOW_MS + 1)
    freed = published(under_way, firsts(100, 17), taken[:3], now_ms=NOW + SLOW_MS + 2)

    assert late == []
    assert len(freed) == FEWEST - 3


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        (f"redis://:{PASSWORD}@queue:6379/0", "redis://queue:6379/0"),
        (f"rediss://queue/0?password={PASSWORD}", "rediss://queue/0"),
        (f"amqp://me:{PASSWORD}@queue:5672//zoom", "amqp://me@queue:5672//zoom"),
    ],
)
def test_a_broker_is_shown_without_password_and_options(given, shown):
    assert str(BrokerUrl(given)) == shown
    assert repr(BrokerUrl(given)) == f"BrokerUrl({shown!r})"


@pytest.mark.parametrize(
    "given", [f"sqs://{PASSWORD}@queue", PASSWORD, f"redis://:{PASSWORD}@queue:port/0", "redis:///0"]
)
def test_what_is_no_broker_is_refused_without_being_shown(given):
    with pytest.raises(InvalidSettingError, match="write redis://HOST:6379/0 or amqp") as caught:
        BrokerUrl(given)

    assert PASSWORD not in str(caught.value)


@pytest.mark.parametrize(
    ("command", "said"),
    [
        (
            ["serve", "--broker", "redis://127.0.0.1:9/0"],
            "workers share a record in PostgreSQL, not",
        ),
        (
            ["worker", "--broker", "redis://127.0.0.1:9/0"],
            "workers share a record in PostgreSQL, not",
        ),
        (["worker", "--database", "postgresql://db/zoom"], "a worker wants the app's broker"),
        (
            ["worker", "--database", "postgresql://db/zoom", "--broker", "redis://127.0.0.1:9/0"],
            "set ZOOM_EMITTER_KEY to the same on each",
        ),
    ],
    ids=["serve, file", "worker, file", "no broker", "no key"],
)
def test_what_does_not_go_together_is_one_clear_line(command, said):
    ran = zoom_emitter(*command)

    assert ran.status == 2
    assert said in ran.err
    assert len(ran.err.splitlines()) == 1


WITHOUT_CELERY = """
import sys
sys.modules["celery"] = None
from emitter.delivery.carrier import BrokerUrl, Carrier
from emitter.errors import QueueError
try:
    Carrier(BrokerUrl("redis://127.0.0.1:9/0"), "name")
except QueueError as error:
    print(error)
"""


def test_without_celery_one_line_says_what_to_install():
    ran = subprocess.run([sys.executable, "-c", WITHOUT_CELERY], capture_output=True, text=True, check=True)

    assert ran.stdout == (
        "the queue at redis://127.0.0.1:9/0 wants Celery: pip install 'zoom-webhook-emitter[celery]'\n"
    )


@pytest.fixture
def database(postgres_url):
    return DatabaseUrl(postgres_url)


@contextmanager
def app_and_workers(folder, database, broker, count=1):
    """The app in this process, ready workers in others, and a queue of their own."""
    options = ("--database", database.reveal(), "--broker", broker)
    with ExitStack() as stack:
        stack.enter_context(cleaned_up(broker if broker in {REDIS, AMQP} else REDIS, QUEUE))
        app = stack.enter_context(
            running_app(folder, database=database, environ=SHARED, broker=BrokerUrl(broker))
        )
        workers = [stack.enter_context(working(folder, *options, environ=OF_WORKERS)) for _ in range(count)]
        for each in workers:
            wait_for(lambda each=each: "working for" in each.log, within_s=30, what="a worker")
        yield app, workers


@pytest.mark.slow
@WITH_REDIS
def test_a_worker_does_all_that_the_app_does(tmp_path, database):
    with (
        Receiver(SECRET_TOKEN) as receiver,
        Receiver(SECRET_TOKEN) as other,
        app_and_workers(tmp_path, database, REDIS) as (app, (worker,)),
    ):
        app.subscribe(receiver.url, time_scale=10_000)
        with following(app) as read:
            wait_for(lambda: app.service.feed.followers == 1)
            receiver.answer_with(503)
            (first,) = app.emit(event="playlist_create")
            told = [read()[1:] for _ in range(3)]
        retried = app.settled(first)

        app.do("/api/subscriptions/1/pause", status=200)
        one, two = app.emit(event="playlist_create", count=2)
        app.do("/api/subscriptions/1/step")
        stepped = app.settled(one)
        held = app.get(f"/api/deliveries/{two}").json()
        app.patch("/api/subscriptions/1", {"url": other.url})
        app.do("/api/subscriptions/1/resume", status=200)
        moved = app.settled(two)
        counted = 'zoom_emitter_attempts_total{outcome="accepted"} 3.0'
        wait_for(lambda: counted in app.get("/metrics").text, what="counting the workers' attempts")
        status, _ = worker.ended_by(signal.SIGTERM)

    assert [attempt["outcome"] for attempt in retried["attempts"]] == ["failed", "accepted"]
    assert (stepped["state"], held["state"], moved["state"]) == ("delivered", "pending", "delivered")
    assert [arrival.event for arrival in other.arrivals][-1] == "revenue_accelerator.playlist_create"
    assert [kind for kind, _ in told] == ["delivery", "attempt", "attempt"]
    assert [value["outcome"]["kind"] for _, value in told[1:]] == ["failed", "accepted"]
    assert status == 130
    assert worker.log.count('"message": "attempt"') == 4
    assert SECRET_TOKEN.reveal() not in worker.log


@pytest.mark.slow
@WITH_REDIS
def test_what_is_due_waits_while_the_queue_is_down(tmp_path, database, caplog):
    with (
        Receiver(SECRET_TOKEN) as receiver,
        Forwarder(REDIS) as way,
        app_and_workers(tmp_path, database, way.url) as (app, (worker,)),
    ):
        app.subscribe(receiver.url)
        app.settled(app.emit(event="playlist_create")[0])
        way.cut()
        numbers = app.emit(event="playlist_create", count=20)
        wait_for(lambda: app.get("/readyz").status_code == 503, what="not being ready")
        unready = app.get("/readyz")
        wait_for(lambda: "cannot be reached" in worker.log, what="the worker's line")
        more = app.emit(event="playlist_create", count=20)
        waiting = [app.get(f"/api/deliveries/{number}").json()["state"] for number in numbers + more]
        way.mend()
        delivered = [app.settled(number)["state"] for number in numbers + more]
        wait_for(lambda: app.get("/readyz").status_code == 200, what="being ready")
        lines = [record.getMessage() for record in caplog.records if "the queue" in record.getMessage()]
        log = worker.log

    assert "events are accepted all the same" in unready.json()["detail"]
    assert {*waiting} == {"pending"}
    assert {*delivered} == {"delivered"}
    assert [line.endswith("what is due waits") for line in lines] == [True, False]
    assert (log.count("cannot be reached"), log.count("is reached again")) == (1, 1)


@pytest.mark.slow
@WITH_REDIS
def test_any_app_accepts_one_publishes_and_another_takes_over(tmp_path, database):
    with (
        Receiver(SECRET_TOKEN) as receiver,
        ExitStack() as second,
        app_and_workers(tmp_path, database, REDIS) as (first, _),
    ):
        settings = {"environ": SHARED, "broker": BrokerUrl(REDIS)}
        other = second.enter_context(running_app(tmp_path, database=database, **settings))
        first.subscribe(receiver.url)
        by_either = [app.settled(app.emit(event="playlist_create")[0])["state"] for app in (first, other)]
        leads = [app.service._leadership.holds() for app in (first, other)]
        leader = (first, other)[leads.index(True)]
        leader.service._sending._leads = lambda: False  # as when it dies
        leader.service._leadership.close()
        left = other if leader is first else first
        after = left.settled(left.emit(event="playlist_create")[0])["state"]

    assert by_either == ["delivered", "delivered"]
    assert sorted(leads) == [False, True]
    assert after == "delivered"


def killed_while_attempting(worker, database):
    """Kill a worker that has leased something; it is frozen first, so that this stays so."""
    its_leases = (
        "SELECT count(*) FROM deliveries WHERE leased_by LIKE '%%:' || %s AND last_outcome = 'unknown'"
    )
    with connected(database.reveal()) as connection:

        def is_caught():
            worker.process.send_signal(signal.SIGSTOP)
            (count,) = connection.execute(its_leases, [str(worker.process.pid)]).fetchone()
            if not count:
                worker.process.send_signal(signal.SIGCONT)
            return count

        wait_for(is_caught, within_s=30, what="a lease")
    worker.process.kill()
    worker.process.wait()


class Clients:
    """Two clients that send from `begin` to `end`, at the latest until they are left."""

    def __init__(self, app):
        self._clients = [Client(app, pause_s=0.3) for _ in range(2)]
        self._pool = ThreadPoolExecutor(2)
        self._running = []

    def begin(self):
        self._running = [self._pool.submit(client.run) for client in self._clients]

    def end(self):
        """Return the request ids of what was accepted."""
        for client in self._clients:
            client.stop.set()
        for each in self._running:
            each.result()
        return [request_id for client in self._clients for request_id in client.accepted]

    def __enter__(self):
        return self

    def __exit__(self, *_):
        for client in self._clients:
            client.stop.set()
        self._pool.shutdown()


def crowding():
    """How many times as long as alone whatever runs here takes: how many programs want each core."""
    return max(1.0, os.getloadavg()[0] / (os.cpu_count() or 1))


def lateness_ms(database, time_scale):
    """How much later than due each attempt began; after a cut one, its lease had to end first."""
    found = []
    with Store.open(database) as store:
        for number in store.delivery_ids():
            delivery = store.get_delivery(number)
            due_ms = float(delivery.created_at_ms)
            for attempt in store.attempts(number):
                found.append(attempt.started_at_ms - due_ms)
                if attempt.outcome.kind is OutcomeKind.UNKNOWN:
                    due_ms = attempt.started_at_ms + delivery.lease_ms
                else:
                    wait_ms = (attempt.next_retry_s or 0) * 1000 / time_scale
                    due_ms = attempt.started_at_ms + attempt.timing.total_ms + wait_ms
    return found


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="SIGKILL is sent")
@pytest.mark.parametrize("broker", BROKERS)
def test_of_three_workers_one_is_killed_and_nothing_is_lost_or_late(tmp_path, database, broker):
    receiver, crowded_before = MoodyReceiver(seed=3, takes_s=0.1), crowding()
    with (
        serve(receiver.app) as url,
        app_and_workers(tmp_path, database, broker, count=3) as (app, workers),
        Clients(app) as clients,
    ):
        app.subscribe(url, retry=",".join(["5s"] * 50), time_scale=10, timeout="1s")
        clients.begin()
        wait_for(lambda: len(receiver.accepted) > 10, within_s=30, what="some deliveries")
        killed_while_attempting(workers[0], database)
        threading.Event().wait(3)  # the others go on under load
        accepted = clients.end()
        receiver.is_kind = True
        wait_for(lambda: not app.deliveries(state="pending", limit=1), within_s=60, what="the last delivery")
        by_workers = [worker.log.count('"message": "attempt"') for worker in workers]
        lasted = [worker.process.poll() for worker in workers[1:]]

    check_record(database, receiver)
    assert len(accepted) == len(set(accepted)) > 30
    assert [request_id for request_id in accepted if not receiver.accepted[request_id]] == []
    assert all(by_workers), "one did everything, so nothing was shown"
    assert lasted == [None, None]
    late_ms = sorted(lateness_ms(database, time_scale=10))
    assert late_ms[-1] < 1000 * max(crowded_before, crowding())


@pytest.mark.slow
@WITH_REDIS
def test_a_worker_with_another_key_does_not_start(tmp_path, database):
    with Receiver(SECRET_TOKEN) as receiver, running_app(tmp_path, database=database, environ=SHARED) as app:
        app.subscribe(receiver.url)
    other = {"ZOOM_EMITTER_KEY": KEY[:-2] + "8="}
    options = ("--database", database.reveal(), "--broker", REDIS)
    with cleaned_up(REDIS, QUEUE), working(tmp_path, *options, environ=other) as worker:
        assert worker.process.wait(30) == 2

    assert worker.log.startswith(
        "error: a secret in the record was sealed with another key than ZOOM_EMITTER_KEY"
    )
    assert len(worker.log.splitlines()) == 1


@pytest.mark.slow
@WITH_REDIS
def test_an_app_served_with_a_broker_that_is_down_says_so_and_accepts(tmp_path, database):
    options = ("--broker", "redis://127.0.0.1:9/0")
    with (
        Receiver(SECRET_TOKEN) as receiver,
        serving(tmp_path, *options, environ=SHARED, database=database) as served,
    ):
        served.api.subscribe(receiver.url)
        numbers = served.api.emit(event="playlist_create")
        status, _ = served.ended_by(signal.SIGINT)

    assert numbers == [1]
    assert status == 130
    assert "warning: the queue at redis://127.0.0.1:9/0 cannot be reached" in served.log
    assert "Traceback" not in served.log
