"""Sign and verify Zoom webhook requests.

Pure functions of exact bytes: a parsed body has already lost what the signature covers.
Source: docs/zoom.md#signing (CONFIRMED; both captured requests recomputed).
"""

from __future__ import annotations

import hashlib
import hmac
import re
from binascii import hexlify
from typing import TYPE_CHECKING, Final

from emitter.core.zoom import SIGNATURE_HEADER, SIGNATURE_VERSION, TIMESTAMP_HEADER
from emitter.errors import (
    MalformedHeaderError,
    MissingHeaderError,
    SignatureMismatchError,
    StaleTimestampError,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from emitter.core.secrets import SecretToken

_VERSION: Final = SIGNATURE_VERSION.encode()
_DIGEST_BYTES: Final = 32
SIGNATURE_CHARS: Final = len("v0=") + 64
# Twelve digits last until the year 33658; thirteen are milliseconds, which Zoom never sends here.
_TIMESTAMP: Final = re.compile(r"[0-9]{1,12}", re.ASCII)
_SIGNATURE: Final = re.compile(r"v0=[0-9a-f]{64}", re.ASCII)


def sign(secret_token: SecretToken, *, timestamp_s: int | str, body: bytes) -> str:
    """Return the value of the ``x-zm-signature`` header for one request.

    Args:
        secret_token: The app's secret token.
        timestamp_s: When the request is sent, in whole seconds since the epoch; text is signed as it
            stands, so that a fault can send a timestamp that is no number and still be signed over it.
        body: The exact bytes of the request body.

    Returns:
        ``v0=`` and 64 lower-case hexadecimal digits, 67 characters in all.
    """
    message = b"%b:%b:%b" % (_VERSION, str(timestamp_s).encode(), body)
    return f"{SIGNATURE_VERSION}={secret_token.hmac_of(message).hex()}"


class Signer:
    """Signs many requests with one secret token.

    Gives what `sign` gives, from bytes to bytes.

    Args:
        secret_token: The app's secret token.
    """

    __slots__ = ("_secret_token",)

    def __init__(self, secret_token: SecretToken) -> None:
        self._secret_token = secret_token

    def digits(self, timestamp_s: bytes, body: bytes) -> bytes:
        """Return the 64 digits of a signature, those after ``v0=``, for a timestamp as its decimal text."""
        return hexlify(self._secret_token.hmac_of(b"v0:%b:%b" % (timestamp_s, body)))

    def all_digits(self, messages: Iterable[bytes]) -> list[bytes]:
        """Return the same for each of the messages: ``v0:``, timestamp, ``:`` and body."""
        return hexlify(b"".join(self._secret_token.hmacs_of(messages)), b" ", _DIGEST_BYTES).split()


def hex_hmac(key: bytes, message: bytes) -> str:
    """Return HMAC-SHA256 as 64 lower-case hexadecimal digits."""
    return hmac.digest(key, message, hashlib.sha256).hex()


def verify(
    secret_token: SecretToken,
    *,
    headers: Mapping[str, str],
    body: bytes,
    now_s: int | None = None,
    tolerance_s: int = 300,
) -> None:
    """Return if the request is authentic and fresh; raise if it is not.

    Args:
        secret_token: The app's secret token.
        headers: The request's headers; names are matched without regard to case.
        body: The exact bytes of the request body.
        now_s: The time of the check, in whole seconds since the epoch; None leaves freshness unchecked.
        tolerance_s: How far the timestamp may lie from `now_s` on either side, in seconds. Zoom names no
            number (docs/zoom.md#signing); 300 is the common choice.

    Raises:
        MissingHeaderError: A header is absent or empty.
        MalformedHeaderError: A header is present but cannot be read.
        StaleTimestampError: The timestamp is too old or too far ahead.
        SignatureMismatchError: Everything can be read and nothing fits.
    """
    lowered = {name.lower(): value for name, value in headers.items()}
    timestamp = _required(lowered, TIMESTAMP_HEADER)
    signature = _required(lowered, SIGNATURE_HEADER)
    if not _TIMESTAMP.fullmatch(timestamp):
        raise MalformedHeaderError(TIMESTAMP_HEADER, "a whole number of seconds since the epoch")
    if not _SIGNATURE.fullmatch(signature):
        raise MalformedHeaderError(SIGNATURE_HEADER, "v0= and 64 lower-case hexadecimal digits")
    if now_s is not None and abs(now_s - int(timestamp)) > tolerance_s:
        raise StaleTimestampError(age_s=now_s - int(timestamp), tolerance_s=tolerance_s)
    if not hmac.compare_digest(sign(secret_token, timestamp_s=timestamp, body=body), signature):
        raise SignatureMismatchError("the signature belongs to another secret token, time or body")


def _required(headers: Mapping[str, str], name: str) -> str:
    value = headers.get(name)
    if not value:
        raise MissingHeaderError(name)
    return value
