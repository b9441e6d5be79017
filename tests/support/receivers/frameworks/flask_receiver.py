"""Flask behind waitress: keeps connections, says ``ok``, and takes whatever is signed for an event."""

from __future__ import annotations

import hashlib
import hmac
import json
import os
import time

import waitress
from flask import Flask, abort, request

SECRET = os.environ["ZOOM_WEBHOOK_SECRET_TOKEN"].encode()
WINDOW_S = 300

app = Flask(__name__)
app.config["MAX_CONTENT_LENGTH"] = 4_000_000


def signed(message: bytes) -> str:
    return hmac.new(SECRET, message, hashlib.sha256).hexdigest()


def is_from_zoom() -> bool:
    timestamp = request.headers.get("x-zm-request-timestamp", "")
    expected = "v0=" + signed(b"v0:" + timestamp.encode("latin-1") + b":" + request.get_data())
    given = request.headers.get("x-zm-signature", "")
    if not hmac.compare_digest(expected.encode("latin-1"), given.encode("latin-1")):
        return False
    return timestamp.isdigit() and abs(time.time() - int(timestamp)) < WINDOW_S  # noqa: TID251


def answer_to(challenge):
    token = challenge.get("plainToken") if isinstance(challenge, dict) else None
    if not isinstance(token, str):
        abort(400)
    return {"plainToken": token, "encryptedToken": signed(token.encode())}


@app.post("/webhooks/zoom")
def webhook():
    if not is_from_zoom():
        abort(401)
    try:
        event = json.loads(request.get_data())
    except (ValueError, RecursionError):
        return "signed, but no JSON"
    if isinstance(event, dict) and event.get("event") == "endpoint.url_validation":
        return answer_to(event.get("payload"))
    return "ok"


server = waitress.create_server(app, host="127.0.0.1", port=0)
print(f"http://127.0.0.1:{server.effective_port}/webhooks/zoom", flush=True)
server.run()
