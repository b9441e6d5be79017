from __future__ import annotations

import logging
import socket
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor

from emitter.app.sample_receiver import ReceiverScript, Step, create_sample_receiver
from emitter.app.workers import IDLE_S
from emitter.core.deliveries import Attempt, Timing
from emitter.core.outcome import Outcome, OutcomeKind
from emitter.core.secrets import SecretToken
from emitter.core.subscription import Subscription
from emitter.delivery.clock import SystemClock, monotonic_ms
from emitter.delivery.secret_sources import FromEnvironment
from tests.support.api import SECRET_TOKEN, running_app
from tests.support.clocks import RetriesClock
from tests.support.receiving import Receiver
from tests.support.servers import serve
from tests.support.waiting import wait_for

OTHER_TOKEN = SecretToken("another-secret-token")
IN_TEN_MINUTES_MS = 600_000


def later():
    return RetriesClock(SystemClock().now_ms() + IN_TEN_MINUTES_MS)


def is_attempted(api, number, times=1):
    attempts = api.get(f"/api/deliveries/{number}/attempts").json()["attempts"]
    return len(attempts) >= times and attempts[times - 1]["outcome"] != "unknown"


def test_what_was_pending_when_the_app_closed_goes_on_with_the_next(tmp_path):
    with Receiver(SECRET_TOKEN) as receiver:
        with running_app(tmp_path) as api:
            api.subscribe(receiver.url)
            receiver.answer_with(503)
            (number,) = api.emit(event="playlist_create")
            wait_for(lambda: is_attempted(api, number))
            assert api.get(f"/api/deliveries/{number}").json()["state"] == "pending"
        with running_app(tmp_path, clock=later(), worker_count=1) as api:
            delivery = api.settled(number)

    assert [attempt["status"] for attempt in delivery["attempts"]] == [503, 204]


def test_an_event_is_attempted_at_once_however_long_the_workers_idled(tmp_path):
    with Receiver(SECRET_TOKEN) as receiver, running_app(tmp_path) as api:
        api.subscribe(receiver.url)
        threading.Event().wait(0.2)  # until they idle
        start_ms = monotonic_ms()
        (number,) = api.emit(event="playlist_create")
        api.settled(number)

    assert monotonic_ms() - start_ms < IDLE_S * 1000 / 2


def dead_worker():
    """Return the name of a worker whose process is over."""
    process = subprocess.Popen([sys.executable, "-c", ""])
    process.wait()
    return f"{socket.gethostname()}:{process.pid}"


def test_what_a_dead_app_had_under_way_is_repeated_at_once(tmp_path):
    def cut(delivery, number):
        return Attempt(
            delivery_id=delivery.id,
            number=number,
            retry_number=0,
            started_at_ms=0,
            virtual_ms=0,
            timestamp_s="0",
            request_headers=(),
            outcome=Outcome(OutcomeKind.UNKNOWN),
            timing=Timing(),
        )

    with Receiver(SECRET_TOKEN) as receiver:
        with running_app(tmp_path, worker_count=0) as api:
            api.subscribe(receiver.url)
            (number,) = api.emit(event="playlist_create")
            now_ms = SystemClock().now_ms()
            assert api.service.store.lease_next(now_ms=now_ms, worker=dead_worker(), prepare=cut)
        with running_app(tmp_path) as api:
            delivery = api.settled(number)

    assert [attempt["outcome"] for attempt in delivery["attempts"]] == ["unknown", "accepted"]


def test_a_subscription_whose_secret_is_gone_waits_and_the_others_go_on(tmp_path, caplog):
    with Receiver(SECRET_TOKEN) as receiver, Receiver(OTHER_TOKEN) as other:
        with running_app(tmp_path, worker_count=0) as api:
            api.subscribe(receiver.url)
            api.subscribe(other.url, secret_token=OTHER_TOKEN.reveal())
            stuck, sent = api.emit(event="playlist_create")
        with caplog.at_level(logging.ERROR), running_app(tmp_path, environ={}) as api:
            assert api.settled(sent)["state"] == "delivered"
            reason = wait_for(lambda: api.get("/api/subscriptions/1").json()["stuck"])
            assert "ZOOM_WEBHOOK_SECRET_TOKEN is not set any more" in reason
            assert api.emit(event="playlist_create") == [sent + 1]
            assert api.post("/api/events", {"event": "playlist_create", "subscription": 1}).status_code == 409
            assert api.get(f"/api/deliveries/{stuck}").json()["state"] == "pending"
        with running_app(tmp_path) as api:
            assert api.settled(stuck)["state"] == "delivered"

    (line,) = [record.getMessage() for record in caplog.records if record.levelno >= logging.ERROR]
    assert line.startswith("nothing can be sent to subscription 1: no secret token:")


def test_subscriptions_sealed_with_another_key_are_listed_with_the_reason(tmp_path):
    with Receiver(SECRET_TOKEN) as receiver:
        with running_app(tmp_path) as api:
            api.subscribe(receiver.url, auth={"mode": "basic", "username": "ann", "password": "pass"})
        (tmp_path / "record.sqlite.key").unlink()
        with running_app(tmp_path) as api:
            (subscription,) = api.get("/api/subscriptions").json()["subscriptions"]
            shown = api.get("/api/subscriptions/1")
            deletion = api.delete("/api/subscriptions/1")

    assert subscription["id"] == 1
    assert "record.sqlite.key" in subscription["stuck"]
    assert shown.json() == subscription
    assert deletion.status_code == 204


def test_what_a_command_left_pending_is_left_alone(tmp_path):
    with Receiver(SECRET_TOKEN) as receiver, running_app(tmp_path) as api:
        api.subscribe(receiver.url)
        number = api.service.store.add_subscription(
            Subscription(url=receiver.url),
            secret_source=FromEnvironment("ZOOM_WEBHOOK_SECRET_TOKEN"),
            origin="command",
            now_ms=1,
        )
        api.service.store.mark_validated(number, now_ms=1)
        of_command = api.service._sending.courier.accept_bodies(number, [("x", b"{}")])[0].id
        (of_app,) = api.emit(event="playlist_create")

        api.settled(of_app)

        assert api.get(f"/api/deliveries/{of_command}").json()["attempts_made"] == 0


def test_retries_of_an_attempt_under_way_are_given_up_with_its_subscription(tmp_path):
    begun, may_end = threading.Event(), threading.Event()

    def wait(_):
        begun.set()
        may_end.wait(2)

    script = ReceiverScript(answers=(("playlist_create", (Step(status=503, delay_s=1),)),))
    clock = SystemClock()
    app = create_sample_receiver(SECRET_TOKEN, now_s=lambda: clock.now_ms() / 1000, script=script, wait=wait)
    with serve(app) as url, running_app(tmp_path) as api:
        api.subscribe(url)
        (number,) = api.emit(event="playlist_create")
        begun.wait(5)
        api.delete("/api/subscriptions/1")
        may_end.set()
        delivery = api.settled(number)

    assert delivery["state"] == "cancelled"
    assert [attempt["status"] for attempt in delivery["attempts"]] == [503]


def test_an_attempt_under_way_is_recorded_when_the_app_closes(tmp_path):
    begun = threading.Event()

    def wait(_):
        begun.set()
        threading.Event().wait(0.3)

    clock = SystemClock()
    app = create_sample_receiver(
        SECRET_TOKEN, now_s=lambda: clock.now_ms() / 1000, script=ReceiverScript(slow_s=1), wait=wait
    )
    with serve(app) as url:
        with running_app(tmp_path) as api:
            api.subscribe(url)
            (number,) = api.emit(event="playlist_create")
            begun.wait(5)
        with running_app(tmp_path, worker_count=0) as api:
            delivery = api.get(f"/api/deliveries/{number}").json()

    assert delivery["state"] == "delivered"


def test_a_flood_of_events_is_delivered_once_each(tmp_path):
    with Receiver(SECRET_TOKEN) as receiver, running_app(tmp_path) as api:
        api.subscribe(receiver.url)
        api.subscribe(receiver.url, name="second")

        with ThreadPoolExecutor(8) as pool:
            accepted = list(pool.map(lambda _: api.emit(event="playlist_create", count=2), range(40)))
            healths = list(pool.map(lambda _: api.get("/healthz").status_code, range(8)))

        numbers = [number for numbers in accepted for number in numbers]
        wait_for(lambda: not api.deliveries(state="pending", limit=1), within_s=60)
        delivered = [api.get(f"/api/deliveries/{number}").json() for number in numbers[:20]]

    assert healths == [200] * 8
    assert sorted(numbers) == list(range(1, 161))
    assert {delivery["attempts_made"] for delivery in delivered} == {1}
    request_ids = [arrival.headers["x-zm-request-id"] for arrival in receiver.arrivals]
    assert len(request_ids) == len(set(request_ids)) == 2 + 160


def test_slow_handshakes_leave_the_app_free_to_answer(tmp_path):
    begun, may_end = threading.Semaphore(0), threading.Event()

    def slow_app(environ, start_response):
        begun.release()
        may_end.wait(10)
        start_response("404 Not Found", [])
        return [b""]

    with serve(slow_app) as url, running_app(tmp_path) as api, ThreadPoolExecutor(4) as pool:
        request = {"url": url, "timeout": "20s"}
        under_way = [pool.submit(api.post, "/api/subscriptions", request) for _ in range(4)]
        for _ in under_way:
            begun.acquire(timeout=10)

        busy = api.post("/api/subscriptions", {"url": url})
        health = api.get("/healthz")
        may_end.set()

    assert health.json() == {"status": "ok"}
    assert (busy.status_code, busy.headers["Retry-After"]) == (503, "1")
    assert busy.json()["detail"] == "4 handshakes are under way; try again when one has ended"
    assert [each.result().status_code for each in under_way] == [409] * 4
