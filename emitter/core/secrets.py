"""Secrets that cannot be printed by accident."""

from __future__ import annotations

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

    __slots__ = ()

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
            text.encode()
        except UnicodeEncodeError:
            raise SecretTokenError("the secret token holds a character that is not valid Unicode") from None
        super().__init__(text)

    def key(self) -> bytes:
        """Return the key bytes of the HMAC."""
        return self._text.encode()
