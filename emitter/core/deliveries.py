"""A delivery and its attempts, as values that the store keeps and the faces show."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from emitter.core.outcome import Outcome
    from emitter.core.request import HeaderPairs, Identity
    from emitter.core.schedule import RetrySchedule


class DeliveryState(StrEnum):
    """Where a delivery stands."""

    PENDING = "pending"
    DELIVERED = "delivered"
    FAILED = "failed"
    """Settled without success: the outcome is one Zoom does not retry, or the schedule is used up."""
    CANCELLED = "cancelled"
    """Given up by a person, or with its subscription; nothing more is sent."""


@dataclass(frozen=True, kw_only=True)  # no slots, see `made_of`
class Delivery:
    """One event to one endpoint until settled; owns the body and the request id.

    Attributes:
        id: The store's number, 0 before it is stored.
        subscription_id: The store's number of the subscription.
        event: The event's name as the body states it.
        body: The exact bytes of every attempt.
        identity: What names it on the wire.
        faults: Names of the faults applied to each attempt, see `emitter.core.faults`.
        created_at_ms: When it was accepted, milliseconds since the epoch.
        state: Where it stands.
        retry_number: Which retry the next attempt is; 0 is the first attempt, as in Zoom's webhook log.
        due_at_ms: Real time of the next attempt, milliseconds since the epoch; None once settled.
        virtual_ms: Virtual time of the next attempt since the first, in milliseconds: unscaled waits plus
            the real time in flight. Shown, never sent.
        lease_ms: How long an attempt keeps the delivery from other workers, in real milliseconds; longer
            than any attempt takes.
    """

    id: int = 0
    subscription_id: int
    event: str
    body: bytes
    identity: Identity
    faults: tuple[str, ...] = ()
    created_at_ms: int
    state: DeliveryState = DeliveryState.PENDING
    retry_number: int = 0
    due_at_ms: int | None
    virtual_ms: int = 0
    lease_ms: int = 60_000

    def numbered(self, number: int) -> Delivery:
        """Return the delivery under the store's number."""
        return _changed(self, id=number)


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What came back: status, header pairs in order, and up to 64 KiB of body.

    Attributes:
        is_cut: Whether the body was longer than what is kept.
    """

    status: int
    headers: HeaderPairs
    body: bytes
    is_cut: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Timing:
    """Real milliseconds from the start of the attempt; None for a point that was not reached."""

    connect_ms: float | None = None
    first_byte_ms: float | None = None
    total_ms: float = 0.0


@dataclass(frozen=True, kw_only=True)  # no slots, see `made_of`
class Attempt:
    """One HTTP request of a delivery; owns timestamp, signature and outcome.

    Attributes:
        delivery_id: The delivery's number.
        number: 1 for the first request of the delivery; every request counts, cut ones too.
        retry_number: Its place on the retry schedule; 0 is the first attempt.
        started_at_ms: Real time, milliseconds since the epoch.
        virtual_ms: Virtual time since the delivery's first attempt, in milliseconds.
        timestamp_s: The signed timestamp, as sent.
        request_headers: As sent, credentials masked.
        sent_body: The exact bytes sent, where a fault made them differ from the delivery's body.
        outcome: How it ended; unknown while it is under way.
        answer: What came back, or None.
        timing: How long it took.
        next_retry_s: The unscaled wait before the next attempt, or None when settled.
    """

    delivery_id: int
    number: int
    retry_number: int
    started_at_ms: int
    virtual_ms: int
    timestamp_s: str
    request_headers: HeaderPairs
    sent_body: bytes | None = None
    outcome: Outcome
    answer: Answer | None = None
    timing: Timing
    next_retry_s: float | None = None

    def ended(self, outcome: Outcome, answer: Answer | None, timing: Timing) -> Attempt:
        """Return the attempt with what came of it."""
        return _changed(self, outcome=outcome, answer=answer, timing=timing)


Value = TypeVar("Value", Delivery, Attempt)


def settle(
    delivery: Delivery, attempt: Attempt, *, schedule: RetrySchedule, time_scale: float, now_ms: int
) -> tuple[Delivery, Attempt]:
    """Return delivery and attempt as they stand after the attempt's outcome.

    A retried outcome puts the delivery on the next place of the schedule, at the unscaled wait divided by
    the time scale; any other settles it. Source: docs/zoom.md#retries.

    Args:
        delivery: As it was when the attempt began.
        attempt: With its outcome, and no next retry yet.
        schedule: The subscription's retry schedule.
        time_scale: Virtual seconds in one real second.
        now_ms: The end of the attempt, real milliseconds since the epoch.
    """
    retry_number = attempt.retry_number + 1
    wait_s = schedule.delay_s(retry_number=retry_number) if attempt.outcome.is_retried else None
    if wait_s is None:
        state = DeliveryState.DELIVERED if attempt.outcome.is_accepted else DeliveryState.FAILED
        return _changed(delivery, state=state, due_at_ms=None), attempt
    after = _changed(
        delivery,
        retry_number=retry_number,
        due_at_ms=now_ms + round(wait_s * 1000 / time_scale),
        virtual_ms=attempt.virtual_ms + round(attempt.timing.total_ms) + round(wait_s * 1000),
    )
    return after, _changed(attempt, next_retry_s=wait_s)


def made_of(kind: type[Value], **fields: Any) -> Value:
    """Return a delivery or an attempt of all its fields; none may be left out.

    For where one is made between two attempts: the constructor of a frozen class sets field by field, which
    takes five times as long.
    """
    return _of_fields(kind, fields)


def _changed(value: Value, **changes: Any) -> Value:
    """Return a copy with other values in some fields."""
    return _of_fields(type(value), value.__dict__ | changes)


def _of_fields(kind: type[Value], fields: dict[str, Any]) -> Value:
    value = object.__new__(kind)
    object.__setattr__(value, "__dict__", fields)
    return value
