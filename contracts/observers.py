"""Someone who sees what a receiver did with events, where its answers do not tell."""

from __future__ import annotations

import json
import subprocess
from typing import TYPE_CHECKING, Any, Final, Protocol

from emitter.core.pieces import wire_bytes
from emitter.core.request import SignedRequest
from emitter.core.targets import parse_target
from emitter.delivery.raw import raw_transport_for
from emitter.errors import UsageError

if TYPE_CHECKING:
    from emitter.core.subscription import Subscription

ANSWERS_WITHIN_S: Final = 10.0
_WANTED: Final = 'one whole number, or JSON such as {"count": 3}'
_SHOWN_CHARS: Final = 60


class Observer(Protocol):
    """Counts effects: rows, messages, jobs; asked before and after, only the difference counts."""

    def count(self) -> int:
        """Return how many effects there have been.

        Raises:
            UsageError: The observer cannot be asked or does not answer with a number.
        """


class UrlObserver:
    """Asks a URL with GET; its body is a number, or JSON with a ``count``. Implements `Observer`.

    Args:
        url: Where the number is.
        subscription: Whose addresses and certificates are trusted.

    Raises:
        InvalidSettingError: The URL cannot be used.
    """

    def __init__(self, url: str, subscription: Subscription) -> None:
        target = parse_target(url)
        headers = (("host", target.host_header), ("accept", "*/*"), ("connection", "close"))
        self._request = SignedRequest(url=url, headers=headers, body=b"")
        self._shown = target.shown
        self._transport = raw_transport_for(subscription)

    def count(self) -> int:
        """Return the number that stands there now."""
        pieces = (wire_bytes(self._request, method="GET"),)
        exchange = self._transport.send_raw(self._request.url, pieces, timeout_s=ANSWERS_WITHIN_S)
        if exchange.answer is None or not exchange.outcome.is_accepted:
            outcome = exchange.outcome
            reason = outcome.detail or f"status {outcome.status}"
            raise UsageError(f"the observer {self._shown} was not to be asked: {reason}; it takes a GET")
        return number_in(exchange.answer.body.decode("utf-8", "replace"), f"the observer {self._shown}")


class CommandObserver:
    """Runs a command in a shell; what it prints is a number. Implements `Observer`.

    Args:
        command: As it would be typed.
    """

    def __init__(self, command: str) -> None:
        self._command = command

    def count(self) -> int:
        """Return the number that the command prints now."""
        try:
            done = subprocess.run(  # noqa: S602 - a command line that its user typed, pipes included
                self._command, shell=True, capture_output=True, timeout=ANSWERS_WITHIN_S, check=False
            )
        except subprocess.TimeoutExpired:
            raise UsageError(
                f"the observer's command did not end within {ANSWERS_WITHIN_S:g} s: {self._command}"
            ) from None
        if done.returncode:
            said = done.stderr.decode("utf-8", "replace").strip()[:_SHOWN_CHARS]
            raise UsageError(f"the observer's command failed with status {done.returncode}: {said or '…'}")
        return number_in(done.stdout.decode("utf-8", "replace"), "the observer's command")


def number_in(text: str, who: str) -> int:
    """Return the number that an observer answered with.

    Args:
        text: What it answered.
        who: What messages call it.

    Raises:
        UsageError: It is no number.
    """
    try:
        value: Any = json.loads(text)
    except (ValueError, RecursionError):
        value = None
    if isinstance(value, dict):
        value = value.get("count")
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    shown = text.strip()[:_SHOWN_CHARS]
    raise UsageError(f"{who} answered {shown!r}, and what is wanted is {_WANTED}")
