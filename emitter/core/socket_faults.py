"""Deviations of how a request crosses the wire: slowly, in part, in chunks, by another method.

What they send is rightly signed as a whole; a connection that is cut on purpose gets no answer.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from emitter.core.fault import Fault
from emitter.core.pieces import HANG_UP, Piece, head_bytes, wire_bytes

if TYPE_CHECKING:
    from collections.abc import Callable

    from emitter.core.request import SignedRequest

METHODS: Final = ("GET", "HEAD", "PUT", "PATCH", "DELETE", "OPTIONS")
_SLOW_PIECES: Final = 5
_SLOW_WAIT_S: Final = 0.1
_SILENCE_S: Final = 1.0
_CHUNK_BYTES: Final = 100


def _slowly(request: SignedRequest) -> tuple[Piece, ...]:
    size = max(1, -(-len(request.body) // _SLOW_PIECES))
    pieces: list[Piece] = [head_bytes(request)]
    for at in range(0, len(request.body), size):
        pieces += (_SLOW_WAIT_S, request.body[at : at + size])
    return tuple(pieces)


def _half_of_body(request: SignedRequest) -> SignedRequest:
    return replace(request, body=request.body[: len(request.body) // 2])


def _then_gone(request: SignedRequest) -> tuple[Piece, ...]:
    return (wire_bytes(request), HANG_UP)


def _half_of_head(request: SignedRequest) -> tuple[Piece, ...]:
    head = head_bytes(request)
    return (head[: len(head) // 2], _SILENCE_S, HANG_UP)


def _without_length(request: SignedRequest) -> SignedRequest:
    headers = tuple(
        ("transfer-encoding", "chunked") if name.lower() == "content-length" else (name, value)
        for name, value in request.headers
    )
    return replace(request, headers=headers)


def _in_chunks(request: SignedRequest) -> tuple[Piece, ...]:
    chunks = (request.body[at : at + _CHUNK_BYTES] for at in range(0, len(request.body), _CHUNK_BYTES))
    framed = b"".join(b"%x\r\n%b\r\n" % (len(chunk), chunk) for chunk in chunks)
    return (head_bytes(request) + framed + b"0\r\n\r\n",)


def _by(method: str) -> Callable[[SignedRequest], tuple[Piece, ...]]:
    return lambda request: (wire_bytes(request, method=method),)


SOCKET_FAULTS: Final = (
    Fault(
        name="slow-body",
        description="the body in five pieces, a tenth of a second before each",
        pieces=_slowly,
    ),
    Fault(
        name="aborted-body",
        description="half of the body, then the connection is closed",
        request=_half_of_body,
        pieces=_then_gone,
    ),
    Fault(
        name="half-request",
        description="half of the head, a second of silence, then the connection is closed",
        request=lambda request: replace(request, body=b""),
        pieces=_half_of_head,
    ),
    Fault(
        name="hang-up",
        description="the whole request, but gone before the answer, as after a time-out",
        pieces=_then_gone,
    ),
    Fault(
        name="chunked",
        description="the body in chunks, without a content-length",
        request=_without_length,
        pieces=_in_chunks,
    ),
    *(
        Fault(
            name=f"method-{method.lower()}", description=f"{method} in the place of POST", pieces=_by(method)
        )
        for method in METHODS
    ),
)
"""Sent over a plain connection of their own; a delivery with several is sent as the last of them says."""
