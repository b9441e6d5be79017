"""A request as pieces of bytes with waits between them, for what no HTTP client sends."""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING, Final, Literal

from emitter.core.targets import parse_target

if TYPE_CHECKING:
    from collections.abc import Iterable

    from emitter.core.request import SignedRequest


class _Sign(Enum):
    HANG_UP = "hang up"


HANG_UP: Final = _Sign.HANG_UP
"""Close the connection at once and read no answer."""
Piece = bytes | float | Literal[_Sign.HANG_UP]
"""Bytes to send, seconds to wait before the next ones, or `HANG_UP`."""


def wire_bytes(request: SignedRequest, *, method: str = "POST") -> bytes:
    """Return the exact bytes of a request as they go out over HTTP/1.1."""
    return head_bytes(request, method=method) + request.body


def head_bytes(request: SignedRequest, *, method: str = "POST") -> bytes:
    """Return the same without the body."""
    lines = [f"{method} {parse_target(request.url).path} HTTP/1.1"]
    lines += [f"{name}: {value}" for name, value in request.headers]
    return "\r\n".join(lines).encode("latin-1") + b"\r\n\r\n"


def waits_s(pieces: Iterable[Piece]) -> float:
    """Return how many seconds of waiting are among the pieces."""
    return sum(piece for piece in pieces if isinstance(piece, float))
