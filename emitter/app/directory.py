"""The app's subscriptions, opened: read and unsealed once, and again when they were edited."""

from __future__ import annotations

import logging
import threading
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from emitter.delivery.endpoints import open_endpoint
from emitter.delivery.secret_sources import read
from emitter.delivery.store.app_subscriptions import listed, standing_of
from emitter.errors import InvalidSettingError, SecretTokenError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from emitter.app.queries import SubscriptionQuery
    from emitter.core.standing import Standing
    from emitter.delivery.courier import Endpoint
    from emitter.delivery.store import Store, StoredSubscription
    from emitter.delivery.vault import Vault

_LOG = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class SubscriptionView:
    """A subscription as one looks at it.

    Attributes:
        id: Its number.
        standing: Where it stands.
        stored: What it is; None where its credentials cannot be opened.
        stuck: Why nothing can be sent to it although it is active, or None.
    """

    id: int
    standing: Standing
    stored: StoredSubscription | None
    stuck: str | None


class Directory:
    """Finds subscriptions by number. Thread-safe.

    Args:
        store: The record.
        vault: Opens what is sealed.
        environ: Where secret tokens may come from.
    """

    def __init__(self, store: Store, vault: Vault, environ: Mapping[str, str]) -> None:
        self._store = store
        self._vault = vault
        self._environ = environ
        self._stored: dict[int, StoredSubscription] = {}
        self._stuck: dict[int, str] = {}
        self._lock = threading.Lock()

    def stored(self, subscription_id: int) -> StoredSubscription:
        """Return a subscription, credentials opened.

        Raises:
            UnknownNameError: There is none of this number.
            SecretTokenError: Its credentials were sealed with another key.
            InvalidSettingError: The vault's key cannot be used.
        """
        found = self._stored.get(subscription_id)
        if found is None:
            found = self._store.get_subscription(subscription_id)
            with self._lock:
                self._stored[subscription_id] = found
        return found

    def endpoint(self, subscription_id: int) -> Endpoint:
        """Return what attempts are made with; raises as `stored`, also where its secret token is gone."""
        stored = self.stored(subscription_id)
        secret_token = read(stored.secret_source, self._vault, environ=self._environ)
        return open_endpoint(stored.subscription, secret_token)

    @property
    def known(self) -> list[int]:
        """The subscriptions that are not read anew when they are next needed."""
        with self._lock:
            return [*self._stored.keys() | self._stuck.keys()]

    def forget(self, subscription_id: int) -> None:
        """Read a subscription anew when it is next needed, and let it try again where it was stuck."""
        with self._lock:
            self._stored.pop(subscription_id, None)
            self._stuck.pop(subscription_id, None)

    def view(self, subscription_id: int) -> SubscriptionView:
        """Return a subscription that has not ended, with where it stands; raises UnknownNameError."""
        return self._view(subscription_id, standing_of(self._store, subscription_id))

    def views(self, query: SubscriptionQuery) -> list[SubscriptionView]:
        """Return the subscriptions a query asks for, by number, one more than its limit if there are more."""
        found: list[SubscriptionView] = []
        for subscription_id, standing in listed(self._store, state=query.state, after_id=query.after):
            view = self._view(subscription_id, standing)
            if query.is_paused is not None and query.is_paused != standing.is_paused:
                continue
            if query.event is None or (view.stored and view.stored.subscription.wants(query.event)):
                found.append(view)
            if len(found) > query.limit:
                break
        return found

    def is_stuck(self, subscription_id: int) -> bool:
        """Return whether nothing can be sent to it for want of its secrets."""
        return subscription_id in self._stuck

    @contextmanager
    def passing_over_stuck(self, subscription_id: int) -> Iterator[None]:
        """Keep a subscription whose secrets cannot be had from stopping the others.

        Its deliveries stay pending for a run that has the secrets.
        """
        try:
            yield
        except (SecretTokenError, InvalidSettingError) as error:
            reason = str(error)
            with self._lock:
                is_new = self._stuck.setdefault(subscription_id, reason) is reason
            if is_new:  # of several threads, one says it
                _LOG.error("nothing can be sent to subscription %d: %s", subscription_id, reason)

    def _view(self, subscription_id: int, standing: Standing) -> SubscriptionView:
        try:
            stored = self.stored(subscription_id)
        except (SecretTokenError, InvalidSettingError) as error:
            return SubscriptionView(id=subscription_id, standing=standing, stored=None, stuck=str(error))
        stuck = self._stuck.get(subscription_id)
        return SubscriptionView(id=subscription_id, standing=standing, stored=stored, stuck=stuck)
