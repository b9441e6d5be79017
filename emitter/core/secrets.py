"""Secrets that cannot be printed by accident."""

from __future__ import annotations

import hashlib
import hmac
from typing import Final

from emitter.errors import SecretTokenError

MASK: Final = "********"


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

    __slots__ = ("_keyed",)

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
            self._keyed = hmac.new(text.encode(), digestmod=hashlib.sha256)
        except UnicodeEncodeError:
            raise SecretTokenError("the secret token holds a character that is not valid Unicode") from None
        super().__init__(text)

    def key(self) -> bytes:
        """Return the key bytes of the HMAC."""
        return self._text.encode()

    def new_hmac(self) -> hmac.HMAC:
        """Return an HMAC-SHA256 that has taken the key and waits for a message; the caller's own.

        Taking the key costs more than a message does.
        """
        return self._keyed.copy()

    def __reduce__(self) -> tuple[type[SecretToken], tuple[str]]:
        return type(self), (self._text,)
