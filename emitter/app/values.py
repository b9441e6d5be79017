"""What the answers of the API hold; no secret is ever among it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from emitter.core.schedule import format_duration
from emitter.core.subscription import BasicAuth, CustomHeaderAuth, LegacyTokenAuth, NoAuth, OAuth
from emitter.core.targets import parse_target
from emitter.delivery.secret_sources import FromEnvFile, FromEnvironment, FromFile, Sealed

if TYPE_CHECKING:
    from emitter.app.directory import SubscriptionView
    from emitter.app.streams import Stream
    from emitter.core.deliveries import Attempt, Delivery
    from emitter.core.outcome import Outcome
    from emitter.core.subscription import Auth
    from emitter.delivery.secret_sources import SecretSource
    from emitter.delivery.store import DeliverySummary, StoredHandshake
    from emitter.delivery.store.calls import Call
    from emitter.delivery.store.notices import Notice
    from emitter.delivery.store.queues import Queue


def subscription_value(view: SubscriptionView, queue: Queue | None, last: Outcome | None) -> dict[str, Any]:
    """Return a subscription as JSON; its URL without the query, which may hold a token.

    Args:
        view: The subscription; of one whose credentials cannot be opened most is null.
        queue: What is pending there.
        last: How the last attempt of its latest delivery ended, None before the first.
    """
    standing, stored = view.standing, view.stored
    subscription = stored and stored.subscription
    return {
        "id": view.id,
        "name": subscription and subscription.name,
        "url": subscription and parse_target(subscription.url).shown,
        "secret_token_from": stored and secret_place(stored.secret_source),
        "events": subscription and list(subscription.events),
        "auth": subscription and auth_value(subscription.auth),
        "retry": subscription and str(subscription.retry_schedule),
        "time_scale": subscription and subscription.time_scale,
        "timeout": subscription and format_duration(subscription.timeout_s),
        "verifies_tls": subscription and subscription.verifies_tls,
        "allowed_hosts": subscription and sorted(subscription.allowed_hosts),
        "api_faults": subscription and list(subscription.api_faults),
        "created_at_ms": stored and stored.created_at_ms,
        "validated_at_ms": stored and stored.validated_at_ms,
        "state": standing.state,
        "is_paused": standing.is_paused,
        "revalidate_at_ms": standing.revalidate_at_ms,
        "failures_in_a_row": standing.failures_in_a_row,
        "pending": queue.depth if queue else 0,
        "next_due_at_ms": queue and queue.first_due_ms,
        "last_outcome": outcome_value(last),
        "stuck": view.stuck,
    }


def secret_place(source: SecretSource) -> str:
    """Return where a secret token comes from."""
    match source:
        case FromEnvironment(name):
            return f"the environment variable {name}"
        case FromFile(path):
            return f"the file {path}"
        case FromEnvFile(path, name):
            return f"{name} in the env-file {path}"
        case Sealed(copy_of=path):
            return f"the record, encrypted, a copy of the file {path}" if path else "the record, encrypted"


def auth_value(auth: Auth) -> dict[str, Any]:
    """Return the mode and what of it is no secret."""
    match auth:
        case NoAuth():
            return {"mode": "none"}
        case LegacyTokenAuth():
            return {"mode": "legacy"}
        case BasicAuth(username=username):
            return {"mode": "basic", "username": username}
        case CustomHeaderAuth(name=name):
            return {"mode": "header", "name": name}
        case OAuth():
            return {
                "mode": "oauth",
                "client_id": auth.client_id,
                "token_url": parse_target(auth.token_url).shown,
                "scope": auth.scope,
                "client_authentication": auth.client_authentication,
            }


def delivery_value(delivery: Delivery) -> dict[str, Any]:
    """Return a delivery as JSON, without its body and attempts."""
    return {
        "id": delivery.id,
        "subscription": delivery.subscription_id,
        "event": delivery.event,
        "state": delivery.state,
        "faults": list(delivery.faults),
        "request_id": delivery.identity.request_id,
        "tracking_id": delivery.identity.tracking_id,
        "created_at_ms": delivery.created_at_ms,
        "due_at_ms": delivery.due_at_ms,
        "retry_number": delivery.retry_number,
        "virtual_ms": delivery.virtual_ms,
    }


def summary_value(summary: DeliverySummary) -> dict[str, Any]:
    """Return a delivery with its endpoint and how its last attempt ended."""
    return delivery_value(summary.delivery) | {
        "url": summary.url,
        "attempts_made": summary.attempts_made,
        "last_outcome": outcome_value(summary.last_outcome),
    }


def outcome_value(outcome: Outcome | None) -> dict[str, Any] | None:
    """Return how an attempt ended."""
    if outcome is None:
        return None
    return {
        "kind": outcome.kind,
        "status": outcome.status,
        "code": outcome.code,
        "detail": outcome.detail,
    }


def attempt_brief(delivery: Delivery, attempt: Attempt) -> dict[str, Any]:
    """Return an attempt as the live feed tells of it: without headers and bodies."""
    return {
        "delivery": delivery_value(delivery),
        "attempt": attempt.number,
        "retry_number": attempt.retry_number,
        "started_at_ms": attempt.started_at_ms,
        "virtual_ms": attempt.virtual_ms,
        "outcome": outcome_value(attempt.outcome),
        "total_ms": attempt.timing.total_ms,
        "next_retry_s": attempt.next_retry_s,
    }


def notice_value(notice: Notice) -> dict[str, Any]:
    """Return a notice."""
    return {
        "id": notice.id,
        "subscription": notice.subscription_id,
        "at_ms": notice.at_ms,
        "kind": notice.kind,
        "detail": notice.detail,
    }


def call_value(call: Call) -> dict[str, Any]:
    """Return a call of Zoom's API."""
    return {
        "id": call.id,
        "delivery": call.delivery_id and {"id": call.delivery_id},
        "at_ms": call.at_ms,
        "method": call.method,
        "path": call.path,
        "status": call.status,
        "code": call.code,
        "message": call.message,
        "fault": call.fault,
        "took_ms": call.took_ms,
    }


def stream_value(stream: Stream) -> dict[str, Any]:
    """Return a stream."""
    form = stream.form
    return {
        "id": stream.id,
        "state": stream.state,
        "events": None if form.story is not None else list(form.events),
        "story": form.story,
        "rate": form.rate,
        "duration": format_duration(form.duration_s),
        "seed": stream.seed,
        "faults": list(form.faults),
        "subscription": form.subscription_id,
        "started_at_ms": stream.started_at_ms,
        "events_made": stream.events,
        "deliveries_made": stream.deliveries,
        "reason": stream.reason,
    }


def stored_handshake_value(handshake: StoredHandshake) -> dict[str, Any]:
    """Return a handshake of the record, without headers and bodies."""
    return {
        "id": handshake.id,
        "subscription": handshake.subscription_id,
        "kind": handshake.kind,
        "started_at_ms": handshake.started_at_ms,
        "outcome": outcome_value(handshake.outcome),
        "total_ms": handshake.timing.total_ms,
        "is_valid": handshake.is_valid,
        "reason": handshake.reason,
    }
