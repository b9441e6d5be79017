"""Ids in the shapes Zoom and Salesforce give them, each drawn from a seeded stream.

Sources: docs/zoom.md#ids, #headers. Every function takes something with `randbytes`, a `random.Random` or a
`Stream`; none keeps state.
"""

from __future__ import annotations

from binascii import b2a_base64, hexlify
from functools import lru_cache
from struct import Struct
from typing import TYPE_CHECKING, Final, NamedTuple, Protocol

from emitter.core.request import Identity

if TYPE_CHECKING:
    from collections.abc import Sequence

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
_URL_SAFE: Final = bytes.maketrans(b"+/", b"-_")
_VARIANT: Final = {digit: "89ab"[int(digit, 16) & 3] for digit in "0123456789abcdef"}


def _upper_bits(text: str) -> int:
    """Return which of the characters are upper case, the first in the lowest bit."""
    return sum(1 << bit for bit, char in enumerate(text) if char in _LETTERS)


# Every two characters that 12 bits choose, and which of the two are upper case; and the last two characters
# of a suffix by which of the six before are upper case.
_TWO: Final = tuple(_BASE62[bits // 64 % 62] + _BASE62[bits % 62] for bits in range(4096))
_UPPER: Final = bytes(map(_upper_bits, _TWO))
_LAST_TWO: Final = tuple(f"{'AQ'[bits & 1]}{_SUFFIX_ALPHABET[bits >> 1]}" for bits in range(64))

ID_BYTES: Final = 16
"""How many random bytes a short id, a UUID or 32 hexadecimal digits take."""
IDENTITY_BYTES: Final = 56
"""How many random bytes name a delivery: request id, tracking id, trace context."""
TRACKING_PREFIX: Final = "v=2.0;clid=us02;rid=WEB_"
"""How ``x-zm-trackingid`` begins with events of the web. CONFIRMED."""
UUID_PARTS: Final = 4
"""How many parts `uuid_parts_of` returns for each."""
SALESFORCE_BYTES: Final = 8
"""How many random bytes a Salesforce id takes."""


class RandomBytes(Protocol):
    """Where ids come from."""

    def randbytes(self, n: int, /) -> bytes:
        """Return the next `n` bytes."""


def short_id(rng: RandomBytes) -> str:
    """Return 22 characters of base64url, 16 random bytes: accounts, users, tokens and more. CONFIRMED."""
    return short_id_of(rng.randbytes(ID_BYTES))


def short_id_of(octets: bytes) -> str:
    """Return 16 bytes as 22 characters of base64url."""
    return ascii_short_id_of(octets).decode()


def ascii_short_id_of(octets: bytes) -> bytes:
    """Return what `short_id_of` returns, in ASCII."""
    return b2a_base64(octets, newline=False)[:22].translate(_URL_SAFE)


def dashed_uuid(rng: RandomBytes) -> str:
    """Return a UUID version 4 in lower case with dashes. CONFIRMED for playlists and comments in the API."""
    return dashed_uuid_of(rng.randbytes(ID_BYTES))


def dashed_uuid_of(octets: bytes) -> str:
    """Return 16 bytes as a UUID version 4; six of their bits give way to version and variant."""
    text = octets.hex()
    return f"{text[:8]}-{text[8:12]}-4{text[13:16]}-{_VARIANT[text[16]]}{text[17:20]}-{text[20:]}"


class _Uuids(NamedTuple):
    """What makes so many UUIDs at once: each of them alone would take three times as long."""

    mask: int
    bits: int
    parts: Struct
    whole: Struct


@lru_cache(maxsize=256)
def _uuids(count: int) -> _Uuids:
    def repeated(digits: str) -> int:
        return int.from_bytes(bytes.fromhex(digits) * count, "big")

    return _Uuids(
        mask=repeated("ffffffffffff0fff3fffffffffffffff"),
        bits=repeated("00000000000040008000000000000000"),
        # Four digits and a dash eight times: three of the dashes are too many.
        parts=Struct("x".join(["4sx24sx4sx4s"] * count)),
        whole=Struct("36s" * count),
    )


def uuid_parts_of(joined: bytes, separator: bytes) -> tuple[bytes, ...]:
    """Return UUIDs version 4 in ASCII, four parts each, that joined are what `dashed_uuid_of` returns.

    Args:
        joined: 16 bytes for each, of at least one.
        separator: Stands for the dashes.
    """
    mask, bits, parts, _ = _uuids(len(joined) // ID_BYTES)
    versioned = (int.from_bytes(joined, "big") & mask | bits).to_bytes(len(joined), "big")
    return parts.unpack(hexlify(versioned, separator, 2))


def dashed_uuids_of(octets: Sequence[bytes]) -> tuple[bytes, ...]:
    """Return for each 16 bytes what `dashed_uuid_of` returns, in ASCII."""
    if not octets:
        return ()
    return _uuids(len(octets)).whole.unpack(b"".join(uuid_parts_of(b"".join(octets), b"-")))


def hex_id(rng: RandomBytes) -> str:
    """Return 32 lower-case hexadecimal digits: conversations that are no Zoom meeting. CONFIRMED."""
    return rng.randbytes(16).hex()


def meeting_uuid(rng: RandomBytes) -> str:
    """Return 24 characters of base64 ending in ``==``, with ``+`` and ``/`` as they come. CONFIRMED."""
    return b2a_base64(rng.randbytes(ID_BYTES), newline=False).decode()


def meeting_number(rng: RandomBytes) -> int:
    """Return a meeting number of 10 or 11 digits. CONFIRMED."""
    number = int.from_bytes(rng.randbytes(8), "big")
    return 10**10 + number % (9 * 10**10) if number % 3 else 10**9 + number % (9 * 10**9)


def meeting_conversation_id(rng: RandomBytes, *, start_ms: int) -> str:
    """Return a meeting's conversation id: its UUID, a comma, its start in milliseconds. CONFIRMED."""
    return meeting_conversation_id_of(rng.randbytes(ID_BYTES), start_ms=start_ms)


def meeting_conversation_id_of(octets: bytes, *, start_ms: int) -> str:
    """Return 16 bytes as a meeting's conversation id."""
    return f"{b2a_base64(octets, newline=False).decode()},{start_ms}"


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
    return salesforce_id_of(rng.randbytes(SALESFORCE_BYTES), prefix)


def salesforce_id_of(octets: bytes, prefix: str) -> str:
    """Return 8 bytes as a Salesforce id of this kind, with its suffix."""
    return ascii_salesforce_id_of(int.from_bytes(octets, "big"), prefix).decode()


def ascii_salesforce_id_of(bits: int, prefix: str) -> bytes:
    """Return what `salesforce_id_of` returns, in ASCII, for a number of 64 bits."""
    one, two, three, four = bits >> 52, bits >> 40 & 4095, bits >> 28 & 4095, bits >> 16 & 4095
    # The suffix as `with_suffix` has it, from what is known of each two characters.
    upper = _UPPER[two] | _UPPER[three] << 2 | _UPPER[four] << 4
    first = _first_of_suffix(prefix)[_UPPER[one]]
    text = f"{prefix}{_TWO[one]}0000{_TWO[two]}{_TWO[three]}{_TWO[four]}{first}{_LAST_TWO[upper]}"
    return text.encode()


def with_suffix(case_sensitive_id: str) -> str:
    """Return a 15-character Salesforce id with the three characters that make it safe to fold its case.

    Each tells by its bits which of five characters are upper case, the first in the lowest bit. CONFIRMED.
    """
    groups = (case_sensitive_id[at : at + 5] for at in range(0, 15, 5))
    return case_sensitive_id + "".join(_SUFFIX_ALPHABET[_upper_bits(group)] for group in groups)


@lru_cache(maxsize=16)
def _first_of_suffix(prefix: str) -> tuple[str, ...]:
    """Return the first of a suffix, by which of the two characters after the prefix are upper case."""
    return tuple(_SUFFIX_ALPHABET[_upper_bits(prefix) | bits << 3] for bits in range(4))


def request_id(rng: RandomBytes) -> str:
    """Return a UUID version 4 with underscores, as ``x-zm-request-id`` carries it. CONFIRMED."""
    return dashed_uuid(rng).replace("-", "_")


def tracking_id(rng: RandomBytes) -> str:
    """Return a value of ``x-zm-trackingid`` in the form seen with events of the web. CONFIRMED."""
    return f"{TRACKING_PREFIX}{rng.randbytes(16).hex()}"


def traceparent(rng: RandomBytes) -> str:
    """Return a W3C trace context with the flags Zoom sends, ``02``. CONFIRMED."""
    return f"00-{rng.randbytes(16).hex()}-{rng.randbytes(8).hex()}-02"


def new_identity(rng: RandomBytes, *, client_id: str) -> Identity:
    """Return what names one delivery on the wire."""
    return identity_of(rng.randbytes(IDENTITY_BYTES), client_id=client_id)


def identity_of(octets: bytes, *, client_id: str) -> Identity:
    """Return `IDENTITY_BYTES` bytes as what names one delivery on the wire."""
    digits = octets[16:].hex()
    return Identity(
        request_id=dashed_uuid_of(octets[:16]).replace("-", "_"),
        tracking_id=f"{TRACKING_PREFIX}{digits[:32]}",
        traceparent=f"00-{digits[32:64]}-{digits[64:]}-02",
        client_id=client_id,
    )
