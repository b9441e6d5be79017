"""The attempts of a delivery on its retry schedule: those made, and those still to come."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from emitter.app.pages.showing import tone_of
from emitter.core.deliveries import DeliveryState
from emitter.core.outcome import OutcomeKind
from emitter.core.zoom import DEADLINE_S

if TYPE_CHECKING:
    from collections.abc import Sequence

    from emitter.core.deliveries import Attempt, Delivery
    from emitter.core.schedule import RetrySchedule

_LEFT: Final = 3.0
_WIDTH: Final = 94.0
"""Where the line begins and how long it is, in hundredths of the drawing."""
_NEAR: Final = 7.0
"""Marks nearer than this share one label."""
_MOST_MARKS: Final = 60
_AIR: Final = 1.2
"""How much longer than the longest thing on it a scale is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """One attempt on the line.

    Attributes:
        number: The attempt's number; None where it is still to come.
        virtual_ms: When, since the first attempt, in unscaled time.
        at: Where it stands, in hundredths of the width of the drawing.
        tone: Its colour; empty where it is still to come.
        title: What it is, for who points at it.
        has_label: Whether there is room for its time below it.
        is_next: Whether it is the next to come.
    """

    number: int | None
    virtual_ms: int
    at: float
    tone: str
    title: str
    has_label: bool
    is_next: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Timeline:
    """What is drawn.

    Attributes:
        marks: The attempts, in their order.
        limit_ms: How long the receiver has, in milliseconds.
        zoom_limit_ms: How long Zoom gives it, where that is another time.
        scale_ms: How long the scale of the bars is.
        time_scale: Virtual seconds in one real second.
    """

    marks: list[Mark]
    limit_ms: float
    zoom_limit_ms: float | None
    scale_ms: float
    time_scale: float

    def share(self, ms: float) -> float:
        """Return how much of the scale a time takes, in hundredths."""
        return round(min(100.0, ms / self.scale_ms * 100), 2)

    @property
    def made_until(self) -> float:
        """Where the last attempt that was made stands."""
        return max((mark.at for mark in self.marks if mark.number is not None), default=_LEFT)


def timeline_of(
    delivery: Delivery,
    attempts: Sequence[Attempt],
    *,
    schedule: RetrySchedule,
    deadline_s: float,
    time_scale: float,
) -> Timeline:
    """Return the timeline of a delivery.

    Args:
        delivery: The delivery.
        attempts: Its attempts, in their order.
        schedule: The subscription's retry schedule.
        deadline_s: How long its receiver has.
        time_scale: Virtual seconds in one real second.
    """
    limit_ms, zoom_ms = deadline_s * 1000, DEADLINE_S * 1000
    longest_ms = max([limit_ms, *(attempt.timing.total_ms for attempt in attempts)])
    return Timeline(
        marks=_marks(delivery, attempts[-_MOST_MARKS:], _planned(delivery, attempts, schedule)),
        limit_ms=limit_ms,
        zoom_limit_ms=None if limit_ms == zoom_ms else zoom_ms,
        scale_ms=longest_ms * _AIR,
        time_scale=time_scale,
    )


def _planned(delivery: Delivery, attempts: Sequence[Attempt], schedule: RetrySchedule) -> list[int]:
    """Return the virtual times of the retries after the attempts that were made, if each of them failed.

    Where the delivery is settled, these are the ones it did without.
    """
    is_pending = delivery.state is DeliveryState.PENDING
    is_under_way = bool(attempts) and attempts[-1].outcome.kind is OutcomeKind.UNKNOWN
    times_ms = [delivery.virtual_ms] if is_pending and not is_under_way else []
    at_ms, number = delivery.virtual_ms, delivery.retry_number + 1
    if not is_pending and attempts:
        at_ms, number = attempts[-1].virtual_ms, attempts[-1].retry_number + 1
    while len(times_ms) < _MOST_MARKS and (delay_s := schedule.delay_s(retry_number=number)) is not None:
        at_ms += round(delay_s * 1000)
        times_ms.append(at_ms)
        number += 1
    return times_ms


def _marks(delivery: Delivery, attempts: Sequence[Attempt], planned: list[int]) -> list[Mark]:
    times_ms = [*(attempt.virtual_ms for attempt in attempts), *planned]
    last_ms = max([*times_ms, 1])
    marks: list[Mark] = []
    labelled = -math.inf
    for index, at_ms in enumerate(times_ms):
        # Roots, since the first waits are short and the last is long.
        at = round(_LEFT + _WIDTH * math.sqrt(max(0, at_ms) / last_ms), 2)
        has_label = at - labelled >= _NEAR
        labelled = at if has_label else labelled
        attempt = attempts[index] if index < len(attempts) else None
        marks.append(
            Mark(
                number=attempt.number if attempt else None,
                virtual_ms=at_ms,
                at=at,
                tone=tone_of(attempt.outcome) if attempt else "",
                title=_title(attempt, delivery),
                has_label=has_label,
                is_next=attempt is None and index == len(attempts) and delivery.due_at_ms is not None,
            )
        )
    return marks


def _title(attempt: Attempt | None, delivery: Delivery) -> str:
    if attempt is not None:
        return f"attempt {attempt.number}: {attempt.outcome.kind}"
    return "still to come" if delivery.state is DeliveryState.PENDING else "not needed"
