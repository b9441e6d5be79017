"""Where a subscription stands: validated or not, paused or not, and when it is validated again.

Source: docs/zoom.md#handshake. That what is pending waits while a subscription is disabled is UNSURE.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Final

from emitter.core.revalidation import Consequence, RevalidationLadder
from emitter.core.zoom import REVALIDATION_INTERVAL_S


class SubscriptionState(StrEnum):
    """Whether events go to a subscription."""

    UNVALIDATED = "unvalidated"
    """Its endpoint has not passed the handshake yet; it gets nothing."""
    ACTIVE = "active"
    DISABLED = "disabled"
    """Its endpoint failed too many revalidations in a row; it gets nothing until it passes again."""
    ENDED = "ended"
    """Deleted; what was sent to it stays in the record."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """Where one subscription stands.

    Attributes:
        state: Whether it gets events.
        is_paused: Whether its attempts are held back; events are accepted for it all the same.
        revalidate_at_ms: Real time of the next revalidation, ms since the epoch; None unless active.
        failures_in_a_row: How many revalidations in a row have failed.
    """

    state: SubscriptionState
    is_paused: bool = False
    revalidate_at_ms: int | None = None
    failures_in_a_row: int = 0


UNVALIDATED: Final = Standing(state=SubscriptionState.UNVALIDATED)


def validated(standing: Standing, *, now_ms: int, time_scale: float) -> Standing:
    """Return where a subscription stands whose endpoint has just passed a handshake that was asked for."""
    return replace(
        standing,
        state=SubscriptionState.ACTIVE,
        revalidate_at_ms=next_revalidation_ms(now_ms=now_ms, time_scale=time_scale),
        failures_in_a_row=0,
    )


def revalidated(
    standing: Standing, *, is_valid: bool, now_ms: int, time_scale: float
) -> tuple[Standing, Consequence]:
    """Return where an active subscription stands after a revalidation, and what follows from it.

    Args:
        standing: As it was before.
        is_valid: Whether the endpoint passed.
        now_ms: Real time, milliseconds since the epoch.
        time_scale: Virtual seconds in one real second.
    """
    ladder, consequence = RevalidationLadder(standing.failures_in_a_row).after(is_valid=is_valid)
    is_disabled = consequence is Consequence.DISABLED
    after = replace(
        standing,
        state=SubscriptionState.DISABLED if is_disabled else standing.state,
        revalidate_at_ms=None if is_disabled else next_revalidation_ms(now_ms=now_ms, time_scale=time_scale),
        failures_in_a_row=ladder.failures_in_a_row,
    )
    return after, consequence


def next_revalidation_ms(*, now_ms: int, time_scale: float) -> int:
    """Return the real time 72 virtual hours from now, in milliseconds since the epoch."""
    return now_ms + round(REVALIDATION_INTERVAL_S * 1000 / time_scale)
