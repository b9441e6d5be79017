"""Ids in the shapes Zoom and Salesforce give them, each drawn from a seeded stream.

Sources: docs/zoom.md#ids, #headers. Every function takes something with `randbytes`, a `random.Random` or a
`Stream`; none keeps state.
"""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING, Final, Protocol

from emitter.core.request import Identity

if TYPE_CHECKING:
    from collections.abc import Iterable

CRM_ACCOUNT: Final = "001"
"""How the Salesforce ids of accounts begin. CONFIRMED."""
CRM_LEAD: Final = "00Q"
"""How the Salesforce ids of leads begin. CONFIRMED."""
CRM_OPPORTUNITY: Final = "006"
"""How the Salesforce ids of opportunities, Zoom's deals, begin. CONFIRMED."""

_DIGITS: Final = "0123456789"
_LETTERS: Final = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_BASE62: Final = _DIGITS + _LETTERS + _LETTERS.lower()
_SUFFIX_ALPHABET: Final = _LETTERS + "012345"
_SUFFIXED_CHARS: Final = 15


class RandomBytes(Protocol):
    """Where ids come from."""

    def randbytes(self, n: int, /) -> bytes:
        """Return the next `n` bytes."""


def short_id(rng: RandomBytes) -> str:
    """Return 22 characters of base64url, 16 random bytes: accounts, users, tokens and more. CONFIRMED."""
    return base64.urlsafe_b64encode(rng.randbytes(16)).decode().rstrip("=")


def dashed_uuid(rng: RandomBytes) -> str:
    """Return a UUID version 4 in lower case with dashes. CONFIRMED for playlists and comments in the API."""
    digits = bytearray(rng.randbytes(16))
    digits[6] = digits[6] & 0x0F | 0x40
    digits[8] = digits[8] & 0x3F | 0x80
    text = digits.hex()
    return f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"


def hex_id(rng: RandomBytes) -> str:
    """Return 32 lower-case hexadecimal digits: conversations that are no Zoom meeting. CONFIRMED."""
    return rng.randbytes(16).hex()


def meeting_uuid(rng: RandomBytes) -> str:
    """Return 24 characters of base64 ending in ``==``, with ``+`` and ``/`` as they come. CONFIRMED."""
    return base64.b64encode(rng.randbytes(16)).decode()


def meeting_number(rng: RandomBytes) -> int:
    """Return a meeting number of 10 or 11 digits. CONFIRMED."""
    number = int.from_bytes(rng.randbytes(8), "big")
    return 10**10 + number % (9 * 10**10) if number % 3 else 10**9 + number % (9 * 10**9)


def meeting_conversation_id(rng: RandomBytes, *, start_ms: int) -> str:
    """Return a meeting's conversation id: its UUID, a comma, its start in milliseconds. CONFIRMED."""
    return f"{meeting_uuid(rng)},{start_ms}"


def conversation_id(rng: RandomBytes, *, start_ms: int) -> str:
    """Return a conversation id in one of its three shapes.

    Six in ten are meetings' (CONFIRMED), three 32 hexadecimal digits (CONFIRMED), one 22 characters of
    base64url (UNSURE: one integration lists such).

    Args:
        rng: Where the id comes from.
        start_ms: When the conversation began, milliseconds since the epoch.
    """
    shape = rng.randbytes(1)[0] % 10
    if shape < 6:  # noqa: PLR2004 - the share that the docstring names
        return meeting_conversation_id(rng, start_ms=start_ms)
    return hex_id(rng) if shape < 9 else short_id(rng)  # noqa: PLR2004


def salesforce_id(rng: RandomBytes, prefix: str) -> str:
    """Return an 18-character Salesforce id with a valid suffix.

    Args:
        rng: Where the id comes from.
        prefix: The three characters that tell the kind of object, as `CRM_ACCOUNT`.
    """
    chosen = _base62(rng.randbytes(8))
    return with_suffix(f"{prefix}{chosen[:2]}0000{chosen[2:]}")


def with_suffix(case_sensitive_id: str) -> str:
    """Return a 15-character Salesforce id with the three characters that make it safe to fold its case.

    Each tells by its bits which of five characters are upper case, the first in the lowest bit. CONFIRMED.
    """
    groups = (case_sensitive_id[at : at + 5] for at in range(0, _SUFFIXED_CHARS, 5))
    return case_sensitive_id + "".join(
        _SUFFIX_ALPHABET[sum(1 << bit for bit, char in enumerate(group) if char in _LETTERS)]
        for group in groups
    )


def request_id(rng: RandomBytes) -> str:
    """Return a UUID version 4 with underscores, as ``x-zm-request-id`` carries it. CONFIRMED."""
    return dashed_uuid(rng).replace("-", "_")


def tracking_id(rng: RandomBytes) -> str:
    """Return a value of ``x-zm-trackingid`` in the form seen with events of the web. CONFIRMED."""
    return f"v=2.0;clid=us02;rid=WEB_{rng.randbytes(16).hex()}"


def traceparent(rng: RandomBytes) -> str:
    """Return a W3C trace context with the flags Zoom sends, ``02``. CONFIRMED."""
    return f"00-{rng.randbytes(16).hex()}-{rng.randbytes(8).hex()}-02"


def new_identity(rng: RandomBytes, *, client_id: str) -> Identity:
    """Return what names one delivery on the wire."""
    return Identity(
        request_id=request_id(rng),
        tracking_id=tracking_id(rng),
        traceparent=traceparent(rng),
        client_id=client_id,
    )


def _base62(octets: Iterable[int]) -> str:
    return "".join(_BASE62[octet % 62] for octet in octets)
