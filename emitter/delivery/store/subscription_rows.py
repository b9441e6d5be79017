"""A subscription to its columns and back, with what is secret in it sealed."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from emitter.core.schedule import RetrySchedule
from emitter.core.secrets import Secret
from emitter.core.subscription import (
    Auth,
    BasicAuth,
    ClientAuthentication,
    CustomHeaderAuth,
    LegacyTokenAuth,
    NoAuth,
    OAuth,
    Subscription,
)
from emitter.core.targets import parse_target
from emitter.delivery.store.rows import storable
from emitter.errors import StoreError

if TYPE_CHECKING:
    from emitter.delivery.vault import Vault


def shown_url(url: str) -> str:
    """Return a URL as the record holds it in clear: without its query, which may hold a token."""
    return parse_target(url).shown if "?" in url else url


def subscription_values(subscription: Subscription, vault: Vault | None) -> dict[str, Any]:
    """Return the columns of a subscription.

    Raises:
        StoreError: There is something to seal and no vault.
        InvalidSettingError: The vault's key cannot be used.
    """
    hidden: dict[str, Any] = {}
    if "?" in subscription.url:
        hidden["url"] = subscription.url
    if not isinstance(subscription.auth, NoAuth):
        hidden["auth"] = auth_value(subscription.auth)
    return {
        "name": storable(subscription.name),
        "url": shown_url(subscription.url),
        "settings": json.dumps(
            {
                "events": subscription.events,
                "client_id": subscription.client_id,
                "retry_delays_s": subscription.retry_schedule.delays_s,
                "time_scale": subscription.time_scale,
                "timeout_s": subscription.timeout_s,
                "allowed_hosts": subscription.allowed_hosts,
                "allows_private": subscription.allows_private,
                "ca_bundle": subscription.ca_bundle,
                "verifies_tls": subscription.verifies_tls,
                **({"api_faults": subscription.api_faults} if subscription.api_faults else {}),
            }
        ),
        "sealed": _with(vault).seal(Secret(json.dumps(hidden))) if hidden else None,
    }


def subscription_from(row: Any, vault: Vault | None) -> Subscription:
    """Return the subscription in a row that has every column of the table.

    Raises:
        StoreError: Something is sealed and there is no vault.
        InvalidSettingError: The vault's key cannot be used.
        SecretTokenError: It was sealed with another key.
        ValueError: The row holds what `subscription_values` never writes.
    """
    hidden = json.loads(_with(vault).open(row.sealed).reveal()) if row.sealed else {}
    settings = json.loads(row.settings)
    return Subscription(
        url=hidden.get("url", row.url),
        name=row.name,
        events=tuple(settings["events"]),
        auth=auth_from(hidden["auth"]) if "auth" in hidden else NoAuth(),
        client_id=settings["client_id"],
        retry_schedule=RetrySchedule(tuple(settings["retry_delays_s"])),
        time_scale=settings["time_scale"],
        timeout_s=settings["timeout_s"],
        allowed_hosts=tuple(settings["allowed_hosts"]),
        allows_private=settings["allows_private"],
        ca_bundle=settings["ca_bundle"],
        verifies_tls=settings["verifies_tls"],
        api_faults=tuple(settings.get("api_faults", ())),
    )


def auth_value(auth: Auth) -> dict[str, str]:
    """Return authentication with its secrets in clear: what is about to be sealed."""
    match auth:
        case NoAuth():
            return {"mode": "none"}
        case LegacyTokenAuth(verification_token):
            return {"mode": "legacy", "verification_token": verification_token.reveal()}
        case BasicAuth(username, password):
            return {"mode": "basic", "username": username, "password": password.reveal()}
        case CustomHeaderAuth(name, value):
            return {"mode": "header", "name": name, "value": value.reveal()}
        case OAuth():
            return {
                "mode": "oauth",
                "client_id": auth.client_id,
                "client_secret": auth.client_secret.reveal(),
                "token_url": auth.token_url,
                "scope": auth.scope,
                "client_authentication": auth.client_authentication.value,
            }


def auth_from(value: dict[str, str]) -> Auth:
    """Return the authentication that `auth_value` took apart.

    Raises:
        ValueError: It is nothing that `auth_value` gives.
    """
    match value:
        case {"mode": "none"}:
            return NoAuth()
        case {"mode": "legacy", "verification_token": token}:
            return LegacyTokenAuth(Secret(token))
        case {"mode": "basic", "username": username, "password": password}:
            return BasicAuth(username, Secret(password))
        case {"mode": "header", "name": name, "value": secret}:
            return CustomHeaderAuth(name, Secret(secret))
        case {"mode": "oauth"}:
            return OAuth(
                value["client_id"],
                Secret(value["client_secret"]),
                value["token_url"],
                value["scope"],
                ClientAuthentication(value["client_authentication"]),
            )
        case _:
            raise ValueError("not a mode of authentication")


def _with(vault: Vault | None) -> Vault:
    if vault is None:
        raise StoreError("this subscription has credentials; open the record with a vault to hold them")
    return vault
