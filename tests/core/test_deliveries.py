from __future__ import annotations

from typing import Any

import pytest

from emitter.core.deliveries import Attempt, Delivery, DeliveryState, Timing, settle
from emitter.core.outcome import Outcome, OutcomeKind, of_status
from emitter.core.request import Identity
from emitter.core.schedule import NO_RETRIES, ZOOM_RETRIES

IDENTITY = Identity(request_id="r", tracking_id="t", traceparent="p", client_id="c")
NOW_MS = 1_700_000_000_000


def delivery(**changes):
    given: dict[str, Any] = {
        "id": 7,
        "subscription_id": 1,
        "event": "a.b",
        "body": b"{}",
        "identity": IDENTITY,
        "created_at_ms": NOW_MS,
        "due_at_ms": NOW_MS,
    }
    return Delivery(**given | changes)


def attempt(outcome, *, of=None, total_ms=100.0):
    of = of or delivery()
    return Attempt(
        delivery_id=of.id,
        number=1,
        retry_number=of.retry_number,
        started_at_ms=NOW_MS,
        virtual_ms=of.virtual_ms,
        timestamp_s="1700000000",
        request_headers=(),
        outcome=outcome,
        timing=Timing(total_ms=total_ms),
    )


def settled(outcome, *, schedule=ZOOM_RETRIES, time_scale=1.0, of=None, total_ms=100.0):
    of = of or delivery()
    return settle(
        of,
        attempt(outcome, of=of, total_ms=total_ms),
        schedule=schedule,
        time_scale=time_scale,
        now_ms=NOW_MS + 100,
    )


def test_an_accepted_attempt_settles_the_delivery():
    after, made = settled(of_status(204))

    assert (after.state, after.due_at_ms, made.next_retry_s) == (DeliveryState.DELIVERED, None, None)


@pytest.mark.parametrize("status", [301, 404, 429])
def test_an_outcome_zoom_does_not_retry_fails_the_delivery(status):
    after, made = settled(of_status(status))

    assert (after.state, after.due_at_ms, made.next_retry_s) == (DeliveryState.FAILED, None, None)


def test_without_a_schedule_a_failure_is_final():
    assert settled(of_status(503), schedule=NO_RETRIES)[0].state is DeliveryState.FAILED


def test_a_retried_outcome_is_due_after_the_wait_from_the_end_of_the_attempt():
    after, made = settled(of_status(503))

    assert (after.state, after.retry_number) == (DeliveryState.PENDING, 1)
    assert after.due_at_ms == NOW_MS + 100 + 300_000
    assert made.next_retry_s == 300


def test_a_time_scale_shortens_the_wait_and_leaves_virtual_time_whole():
    after, _ = settled(of_status(503), time_scale=1000)

    assert after.due_at_ms == NOW_MS + 100 + 300
    assert after.virtual_ms == 100 + 300_000


def test_four_attempts_follow_zooms_schedule_to_its_end():
    now, virtual_times = delivery(), []
    while now.state is DeliveryState.PENDING:
        virtual_times.append(now.virtual_ms)
        now, _ = settled(Outcome(OutcomeKind.TIMED_OUT), of=now, total_ms=3000)

    assert virtual_times == [0, 303_000, 1_506_000, 5_109_000]
    assert (now.state, now.due_at_ms) == (DeliveryState.FAILED, None)
