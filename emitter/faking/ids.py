"""Ids in the shapes Zoom gives them, each drawn from a seeded stream.

Sources: docs/zoom.md#ids, #headers. Every function takes a `random.Random`; none keeps state.
"""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING

from emitter.core.request import Identity

if TYPE_CHECKING:
    from random import Random


def short_id(rng: Random) -> str:
    """Return 22 characters of base64url, 16 random bytes: accounts, users, tokens and more. CONFIRMED."""
    return base64.urlsafe_b64encode(rng.randbytes(16)).decode().rstrip("=")


def dashed_uuid(rng: Random) -> str:
    """Return a UUID version 4 in lower case with dashes. CONFIRMED for playlists and comments in the API."""
    digits = bytearray(rng.randbytes(16))
    digits[6] = digits[6] & 0x0F | 0x40
    digits[8] = digits[8] & 0x3F | 0x80
    text = digits.hex()
    return f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"


def request_id(rng: Random) -> str:
    """Return a UUID version 4 with underscores, as ``x-zm-request-id`` carries it. CONFIRMED."""
    return dashed_uuid(rng).replace("-", "_")


def tracking_id(rng: Random) -> str:
    """Return a value of ``x-zm-trackingid`` in the form seen with events of the web. CONFIRMED."""
    return f"v=2.0;clid=us02;rid=WEB_{rng.randbytes(16).hex()}"


def traceparent(rng: Random) -> str:
    """Return a W3C trace context with the flags Zoom sends, ``02``. CONFIRMED."""
    return f"00-{rng.randbytes(16).hex()}-{rng.randbytes(8).hex()}-02"


def new_identity(rng: Random, *, client_id: str) -> Identity:
    """Return what names one delivery on the wire."""
    return Identity(
        request_id=request_id(rng),
        tracking_id=tracking_id(rng),
        traceparent=traceparent(rng),
        client_id=client_id,
    )
