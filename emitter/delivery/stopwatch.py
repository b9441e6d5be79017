"""The time of one attempt: what is left of it, and when each point was reached."""

from __future__ import annotations

from emitter.core.deliveries import Timing
from emitter.delivery.clock import monotonic_ms


class Stopwatch:
    """Starts when it is made; every operation of an attempt shares its deadline.

    Args:
        timeout_s: The total deadline in real seconds, more than 0.
    """

    def __init__(self, timeout_s: float) -> None:
        self.timeout_s = timeout_s
        self._started_ms = monotonic_ms()
        self._connect_ms: float | None = None
        self._first_byte_ms: float | None = None

    @property
    def is_connected(self) -> bool:
        """Whether the connection stood, TLS included, before the attempt ended."""
        return self._connect_ms is not None

    def left_s(self) -> float:
        """Return the seconds until the deadline, always more than 0.

        Raises:
            TimeoutError: The deadline has passed.
        """
        left_s = self.timeout_s - self._elapsed_ms() / 1000
        if left_s <= 0:
            raise TimeoutError("the deadline has passed")
        return left_s

    def check(self) -> None:
        """Return if the deadline is still ahead.

        Raises:
            TimeoutError: It has passed.
        """
        self.left_s()

    def connected(self) -> None:
        """Note that the connection stands, TLS included."""
        self._connect_ms = self._elapsed_ms()

    def bytes_arrived(self) -> None:
        """Note that something of the answer has arrived; the first time counts."""
        if self._first_byte_ms is None:
            self._first_byte_ms = self._elapsed_ms()

    def timing(self) -> Timing:
        """Return the points reached; the total is up to now."""
        return Timing(
            connect_ms=self._connect_ms, first_byte_ms=self._first_byte_ms, total_ms=self._elapsed_ms()
        )

    def _elapsed_ms(self) -> float:
        return monotonic_ms() - self._started_ms
