"""A digest computed as it should be, and in every common wrong way, to see which way was taken.

A challenge's answer is made in four steps: a key, a message, a function of both, and a spelling of the
result. Each step has its right choice and wrong ones, each wrong one named in `emitter.core.mistakes`.
Trying all combinations finds two mistakes at once, such as an unkeyed hash in base64.
"""

from __future__ import annotations

import ast
import base64
import binascii
import hashlib
import hmac
import itertools
import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from emitter.core.mistakes import MISTAKES, Mistake

if TYPE_CHECKING:
    from emitter.core.secrets import Secret

DIGEST_BYTES: Final = frozenset({20, 32, 48, 64})
"""Lengths of SHA-1, SHA-256, SHA-384 and SHA-512."""
_HEX: Final = re.compile(r"(?:[0-9a-fA-F]{2})+", re.ASCII)
# What tools print before the digits: signatures, algorithm names, `openssl dgst`.
_PREFIX: Final = re.compile(
    r"(?:v\d|sha-?256|hmac|hex|[A-Z0-9-]*\(stdin\))\s*[=:]\s*", re.ASCII | re.IGNORECASE
)
_VARIABLE: Final = "ZOOM_WEBHOOK_SECRET_TOKEN"

Derive = Callable[[bytes, bytes], bytes]


@dataclass(frozen=True, slots=True)
class Choice:
    """One value of one step; right where it names no mistake."""

    value: bytes
    mistakes: tuple[Mistake, ...] = ()


@dataclass(frozen=True, slots=True)
class Function:
    """One way to make a digest from key and message; right where it names no mistake."""

    derive: Derive
    mistakes: tuple[Mistake, ...] = ()


def _choice(value: str | bytes, mistake: str, found: str = "") -> Choice:
    return Choice(value.encode() if isinstance(value, str) else value, (MISTAKES[mistake].seen(found),))


def _function(derive: Derive, mistake: str, found: str = "") -> Function:
    return Function(derive, (MISTAKES[mistake].seen(found),))


def keyed(algorithm: str = "sha256") -> Derive:
    """Return HMAC with a hash as a function of key and message."""
    return lambda key, message: hmac.digest(key, message, algorithm)


FUNCTIONS: Final = (
    Function(keyed()),
    _function(lambda key, message: hmac.digest(message, key, "sha256"), "swapped-key"),
    _function(lambda _, message: hashlib.sha256(message).digest(), "plain-sha256", "of the token"),
    _function(
        lambda key, message: hashlib.sha256(message + key).digest(),
        "plain-sha256",
        "of the token followed by the secret token",
    ),
    _function(
        lambda key, message: hashlib.sha256(key + message).digest(),
        "plain-sha256",
        "of the secret token followed by the token",
    ),
    _function(keyed("sha1"), "other-hash", "SHA-1"),
    _function(keyed("sha384"), "other-hash", "SHA-384"),
    _function(keyed("sha512"), "other-hash", "SHA-512"),
)
"""Ways to make a digest, the right one first."""


def key_choices(secret_token: Secret, verification_token: Secret | None = None) -> tuple[Choice, ...]:
    """Return the key bytes of a receiver that has its secret token right, and of those that have not."""
    secret = secret_token.reveal()
    choices = [
        Choice(secret.encode()),
        _choice("", "empty-secret"),
        *(_choice(text, "unset-secret", text) for text in ("undefined", "null", "None", "nil", "false")),
        *(_choice(text, "unset-secret", text) for text in (_VARIABLE, f"${_VARIABLE}", f"${{{_VARIABLE}}}")),
        _choice(f"{secret}\n", "untrimmed-secret", "a line feed at its end"),
        _choice(f"{secret}\r\n", "untrimmed-secret", "carriage return and line feed at its end"),
        _choice(f"{secret}\r", "untrimmed-secret", "a carriage return at its end"),
        _choice(f"{secret} ", "untrimmed-secret", "a space at its end"),
        _choice(f" {secret}", "untrimmed-secret", "a space in front"),
        _choice(f"\ufeff{secret}", "untrimmed-secret", "a byte order mark in front"),
        _choice(f'"{secret}"', "quoted-secret"),
        _choice(f"'{secret}'", "quoted-secret"),
        *(_choice(decoded, "decoded-secret") for decoded in _base64_decoded(secret)),
    ]
    if verification_token:
        choices.append(_choice(verification_token.reveal(), "verification-token"))
    return tuple(choices)


def token_choices(
    plain_token: str, *, timestamp_s: int, body: bytes, other_plain_tokens: tuple[str, ...] = ()
) -> tuple[Choice, ...]:
    """Return the message bytes of a receiver that hashes the token, and of those that hash something else.

    Args:
        plain_token: The challenge's token.
        timestamp_s: The challenge's signed timestamp.
        body: The challenge's exact body.
        other_plain_tokens: Tokens of other challenges.
    """
    payload = {"plainToken": plain_token}
    return (
        Choice(plain_token.encode()),
        _choice(body, "whole-body"),
        _choice(b"v0:%d:%b" % (timestamp_s, body), "signed-message", "v0:timestamp:body"),
        _choice(f"v0:{timestamp_s}:{plain_token}", "signed-message", "v0:timestamp:plainToken"),
        _choice(json.dumps(payload, separators=(",", ":")), "payload-text"),
        _choice(json.dumps(payload), "payload-text"),
        _choice(f'"{plain_token}"', "quoted-token"),
        _choice(f"{plain_token}\n", "padded-token"),
        *(_choice(decoded, "decoded-token") for decoded in _base64_decoded(plain_token)),
        *(_choice(token.encode("utf-8", "replace"), "another-token") for token in other_plain_tokens),
    )


def recognise(
    given: Any, *, keys: tuple[Choice, ...], messages: tuple[Choice, ...]
) -> tuple[Mistake, ...] | None:
    """Return the fewest mistakes that make a digest what it is, or None if nothing tried gives it.

    Args:
        given: The digest as a JSON value, usually text.
        keys: Keys to try, the right one first.
        messages: Messages to try, the right one first.

    Returns:
        Empty where it is the right digest rightly spelt.
    """
    spelt = read_digest(given)
    if spelt is None:
        return None
    fits = [
        (*key.mistakes, *message.mistakes, *function.mistakes, *spelt.mistakes)
        for key, message, function in itertools.product(keys, messages, FUNCTIONS)
        if function.derive(key.value, message.value) == spelt.value
    ]
    return min(fits, key=len, default=None)


def read_digest(given: Any) -> Choice | None:
    """Return the bytes of a digest in any common spelling, with what is wrong with the spelling.

    None if it is none, or if its length is no hash's.
    """
    if isinstance(given, dict | bytes):
        return _of_byte_object(given)
    if not isinstance(given, str):
        return None
    mistakes = []
    if given != (text := given.strip()):
        mistakes.append(MISTAKES["padded-digest"])
    if prefix := _PREFIX.match(text):
        mistakes.append(MISTAKES["prefixed-digest"].seen(prefix[0].strip()))
        text = text[prefix.end() :]
    for digest, *ids in _readings(text):
        if len(digest) in DIGEST_BYTES:
            return Choice(digest, (*mistakes, *(MISTAKES[id_] for id_ in ids)))
    return None


def _readings(text: str) -> Iterator[tuple[bytes] | tuple[bytes, str]]:
    """Yield the bytes a text may stand for, each with the mistake in writing them so."""
    if _HEX.fullmatch(text):
        digest = bytes.fromhex(text)
        yield (digest,) if text == text.lower() else (digest, "upper-case-digest")
    if text[:2] in {"b'", 'b"'}:
        with_quotes = _literal(text)
        if isinstance(with_quotes, bytes):
            yield with_quotes, "raw-digest"
    for decoded in _base64_decoded(text):
        if _HEX.fullmatch(inner := decoded.decode("latin-1")):
            yield bytes.fromhex(inner), "twice-encoded-digest"
        yield decoded, "base64-digest"


def _of_byte_object(given: dict[str, Any] | bytes) -> Choice | None:
    """Read the bytes Python prints, or a byte object as Node prints one in JSON."""
    data = given if isinstance(given, bytes) else given.get("data")
    if not isinstance(data, bytes | list) or len(data) not in DIGEST_BYTES:
        return None
    try:
        return Choice(bytes(data), (MISTAKES["raw-digest"],))
    except (TypeError, ValueError):
        return None


def _literal(text: str) -> object:
    try:
        return ast.literal_eval(text)
    except (ValueError, SyntaxError, MemoryError, RecursionError):
        return None


def _base64_decoded(text: str) -> tuple[bytes, ...]:
    """Return the bytes of text in either alphabet of base64, padded or not; empty if it is none."""
    try:
        ascii_text = text.rstrip("=").translate(str.maketrans("-_", "+/")).encode("ascii")
        return (base64.b64decode(ascii_text + b"=" * (-len(ascii_text) % 4), validate=True),)
    except (UnicodeEncodeError, binascii.Error):
        return ()
