"""What the app does, apart from HTTP: subscribe endpoints, accept events, keep the workers at it."""

from __future__ import annotations

import logging
import threading
from contextlib import contextmanager
from random import Random, SystemRandom
from typing import TYPE_CHECKING, Final

from emitter.app.emission import bodies_of
from emitter.app.workers import Workers
from emitter.core.attempt_forms import attempt_line
from emitter.core.deliveries import DeliveryState
from emitter.core.subscription import Subscription
from emitter.core.zoom import DEADLINE_S
from emitter.delivery.courier import Courier, Endpoint
from emitter.delivery.endpoints import open_endpoint
from emitter.delivery.handshake import perform_handshake
from emitter.delivery.secret_sources import Sealed, SecretSource, find_secret, read
from emitter.delivery.store.app_subscriptions import Due, active_ids, end, give_up_ended, next_due
from emitter.delivery.store.workers import is_alive
from emitter.errors import BusyError, InvalidSettingError, SecretTokenError, UnknownNameError, UsageError
from emitter.faking.ids import short_id

if TYPE_CHECKING:
    from collections.abc import Iterator

    from emitter.app.inputs import EventRequest, SubscriptionRequest
    from emitter.app.settings import AppSettings
    from emitter.catalog.events import Catalog
    from emitter.core.deliveries import Attempt, Delivery
    from emitter.core.handshake import Handshake
    from emitter.core.secrets import SecretToken
    from emitter.delivery.clock import Clock
    from emitter.delivery.store import Store, StoredSubscription
    from emitter.delivery.vault import Vault

MAX_HANDSHAKES: Final = 4
"""Handshakes under way at once, so that slow receivers leave the app threads to answer with."""
CLOSING_GRACE_S: Final = DEADLINE_S + 2
"""How long attempts under way may take to end when the app is closed."""
_SEEDS: Final = 10**6
_LOG = logging.getLogger(__name__)


class Service:
    """The emitter, left running. Thread-safe.

    Args:
        settings: What the one who started the app decided.
        catalog: The events there are.
        store: The record; closed with the service.
        vault: Seals secret tokens that come with a request.
        clock: What attempts are signed with and retries wait by.
    """

    def __init__(
        self, settings: AppSettings, *, catalog: Catalog, store: Store, vault: Vault, clock: Clock
    ) -> None:
        self.store = store
        self.catalog = catalog
        self._settings = settings
        self._vault = vault
        self._clock = clock
        self._rng = SystemRandom()
        self._handshakes = threading.BoundedSemaphore(MAX_HANDSHAKES)
        self._stuck: dict[int, str] = {}
        self._ended: set[int] = set()
        self._courier = Courier(
            store=store,
            clock=clock,
            rng=self._rng,
            endpoint_for=self._endpoint_for,
            on_attempt=self._attempted,
        )
        self._workers = Workers(
            next_due=self._next_due,
            attempt=self._attempt,
            clock=clock,
            count=settings.worker_count,
        )

    def start(self) -> None:
        """Take up what earlier runs left pending, and start the workers.

        Raises:
            StoreError: The record cannot be read or written.
        """
        self.store.release_dead_leases(is_alive)
        give_up_ended(self.store)
        self._workers.start()

    def close(self) -> bool:
        """Stop the workers and close the record; return whether all attempts under way ended in time.

        What is pending stays so. An attempt that did not end is repeated by the next run.
        """
        has_ended = self._workers.close(grace_s=CLOSING_GRACE_S)
        if has_ended:
            self.store.close()
        return has_ended

    def is_working(self) -> bool:
        """Return whether every worker is alive."""
        return self._workers.are_alive()

    def subscribe(self, request: SubscriptionRequest) -> tuple[StoredSubscription | None, Handshake]:
        """Perform the handshake, and store the subscription if the endpoint passes.

        Returns:
            The subscription, None if the endpoint did not pass; and the handshake, recorded either way.

        Raises:
            ForbiddenTargetError: The app does not send there.
            SecretTokenError: The request brings no secret token, and the app has none of its own.
            UnknownNameError: It wants an event that there is not.
            BusyError: Too many handshakes are under way.
        """
        subscription = self._subscription(request)
        secret_token, source = self._secret(request)
        endpoint = open_endpoint(subscription, secret_token)
        with self._one_handshake():
            handshake = perform_handshake(
                subscription,
                secret_token=secret_token,
                transport=endpoint.transport,
                clock=self._clock,
                rng=self._rng,
            )
        if not handshake.verdict.is_valid:
            self.store.add_handshake(handshake)
            return None, handshake
        subscription_id = self.store.add_subscription(
            subscription, secret_source=source, origin="app", now_ms=self._clock.now_ms()
        )
        self.store.add_handshake(handshake, subscription_id=subscription_id)
        return self.store.get_subscription(subscription_id), handshake

    def subscription_ids(self) -> list[int]:
        """Return the numbers of the active subscriptions, oldest first."""
        return active_ids(self.store)

    def subscription(self, subscription_id: int) -> StoredSubscription:
        """Return an active subscription.

        Raises:
            UnknownNameError: There is none of this number.
            UsageError: Its secrets cannot be opened.
        """
        if subscription_id not in self.subscription_ids():
            raise _unknown(subscription_id)
        return self.store.get_subscription(subscription_id)

    def why_stuck(self, subscription_id: int) -> str | None:
        """Return why nothing can be sent to a subscription although it is active, or None."""
        return self._stuck.get(subscription_id)

    def unsubscribe(self, subscription_id: int) -> None:
        """End a subscription; what was sent stays in the record, what is pending is given up.

        Raises:
            UnknownNameError: There is none of this number.
        """
        self._ended.add(subscription_id)
        if not end(self.store, subscription_id):
            self._ended.discard(subscription_id)
            raise _unknown(subscription_id)

    def emit(self, request: EventRequest) -> tuple[str, list[Delivery]]:
        """Accept an event for every subscription that wants it, or for the one that is named.

        All deliveries are committed together, before the first byte of any goes out.

        Returns:
            The seed that makes the same event again, and the deliveries.

        Raises:
            UsageError: What is asked for cannot be sent, or no subscription wants it.
        """
        seed = request.seed or str(self._rng.randrange(_SEEDS))
        name, bodies = bodies_of(request, self.catalog, seed=seed, now_ms=self._clock.now_ms())
        if request.subscription_id is not None:
            wanted_by = self.subscription(request.subscription_id)
            deliveries = self._courier.deliveries_of(wanted_by.id, bodies, faults=request.faults)
        else:
            deliveries = self._fanned_out(name, bodies, request.faults)
        accepted = self.store.accept(deliveries)
        self._workers.wake()
        return seed, accepted

    def _fanned_out(
        self, event: str, bodies: list[tuple[str, bytes]], faults: tuple[str, ...]
    ) -> list[Delivery]:
        deliveries: list[Delivery] = []
        for subscription_id in self.subscription_ids():
            with self._passing_over_stuck(subscription_id):
                if self.store.get_subscription(subscription_id).subscription.wants(event):
                    deliveries += self._courier.deliveries_of(subscription_id, bodies, faults=faults)
        if not deliveries:
            hint = "GET /api/subscriptions lists those there are, POST makes one"
            raise UsageError(f"no subscription that can be sent to wants {event!r}; {hint}")
        return deliveries

    def _subscription(self, request: SubscriptionRequest) -> Subscription:
        return Subscription(
            url=request.url,
            name=request.name,
            events=tuple(self._pattern(name) for name in request.events),
            auth=request.auth,
            client_id=short_id(Random(f"client of {request.url}")),  # noqa: S311 - a fake id, not a secret
            retry_schedule=request.retry_schedule,
            time_scale=request.time_scale,
            timeout_s=request.timeout_s,
            allowed_hosts=self._settings.allowed_hosts,
            allows_private=False,
            verifies_tls=request.verifies_tls,
        )

    def _pattern(self, name: str) -> str:
        """Return an event's full name, or a pattern as it stands."""
        return name if "*" in name else self.catalog.find(name).name

    def _secret(self, request: SubscriptionRequest) -> tuple[SecretToken, SecretSource]:
        if request.secret_token is not None:
            return request.secret_token, Sealed(self._vault.seal(request.secret_token))
        source, environ = self._settings.secret_source, self._settings.environ
        if source is None:
            return find_secret(file=None, env_file=None, environ=environ)
        return read(source, None, environ=environ), source

    @contextmanager
    def _one_handshake(self) -> Iterator[None]:
        if not self._handshakes.acquire(blocking=False):
            raise BusyError(f"{MAX_HANDSHAKES} handshakes are under way; try again when one has ended")
        try:
            yield
        finally:
            self._handshakes.release()

    def _endpoint_for(self, subscription_id: int) -> Endpoint:
        stored = self.store.get_subscription(subscription_id)
        secret_token = read(stored.secret_source, self._vault, environ=self._settings.environ)
        return open_endpoint(stored.subscription, secret_token)

    def _next_due(self) -> Due | None:
        return next_due(self.store, without=tuple(self._stuck))

    def _attempt(self, due: Due) -> None:
        with self._passing_over_stuck(due.subscription_id):
            self._courier.attempt_next(due.subscription_id)

    @contextmanager
    def _passing_over_stuck(self, subscription_id: int) -> Iterator[None]:
        """Keep a subscription whose secrets cannot be had from stopping the others.

        Its deliveries stay pending for a run that has the secrets.
        """
        try:
            yield
        except (SecretTokenError, InvalidSettingError) as error:
            reason = str(error)
            if self._stuck.setdefault(subscription_id, reason) is reason:  # of several workers, one says it
                _LOG.error("nothing can be sent to subscription %d: %s", subscription_id, reason)

    def _attempted(self, delivery: Delivery, attempt: Attempt) -> None:
        _LOG.info("%s", attempt_line(delivery, attempt))
        if delivery.state is DeliveryState.PENDING and delivery.subscription_id in self._ended:
            give_up_ended(self.store)


def _unknown(subscription_id: int) -> UnknownNameError:
    hint = "GET /api/subscriptions lists those there are"
    return UnknownNameError("subscription", str(subscription_id), hint=hint)
