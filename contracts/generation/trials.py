"""Generated bodies of one event, sent and judged; a body that is at fault is told from a bad moment."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from contracts.bodies import EventBody, ExactBody
from contracts.expectations import DOUBTFUL, Kind, kind_of
from contracts.sent import Miss, Recipe

if TYPE_CHECKING:
    from contracts.expectations import Expectation
    from contracts.session import Session

_SHOWN_CHARS: Final = 300
_FARES_BETTER: Final = frozenset({Kind.REFUSED, Kind.REDIRECTED, Kind.SERVER_ERROR})
"""What is only believed of a body if a plain event is not answered so as well."""


class Trials:
    """Sends bodies of one event through a session.

    Args:
        session: Sends.
        event: The event's name.
        expects: What every answer is judged by.

    Attributes:
        sent: How many bodies were sent.
    """

    def __init__(self, session: Session, event: str, expects: Expectation) -> None:
        self.session = session
        self.event = event
        self.sent = 0
        self._expects = expects
        self._is_body: dict[str, bool] = {}

    def miss(self, body: bytes) -> Miss | None:
        """Send a body and return what was missed; what a busy machine causes is believed the second time.

        Raises:
            OutOfTimeError: The run's time is up.
        """
        self.sent += 1
        miss = self._miss(body)
        if miss is not None and miss.kind in DOUBTFUL:
            miss = self._miss(body)
        return miss if miss is None or self._is_about_the_body(miss.kind) else None

    def _miss(self, body: bytes) -> Miss | None:
        sent = self.session.send(Recipe(body=ExactBody(body=body, event=self.event)))
        miss = self._expects.judge(sent, self.session.receiver)
        return miss and replace(miss, is_shown_by_one=True)

    def _is_about_the_body(self, kind: str) -> bool:
        """Say whether a plain event fares better: one who bans our address refuses every body."""
        if kind not in _FARES_BETTER:
            return True
        if kind not in self._is_body:
            plain = self.session.send(Recipe(body=EventBody(event=self.event)))
            self._is_body[kind] = kind_of(plain.exchange) != kind
        return self._is_body[kind]


def shown(body: bytes) -> str:
    """Return a body for a message, on one line and not too long."""
    text = body.decode("utf-8", "backslashreplace")
    text = text if text.isprintable() else ascii(text)[1:-1]
    return text if len(text) <= _SHOWN_CHARS else f"{text[:_SHOWN_CHARS]}… ({len(body)} bytes)"


def value_in(body: bytes) -> Any:
    """Return what a body says, or None where it is no JSON."""
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        return None
