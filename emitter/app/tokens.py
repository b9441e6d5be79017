"""The token of a shared app, its sign-in cookie, and the tokens that protect its forms.

The app knows only the token's hash. The cookie holds the time of signing in, signed with a key that follows
from the
hash: it goes on after a restart, and ends with the token.
"""

from __future__ import annotations

import hashlib
import hmac
import os
from typing import TYPE_CHECKING, Final

from itsdangerous import BadSignature, TimestampSigner

from emitter.errors import InvalidSettingError

if TYPE_CHECKING:
    from emitter.core.secrets import Secret

MIN_TOKEN_CHARS: Final = 16
SIGNED_IN_S: Final = 12 * 3600
_SAYS: Final = "signed-in"


def hash_of(token: Secret) -> str:
    """Return what the app keeps of a token.

    Raises:
        InvalidSettingError: It is too short to withstand guessing, or cannot stand in a header.
    """
    text = token.reveal()
    if len(text) < MIN_TOKEN_CHARS or not (text.isascii() and text.isprintable() and " " not in text):
        raise InvalidSettingError(
            f"the token wants {MIN_TOKEN_CHARS} or more printable ASCII characters without spaces; "
            'make one with: python -c "import secrets; print(secrets.token_urlsafe(32))"'
        )
    return hashlib.sha256(text.encode()).hexdigest()


class TokenCheck:
    """Knows who may ask.

    Args:
        token_hash: The hash of the token; empty where everyone may ask.
    """

    def __init__(self, token_hash: str) -> None:
        self._hash = token_hash
        key = hmac.new(token_hash.encode(), b"sign-in cookie", hashlib.sha256).digest()
        self._signer = TimestampSigner(key, digest_method=hashlib.sha256)

    @property
    def is_needed(self) -> bool:
        """Whether a token has to be shown at all."""
        return bool(self._hash)

    def is_token(self, text: str) -> bool:
        """Return whether a text is the token; takes as long for every text of a length."""
        return hmac.compare_digest(hashlib.sha256(text.encode("utf-8", "replace")).hexdigest(), self._hash)

    def cookie(self) -> str:
        """Return the cookie of one who has just shown the token."""
        return self._signer.sign(_SAYS).decode()

    def is_cookie(self, text: str) -> bool:
        """Return whether a text is such a cookie, and not too old."""
        try:
            return self._signer.unsign(text, max_age=SIGNED_IN_S).decode() == _SAYS
        except BadSignature:
            return False


class FormTokens:
    """Makes and checks the tokens that stand in the app's own forms, so that no other page can send them.

    A browser gets a random cookie; a form holds what only this run of the app can make of that cookie.
    """

    def __init__(self) -> None:
        self._key = os.urandom(32)

    def new_cookie(self) -> str:
        """Return a cookie for a browser that has none."""
        return os.urandom(16).hex()

    def token_for(self, cookie: str) -> str:
        """Return what a form holds for a browser with this cookie."""
        return hmac.new(self._key, cookie.encode("utf-8", "replace"), hashlib.sha256).hexdigest()

    def fits(self, cookie: str, token: str) -> bool:
        """Return whether a form was made for the browser that sends it."""
        return bool(cookie) and hmac.compare_digest(
            self.token_for(cookie).encode(), token.encode("utf-8", "replace")
        )
