"""The app that docs/pytest.md tests: its module `shop`."""

from __future__ import annotations

import json
import time

from flask import Flask, request

from emitter.app.sample_receiver import reply_to
from emitter.core.secrets import SecretToken


class Shop(Flask):
    """Keeps the names of playlists; `reads` and `outages` are what tests change."""

    def __init__(self):
        super().__init__(__name__)
        self.playlists = []
        self.request_ids = set()
        self.outages = 0
        self.reads = bytes

    def keep(self, event):
        request_id = request.headers["x-zm-request-id"]
        if str(event["event"]).endswith("playlist_create") and request_id not in self.request_ids:
            self.request_ids.add(request_id)
            self.playlists.append(event["payload"]["object"]["playlist_name"])


def create_app(secret_token):
    app = Shop()

    @app.post("/webhooks/zoom")
    def webhook():
        if app.outages:
            app.outages -= 1
            return "", 503
        reply = reply_to(
            headers={name.lower(): value for name, value in request.headers.items()},
            body=app.reads(request.get_data()),
            secret_token=SecretToken(secret_token),
            now_s=int(time.time()),  # noqa: TID251
        )
        if reply.status == 204:
            app.keep(json.loads(request.get_data()))
        return reply.text, reply.status, {"content-type": "application/json"}

    return app
