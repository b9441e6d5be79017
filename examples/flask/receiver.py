"""A receiver of Zoom's webhooks in Flask."""

from __future__ import annotations

import hmac
import json
import os
import time
from collections import OrderedDict
from typing import Any

from flask import Flask, request
from flask.typing import ResponseReturnValue

FRESH_S = 300
REMEMBERED = 10_000


def create_app(secret_token: str = "") -> Flask:
    """Make the app; without a secret token it is that of ZOOM_WEBHOOK_SECRET_TOKEN."""
    app = Flask(__name__)
    key = (secret_token or os.environ["ZOOM_WEBHOOK_SECRET_TOKEN"]).encode()
    seen: OrderedDict[str, None] = OrderedDict()
    app.extensions["zoom_events"] = events = []

    @app.post("/webhooks/zoom")
    def webhook() -> ResponseReturnValue:
        body = request.get_data()
        if not is_from_zoom(request.headers, body, key=key, now_s=time.time()):
            return "not signed by Zoom\n", 401
        event = event_in(body)
        if event is None:
            return "not an event\n", 400
        if event["event"] == "endpoint.url_validation":
            token = event["payload"].get("plainToken")
            if not isinstance(token, str):
                return "no plainToken\n", 400
            return {"plainToken": token, "encryptedToken": digest(key, token.encode())}
        request_id = request.headers.get("x-zm-request-id", "")
        if request_id not in seen:  # Zoom sends an event again that it thinks was lost
            seen[request_id] = None
            if len(seen) > REMEMBERED:
                seen.popitem(last=False)
            events.append(event)  # put it into a queue or a table here, and do the work elsewhere
        return "", 204

    return app


def is_from_zoom(headers: Any, body: bytes, *, key: bytes, now_s: float) -> bool:
    """Say whether a request is signed with the key, over these very bytes, in the last five minutes."""
    stamp, given = headers.get("x-zm-request-timestamp", ""), headers.get("x-zm-signature", "")
    right = "v0=" + digest(key, f"v0:{stamp}:".encode() + body)
    is_number = stamp.isascii() and stamp.isdigit() and len(stamp) <= 12
    return hmac.compare_digest(right.encode(), given.encode()) and (
        is_number and abs(now_s - int(stamp)) <= FRESH_S
    )


def digest(key: bytes, content: bytes) -> str:
    """Return HMAC-SHA256 as lower-case hexadecimal digits."""
    return hmac.new(key, content, "sha256").hexdigest()


def event_in(body: bytes) -> dict[str, Any] | None:
    """Return the event that a body holds, or None where it holds none."""
    try:
        event = json.loads(body)
    except (ValueError, RecursionError):
        return None
    is_event = isinstance(event, dict) and isinstance(event.get("event"), str)
    return event if is_event and isinstance(event.get("payload"), dict) else None


if __name__ == "__main__":
    create_app().run(port=int(os.environ.get("PORT", "3000")), threaded=True)
