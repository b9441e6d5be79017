"""The app: accepting events beside an app that only inserts the row; lists of a million; a great backlog.

What is measured beside is a Flask app on the same server that reads the same JSON, inserts one row of the
same columns into SQLite in the same mode, and answers 202: no event is generated, validated or fanned out by
it. The subscription is paused, so that accepting is measured and not sending.
"""

from __future__ import annotations

import http.client
import json
import sqlite3
import threading
from contextlib import closing, contextmanager
from time import perf_counter
from typing import TYPE_CHECKING

import waitress
from flask import Flask, request

from emitter.app.factory import create_app
from emitter.app.settings import AppSettings
from emitter.core.standing import Standing, SubscriptionState
from emitter.core.subscription import Subscription
from emitter.delivery.secret_sources import FromEnvironment
from emitter.delivery.store import Store
from emitter.delivery.store.app_subscriptions import add
from tests.bench.figures import Figure, in_turns
from tests.bench.million import NOW_MS, make_record

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

ENVIRON = {"ZOOM_WEBHOOK_SECRET_TOKEN": "4fv1RkqGQUq5sWbEz6hA5A"}
REQUESTS = 200
ROUNDS = 9
MILLION = 1_000_000
BACKLOG = 100_000
PAGE_S = 0.05
_INSERT = (
    "INSERT INTO deliveries (subscription_id, event, created_at_ms, state, retry_number, due_at_ms,"
    " virtual_ms, lease_ms, attempts_made, request_id, tracking_id, traceparent, client_id, faults, body)"
    " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
)
QUERIES = {
    "first page": "",
    "a page in the middle": "before=500000",
    "a rare event": "event=rare.event",
    "a pattern": "event=event_3",
    "an outcome": "outcome=refused",
    "a state": "state=failed",
    "nothing pending": "state=pending",
    "a subscription and an outcome": "subscription=3&outcome=refused",
    "a time long ago": f"since={NOW_MS - 90_000_000}&until={NOW_MS - 89_000_000}",
    "a rare event long ago": f"event=rare.event&until={NOW_MS - 89_000_000}",
    "an outcome there is not": "outcome=broken",
    "nothing in common": "event=event.of_one&subscription=3",
}
PAGE = "/deliveries"


def figures(folder: Path) -> list[Figure]:
    """Measure the app."""
    return [_accepting(folder), *_listing(folder), _starting(folder)]


def _accepting(folder: Path) -> Figure:
    with (
        _accepting_app(folder / "accepting.sqlite") as app,
        _served(app) as ours,
        _served(_inserting_app(folder / "inserting.sqlite")) as theirs,
    ):
        body = json.dumps({"event": "playlist_create"}).encode()
        taken = in_turns({"ours": _posts(ours, body), "theirs": _posts(theirs, body)}, rounds=ROUNDS)
    return Figure(
        name=f"accept an event by API ({REQUESTS / taken['ours']:.0f}/s)",
        beside=f"a Flask app inserting the row ({REQUESTS / taken['theirs']:.0f}/s)",
        ours_s=taken["ours"] / REQUESTS,
        theirs_s=taken["theirs"] / REQUESTS,
        bar=3,
    )


def _listing(folder: Path) -> list[Figure]:
    make_record(folder / "million.sqlite", count=MILLION)
    with _app(folder / "million.sqlite") as app:
        client = app.test_client()

        def ask(path: str) -> Callable[[], float]:
            def run() -> float:
                began = perf_counter()
                answer = client.get(path, base_url="http://127.0.0.1:80")
                seconds = perf_counter() - began
                assert answer.status_code == 200, answer.text
                return seconds

            return run

        works = {name: ask(f"/api/deliveries?{query}") for name, query in QUERIES.items()}
        taken = in_turns(works | {"the page people see": ask(PAGE)}, rounds=ROUNDS)
    return [
        Figure(name=f"list of {MILLION:,}: {name}", beside="50 ms", ours_s=seconds, theirs_s=PAGE_S, bar=1)
        for name, seconds in taken.items()
    ]


def _starting(folder: Path) -> Figure:
    make_record(folder / "backlog.sqlite", count=BACKLOG, pending=True)
    with Store.open(folder / "idle.sqlite"):
        pass

    def start(database: Path) -> Callable[[], float]:
        def run() -> float:
            began = perf_counter()
            with _app(database, worker_count=0):
                return perf_counter() - began

        return run

    works = {name: start(folder / f"{name}.sqlite") for name in ("backlog", "idle")}
    taken = in_turns(works, rounds=ROUNDS)
    return Figure(
        name=f"start with {BACKLOG:,} pending",
        beside="start with none",
        ours_s=taken["backlog"],
        theirs_s=taken["idle"],
        bar=2,
    )


@contextmanager
def _app(database: Path, *, worker_count: int = 1) -> Iterator[Flask]:
    app = create_app(AppSettings(database=database, environ=ENVIRON, worker_count=worker_count))
    try:
        yield app
    finally:
        app.extensions["zoom_emitter"].close()


@contextmanager
def _accepting_app(database: Path) -> Iterator[Flask]:
    with Store.open(database) as store:
        add(
            store,
            Subscription(url="http://127.0.0.1:9/", allows_private=False),
            Standing(state=SubscriptionState.ACTIVE, is_paused=True),
            secret_source=FromEnvironment("ZOOM_WEBHOOK_SECRET_TOKEN"),
            validated_at_ms=NOW_MS,
            now_ms=NOW_MS,
        )
    with _app(database) as app:
        yield app


def _inserting_app(database: Path) -> Flask:
    with Store.open(database):
        pass
    connection = sqlite3.connect(database, isolation_level=None, check_same_thread=False)
    connection.execute("PRAGMA synchronous = NORMAL")
    connection.execute("PRAGMA foreign_keys = OFF")
    lock = threading.Lock()
    app = Flask("inserting")

    @app.post("/api/events")
    def insert():
        value = request.get_json()
        row = (1, value["event"], NOW_MS, "pending", 0, NOW_MS, 0, 11000, 0, *"rtpc", "[]", b"x" * 800)
        with lock:
            connection.execute(_INSERT, row)
        return {"accepted": 1}, 202

    return app


@contextmanager
def _served(app: Flask) -> Iterator[int]:
    """Serve on a free port by the server the command uses."""
    server = waitress.create_server(app, host="127.0.0.1", port=0, threads=8)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    try:
        yield server.effective_port
    finally:
        server.close()
        thread.join(5)


def _posts(port: int, body: bytes) -> Callable[[], float]:
    headers = {"content-type": "application/json"}

    def run() -> float:
        with closing(http.client.HTTPConnection("127.0.0.1", port)) as connection:
            began = perf_counter()
            for _ in range(REQUESTS):
                connection.request("POST", "/api/events", body, headers)
                answer = connection.getresponse()
                answer.read()
                assert answer.status == 202
            return perf_counter() - began

    return run
