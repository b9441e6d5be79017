"""The exact HTTP request of one attempt."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from emitter.core.secrets import MASK
from emitter.core.signing import sign
from emitter.core.zoom import (
    CONTENT_TYPE,
    REQUEST_ID_HEADER,
    SIGNATURE_HEADER,
    TIMESTAMP_HEADER,
    TRACE_UPSTREAM,
    TRACKING_ID_HEADER,
    USER_AGENT,
)

if TYPE_CHECKING:
    from emitter.core.secrets import SecretToken

HeaderPairs = tuple[tuple[str, str], ...]

_NEVER_MASKED: Final = frozenset(
    {
        "host", "content-type", "content-length", "user-agent", "clientid", "traceparent", REQUEST_ID_HEADER,
        TIMESTAMP_HEADER, SIGNATURE_HEADER, TRACKING_ID_HEADER, "zm-trace-upstream",
    }
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """What names a delivery on the wire; the same on every attempt.

    Attributes:
        request_id: ``x-zm-request-id``, a UUID version 4 with underscores. CONFIRMED stable on retries.
        tracking_id: ``x-zm-trackingid``; may be shared by several events. CONFIRMED.
        traceparent: W3C trace context with flags ``02``. UNSURE whether Zoom keeps it on a retry.
        client_id: ``clientid``.
    """

    request_id: str
    tracking_id: str
    traceparent: str
    client_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedRequest:
    """One POST, ready to send: header pairs in the order they go out, body as exact bytes.

    Header values are text of which every character is below U+0100 (a byte on the wire each).
    """

    url: str
    headers: HeaderPairs
    body: bytes

    def header(self, name: str) -> str | None:
        """Return the first value of a header, or None; the name's case does not matter."""
        lowered = name.lower()
        for key, value in self.headers:
            if key == lowered or key.lower() == lowered:
                return value
        return None

    def __repr__(self) -> str:
        return f"SignedRequest({len(self.headers)} headers, {len(self.body)} bytes of body)"


def build_request(
    *,
    url: str,
    host: str,
    body: bytes,
    identity: Identity,
    secret_token: SecretToken,
    timestamp_s: int | str,
    auth_headers: HeaderPairs = (),
) -> SignedRequest:
    """Return the request Zoom would send: its headers, their order and case, signed for this second.

    Args:
        url: The endpoint.
        host: The value of the ``host`` header: name, and port where it is not the scheme's own.
        body: The exact body, already in Zoom's form.
        identity: What names the delivery.
        secret_token: The key of the signature.
        timestamp_s: When the request is sent, whole seconds since the epoch; text is sent as it stands.
        auth_headers: What the subscription's authentication adds.

    Source: docs/zoom.md#headers (CONFIRMED set, July 2026; lower case and order UNSURE).
    """
    headers = (
        ("host", host),
        ("content-type", CONTENT_TYPE),
        ("content-length", str(len(body))),
        ("user-agent", USER_AGENT),
        *auth_headers,
        ("clientid", identity.client_id),
        ("traceparent", identity.traceparent),
        (REQUEST_ID_HEADER, identity.request_id),
        (TIMESTAMP_HEADER, str(timestamp_s)),
        (SIGNATURE_HEADER, sign(secret_token, timestamp_s=timestamp_s, body=body)),
        (TRACKING_ID_HEADER, identity.tracking_id),
        ("zm-trace-upstream", TRACE_UPSTREAM),
    )
    return SignedRequest(url=url, headers=headers, body=body)


def is_credential(name: str) -> bool:
    """Return whether a header may hold a credential: all but those Zoom always sends in clear."""
    return name.lower() not in _NEVER_MASKED


def masked(headers: HeaderPairs) -> HeaderPairs:
    """Return the pairs with every credential replaced."""
    if _NEVER_MASKED.issuperset([name for name, _ in headers]):
        return headers
    return tuple((name, MASK if is_credential(name) else value) for name, value in headers)
