"""What is there for those who watch: probes and metrics."""

from __future__ import annotations

import re
import sqlite3
import threading

import pytest

from tests.support.api import SECRET_TOKEN, running_app
from tests.support.receiving import Receiver
from tests.support.servers import serve


@pytest.fixture
def receiver():
    with Receiver(SECRET_TOKEN) as receiver:
        yield receiver


def numbers_of(api):
    """Return the metrics by name and labels."""
    text = api.get("/metrics").text
    return {
        name: float(value)
        for name, value in re.findall(r"^(zoom_emitter_\S+) (\S+)$", text, re.MULTILINE)
        if not name.endswith("_created")
    }


def test_metrics_count_what_was_sent_and_show_what_waits(tmp_path, receiver):
    with running_app(tmp_path) as api:
        api.subscribe(receiver.url)
        (number,) = api.emit(event="playlist_create")
        api.settled(number)
        receiver.answer_with(503)
        (number,) = api.emit(event="playlist_create")
        api.attempted(number)
        api.do("/api/subscriptions/1/pause", status=200)
        api.emit(event="playlist_create")
        metrics = numbers_of(api)

    assert metrics['zoom_emitter_attempts_total{outcome="accepted"}'] == 1
    assert metrics['zoom_emitter_attempts_total{outcome="failed"}'] == 1
    assert metrics['zoom_emitter_deliveries_settled_total{state="delivered"}'] == 1
    assert metrics["zoom_emitter_deliveries_accepted_total"] == 3
    assert metrics['zoom_emitter_queue_depth{subscription="1"}'] == 2
    assert metrics['zoom_emitter_lag_seconds{subscription="1"}'] >= 0
    assert metrics["zoom_emitter_attempt_seconds_count"] == 2
    assert metrics['zoom_emitter_attempt_seconds_bucket{le="3.0"}'] == 2
    assert metrics["zoom_emitter_attempts_under_way"] == 0


def test_metrics_come_in_the_format_prometheus_reads(tmp_path):
    with running_app(tmp_path) as api:
        answer = api.get("/metrics")

    assert answer.headers["Content-Type"].startswith("text/plain; version=")
    assert "# TYPE zoom_emitter_queue_depth gauge" in answer.text


@pytest.mark.slow  # a locked record is waited for
def test_the_app_is_ready_while_it_can_write(tmp_path):
    with running_app(tmp_path) as api:
        ready = api.get("/readyz").json()
        other = sqlite3.connect(tmp_path / "record.sqlite", isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        locked = api.get("/readyz")
        well = api.get("/healthz")
        other.close()

    assert ready == {"status": "ready"}
    assert locked.status_code == 503
    assert "is locked by another program" in locked.json()["detail"]
    assert well.status_code == 200


def test_a_slow_receiver_holds_up_neither_the_others_nor_the_api(tmp_path, receiver):
    may_end, begun = threading.Event(), threading.Semaphore(0)
    slow_now = threading.Event()

    with Receiver(SECRET_TOKEN) as inner:

        class Slow:
            def __call__(self, environ, start_response):
                if slow_now.is_set():
                    begun.release()
                    may_end.wait(20)
                return inner.app(environ, start_response)

        with serve(Slow()) as url, running_app(tmp_path) as api:
            api.subscribe(url, timeout="1m", events=["*_create"])
            api.subscribe(receiver.url, events=["*_delete"])
            slow_now.set()
            api.emit(event="playlist_create", count=100)
            for _ in range(8):  # half of the sixteen threads, and no more
                begun.acquire(timeout=10)
            numbers = api.emit(event="playlist_delete", count=50)
            states = [api.settled(number)["state"] for number in numbers]
            under_way = numbers_of(api)["zoom_emitter_attempts_under_way"]
            may_end.set()

    assert states == ["delivered"] * 50
    assert under_way == 8
