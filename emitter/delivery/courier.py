"""Carries deliveries until they are settled: the one place where deciding and doing meet.

The store is the timetable. A delivery is committed before its first byte, leased for one attempt,
attempted, and recorded; a sender that dies leaves the attempt `unknown` and the delivery due again. So
every delivery is made at least once, and the record holds one row an attempt.
"""

from __future__ import annotations

import os
import socket
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from emitter.core.deliveries import Attempt, Delivery, Timing, settle
from emitter.core.faults import (
    FAULTS,
    Fault,
    body_with,
    copies_with,
)
from emitter.core.outcome import FailureCode, Outcome, OutcomeKind
from emitter.core.subscription import OAuth
from emitter.delivery.attempt_request import as_sent, known_headers, signed_request
from emitter.delivery.clock import monotonic_ms
from emitter.delivery.oauth import TokenFailure
from emitter.delivery.transport import Exchange
from emitter.errors import ForbiddenTargetError
from emitter.faking.ids import new_identity

if TYPE_CHECKING:
    import threading
    from collections.abc import Callable, Iterable, Sequence
    from random import Random

    from emitter.core.events import Event
    from emitter.core.request import HeaderPairs, Identity, SignedRequest
    from emitter.core.secrets import SecretToken
    from emitter.core.subscription import Subscription
    from emitter.delivery.clock import Clock
    from emitter.delivery.oauth import TokenFetcher
    from emitter.delivery.store import Store
    from emitter.delivery.transport import Transport

LEASE_MARGIN_MS: Final = 5_000
"""How much longer than its deadline an attempt may take before another worker may repeat it."""
LOOK_AGAIN_MS: Final = 1_000
"""How long to wait at most before the store is asked again: another worker may have settled the rest."""
_EXCHANGES: Final = 2  # a token may have to be fetched first, with a deadline of its own


@dataclass(frozen=True, slots=True, kw_only=True)
class Endpoint:
    """All that an attempt needs to know about where it goes."""

    subscription: Subscription
    secret_token: SecretToken
    transport: Transport
    tokens: TokenFetcher


@dataclass(frozen=True, slots=True)
class Begun:
    """An attempt that is leased and recorded as begun, with what it is made with."""

    delivery: Delivery
    attempt: Attempt
    request: SignedRequest
    endpoint: Endpoint


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
        copies = copies_with(_faults(faults))
        deliveries = []
        for event, body in bodies:
            identity = new_identity(self._rng, client_id=client_id)
            delivery = self._new(subscription_id, event, body, identity=identity, faults=faults)
            deliveries.extend([delivery] * copies)
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

    def begin_next(self, subscription_id: int | None = None) -> Begun | None:
        """Take the attempt that is due first, to be completed by whoever took it; None if nothing is due.

        Args:
            subscription_id: Look only at this subscription's deliveries.
        """
        begun: list[SignedRequest] = []

        def begin(delivery: Delivery, number: int) -> Attempt:
            attempt, request = self._begin(delivery, number)
            begun.append(request)
            return attempt

        leased = self._store.lease_next(
            now_ms=self._clock.now_ms(),
            worker=self._worker,
            prepare=begin,
            subscription_id=subscription_id,
        )
        if leased is None:
            return None
        return Begun(*leased, begun[0], self._endpoint(leased[0].subscription_id))

    def complete(self, begun: Begun) -> tuple[Delivery, Attempt]:
        """Make and record an attempt that has been taken."""
        attempt = self._made(begun.delivery, begun.attempt, begun.request, begun.endpoint)
        subscription = begun.endpoint.subscription
        delivery, attempt = settle(
            begun.delivery,
            attempt,
            schedule=subscription.retry_schedule,
            time_scale=subscription.time_scale,
            now_ms=self._clock.now_ms(),
        )
        self._store.finish(delivery, attempt)
        if self._on_attempt:
            self._on_attempt(delivery, attempt)
        return delivery, attempt

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
            if self.attempt_next(subscription_id):
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

    def _begin(self, delivery: Delivery, number: int) -> tuple[Attempt, SignedRequest]:
        """Return the attempt as it stands before its first byte, outcome unknown, and its request."""
        endpoint = self._endpoint(delivery.subscription_id)
        request = self._request(delivery, endpoint, known_headers(endpoint.subscription))
        attempt = Attempt(
            delivery_id=delivery.id,
            number=number,
            retry_number=delivery.retry_number,
            started_at_ms=self._clock.now_ms(),
            virtual_ms=delivery.virtual_ms,
            outcome=Outcome(OutcomeKind.UNKNOWN),
            timing=Timing(),
            **as_sent(delivery, request),
        )
        return attempt, request

    def _made(
        self, delivery: Delivery, attempt: Attempt, request: SignedRequest, endpoint: Endpoint
    ) -> Attempt:
        """Return the attempt with what came of it; with OAuth it is signed anew, once the token is there."""
        subscription = endpoint.subscription
        began_ms = monotonic_ms()
        try:
            if isinstance(subscription.auth, OAuth):
                token = endpoint.tokens.headers(subscription.auth, timeout_s=subscription.timeout_s)
                request = self._request(delivery, endpoint, token)
                attempt = replace(attempt, **as_sent(delivery, request))
            exchange = endpoint.transport.send(request, timeout_s=subscription.timeout_s)
        except TokenFailure as failure:
            outcome = Outcome(OutcomeKind.NO_TOKEN, code=FailureCode.NO_ACCESS_TOKEN, detail=str(failure))
            timing = Timing(total_ms=monotonic_ms() - began_ms)
            exchange = Exchange(outcome=outcome, answer=None, timing=timing)
        except ForbiddenTargetError as error:
            outcome = Outcome(OutcomeKind.FORBIDDEN, code=FailureCode.FORBIDDEN_ADDRESS, detail=str(error))
            exchange = Exchange(outcome=outcome, answer=None, timing=Timing())
        return replace(attempt, outcome=exchange.outcome, answer=exchange.answer, timing=exchange.timing)

    def _request(self, delivery: Delivery, endpoint: Endpoint, auth_headers: HeaderPairs) -> SignedRequest:
        return signed_request(
            delivery,
            endpoint.subscription,
            endpoint.secret_token,
            timestamp_s=self._clock.now_ms() // 1000,
            auth_headers=auth_headers,
        )


def worker_name() -> str:
    """Return ``host:pid``, by which a later run sees whether a lease's owner still lives."""
    return f"{socket.gethostname()}:{os.getpid()}"


def _faults(names: Sequence[str]) -> list[Fault]:
    return [FAULTS[name] for name in names]
