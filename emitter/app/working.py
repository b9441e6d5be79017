"""A worker: makes the attempts whose numbers are carried to it, if the record lets it."""

from __future__ import annotations

import logging
import threading
from contextlib import suppress
from random import SystemRandom
from typing import TYPE_CHECKING

from emitter.app.directory import Directory
from emitter.app.logs import log_attempt
from emitter.app.sharing import Telling
from emitter.app.workers import BACK_OFF_S
from emitter.core.deliveries import DeliveryState
from emitter.core.standing import SubscriptionState
from emitter.delivery.courier import Courier
from emitter.delivery.store.app_subscriptions import cancel_abandoned, listed
from emitter.delivery.store.app_timetable import at_work, take_step
from emitter.delivery.store.steering import allow_step
from emitter.errors import ConflictError, EmitterError, InvalidSettingError, SecretTokenError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from emitter.core.deliveries import Attempt, Delivery
    from emitter.delivery.clock import Clock
    from emitter.delivery.store import Store
    from emitter.delivery.store.app_timetable import AtWork
    from emitter.delivery.vault import Vault

_LOG = logging.getLogger(__name__)


class Working:
    """Makes attempts by the numbers of deliveries. Thread-safe.

    Args:
        store: The record; a shared one.
        vault: Opens what is sealed in it.
        environ: Where secret tokens of one-shot commands may come from.
        clock: What requests are signed with.
    """

    def __init__(self, store: Store, vault: Vault, *, environ: Mapping[str, str], clock: Clock) -> None:
        self._store = store
        self._directory = Directory(store, vault, environ)
        self._courier = Courier(
            store=store,
            clock=clock,
            rng=SystemRandom(),
            endpoint_for=self._directory.endpoint,
            on_attempt=self._attempted,
        )
        self._telling = Telling(store)
        self._known: dict[int, tuple[str, ...]] = {}
        self._pause = threading.Event()

    def check_key(self) -> None:
        """See that the vault's key is that of the record, as far as the record shows.

        Raises:
            SecretTokenError: It has subscriptions, and none of their secrets can be opened.
            InvalidSettingError: The key cannot be used.
        """
        failed: SecretTokenError | InvalidSettingError | None = None
        for subscription_id, _ in listed(self._store, state=SubscriptionState.ACTIVE):
            try:
                self._directory.endpoint(subscription_id)
            except (SecretTokenError, InvalidSettingError) as error:
                failed = error
            else:
                return
        if failed is not None:
            raise failed

    def attempt(self, delivery_id: int) -> None:
        """Make a delivery's attempt if it is due and nobody else makes it; never raises."""
        try:
            self._attempt(delivery_id)
        except EmitterError as error:
            _LOG.error("%s", error)
            self._pause.wait(BACK_OFF_S)  # the record is out of reach, and so it is for the next
        except Exception:  # noqa: BLE001 - one defect must not end the worker
            _LOG.exception("a defect of the emitter; the delivery stays pending")

    def _attempt(self, delivery_id: int) -> None:
        found = at_work(self._store, delivery_id)
        if found is None:
            return
        subscription_id, is_paused = found.subscription_id, found.is_paused
        self._read_anew_if_changed(found)
        if is_paused and not take_step(self._store, subscription_id):
            return
        begun = None
        with self._directory.passing_over_stuck(subscription_id):
            begun = self._courier.begin_next(delivery_id=delivery_id)
        if begun is not None:
            self._courier.complete(begun)
        elif is_paused:  # somebody else made it: the step was not used
            with suppress(ConflictError):
                allow_step(self._store, subscription_id)

    def _attempted(self, delivery: Delivery, attempt: Attempt) -> None:
        log_attempt(delivery, attempt)
        self._telling.attempted(delivery, attempt)
        if delivery.state is DeliveryState.PENDING and cancel_abandoned(self._store, delivery.id):
            self._telling.steered(delivery.id)

    def _read_anew_if_changed(self, found: AtWork) -> None:
        if self._known.get(found.subscription_id) != found.written:
            self._known[found.subscription_id] = found.written
            self._directory.forget(found.subscription_id)
            self._courier.forget(found.subscription_id)
