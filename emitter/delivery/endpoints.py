"""Opens the endpoint of a subscription: its key, its transport, its way to a token."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from emitter.core.targets import TargetPolicy
from emitter.delivery.courier import Endpoint
from emitter.delivery.http import HttpTransport
from emitter.delivery.oauth import TokenFetcher
from emitter.delivery.secret_sources import read

if TYPE_CHECKING:
    from collections.abc import Callable

    from emitter.core.secrets import SecretToken
    from emitter.core.subscription import Subscription
    from emitter.delivery.store import Store
    from emitter.delivery.vault import Vault


def open_endpoint(subscription: Subscription, secret_token: SecretToken) -> Endpoint:
    """Return what attempts for this subscription are made with.

    Raises:
        InvalidSettingError: The file of certificates cannot be used.
    """
    transport = HttpTransport(
        policy=TargetPolicy(frozenset(subscription.allowed_hosts), subscription.allows_private),
        ca_bundle=Path(subscription.ca_bundle) if subscription.ca_bundle else None,
        insecure=not subscription.verifies_tls,
    )
    return Endpoint(
        subscription=subscription,
        secret_token=secret_token,
        transport=transport,
        tokens=TokenFetcher(transport),
    )


def stored_endpoints(store: Store, vault: Vault) -> Callable[[int], Endpoint]:
    """Return a function that opens the endpoint of a subscription in the store.

    The function raises SecretTokenError where the secret is no longer where it was.
    """

    def endpoint_for(subscription_id: int) -> Endpoint:
        stored = store.get_subscription(subscription_id)
        return open_endpoint(stored.subscription, read(stored.secret_source, vault))

    return endpoint_for
