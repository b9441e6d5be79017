"""What the answers of the API hold; no secret is ever among it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from emitter.core.schedule import format_duration
from emitter.core.subscription import BasicAuth, CustomHeaderAuth, LegacyTokenAuth, NoAuth, OAuth
from emitter.core.targets import parse_target
from emitter.delivery.secret_sources import FromEnvFile, FromEnvironment, FromFile, Sealed

if TYPE_CHECKING:
    from emitter.core.deliveries import Delivery
    from emitter.core.subscription import Auth
    from emitter.delivery.secret_sources import SecretSource
    from emitter.delivery.store import DeliverySummary, StoredSubscription


def subscription_value(stored: StoredSubscription) -> dict[str, Any]:
    """Return a subscription as JSON; its URL without the query, which may hold a token."""
    subscription = stored.subscription
    return {
        "id": stored.id,
        "name": subscription.name,
        "url": parse_target(subscription.url).shown,
        "secret_token_from": secret_place(stored.secret_source),
        "events": list(subscription.events),
        "auth": auth_value(subscription.auth),
        "retry": str(subscription.retry_schedule),
        "time_scale": subscription.time_scale,
        "timeout": format_duration(subscription.timeout_s),
        "verifies_tls": subscription.verifies_tls,
        "allowed_hosts": sorted(subscription.allowed_hosts),
        "created_at_ms": stored.created_at_ms,
        "validated_at_ms": stored.validated_at_ms,
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
        case Sealed():
            return "the record, encrypted"


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
    outcome = summary.last_outcome
    return delivery_value(summary.delivery) | {
        "url": summary.url,
        "attempts_made": summary.attempts_made,
        "last_outcome": outcome
        and {
            "kind": outcome.kind,
            "status": outcome.status,
            "code": outcome.code,
            "detail": outcome.detail,
        },
    }
