"""The app killed without warning: what it accepted is delivered, each attempt is one row of the record."""

from __future__ import annotations

import random
import signal
import sys
import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import pytest
import requests
from flask import Flask, Response, request

from emitter.core.handshake import expected_answer
from tests.support.api import SECRET_TOKEN
from tests.support.servers import serve
from tests.support.serving import serving
from tests.support.waiting import wait_for

KILLS = 30
CLIENTS = 3


class MoodyReceiver:
    """Passes handshakes; refuses every other event at random until it is told to be kind."""

    def __init__(self, seed):
        self.is_kind = False
        self.seen: Counter[str] = Counter()
        self.accepted: Counter[str] = Counter()
        self._rng = random.Random(seed)  # noqa: S311 - a mood, not a secret
        self._lock = threading.Lock()
        self.app = Flask("moody")
        self.app.post("/")(self._receive)

    def _receive(self):
        body = request.get_json()
        if body["event"] == "endpoint.url_validation":
            return expected_answer(SECRET_TOKEN, body["payload"]["plainToken"])
        request_id = request.headers["x-zm-request-id"]
        with self._lock:
            self.seen[request_id] += 1
            if not self.is_kind and self._rng.random() < 0.5:
                return Response(status=503)
            self.accepted[request_id] += 1
        return Response(status=204)


class Client:
    """Sends events in a thread until it is stopped; remembers what was accepted."""

    def __init__(self, api):
        self._api = api
        self.accepted = []

    def run(self):
        while True:
            try:
                answer = self._api.post("/api/events", {"event": "playlist_create", "count": 3})
            except requests.RequestException:
                return
            assert answer.status_code == 202, answer.text
            self.accepted += [delivery["request_id"] for delivery in answer.json()["deliveries"]]


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="SIGKILL is sent")
def test_nothing_accepted_is_lost_when_the_app_is_killed_at_random_points(tmp_path):
    receiver, accepted = MoodyReceiver(seed=1), []
    rng = random.Random(2)  # noqa: S311 - when to kill, not a secret
    with serve(receiver.app) as url:
        with serving(tmp_path) as served:
            served.api.subscribe(url, retry=",".join(["1s"] * 50), time_scale=10)
            served.ended_by(signal.SIGINT)
        for _ in range(KILLS):
            accepted += killed_while_clients_send(tmp_path, after_s=rng.uniform(0.05, 0.6))
        receiver.is_kind = True
        with serving(tmp_path) as served:
            wait_for(lambda: not served.api.deliveries(state="pending", limit=1), within_s=120)
            check_record(served.api, receiver)
            status, _ = served.ended_by(signal.SIGINT)

    assert status == 130
    assert len(accepted) == len(set(accepted)) > KILLS
    assert [request_id for request_id in accepted if not receiver.accepted[request_id]] == []


def killed_while_clients_send(folder, *, after_s):
    """Start the app, send it events from several clients, kill it, and return what it had accepted."""
    with serving(folder) as served, ThreadPoolExecutor(CLIENTS) as pool:
        clients = [Client(served.api) for _ in range(CLIENTS)]
        running = [pool.submit(client.run) for client in clients]
        threading.Event().wait(after_s)  # the point of the test: anywhere
        served.process.send_signal(signal.SIGKILL)
        for each in running:
            each.result()
    return [request_id for client in clients for request_id in client.accepted]


def check_record(api, receiver):
    """Compare every delivery's attempts with what the receiver saw of them."""
    path, deliveries = "/api/deliveries?limit=200", []
    while path:
        page = api.get(path).json()
        deliveries += page["deliveries"]
        path = page["next"]
    assert {delivery["state"] for delivery in deliveries} == {"delivered"}
    for delivery in deliveries:
        attempts = api.get(f"/api/deliveries/{delivery['id']}/attempts").json()["attempts"]
        numbers = [attempt["attempt"] for attempt in attempts]
        assert numbers == list(range(1, len(attempts) + 1))
        outcomes = [attempt["outcome"] for attempt in attempts]
        assert outcomes[-1] == "accepted"
        assert set(outcomes[:-1]) <= {"failed", "unknown"}
        known = len(attempts) - outcomes.count("unknown")
        assert known <= receiver.seen[delivery["request_id"]] <= len(attempts)
