"""What was sent in a test and what came of it, as values."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from emitter.core.targets import parse_target
from emitter.errors import EmitterError

if TYPE_CHECKING:
    from emitter.core.outcome import Outcome
    from emitter.core.request import Identity, SignedRequest
    from emitter.delivery.transport import Exchange
    from emitter.testing.emitting import ZoomEmitter

METHOD: Final = "POST"


@dataclass(frozen=True, slots=True)
class ZoomRequest:
    """One signed request, in the parts that any client takes.

    Attributes:
        method: ``POST``.
        url: Where it goes.
        headers: By name in lower case, as they go out.
        body: The exact bytes that are signed.
    """

    method: str
    url: str
    headers: dict[str, str] = field(repr=False)
    body: bytes = field(repr=False)

    @classmethod
    def of(cls, request: SignedRequest) -> ZoomRequest:
        """Return a request in parts; of a header that comes twice the last counts."""
        return cls(METHOD, request.url, dict(request.headers), request.body)

    @property
    def path(self) -> str:
        """The URL's path and query."""
        return parse_target(self.url).path

    def json(self) -> Any:
        """Return the body's JSON."""
        return json.loads(self.body)


@dataclass(frozen=True, slots=True)
class Attempt:
    """One request of a delivery and its end.

    Attributes:
        request: What was sent.
        exchange: What came back.
        after_s: How long after the first attempt Zoom would have sent it, in seconds.
    """

    request: ZoomRequest
    exchange: Exchange
    after_s: float = 0.0

    @property
    def outcome(self) -> Outcome:
        """How it ended."""
        return self.exchange.outcome

    @property
    def error(self) -> BaseException | None:
        """What the app raised, where it runs inside this process."""
        return self.exchange.error


@dataclass(frozen=True, slots=True)
class Emitted:
    """One event's delivery: all its attempts, and the answer to the last.

    Attributes:
        event: The event's full name.
        body: The exact bytes of every attempt.
        identity: The ids that stay the same when it is sent again.
        attempts: At least one.
        faults: The names of the faults it was sent with.
        emitter: What sent it.
        before: What the same call sent before it, where a fault makes several deliveries of an event.
    """

    event: str
    body: bytes = field(repr=False)
    identity: Identity = field(repr=False)
    attempts: tuple[Attempt, ...] = field(repr=False)
    faults: tuple[str, ...]
    emitter: ZoomEmitter = field(repr=False)
    before: tuple[Emitted, ...] = field(default=(), repr=False)

    @property
    def envelope(self) -> dict[str, Any]:
        """What the body says: event, event_ts, payload."""
        envelope: dict[str, Any] = json.loads(self.body)
        return envelope

    @property
    def request(self) -> ZoomRequest:
        """The last request."""
        return self.attempts[-1].request

    @property
    def request_id(self) -> str:
        """``x-zm-request-id``, the same on every attempt."""
        return self.identity.request_id

    @property
    def outcome(self) -> Outcome:
        """How the last attempt ended."""
        return self.attempts[-1].outcome

    @property
    def status(self) -> int | None:
        """The status of the last answer, or None where none came whole and in time."""
        return self.outcome.status

    @property
    def elapsed_ms(self) -> float:
        """How long the last attempt took, in milliseconds."""
        return self.attempts[-1].exchange.timing.total_ms

    @property
    def is_acknowledged(self) -> bool:
        """Whether Zoom would count the event as delivered."""
        return self.outcome.is_accepted

    @property
    def headers(self) -> dict[str, str]:
        """The headers of the last answer, by name in lower case; empty where none came."""
        answer = self.attempts[-1].exchange.answer
        return {name.lower(): value for name, value in answer.headers} if answer else {}

    @property
    def text(self) -> str:
        """The body of the last answer, up to 64 KiB; empty where none came."""
        answer = self.attempts[-1].exchange.answer
        return answer.body.decode("utf-8", "replace") if answer else ""

    def json(self) -> Any:
        """Return the JSON of the last answer.

        Raises:
            EmitterError: It is none.
        """
        try:
            return json.loads(self.text)
        except ValueError:
            raise EmitterError(f"the answer is no JSON: {self.text[:80]!r}") from None
