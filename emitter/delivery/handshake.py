"""Sends challenges to an endpoint, as Zoom does before it saves a subscription and every 72 hours after."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from emitter.core.deliveries import Timing
from emitter.core.diagnosis import NO_SUSPECTS, Reply, Suspects
from emitter.core.faults import FAULTS, request_with
from emitter.core.handshake import ChallengeKind, Handshake, challenge_body, judge, with_probes
from emitter.core.outcome import FailureCode, Outcome, OutcomeKind
from emitter.core.request import SignedRequest, build_request, masked
from emitter.core.targets import parse_target
from emitter.core.zoom import SIGNATURE_HEADER, TIMESTAMP_HEADER
from emitter.delivery.oauth import TokenFailure, TokenFetcher
from emitter.delivery.transport import Exchange
from emitter.faking.ids import new_identity, short_id

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from random import Random

    from emitter.core.request import HeaderPairs
    from emitter.core.secrets import SecretToken
    from emitter.core.subscription import Subscription
    from emitter.delivery.clock import Clock
    from emitter.delivery.transport import Transport


def perform_handshake(
    subscription: Subscription,
    *,
    secret_token: SecretToken,
    transport: Transport,
    clock: Clock,
    rng: Random,
    probes_unsigned: bool = False,
    suspects: Suspects = NO_SUSPECTS,
) -> Handshake:
    """Send a signed challenge, authenticated like any event, and judge what comes back.

    The deadline is the subscription's; redirects are not followed. Source: docs/zoom.md#handshake.

    Args:
        subscription: The endpoint; for OAuth an access token is fetched first.
        secret_token: The key of signature and answer.
        transport: Sends each challenge over a connection of its own.
        clock: Signs with its time.
        rng: Where tokens and ids come from.
        probes_unsigned: Whether an endpoint that passes is also sent a challenge without a signature and
            one with a wrong signature, which Zoom never does.
        suspects: What a wrong answer is also tried against.

    Raises:
        ForbiddenTargetError: The URL leads to an address that is not sent to.
        UsageError: The URL cannot be used.
    """
    challenger = _Challenger(
        subscription=subscription, secret_token=secret_token, transport=transport, clock=clock, rng=rng
    )
    handshake = challenger.challenge(ChallengeKind.SIGNED, suspects)
    if not probes_unsigned or not handshake.verdict.is_valid:
        return handshake
    earlier = (*suspects.earlier_plain_tokens, handshake.plain_token)
    kinds = (ChallengeKind.UNSIGNED, ChallengeKind.WRONGLY_SIGNED)
    probes = [challenger.challenge(kind, replace(suspects, earlier_plain_tokens=earlier)) for kind in kinds]
    return with_probes(handshake, tuple(probes))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Challenger:
    """Sends challenges of every kind to one endpoint."""

    subscription: Subscription
    secret_token: SecretToken
    transport: Transport
    clock: Clock
    rng: Random

    def challenge(self, kind: ChallengeKind, suspects: Suspects) -> Handshake:
        subscription = self.subscription
        auth_headers, exchange = self._authenticated()
        started_at_ms = self.clock.now_ms()
        plain_token = short_id(self.rng)
        body = challenge_body(plain_token, started_at_ms)
        request = _SIGNED_AS[kind](self._request(body, started_at_ms // 1000, auth_headers))
        exchange = exchange or self.transport.send(request, timeout_s=subscription.timeout_s)
        reply = Reply(
            plain_token=plain_token,
            timestamp_s=started_at_ms // 1000,
            body=body,
            outcome=exchange.outcome,
            answer=exchange.answer,
        )
        return Handshake(
            url=subscription.url,
            kind=kind,
            plain_token=plain_token,
            started_at_ms=started_at_ms,
            timestamp_s=reply.timestamp_s,
            request_headers=masked(request.headers),
            body=body,
            outcome=exchange.outcome,
            answer=exchange.answer,
            timing=exchange.timing,
            verdict=judge(reply, secret_token=self.secret_token, suspects=suspects),
        )

    def _authenticated(self) -> tuple[HeaderPairs, Exchange | None]:
        """Return what authentication adds; where it could not be had, also how that ends the challenge."""
        fetcher = TokenFetcher(self.transport)
        try:
            return fetcher.headers(self.subscription.auth, timeout_s=self.subscription.timeout_s), None
        except TokenFailure as failure:
            outcome = Outcome(OutcomeKind.NO_TOKEN, code=FailureCode.NO_ACCESS_TOKEN, detail=str(failure))
            return (), Exchange(outcome=outcome, answer=None, timing=Timing())

    def _request(self, body: bytes, timestamp_s: int, auth_headers: HeaderPairs) -> SignedRequest:
        url, client_id = self.subscription.url, self.subscription.client_id
        return build_request(
            url=url,
            host=parse_target(url).host_header,
            body=body,
            identity=new_identity(self.rng, client_id=client_id or short_id(self.rng)),
            secret_token=self.secret_token,
            timestamp_s=timestamp_s,
            auth_headers=auth_headers,
        )


def _as_it_is(request: SignedRequest) -> SignedRequest:
    return request


def _unsigned(request: SignedRequest) -> SignedRequest:
    headers = tuple((name, value) for name, value in request.headers if name not in _SIGNATURE_HEADERS)
    return replace(request, headers=headers)


def _wrongly_signed(request: SignedRequest) -> SignedRequest:
    return request_with([FAULTS["wrong-signature"]], request)


_SIGNATURE_HEADERS: Final = frozenset({SIGNATURE_HEADER, TIMESTAMP_HEADER})
_SIGNED_AS: Final[Mapping[ChallengeKind, Callable[[SignedRequest], SignedRequest]]] = {
    ChallengeKind.SIGNED: _as_it_is,
    ChallengeKind.UNSIGNED: _unsigned,
    ChallengeKind.WRONGLY_SIGNED: _wrongly_signed,
}
