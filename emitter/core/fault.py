"""What a fault is, and how one is lifted to the part of a request that it changes."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from emitter.core.zoom import SIGNATURE_HEADER

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from emitter.core.request import SignedRequest
    from emitter.core.wire import WireStyle


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """One deviation.

    Attributes:
        name: What one asks for.
        description: One line for the list.
        envelope: Changes the JSON value before it is encoded.
        style: Another spelling of the JSON.
        timestamp: Text of the timestamp header from the true time in seconds; it is signed.
        request: Changes the finished request.
        copies: How many deliveries of the same body and request id one event becomes.
    """

    name: str
    description: str
    envelope: Callable[[Mapping[str, Any]], dict[str, Any]] | None = None
    style: WireStyle | None = None
    timestamp: Callable[[int], str] | None = None
    request: Callable[[SignedRequest], SignedRequest] | None = None
    copies: int = 1


def with_body(request: SignedRequest, body: bytes) -> SignedRequest:
    """Return a request with another body and the content length that fits; its signature stays."""
    headers = tuple(
        (name, str(len(body)) if name.lower() == "content-length" else value)
        for name, value in request.headers
    )
    return replace(request, headers=headers, body=body)


def on_signature(change: Callable[[str], str | None]) -> Callable[[SignedRequest], SignedRequest]:
    """Lift a change of the signature's text to the request; None removes the header."""

    def changed(request: SignedRequest) -> SignedRequest:
        pairs = (
            (name, change(value) if name.lower() == SIGNATURE_HEADER else value)
            for name, value in request.headers
        )
        return replace(request, headers=tuple((name, value) for name, value in pairs if value is not None))

    return changed
