"""Carries deliveries until they are settled: the one place where deciding and doing meet.

The store is the timetable. A delivery is committed before its first byte, leased for one attempt,
attempted, and recorded; a sender that dies leaves the attempt `unknown` and the delivery due again. So
every delivery is made at least once, and the record holds one row an attempt.
"""

from __future__ import annotations

import os
import socket
from typing import TYPE_CHECKING, Final

from emitter.core.deliveries import Delivery
from emitter.core.faults import (
    FAULTS,
    body_with,
    postings_with,
)
from emitter.delivery.attempts import Begun, Endpoint, begin, make
from emitter.faking.ids import new_identity

if TYPE_CHECKING:
    import threading
    from collections.abc import Callable, Iterable, Sequence
    from random import Random

    from emitter.core.deliveries import Attempt
    from emitter.core.events import Event
    from emitter.core.fault import Fault
    from emitter.core.request import Identity
    from emitter.delivery.clock import Clock
    from emitter.delivery.store import Store

__all__ = ["Begun", "Courier", "Endpoint", "worker_name"]

LEASE_MARGIN_MS: Final = 5_000
"""How much longer than its deadline an attempt may take before another worker may repeat it."""
LOOK_AGAIN_MS: Final = 1_000
"""How long to wait at most before the store is asked again: another worker may have settled the rest."""
_STALE_MS: Final = 1_000
"""How old a signature may be when its request goes out; whoever shows an attempt may take long."""
_EXCHANGES: Final = 2  # a token may have to be fetched first, with a deadline of its own


class Courier:
    """Makes the attempts that are due.

    Thread-safe: several threads may call `attempt_next` and `run_until_settled` at once.

    Args:
        store: Holds deliveries and attempts.
        clock: Signs with its time and waits by it.
        rng: Where request ids come from.
        endpoint_for: Opens the endpoint of a subscription's number; asked once, and again after `forget`.
        on_attempt: Called after each attempt has been recorded, in the thread that made it.
    """

    def __init__(
        self,
        *,
        store: Store,
        clock: Clock,
        rng: Random,
        endpoint_for: Callable[[int], Endpoint],
        on_attempt: Callable[[Delivery, Attempt], None] | None = None,
    ) -> None:
        self._store = store
        self._clock = clock
        self._rng = rng
        self._endpoint_for = endpoint_for
        self._endpoints: dict[int, Endpoint] = {}
        self._on_attempt = on_attempt
        self._worker = worker_name()

    def accept(
        self, subscription_id: int, events: Iterable[Event], *, faults: Sequence[str] = ()
    ) -> list[Delivery]:
        """Commit one delivery an event, due at once; more where a fault asks for copies.

        Raises:
            StoreError: They could not be committed; none was.
            UnencodableError: An event has no JSON form; none was committed.
        """
        chosen = _faults(faults)
        bodies = [body_with(chosen, event.name, event.envelope) for event in events]
        return self.accept_bodies(subscription_id, bodies, faults=faults)

    def accept_bodies(
        self, subscription_id: int, bodies: Iterable[tuple[str, bytes]], *, faults: Sequence[str] = ()
    ) -> list[Delivery]:
        """Commit one delivery for each event name and exact body, due at once."""
        return self._store.accept(self.deliveries_of(subscription_id, bodies, faults=faults))

    def deliveries_of(
        self, subscription_id: int, bodies: Iterable[tuple[str, bytes]], *, faults: Sequence[str] = ()
    ) -> list[Delivery]:
        """Return what `accept_bodies` would commit: to be committed together with those of others."""
        client_id = self._endpoint(subscription_id).subscription.client_id
        identities: dict[int, Identity] = {}
        deliveries = []
        for event, body, number in postings_with(_faults(faults), bodies):
            if number not in identities:
                identities[number] = new_identity(self._rng, client_id=client_id)
            identity = identities[number]
            deliveries.append(self._new(subscription_id, event, body, identity=identity, faults=faults))
        return deliveries

    def redeliver(self, subscription_id: int, delivery: Delivery) -> Delivery:
        """Commit the same body and identity again, due at once: a receiver sees a duplicate."""
        again = self._new(
            subscription_id,
            delivery.event,
            delivery.body,
            identity=delivery.identity,
            faults=delivery.faults,
        )
        return self._store.accept([again])[0]

    def attempt_next(self, subscription_id: int | None = None) -> tuple[Delivery, Attempt] | None:
        """Make and record the attempt that is due first, and return both; None if nothing is due.

        Args:
            subscription_id: Look only at this subscription's deliveries.
        """
        begun = self.begin_next(subscription_id)
        return self.complete(begun) if begun else None

    def begin_next(
        self,
        subscription_id: int | None = None,
        *,
        delivery_id: int | None = None,
        after: tuple[Delivery, Attempt] | None = None,
    ) -> Begun | None:
        """Take the attempt that is due first, to be completed by whoever took it; None if nothing is due.

        Args:
            subscription_id: Look only at this subscription's deliveries.
            delivery_id: Look only at this delivery.
            after: An attempt that has been made, to be recorded in the same transaction.
        """
        begun: list[Begun] = []

        def prepare(delivery: Delivery, number: int) -> Attempt:
            endpoint = self._endpoint(delivery.subscription_id)
            attempt, request = begin(endpoint, delivery, number, now_ms=self._clock.now_ms())
            begun.append(Begun(delivery, attempt, request, endpoint))
            return attempt

        store = self._store if delivery_id is None else self._store.only(delivery_id)
        leased = store.lease_next(
            now_ms=self._clock.now_ms(),
            worker=self._worker,
            prepare=prepare,
            subscription_id=subscription_id,
            after=after,
        )
        return begun[-1] if leased else None

    def complete(self, begun: Begun) -> tuple[Delivery, Attempt]:
        """Make and record an attempt that has been taken."""
        made = self._made(begun)
        self._store.finish(*made)
        self._show(made)
        return made

    def attempt_due(self, subscription_id: int | None = None, *, stop: threading.Event | None = None) -> int:
        """Make and record, one after the other, all attempts that are due, and return how many.

        What came of one is committed together with the beginning of the next, before the next one's first
        byte: one transaction a delivery in place of two.

        Args:
            subscription_id: Look only at this subscription's deliveries.
            stop: Ends the run between two attempts when it is set.
        """
        count = 0
        begun = self.begin_next(subscription_id)
        while begun:
            made = self._made(begun)
            begun = self.begin_next(subscription_id, after=made)
            count += 1
            try:
                self._show(made)
            except BaseException:
                self._give_back(begun)
                raise
            if stop and stop.is_set():
                self._give_back(begun)
                break
            if begun and self._clock.now_ms() - begun.attempt.started_at_ms > _STALE_MS:
                self._give_back(begun)
                begun = self.begin_next(subscription_id)
        return count

    @property
    def known(self) -> list[int]:
        """The subscriptions whose endpoints are open."""
        return [*self._endpoints]

    def forget(self, subscription_id: int) -> None:
        """Open a subscription's endpoint anew for its next attempt: it was edited."""
        self._endpoints.pop(subscription_id, None)

    def run_until_settled(
        self, subscription_id: int | None = None, *, stop: threading.Event | None = None
    ) -> None:
        """Make every attempt until nothing is pending, waiting for retries by the clock.

        Args:
            subscription_id: Look only at this subscription's deliveries.
            stop: Ends the run between two attempts when it is set.
        """
        while not (stop and stop.is_set()):
            if self.attempt_due(subscription_id, stop=stop):
                continue
            due_ms = self._store.next_due_ms(subscription_id)
            if due_ms is None:
                return
            self._clock.wait_until_ms(min(due_ms, self._clock.now_ms() + LOOK_AGAIN_MS), stop)

    def _new(
        self, subscription_id: int, event: str, body: bytes, *, identity: Identity, faults: Sequence[str]
    ) -> Delivery:
        now_ms = self._clock.now_ms()
        timeout_s = self._endpoint(subscription_id).subscription.timeout_s
        return Delivery(
            subscription_id=subscription_id,
            event=event,
            body=body,
            identity=identity,
            faults=tuple(faults),
            created_at_ms=now_ms,
            due_at_ms=now_ms,
            lease_ms=round(timeout_s * 1000) * _EXCHANGES + LEASE_MARGIN_MS,
        )

    def _endpoint(self, subscription_id: int) -> Endpoint:
        endpoint = self._endpoints.get(subscription_id)
        if endpoint is None:
            endpoint = self._endpoints[subscription_id] = self._endpoint_for(subscription_id)
        return endpoint

    def _show(self, made: tuple[Delivery, Attempt]) -> None:
        if self._on_attempt:
            self._on_attempt(*made)

    def _give_back(self, begun: Begun | None) -> None:
        if begun:
            self._store.give_back(begun.attempt)

    def _made(self, begun: Begun) -> tuple[Delivery, Attempt]:
        return make(begun, clock=self._clock, signed_again=self._store.sign_again)


def worker_name() -> str:
    """Return ``host:pid``, by which a later run sees whether a lease's owner still lives."""
    return f"{socket.gethostname()}:{os.getpid()}"


def _faults(names: Sequence[str]) -> list[Fault]:
    return [FAULTS[name] for name in names]
