"""What an observer sees of single requests: how many effects they had, once the receiver is done."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from contracts.observers import Observer
    from contracts.pacing import Pacer
    from contracts.sent import Sent

LONGEST_WAIT_S: Final = 5.0
"""How long an effect is waited for: a receiver may answer first and work afterwards."""
_STEP_S: Final = 0.02
_LEAST_QUIET_S: Final = 0.2
_FIRST_QUIET_S: Final = 1.0
_LEAST_WAIT_S: Final = 1.0
_LAGS: Final = 5


class Effects:
    """Waits for effects. How long nothing must happen is learnt from how long the first effects took.

    Args:
        observer: Counts them.
        pacer: Waits.
        traffic: All that was sent: whose effects may still be to come.
    """

    def __init__(self, observer: Observer, pacer: Pacer, traffic: Sequence[Sent]) -> None:
        self._observer = observer
        self._pacer = pacer
        self._traffic = traffic
        self._seen_requests = -1
        self._longest_lag_s: float | None = None

    def of(self, act: Callable[[], _Result]) -> tuple[_Result, int]:
        """Do something that should have an effect; return what it returned and how many effects it had.

        Raises:
            UsageError: The observer cannot be asked.
            OutOfTimeError: The run's time is up.
        """
        before = self._settled()
        result = act()
        lag_s = self._awaited(before)
        if self._observer.count() > before:
            self._longest_lag_s = max(self._longest_lag_s or 0.0, lag_s)
        return result, self._counted_later() - before

    def _settled(self) -> int:
        """Return the count once the effects of earlier requests are over."""
        count = self._observer.count()
        if len(self._traffic) == self._seen_requests:
            return count
        quiet_s = max(_FIRST_QUIET_S, self._quiet_s())
        waited_s = 0.0
        while waited_s < LONGEST_WAIT_S:
            self._pacer.wait_s(quiet_s)
            waited_s += quiet_s
            before, count = count, self._observer.count()
            if count == before:
                break
        return count

    def _counted_later(self) -> int:
        """Return the count after a time in which any further effect would have come."""
        self._pacer.wait_s(self._quiet_s())
        self._seen_requests = len(self._traffic)
        return self._observer.count()

    def after(self, act: Callable[[], _Result]) -> tuple[_Result, int]:
        """Do something that should have none; return what it returned and how many effects it had.

        Raises:
            UsageError: The observer cannot be asked.
            OutOfTimeError: The run's time is up.
        """
        before = self._settled()
        result = act()
        return result, self._counted_later() - before

    def _awaited(self, before: int) -> float:
        """Return after how many seconds the count rose, or all that were waited."""
        waited_s = 0.0
        longest_s = LONGEST_WAIT_S if self._longest_lag_s is None else self._many_lags_s(_LEAST_WAIT_S)
        while waited_s < longest_s and self._observer.count() <= before:
            self._pacer.wait_s(_STEP_S)
            waited_s += _STEP_S
        return waited_s

    def _quiet_s(self) -> float:
        return self._many_lags_s(_LEAST_QUIET_S)

    def _many_lags_s(self, least_s: float) -> float:
        return min(max(least_s, _LAGS * (self._longest_lag_s or 0.0)), LONGEST_WAIT_S)


_Result = TypeVar("_Result")
