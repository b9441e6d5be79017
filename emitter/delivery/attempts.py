"""One attempt: begun before its first byte, made, and what came of it."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Final

from emitter.core.deliveries import Attempt, Delivery, Timing, made_of, settle
from emitter.core.outcome import FailureCode, Outcome, OutcomeKind
from emitter.core.subscription import OAuth
from emitter.core.targets import parse_target
from emitter.delivery.attempt_request import as_sent, known_headers, signed_request
from emitter.delivery.clock import monotonic_ms
from emitter.delivery.faulty_transport import transport_with
from emitter.delivery.oauth import TokenFailure
from emitter.delivery.transport import Exchange
from emitter.errors import ForbiddenTargetError

if TYPE_CHECKING:
    from collections.abc import Callable

    from emitter.core.request import HeaderPairs, SignedRequest
    from emitter.core.secrets import SecretToken
    from emitter.core.subscription import Subscription
    from emitter.delivery.clock import Clock
    from emitter.delivery.oauth import TokenFetcher
    from emitter.delivery.transport import Transport

_UNKNOWN: Final = Outcome(OutcomeKind.UNKNOWN)
_NO_TIME: Final = Timing()


@dataclass(frozen=True, slots=True, kw_only=True)
class Endpoint:
    """All that an attempt needs to know about where it goes.

    Attributes:
        host: The value of the ``host`` header.
        known_headers: What authentication adds, as far as it is known before a token is fetched.
    """

    subscription: Subscription
    secret_token: SecretToken
    transport: Transport
    tokens: TokenFetcher
    host: str = field(init=False)
    known_headers: HeaderPairs = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "host", parse_target(self.subscription.url).host_header)
        object.__setattr__(self, "known_headers", known_headers(self.subscription))

    def request(self, delivery: Delivery, auth_headers: HeaderPairs, *, now_ms: int) -> SignedRequest:
        """Return the request of one attempt, signed for this second."""
        return signed_request(
            delivery,
            self.subscription,
            self.secret_token,
            host=self.host,
            timestamp_s=now_ms // 1000,
            auth_headers=auth_headers,
        )


@dataclass(frozen=True, slots=True)
class Begun:
    """An attempt that is leased and recorded as begun, with what it is made with."""

    delivery: Delivery
    attempt: Attempt
    request: SignedRequest
    endpoint: Endpoint


def begin(
    endpoint: Endpoint, delivery: Delivery, number: int, *, now_ms: int
) -> tuple[Attempt, SignedRequest]:
    """Return the attempt as it stands before its first byte, outcome unknown, and its request."""
    request = endpoint.request(delivery, endpoint.known_headers, now_ms=now_ms)
    attempt = made_of(
        Attempt,
        delivery_id=delivery.id,
        number=number,
        retry_number=delivery.retry_number,
        started_at_ms=now_ms,
        virtual_ms=delivery.virtual_ms,
        outcome=_UNKNOWN,
        answer=None,
        timing=_NO_TIME,
        next_retry_s=None,
        **as_sent(delivery, request),
    )
    return attempt, request


def make(begun: Begun, *, clock: Clock, signed_again: Callable[[Attempt], None]) -> tuple[Delivery, Attempt]:
    """Send the request, and return delivery and attempt as they stand after its outcome.

    Args:
        begun: What was begun.
        clock: Signs with its time.
        signed_again: Records the attempt where it is signed anew before its first byte: a token was fetched.
    """
    delivery, attempt, request, endpoint = begun.delivery, begun.attempt, begun.request, begun.endpoint
    subscription = endpoint.subscription
    began_ms = monotonic_ms()
    try:
        if isinstance(subscription.auth, OAuth):
            token = endpoint.tokens.headers(subscription.auth, timeout_s=subscription.timeout_s)
            request = endpoint.request(delivery, token, now_ms=clock.now_ms())
            attempt = replace(attempt, **as_sent(delivery, request))
            signed_again(attempt)
        transport = transport_with(delivery.faults, endpoint.transport, subscription)
        exchange = transport.send(request, timeout_s=subscription.timeout_s)
    except TokenFailure as failure:
        outcome = Outcome(OutcomeKind.NO_TOKEN, code=FailureCode.NO_ACCESS_TOKEN, detail=str(failure))
        timing = Timing(total_ms=monotonic_ms() - began_ms)
        exchange = Exchange(outcome=outcome, answer=None, timing=timing)
    except ForbiddenTargetError as error:
        outcome = Outcome(OutcomeKind.FORBIDDEN, code=FailureCode.FORBIDDEN_ADDRESS, detail=str(error))
        exchange = Exchange(outcome=outcome, answer=None, timing=_NO_TIME)
    return settle(
        delivery,
        attempt.ended(exchange.outcome, exchange.answer, exchange.timing),
        schedule=subscription.retry_schedule,
        time_scale=subscription.time_scale,
        now_ms=clock.now_ms(),
    )
