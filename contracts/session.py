"""All that a check may do to a receiver, and the record of what was done."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from statistics import median
from typing import TYPE_CHECKING, Final

from contracts.bodies import ChallengeBody, EventBody
from contracts.effects import Effects
from contracts.expectations import Kind, kind_of
from contracts.sent import Recipe, Sent
from emitter.core.deliveries import Timing
from emitter.core.faults import pieces_with, request_with, timestamp_with
from emitter.core.outcome import FailureCode, Outcome, OutcomeKind
from emitter.core.pieces import waits_s
from emitter.core.request import build_request
from emitter.core.targets import parse_target
from emitter.delivery.clock import SystemClock
from emitter.delivery.oauth import TokenFailure, TokenFetcher
from emitter.delivery.transport import Exchange
from emitter.errors import UsageError
from emitter.faking.ids import new_identity

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from contracts.bodies import Workshop
    from contracts.observers import Observer
    from contracts.pacing import Pacer
    from contracts.receiver import Receiver
    from emitter.core.request import HeaderPairs, Identity, SignedRequest
    from emitter.delivery.clock import Clock
    from emitter.delivery.raw import RawTransport
    from emitter.delivery.transport import Transport

_NOT_YET: Final = Exchange(outcome=Outcome(OutcomeKind.UNKNOWN), answer=None, timing=Timing())
SIGN_OF_LIFE: Final = "sign of life"
_ALIVE: Final = frozenset({Kind.ACKNOWLEDGED, Kind.REFUSED})
_LATENCIES: Final = 50
_REVIVAL_STEP_S: Final = 0.25


class Session:
    """Sends to one receiver for one run. One connection at a time, but for `send_together`.

    Args:
        receiver: What is under test.
        transport: Sends requests.
        workshop: Makes bodies.
        pacer: Says when a request may leave.
        clock: Signs with its time.
        raw_transport: Sends raw bytes; None where that is not possible, as inside a process.
        observer: Sees the receiver's effects; None where there is none.

    Attributes:
        traffic: Everything that was sent, in the order in which it ended.
        effects: Waits for the effects that the observer counts; None where there is none.
        greeting: The first answers of the run: to an event, to a challenge, and perhaps to another event.
    """

    def __init__(
        self,
        receiver: Receiver,
        *,
        transport: Transport,
        workshop: Workshop,
        pacer: Pacer,
        clock: Clock | None = None,
        raw_transport: RawTransport | None = None,
        observer: Observer | None = None,
    ) -> None:
        self.receiver = receiver
        self.workshop = workshop
        self.pacer = pacer
        self.clock = clock or SystemClock()
        self.traffic: list[Sent] = []
        self.effects = Effects(observer, pacer, self.traffic) if observer else None
        self.greeting: tuple[Sent, ...] = ()
        self._transport = transport
        self._raw_transport = raw_transport
        self._tokens = TokenFetcher(transport)
        self._label = ("", "")

    @property
    def sends_raw_bytes(self) -> bool:
        """Whether recipes may have `pieces`, or faults that have."""
        return self._raw_transport is not None

    @property
    def latency_s(self) -> float:
        """The median time of recent answers, in seconds; 0 before there is any."""
        recent = [sent.exchange.timing.total_ms for sent in self.traffic[-_LATENCIES:]]
        return median(recent) / 1000 if recent else 0.0

    @contextmanager
    def labelled(self, check: str, case: str) -> Iterator[None]:
        """Label what is sent meanwhile with the check and the case."""
        before, self._label = self._label, (check, case)
        try:
            yield
        finally:
            self._label = before

    def send(self, recipe: Recipe, *, identity: Identity | None = None) -> Sent:
        """Build the request for this second, send it, and record it; a 429 is obeyed and sent again.

        Args:
            recipe: How the request is made.
            identity: What names the delivery, where it has been sent before; else new.

        Raises:
            OutOfTimeError: The run's time is up.
            UsageError: The URL cannot be used or may not be sent to, or the body has no JSON form.
        """
        while True:
            self.pacer.wait_for_turn()
            sent = self._send_now(self._made(recipe, identity))
            if not self.pacer.obey(sent.exchange, now_ms=self.clock.now_ms()):
                return sent

    def send_together(
        self,
        recipes: Sequence[Recipe],
        *,
        identity: Identity | None = None,
        identities: Sequence[Identity] = (),
    ) -> list[Sent]:
        """Send several requests at once, each over its own connection, and return them in their order.

        Args:
            recipes: How the requests are made.
            identity: What names all of them; else each is new.
            identities: What names each of them, where they differ.

        Raises:
            OutOfTimeError: The run's time is up.
        """
        for _ in recipes:
            self.pacer.wait_for_turn()
        named: Sequence[Identity | None] = identities or [identity] * len(recipes)
        made = [self._made(recipe, each) for recipe, each in zip(recipes, named, strict=True)]
        with ThreadPoolExecutor(max_workers=max(1, len(made))) as pool:
            return list(pool.map(self._send_now, made))

    def challenge(self, plain_token: str | None = None) -> Sent:
        """Send a signed challenge."""
        return self.send(Recipe(body=ChallengeBody(plain_token=plain_token)))

    def new_identity(self) -> Identity:
        """Return what names one delivery, for checks that send it more than once."""
        return new_identity(self.workshop.rng, client_id=self.receiver.subscription.client_id)

    def is_alive(self, event: str) -> bool:
        """Return whether the receiver answers a plain event as one that lives, whatever it answers."""
        with self.labelled(self._label[0], SIGN_OF_LIFE):
            kind = kind_of(self.send(Recipe(body=EventBody(event=event))).exchange)
        return kind in _ALIVE or any(kind is kind_of(sent.exchange) for sent in self.greeting[:1])

    def revives(self, event: str, *, within_s: float) -> bool:
        """Return whether the receiver comes back to life in so many seconds.

        Raises:
            OutOfTimeError: The run's time is up before that.
        """
        end_s = self.pacer.left_s() - within_s
        while not self.is_alive(event):
            if self.pacer.left_s() < end_s:
                return False
            self.pacer.wait_s(_REVIVAL_STEP_S)
        return True

    def _made(self, recipe: Recipe, identity: Identity | None) -> Sent:
        """Return the request as it is for this second, with an exchange that says it was not sent yet."""
        now_ms = self.clock.now_ms()
        made = recipe.body.make(self.workshop, recipe.faults, now_ms=now_ms)
        auth_headers, exchange = self._authenticated()
        request = build_request(
            url=self.receiver.url,
            host=parse_target(self.receiver.url).host_header,
            body=made.body,
            identity=identity or self.new_identity(),
            secret_token=self.receiver.secret_token,
            timestamp_s=timestamp_with(recipe.faults, now_ms // 1000),
            auth_headers=auth_headers,
        )
        check, case = self._label
        return Sent(
            recipe=recipe,
            event=made.event,
            seed=made.seed,
            signed_body=made.body,
            request=request_with(recipe.faults, request),
            exchange=exchange,
            started_at_ms=now_ms,
            check=check,
            case=case,
        )

    def _send_now(self, made: Sent) -> Sent:
        sent = made
        if made.exchange is _NOT_YET:
            sent = replace(made, exchange=self._exchange(made.recipe, made.request))
        self.traffic.append(sent)
        return sent

    def _exchange(self, recipe: Recipe, request: SignedRequest) -> Exchange:
        timeout_s = self.receiver.timeout_s
        in_pieces = recipe.pieces or pieces_with(recipe.faults)
        if in_pieces is None:
            return self._transport.send(request, timeout_s=timeout_s)
        if self._raw_transport is None:
            raise UsageError("raw bytes cannot be sent to a receiver inside this process")
        pieces = in_pieces(request)
        # Our own waits are not the receiver's.
        return self._raw_transport.send_raw(request.url, pieces, timeout_s=timeout_s + waits_s(pieces))

    def _authenticated(self) -> tuple[HeaderPairs, Exchange]:
        """Return what authentication adds; where it could not be had, also how that ends the request."""
        subscription = self.receiver.subscription
        try:
            return self._tokens.headers(subscription.auth, timeout_s=subscription.timeout_s), _NOT_YET
        except TokenFailure as failure:
            outcome = Outcome(OutcomeKind.NO_TOKEN, code=FailureCode.NO_ACCESS_TOKEN, detail=str(failure))
            return (), Exchange(outcome=outcome, answer=None, timing=Timing())
