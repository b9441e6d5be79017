"""The app, really served, and a client for its API."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import requests

from emitter.app.factory import create_app
from emitter.app.settings import AppSettings
from emitter.core.secrets import SecretToken
from tests.support.servers import serve
from tests.support.waiting import wait_for

SECRET_TOKEN = SecretToken("a-secret-token-for-tests")
ENVIRON = {"ZOOM_WEBHOOK_SECRET_TOKEN": SECRET_TOKEN.reveal()}
KEY = "dGhpcnR5LXR3byBieXRlcywgYSBrZXkgb2YgdGVzdHM="
"""What the vault takes: base64 of 32 bytes."""
TIMEOUT_S = 20


@dataclass(frozen=True)
class Api:
    """Asks the app at a base URL without a slash at its end."""

    base: str
    service: Any = None
    headers: dict[str, str] = field(default_factory=dict)

    @property
    def port(self) -> int:
        return int(self.base.rpartition(":")[2])

    def get(self, path, **options):
        options["headers"] = self.headers | options.get("headers", {})
        return requests.get(self.base + path, timeout=TIMEOUT_S, **options)

    def post(self, path, value, **options):
        options["headers"] = self.headers | options.get("headers", {})
        return requests.post(self.base + path, json=value, timeout=TIMEOUT_S, **options)

    def patch(self, path, value):
        return requests.patch(self.base + path, json=value, timeout=TIMEOUT_S)

    def delete(self, path):
        return requests.delete(self.base + path, timeout=TIMEOUT_S)

    def do(self, path, status=202, **fields):
        """Do what a path names, and return what came of it."""
        answer = self.post(path, fields)
        assert answer.status_code == status, answer.text
        return answer.json()

    def subscribe(self, url, **fields):
        """Subscribe an endpoint that passes, and return the subscription."""
        answer = self.post("/api/subscriptions", {"url": url, **fields})
        assert answer.status_code == 201, answer.text
        return answer.json()

    def emit(self, **fields):
        """Send an event that is accepted, and return the numbers of its deliveries."""
        answer = self.post("/api/events", fields)
        assert answer.status_code == 202, answer.text
        return [delivery["id"] for delivery in answer.json()["deliveries"]]

    def deliveries(self, **query):
        return self.get("/api/deliveries", params=query).json()["deliveries"]

    def attempted(self, number, times=1):
        """Return a delivery once so many of its attempts have ended."""

        def look():
            delivery = self.get(f"/api/deliveries/{number}").json()
            ended = [attempt for attempt in delivery["attempts"] if attempt["outcome"] != "unknown"]
            return delivery if len(ended) >= times else None

        return wait_for(look, what=f"attempt {times} of delivery {number}")

    def settled(self, number):
        """Return a delivery once it is settled."""

        def look():
            delivery = self.get(f"/api/deliveries/{number}").json()
            return delivery if delivery["state"] != "pending" else None

        return wait_for(look, what=f"settling delivery {number}")


@contextmanager
def running_app(folder, *, database=None, clock=None, catalog=None, environ=ENVIRON, **settings):
    """Serve the app on a free port, its record in the folder unless it is said where, and yield its API."""
    database = database or Path(folder) / "record.sqlite"
    app_settings = AppSettings(database=database, environ=environ, **settings)
    app = create_app(app_settings, catalog=catalog, clock=clock)
    service = app.extensions["zoom_emitter"]
    try:
        with serve(app) as base:
            yield Api(base, service)
    finally:
        assert service.close(), "an attempt did not end in time"
