"""Deliveries and attempts for tests of the record."""

from __future__ import annotations

from dataclasses import replace

from emitter.core.deliveries import Answer, Attempt, Delivery, DeliveryState, Timing
from emitter.core.outcome import Outcome, OutcomeKind
from emitter.core.request import Identity
from emitter.core.subscription import Subscription
from emitter.delivery.secret_sources import FromEnvironment

NOW_MS = 1_770_000_000_000
URL = "http://localhost:3000/webhooks/zoom"
IDENTITY = Identity(
    request_id="b4f7e9a1_3c52_4d0e_9f6b_7a8c9d0e1f23",
    tracking_id="v=2.0;clid=us02;rid=WEB_0123456789abcdef",
    traceparent="00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-02",
    client_id="LaZt7jcPTjGWV8SkEIWgUw",
)


def subscribed(store, *, url=URL, origin="command", now_ms=NOW_MS, **settings) -> int:
    new_id: int = store.add_subscription(
        Subscription(url=url, **settings),
        secret_source=FromEnvironment("ZOOM_WEBHOOK_SECRET_TOKEN"),
        origin=origin,
        now_ms=now_ms,
    )
    return new_id


def a_delivery(subscription_id, *, due_at_ms=NOW_MS, event="a.b", body=b"{}", lease_ms=5_000, **more):
    more.setdefault("created_at_ms", NOW_MS)
    return Delivery(
        subscription_id=subscription_id,
        event=event,
        body=body,
        identity=IDENTITY,
        due_at_ms=due_at_ms,
        lease_ms=lease_ms,
        **more,
    )


def begun(delivery, number) -> Attempt:
    """What a courier gives to `lease_next`."""
    return Attempt(
        delivery_id=delivery.id,
        number=number,
        retry_number=delivery.retry_number,
        started_at_ms=NOW_MS,
        virtual_ms=delivery.virtual_ms,
        timestamp_s="1770000000",
        request_headers=(("host", "localhost:3000"), ("x-zm-signature", "v0=00")),
        outcome=Outcome(OutcomeKind.UNKNOWN),
        timing=Timing(),
    )


def lease(store, *, now_ms=NOW_MS, worker="here:1", prepare=begun, subscription_id=None, after=None):
    return store.lease_next(
        now_ms=now_ms, worker=worker, prepare=prepare, subscription_id=subscription_id, after=after
    )


def accepted(delivery, attempt, *, status=204):
    """What a courier gives to `finish` after a success."""
    outcome = Outcome(OutcomeKind.ACCEPTED, status)
    answer = Answer(status=status, headers=(("content-length", "0"),), body=b"")
    timing = Timing(connect_ms=0.5, first_byte_ms=2.25, total_ms=3.0)
    return (
        replace(delivery, state=DeliveryState.DELIVERED, due_at_ms=None),
        replace(attempt, outcome=outcome, answer=answer, timing=timing),
    )


def to_be_retried(delivery, attempt, *, due_at_ms, next_retry_s=300.0):
    """What a courier gives to `finish` after a failure that is retried."""
    return (
        replace(delivery, retry_number=delivery.retry_number + 1, due_at_ms=due_at_ms),
        replace(attempt, outcome=Outcome(OutcomeKind.FAILED, 503), next_retry_s=next_retry_s),
    )
