"""Secrets that cannot be printed by accident."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Final

from emitter.errors import SecretTokenError

if TYPE_CHECKING:
    from collections.abc import Iterable

MASK: Final = "********"
_BLOCK_BYTES: Final = 64


class Secret:
    """Text that shows itself only when asked: ``repr`` and ``str`` give eight asterisks."""

    __slots__ = ("_text",)

    def __init__(self, text: str) -> None:
        self._text = text

    def reveal(self) -> str:
        """Return the text itself, for signing or sending."""
        return self._text

    def __repr__(self) -> str:
        return f"{type(self).__name__}({MASK!r})"

    def __str__(self) -> str:
        return MASK

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Secret) and other._text == self._text

    def __hash__(self) -> int:
        return hash(self._text)


class SecretToken(Secret):
    """The app's secret token, the key of every signature; used as UTF-8 text, never base64-decoded.

    Raises:
        SecretTokenError: The text is empty, has white space at its ends, or cannot be UTF-8.
    """

    __slots__ = ("_inner", "_outer")

    def __init__(self, text: str) -> None:
        if not text:
            raise SecretTokenError(
                "the secret token is empty; copy it from the app's page on the Zoom Marketplace"
            )
        if text != text.strip():
            raise SecretTokenError(
                "the secret token has white space at its ends, often a newline from its file; remove it"
            )
        try:
            key = text.encode()
        except UnicodeEncodeError:
            raise SecretTokenError("the secret token holds a character that is not valid Unicode") from None
        # RFC 2104: a key longer than a block is hashed, a shorter one is filled with zeros.
        block = (key if len(key) <= _BLOCK_BYTES else hashlib.sha256(key).digest()).ljust(_BLOCK_BYTES, b"\0")
        self._inner = hashlib.sha256(bytes(octet ^ 0x36 for octet in block))
        self._outer = hashlib.sha256(bytes(octet ^ 0x5C for octet in block))
        super().__init__(text)

    def key(self) -> bytes:
        """Return the key bytes of the HMAC."""
        return self._text.encode()

    def hmac_of(self, message: bytes) -> bytes:
        """Return HMAC-SHA256 of a message, 32 bytes."""
        return self.hmacs_of((message,))[0]

    def hmacs_of(self, messages: Iterable[bytes]) -> list[bytes]:
        """Return the HMAC-SHA256 of each message.

        Taking the key costs more than a message does, so it is taken once.
        """
        new_inner, new_outer = self._inner.copy, self._outer.copy
        digests = []
        for message in messages:
            inner, outer = new_inner(), new_outer()
            inner.update(message)
            outer.update(inner.digest())
            digests.append(outer.digest())
        return digests

    def __reduce__(self) -> tuple[type[SecretToken], tuple[str]]:
        return type(self), (self._text,)
