"""Opens the session of a run over HTTP: what every face of the judge begins with."""

from __future__ import annotations

from random import SystemRandom
from typing import TYPE_CHECKING

from contracts.bodies import Workshop
from contracts.pacing import Pacer
from contracts.session import Session
from emitter.delivery.endpoints import open_endpoint
from emitter.delivery.raw import raw_transport_for

if TYPE_CHECKING:
    from contracts.observers import Observer
    from contracts.scope import Scope


def open_session(
    scope: Scope,
    *,
    budget_s: float,
    per_second: float | None = None,
    observer: Observer | None = None,
) -> Session:
    """Return a session with the scope's receiver.

    Args:
        scope: Holds the receiver, the events and the seed.
        budget_s: How long the run may take, in seconds from now.
        per_second: How many requests may leave in a second; None for no limit.
        observer: Sees the receiver's effects; None where there is none.

    Raises:
        InvalidSettingError: The file of certificates cannot be used.
    """
    receiver, subscription = scope.receiver, scope.receiver.subscription
    return Session(
        receiver,
        transport=open_endpoint(subscription, receiver.secret_token).transport,
        raw_transport=raw_transport_for(subscription),
        # Ids and tokens are new in every run: a receiver that remembers the last one would take events of
        # this one for duplicates.
        workshop=Workshop(scope.catalog, seed=scope.seed, rng=SystemRandom(), pools=scope.pools),
        pacer=Pacer(budget_s=budget_s, per_second=per_second),
        observer=observer,
    )
