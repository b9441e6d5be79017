"""``page_size`` and ``next_page_token``: an opaque place in a list, good for fifteen minutes and one query.

Source: docs/zoom.md#rest-api.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Final

from emitter.app.zoom.errors import INVALID_PAGE_TOKEN, ZoomError

if TYPE_CHECKING:
    from collections.abc import Mapping

PAGE_TOKEN_S: Final = 15 * 60
"""How long a page token is good for. CONFIRMED (docs/zoom.md#rest-api)."""
DEFAULT_PAGE: Final = 30
MAX_PAGE: Final = 300
_OF_THE_PAGE: Final = frozenset({"next_page_token", "page_size", "page_number"})
_CHECK_CHARS: Final = 16


class Page:
    """What part of a list is asked for.

    Args:
        path: The path.
        query: The query's parameters.
        now_ms: The time, milliseconds since the epoch.
        most: The most items a page of this list has.

    Attributes:
        size: How many items it has at most.
        place: Where it begins, as `token` was given it; None for the beginning.

    Raises:
        ZoomError: The token was not given for this query, or is too old.
    """

    def __init__(self, path: str, query: Mapping[str, str], *, now_ms: int, most: int = MAX_PAGE) -> None:
        others = sorted((name, value) for name, value in query.items() if name not in _OF_THE_PAGE)
        self._query = json.dumps([path, others])
        self._now_ms = now_ms
        self.size = min(int(query.get("page_size", DEFAULT_PAGE)), most)
        token = query.get("next_page_token", "")
        self.place: Any = self._read(token) if token else None

    def token(self, place: Any) -> str:
        """Return the token of the page that begins at a place, which is JSON; empty where that is None."""
        if place is None:
            return ""
        text = json.dumps([self._now_ms + PAGE_TOKEN_S * 1000, place], separators=(",", ":"))
        return base64.urlsafe_b64encode(f"{self._check(text)}{text}".encode()).decode().rstrip("=")

    def _read(self, token: str) -> Any:
        try:
            padded = token + "=" * (-len(token) % 4)
            whole = base64.urlsafe_b64decode(padded.encode("ascii")).decode()
            check, text = whole[:_CHECK_CHARS], whole[_CHECK_CHARS:]
            is_ours = check == self._check(text)
            expires_at_ms, place = json.loads(text) if is_ours else (0, None)
        except (binascii.Error, ValueError):
            expires_at_ms, place = 0, None
        if expires_at_ms <= self._now_ms:
            raise ZoomError(
                HTTPStatus.BAD_REQUEST,
                INVALID_PAGE_TOKEN,
                "The next page token is invalid or expired.",
                note="a token is good for fifteen minutes, and for the query it was given for",
            )
        return place

    def _check(self, text: str) -> str:
        """Return what tells a token of this query from any other text; whoever forges one gets a page."""
        return hashlib.sha256(f"{self._query} {text}".encode()).hexdigest()[:_CHECK_CHARS]
