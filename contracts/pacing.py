"""When the next request may leave: the time budget, a rate limit, and what a 429 asks for."""

from __future__ import annotations

import threading
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Final

from emitter.delivery.clock import monotonic_ms

if TYPE_CHECKING:
    from emitter.delivery.transport import Exchange

TOO_MANY_REQUESTS: Final = 429
MOST_OBEYED: Final = 5
"""How often a run waits because a receiver says 429; after that a 429 is an answer like any other."""
_LONGEST_WAIT_S: Final = 15.0
_USUAL_WAIT_S: Final = 1.0


class OutOfTimeError(Exception):
    """The run's time is up: whatever is under way is left out. Never meets a person."""


class Pacer:
    """Holds requests back. Thread-safe.

    Args:
        budget_s: How long the run may take, in seconds from now.
        per_second: How many requests may leave in a second; None for as many as the receiver takes.
    """

    def __init__(self, *, budget_s: float, per_second: float | None = None) -> None:
        self._end_ms = monotonic_ms() + budget_s * 1000
        self._gap_ms = 1000 / per_second if per_second else 0.0
        self._next_ms = 0.0
        self._lock = threading.Lock()
        self._never = threading.Event()
        self.obeyed = 0

    def left_s(self) -> float:
        """Return the seconds that are left, less than 0 when time is up."""
        return (self._end_ms - monotonic_ms()) / 1000

    def wait_for_turn(self) -> None:
        """Return when the next request may leave.

        Raises:
            OutOfTimeError: Time is up before that.
        """
        with self._lock:
            now_ms = monotonic_ms()
            at_ms = max(now_ms, self._next_ms)
            if at_ms > self._end_ms:
                raise OutOfTimeError
            self._next_ms = at_ms + self._gap_ms
        self._never.wait((at_ms - now_ms) / 1000)

    def wait_s(self, seconds: float) -> None:
        """Wait, but not beyond the end of the run.

        Raises:
            OutOfTimeError: The end comes first.
        """
        if seconds > self.left_s():
            raise OutOfTimeError
        self._never.wait(seconds)

    def obey(self, exchange: Exchange, *, now_ms: int) -> bool:
        """Wait as a 429 asks for; return whether the request is to be sent again.

        Raises:
            OutOfTimeError: The run ends before that.
        """
        if exchange.outcome.status != TOO_MANY_REQUESTS or self.obeyed >= MOST_OBEYED:
            return False
        self.obeyed += 1
        self.wait_s(_retry_after_s(exchange, now_ms=now_ms))
        return True


def _retry_after_s(exchange: Exchange, *, now_ms: int) -> float:
    headers = exchange.answer.headers if exchange.answer else ()
    text = next((value.strip() for name, value in headers if name.lower() == "retry-after"), "")
    if text.isascii() and text.isdigit():
        return min(float(text), _LONGEST_WAIT_S)
    try:
        until_s = parsedate_to_datetime(text).timestamp()
    except (ValueError, TypeError):
        return _USUAL_WAIT_S
    return min(max(until_s - now_ms / 1000, 0.0), _LONGEST_WAIT_S)
