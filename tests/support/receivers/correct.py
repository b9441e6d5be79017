"""Correct receivers that differ from the reference in what a receiver may decide for itself."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable
from dataclasses import replace

from emitter.catalog.events import Catalog
from tests.support.receivers.reference import Answer, Asked, right

Receiver = Callable[[Asked], Answer]

_ID = re.compile(r"[A-Za-z0-9_\-+/=,]{1,64}")
_KNOWN_EVENTS = frozenset(Catalog.bundled().names())
_KNOWN_IDS = ("account_id", "operator_id", "playlist_id", "conversation_id", "comment_id", "host_id")


def _now_s() -> float:
    return time.time()  # noqa: TID251


def accepting_with(status: int, body: str = "", **headers: str) -> Receiver:
    def respond(asked):
        answer = right(asked)
        pairs = tuple((name.replace("_", "-"), value) for name, value in headers.items())
        return Answer(status, body, pairs) if answer.status == 204 else answer

    return respond


def refusing_with(status: int, **headers: str) -> Receiver:
    def respond(asked):
        answer = right(asked)
        return Answer(status, "no", tuple(headers.items())) if answer.status >= 400 else answer

    return respond


def within(window_s: int) -> Receiver:
    """Return a receiver with a window of its own."""

    def respond(asked):
        is_number = asked.timestamp.isascii() and asked.timestamp.isdecimal()
        is_fresh = is_number and abs(_now_s() - int(asked.timestamp)) <= window_s
        return right(asked.signed_anew() if asked.is_signed and is_fresh else asked.signed_if(False))

    return respond


def taking_milliseconds_too(asked: Asked) -> Answer:
    is_ms = len(asked.timestamp) == 13 and asked.timestamp.isdecimal()
    return right(asked.signed_anew() if asked.is_signed and is_ms else asked)


def echoing_headers(asked: Asked) -> Answer:
    answer = right(asked)
    return answer if answer.status < 400 else Answer(answer.status, json.dumps(asked.headers))


def answering_pings(asked: Asked) -> Answer:
    return Answer(200, "pong") if not asked.body else right(asked)


def lenient_about_nonsense(asked: Asked) -> Answer:
    """Acknowledge whatever is signed: it is logged, and nobody has to see it again."""
    answer = right(asked)
    return Answer(200) if answer.status == 400 and asked.is_signed and not asked.is_challenge else answer


def strict_about_ids(asked: Asked) -> Answer:
    """Refuse ids that are none of Zoom's, and whatever lacks its payload or has a time far away."""
    answer = right(asked)
    if answer.status != 204 or asked.event not in _KNOWN_EVENTS:
        return answer
    return answer if _is_well_formed(asked) else Answer(422, '{"error":"unprocessable"}')


def _is_well_formed(asked: Asked) -> bool:
    payload, event_ts = asked.value.get("payload"), asked.value.get("event_ts")
    if not isinstance(payload, dict) or not isinstance(event_ts, int) or isinstance(event_ts, bool):
        return False
    inner = asked.object if isinstance(asked.object, dict) else {}
    ids = [holder[name] for holder in (payload, inner) for name in _KNOWN_IDS if holder.get(name) is not None]
    are_ids = all(isinstance(each, str) and _ID.fullmatch(each) for each in ids)
    return are_ids and abs(_now_s() * 1000 - event_ts) < 7 * 86_400_000


def slow_by(seconds: float) -> Receiver:
    return lambda asked: replace(right(asked), delay_s=seconds)


CORRECT: dict[str, Receiver] = {
    "200 and nothing": accepting_with(200),
    "200 and text": accepting_with(200, "thank you", content_type="text/plain"),
    "202 and JSON": accepting_with(202, '{"queued":true}', content_type="application/json"),
    "refuses with 400": refusing_with(400),
    "refuses with 403": refusing_with(403),
    "refuses with 404": refusing_with(404),
    "redirects strangers to a log-in": refusing_with(302, location="/log-in"),
    "a window of 10 minutes": within(600),
    "a window of 90 minutes": within(5400),
    "a window of 15 seconds": within(15),
    "takes milliseconds as well": taking_milliseconds_too,
    "echoes the headers it refuses": echoing_headers,
    "answers an empty body": answering_pings,
    "lenient about signed nonsense": lenient_about_nonsense,
    "strict about ids and times": strict_about_ids,
    "takes 20 ms": slow_by(0.02),
}
