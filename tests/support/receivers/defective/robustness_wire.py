"""Receivers that other types, names, methods and halves of requests hurt, bursts, and slow answers."""

from __future__ import annotations

import threading
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

from tests.support.receivers.reference import DROPPED, Answer, Defect

_PLACES = 3
_SLOW_EVENTS = ("playlist_create", "playlist_delete", "post_comment_completed")


def _failing_on(is_bad):
    def respond(asked, right):
        return Answer(500, "TypeError") if asked.is_signed and is_bad(asked) else right(asked)

    return respond


def _polluted():
    polluted: list[bool] = []

    def respond(asked, right):
        if polluted:
            polluted.pop()
            return Answer(500, "Cannot convert object to primitive value")
        if asked.is_signed and b'"__proto__":{' in asked.body:
            polluted.append(True)
        return right(asked)

    return respond


def _dying_of_half_a_body():
    dead = []

    def respond(asked, right):
        if len(asked.body) < int(asked.headers.get("content-length") or 0):
            dead.extend([True] * 2)
        if dead:
            dead.pop()
            return DROPPED
        return right(asked)

    return respond


def _of_few_places():
    places, never = threading.BoundedSemaphore(_PLACES), threading.Event()

    def respond(asked, right):
        if not places.acquire(blocking=False):
            return Answer(503, "busy")
        try:
            never.wait(0.02)
            return right(asked)
        finally:
            places.release()

    return respond


def _slow(asked, right):
    answer = right(asked)
    return replace(answer, delay_s=0.5) if asked.event.endswith(_SLOW_EVENTS) and asked.is_signed else answer


def _in_the_past(asked, right):
    answer = right(asked)
    date = format_datetime(datetime.now(UTC) - timedelta(minutes=2), usegmt=True)  # noqa: TID251
    return replace(answer, headers=(*answer.headers, ("date", date)))


DEFECTS = (
    Defect(
        name="takes-types-for-granted",
        codes="R04",
        seen="PipedreamHQ/pipedream 18873: an id that is a number in one event and text in another",
        respond=_failing_on(lambda asked: isinstance(asked.object.get("conversation_id"), list)),
    ),
    Defect(
        name="merges-bodies-into-objects",
        codes="R05",
        seen="rivet and others: names every object has are looked up as if they were events",
        remembers=_polluted,
    ),
    Defect(
        name="takes-any-method",
        codes="R06",
        seen="app.all() or app.use() in the place of app.post()",
        respond=lambda asked, right: right(replace(asked, method="POST")),
    ),
    Defect(
        name="reads-once",
        codes="R07",
        seen="a socket read once, which is whole on loopback only",
        reads=lambda stream, length: stream.read1(length) if length else b"",
    ),
    Defect(
        name="fails-without-a-length",
        codes="R08",
        seen="int(headers['content-length']) where a proxy sends chunks",
        respond=lambda asked, right: (
            right(asked) if "content-length" in asked.headers else Answer(500, "KeyError: 'content-length'")
        ),
    ),
    Defect(
        name="dies-of-half-a-body",
        codes="R09",
        seen="docs/zoom.md#internal-codes: an error event of the connection that nobody handles",
        remembers=_dying_of_half_a_body,
    ),
    Defect(
        name="refuses-a-burst",
        codes="O01",
        seen="docs/zoom.md#retries: a small pool of workers without a queue",
        remembers=_of_few_places,
    ),
    Defect(
        name="answers-near-the-deadline",
        codes="O02",
        seen="docs/zoom.md#failures: the work is done before the answer, forum 53977",
        respond=_slow,
        timeout_s=0.6,
    ),
    Defect(
        name="lives-in-the-past",
        codes="P08",
        seen="docs/zoom.md#signing: clocks differ; a machine without NTP",
        respond=_in_the_past,
    ),
)
