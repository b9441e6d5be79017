"""Performs handshakes for the app: when one subscribes or edits, and every 72 virtual hours after."""

from __future__ import annotations

import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

from emitter.core.revalidation import Consequence
from emitter.core.standing import SubscriptionState, revalidated
from emitter.delivery.endpoints import open_endpoint
from emitter.delivery.handshake import perform_handshake
from emitter.delivery.store.app_subscriptions import standing_of
from emitter.delivery.store.notices import Notice, record_revalidation
from emitter.errors import BusyError, ForbiddenTargetError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from emitter.app.workshop import Workshop
    from emitter.core.handshake import Handshake
    from emitter.core.secrets import SecretToken
    from emitter.core.subscription import Subscription
    from emitter.delivery.courier import Endpoint

MAX_HANDSHAKES: Final = 4
"""Handshakes under way at once for those who ask, so that slow receivers leave threads to answer with."""


class Shaking:
    """Validates endpoints. Thread-safe.

    Args:
        workshop: What it works with.
        told: Called with a subscription's number after a revalidation, and with the notice it led to, if any.
    """

    def __init__(self, workshop: Workshop, *, told: Callable[[int, Notice | None], None]) -> None:
        self._store = workshop.store
        self._directory = workshop.directory
        self._clock = workshop.clock
        self._rng = workshop.rng
        self._told = told
        self._free = threading.BoundedSemaphore(MAX_HANDSHAKES)

    def shake(self, subscription: Subscription, secret_token: SecretToken) -> Handshake:
        """Perform a handshake that someone asked for.

        Raises:
            BusyError: Too many are under way.
            ForbiddenTargetError: The app does not send there.
        """
        with self._one():
            return self._perform(open_endpoint(subscription, secret_token))

    def revalidate(self, subscription_id: int) -> None:
        """Validate an active subscription's endpoint again, and record what follows from it.

        Source: docs/zoom.md#handshake.

        Raises:
            SecretTokenError: Its secret token is not where it was.
            InvalidSettingError: The vault's key cannot be used.
            StoreError: The record could not be read or written; it is done again.
        """
        standing = standing_of(self._store, subscription_id)
        if standing.state is not SubscriptionState.ACTIVE:
            return
        endpoint = self._directory.endpoint(subscription_id)
        now_ms = self._clock.now_ms()
        try:
            handshake = self._perform(endpoint)
        except ForbiddenTargetError as error:
            is_valid, reason = False, str(error)
        else:
            is_valid, reason = handshake.verdict.is_valid, handshake.verdict.reason
            self._store.add_handshake(handshake, subscription_id=subscription_id)
        standing, consequence = revalidated(
            standing, is_valid=is_valid, now_ms=now_ms, time_scale=endpoint.subscription.time_scale
        )
        notice = None
        if consequence is not Consequence.NOTHING:
            notice = Notice(subscription_id=subscription_id, at_ms=now_ms, kind=consequence, detail=reason)
        if record_revalidation(
            self._store,
            subscription_id,
            standing,
            validated_at_ms=now_ms if is_valid else None,
            notice=notice,
        ):
            self._told(subscription_id, notice)

    def _perform(self, endpoint: Endpoint) -> Handshake:
        return perform_handshake(
            endpoint.subscription,
            secret_token=endpoint.secret_token,
            transport=endpoint.transport,
            clock=self._clock,
            rng=self._rng,
        )

    @contextmanager
    def _one(self) -> Iterator[None]:
        if not self._free.acquire(blocking=False):
            raise BusyError(f"{MAX_HANDSHAKES} handshakes are under way; try again when one has ended")
        try:
            yield
        finally:
            self._free.release()
