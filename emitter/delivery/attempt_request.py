"""The request of one attempt: built from its delivery, signed for its second, its faults applied."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, TypedDict

from emitter.core.faults import FAULTS, request_with, timestamp_with
from emitter.core.request import HeaderPairs, SignedRequest, build_request, masked
from emitter.core.subscription import OAuth
from emitter.core.zoom import TIMESTAMP_HEADER

if TYPE_CHECKING:
    from emitter.core.deliveries import Delivery
    from emitter.core.secrets import SecretToken
    from emitter.core.subscription import Subscription

TOKEN_PENDING: Final = (("authorization", "Bearer"),)


class AsSent(TypedDict):
    """What an attempt keeps of its request."""

    timestamp_s: str
    request_headers: HeaderPairs
    sent_body: bytes | None


def signed_request(
    delivery: Delivery,
    subscription: Subscription,
    secret_token: SecretToken,
    *,
    host: str,
    timestamp_s: int,
    auth_headers: HeaderPairs,
) -> SignedRequest:
    """Return the request of one attempt, its faults applied."""
    faults = [FAULTS[name] for name in delivery.faults]
    request = build_request(
        url=subscription.url,
        host=host,
        body=delivery.body,
        identity=delivery.identity,
        secret_token=secret_token,
        timestamp_s=timestamp_with(faults, timestamp_s) if faults else timestamp_s,
        auth_headers=auth_headers,
    )
    return request_with(faults, request) if faults else request


def known_headers(subscription: Subscription) -> HeaderPairs:
    """Return what authentication adds, as far as it is known before a token is fetched."""
    return TOKEN_PENDING if isinstance(subscription.auth, OAuth) else subscription.auth.headers()


def as_sent(delivery: Delivery, request: SignedRequest) -> AsSent:
    """Return what an attempt keeps of its request, credentials masked."""
    return {
        "timestamp_s": request.header(TIMESTAMP_HEADER) or "",
        "request_headers": masked(request.headers),
        "sent_body": None if request.body == delivery.body else request.body,
    }
