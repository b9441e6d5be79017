"""What a person may do to a delivery that is still pending, as pure decisions."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from emitter.core.deliveries import DeliveryState
from emitter.errors import ConflictError

if TYPE_CHECKING:
    from emitter.core.deliveries import Delivery
    from emitter.core.schedule import RetrySchedule


def cancelled(delivery: Delivery) -> Delivery:
    """Return a pending delivery given up."""
    return replace(delivery, state=DeliveryState.CANCELLED, due_at_ms=None)


def brought_forward(delivery: Delivery, *, now_ms: int, time_scale: float) -> Delivery:
    """Return a pending delivery whose next attempt is due now; one that is overdue stays as it is.

    Its virtual time comes forward with it, by what is left of the wait.
    """
    if delivery.due_at_ms is None or delivery.due_at_ms <= now_ms:
        return delivery
    left_ms = round((delivery.due_at_ms - now_ms) * time_scale)
    return replace(delivery, due_at_ms=now_ms, virtual_ms=max(0, delivery.virtual_ms - left_ms))


def skipped(delivery: Delivery, *, schedule: RetrySchedule, time_scale: float) -> Delivery:
    """Return a pending delivery without its next retry: at the place after it, or failed if there is none.

    Raises:
        ConflictError: What comes next is its first attempt.
    """
    if delivery.retry_number == 0 or delivery.due_at_ms is None:
        raise ConflictError(
            f"delivery {delivery.id} has not been attempted yet, so there is no retry to skip; "
            "cancel it, or wait for its first attempt"
        )
    wait_s = schedule.delay_s(retry_number=delivery.retry_number + 1)
    if wait_s is None:
        return replace(delivery, state=DeliveryState.FAILED, due_at_ms=None)
    return replace(
        delivery,
        retry_number=delivery.retry_number + 1,
        due_at_ms=delivery.due_at_ms + round(wait_s * 1000 / time_scale),
        virtual_ms=delivery.virtual_ms + round(wait_s * 1000),
    )
