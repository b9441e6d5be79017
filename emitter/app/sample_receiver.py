"""The sample receiver: what a correct endpoint does, and does wrong only when it is told to.

`reply_to` is the whole of what Zoom asks of a receiver, as a function of bytes that fits any framework:

1. take the body as the exact bytes that came; a parsed body has lost what the signature covers
2. verify the signature, in constant time, and that the timestamp lies within five minutes on both sides
3. only then read the JSON
4. answer a challenge; acknowledge any other event at once, and work on it later

Whatever comes is answered: 401 without a right signature, 400 for bytes that are signed but are no event
(Zoom never repeats a request after 4xx, and never sends such), 204 otherwise. Source: docs/zoom.md#delivery.
"""

from __future__ import annotations

import json
import threading
from collections import OrderedDict
from dataclasses import dataclass
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Final

from flask import Flask, Response, request
from werkzeug.exceptions import BadRequest, RequestEntityTooLarge

from emitter.core.handshake import expected_answer
from emitter.core.schedule import parse_duration
from emitter.core.signing import verify
from emitter.core.zoom import REQUEST_ID_HEADER, VALIDATION_EVENT
from emitter.errors import InvalidSettingError, VerificationError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from emitter.core.secrets import SecretToken

TOLERANCE_S: Final = 300
MAX_BODY_BYTES: Final = 1024 * 1024
"""Zoom names no limit (docs/zoom.md#body); its events are a few kilobytes."""
REMEMBERED_REQUEST_IDS: Final = 10_000
_FINAL_STATUSES: Final = range(200, 600)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """An answer, and what it says of the request.

    Attributes:
        status: The HTTP status.
        text: The body of the answer; JSON when the status is 200.
        event: The event's name, known only where the request can be trusted.
        refusal: Why it cannot, or is no event; empty where all is well.
    """

    status: int
    text: str = ""
    event: str = ""
    refusal: str = ""


def reply_to(*, headers: Mapping[str, str], body: bytes, secret_token: SecretToken, now_s: int) -> Reply:
    """Return the right answer to any request; never raises for what came.

    Args:
        headers: The request's headers; the case of names does not matter.
        body: The exact bytes of the body.
        secret_token: The app's secret token.
        now_s: The time, in whole seconds since the epoch.
    """
    try:
        verify(secret_token, headers=headers, body=body, now_s=now_s, tolerance_s=TOLERANCE_S)
    except VerificationError as error:
        return refused(HTTPStatus.UNAUTHORIZED, str(error))
    try:
        envelope = json.loads(body)
        event = _text(envelope, "event")
        if event != VALIDATION_EVENT:
            return Reply(status=HTTPStatus.NO_CONTENT, event=event)
        plain_token = _text(envelope.get("payload"), "plainToken")
        answer = expected_answer(secret_token, plain_token)
    except (ValueError, RecursionError) as error:
        return refused(HTTPStatus.BAD_REQUEST, f"signed, but no event: {error}")
    return Reply(status=HTTPStatus.OK, text=json.dumps(answer), event=event)


def refused(status: int, reason: str) -> Reply:
    """Return an answer that says why; a reason never holds a secret or a right signature."""
    return Reply(status=status, text=f"refused: {reason}\n", refusal=reason)


def _text(value: Any, key: str) -> str:
    member = value.get(key) if isinstance(value, dict) else None
    if not isinstance(member, str) or not member:
        raise ValueError(f"the body holds no {key}")
    return member


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """How one event is answered: with a status, or None for the right one, after a wait in seconds."""

    status: int | None = None
    delay_s: float = 0.0


NORMAL: Final = Step()


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceiverScript:
    """How the receiver is to misbehave; by default not at all. Challenges are always answered rightly.

    Attributes:
        fail_first: How many event requests are answered 503 before the others are acknowledged.
        slow_s: How long the answer to each event waits, in seconds.
        answers: Event names, whole or from a dot on, each with the answers to its successive requests.
            An event that has some left is counted neither as failed first nor as slow.
    """

    fail_first: int = 0
    slow_s: float = 0.0
    answers: tuple[tuple[str, tuple[Step, ...]], ...] = ()


def parse_answers(text: str) -> tuple[str, tuple[Step, ...]]:
    """Read ``EVENT=503,4s``: what one event's successive requests are answered with.

    Raises:
        InvalidSettingError: The text is no event name and no list of statuses and durations.
    """
    event, equals, steps = text.partition("=")
    if not event or not equals:
        raise InvalidSettingError(f"{text!r} is not EVENT=ANSWER,…; write for example playlist_create=503,4s")
    return event, tuple(_parse_step(step.strip()) for step in steps.split(","))


def _parse_step(text: str) -> Step:
    if text.isascii() and text.isdigit():
        if int(text) not in _FINAL_STATUSES:
            raise InvalidSettingError(f"{text} is not a status from 200 to 599")
        return Step(status=int(text))
    try:
        return Step(delay_s=parse_duration(text))
    except InvalidSettingError:
        message = f"{text!r} is neither a status nor a duration; write for example 503 or 4s"
        raise InvalidSettingError(message) from None


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrival:
    """One request, as the receiver saw it and is about to answer it.

    Attributes:
        arrived_at_s: When it came, seconds since the epoch.
        method: The HTTP method.
        body: The exact bytes; empty where they were too many.
        reply: The right answer.
        step: How the script has it answered instead.
        earlier: How many trusted requests with the same request id came before; a retry has some.
    """

    arrived_at_s: float
    method: str
    body: bytes
    reply: Reply
    step: Step = NORMAL
    earlier: int = 0

    @property
    def status(self) -> int:
        """The status of the answer."""
        return self.reply.status if self.step.status is None else self.step.status


def create_sample_receiver(
    secret_token: SecretToken,
    *,
    now_s: Callable[[], float],
    script: ReceiverScript | None = None,
    on_arrival: Callable[[Arrival], object] | None = None,
    wait: Callable[[float], object] | None = None,
) -> Flask:
    """Return the receiver: it takes POST requests on any path.

    Args:
        secret_token: The app's secret token.
        now_s: Tells the time, seconds since the epoch.
        script: How to misbehave.
        on_arrival: Called with each request before it is answered, so it must not take long: put it on a
            queue (`queue.SimpleQueue().put` will do) and work on it elsewhere.
        wait: Waits that many seconds, for slow answers; ``threading.Event().wait`` is one that can be
            ended early, so that a receiver can stop while it owes answers.
    """
    app = Flask(__name__, static_folder=None)
    app.config["MAX_CONTENT_LENGTH"] = MAX_BODY_BYTES
    memory = _Memory(script or ReceiverScript())
    wait = wait or threading.Event().wait

    @app.before_request  # comes before routing, so that any path will do
    def receive() -> Response:
        arrived_at_s = now_s()
        body, reply = _read_and_reply(secret_token, now_s=int(arrived_at_s))
        step, earlier = memory.recall(reply, request.headers.get(REQUEST_ID_HEADER, ""))
        arrival = Arrival(
            arrived_at_s=arrived_at_s,
            method=request.method,
            body=body,
            reply=reply,
            step=step,
            earlier=earlier,
        )
        if on_arrival:
            on_arrival(arrival)
        if step.delay_s:
            wait(step.delay_s)
        return _response(arrival)

    return app


def _read_and_reply(secret_token: SecretToken, *, now_s: int) -> tuple[bytes, Reply]:
    if request.method != "POST":
        return b"", refused(HTTPStatus.METHOD_NOT_ALLOWED, f"{request.method} is not POST")
    try:
        body = request.get_data()
    except RequestEntityTooLarge:
        reason = f"the body is longer than {MAX_BODY_BYTES} bytes"
        return b"", refused(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, reason)
    except BadRequest as error:  # the sender closed half way
        return b"", refused(HTTPStatus.BAD_REQUEST, str(error.description))
    return body, reply_to(headers=dict(request.headers), body=body, secret_token=secret_token, now_s=now_s)


def _response(arrival: Arrival) -> Response:
    text = arrival.reply.text if arrival.step.status is None else ""
    is_json = arrival.status == HTTPStatus.OK
    response = Response(text, arrival.status, mimetype="application/json" if is_json else "text/plain")
    if not text:
        response.headers.remove("content-type")
    if arrival.status == HTTPStatus.METHOD_NOT_ALLOWED:
        response.headers["allow"] = "POST"
    return response


class _Memory:
    """What came before, and so what the script says now; thread-safe."""

    def __init__(self, script: ReceiverScript) -> None:
        self._slow_s = script.slow_s
        self._failures_left = script.fail_first
        self._answers = [(event, list(steps)) for event, steps in script.answers]
        self._times_seen: OrderedDict[str, int] = OrderedDict()
        self._lock = threading.Lock()

    def recall(self, reply: Reply, request_id: str) -> tuple[Step, int]:
        """Return how to answer, and how often a trusted request with this id came before."""
        if reply.refusal:
            return NORMAL, 0
        with self._lock:
            earlier = self._count(request_id) if request_id else 0
            return (NORMAL if reply.event == VALIDATION_EVENT else self._next_step(reply.event)), earlier

    def _count(self, request_id: str) -> int:
        earlier = self._times_seen.pop(request_id, 0)
        self._times_seen[request_id] = earlier + 1
        if len(self._times_seen) > REMEMBERED_REQUEST_IDS:
            self._times_seen.popitem(last=False)
        return earlier

    def _next_step(self, event: str) -> Step:
        for name, steps in self._answers:
            if steps and f".{event}".endswith(f".{name}"):
                return steps.pop(0)
        if self._failures_left:
            self._failures_left -= 1
            return Step(status=HTTPStatus.SERVICE_UNAVAILABLE, delay_s=self._slow_s)
        return Step(delay_s=self._slow_s)
