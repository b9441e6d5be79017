"""A receiver that refuses at random, clients that send without pause, and what the record says of both."""

from __future__ import annotations

import random
import threading
from collections import Counter

import requests
from flask import Flask, Response, request

from emitter.core.handshake import expected_answer
from emitter.delivery.store import Store
from tests.support.api import SECRET_TOKEN


class MoodyReceiver:
    """Passes handshakes, takes its time, refuses some events at random until it is told to be kind."""

    def __init__(self, seed, *, takes_s=0.0, refuses=0.5):
        self.is_kind = False
        self._takes_s = takes_s
        self._refuses = refuses
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
        if self._takes_s:
            threading.Event().wait(self._takes_s)
        with self._lock:
            self.seen[request_id] += 1
            if not self.is_kind and self._rng.random() < self._refuses:
                return Response(status=503)
            self.accepted[request_id] += 1
        return Response(status=204)


class Client:
    """Sends events in a thread until it is stopped, or the app is; remembers what was accepted."""

    def __init__(self, api, *, pause_s=0.0):
        self._api = api
        self._pause_s = pause_s
        self.stop = threading.Event()
        self.accepted = []

    def run(self):
        while not self.stop.wait(self._pause_s):
            try:
                answer = self._api.post("/api/events", {"event": "playlist_create", "count": 3})
            except requests.RequestException:
                return
            assert answer.status_code == 202, answer.text
            self.accepted += [delivery["request_id"] for delivery in answer.json()["deliveries"]]


def check_record(database, receiver):
    """Compare every delivery's attempts with what the receiver saw of them."""
    with Store.open(database) as store:
        for number in store.delivery_ids():
            delivery, attempts = store.get_delivery(number), store.attempts(number)
            outcomes = [str(attempt.outcome.kind) for attempt in attempts]
            assert delivery.state == "delivered"
            assert [attempt.number for attempt in attempts] == list(range(1, len(attempts) + 1))
            assert outcomes[-1] == "accepted"
            assert {*outcomes[:-1]} <= {"failed", "unknown"}
            known = len(attempts) - outcomes.count("unknown")
            assert known <= receiver.seen[delivery.identity.request_id] <= len(attempts)
