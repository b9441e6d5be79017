"""What we add to a request: encoding, signing and recording, beside the bare request itself."""

from __future__ import annotations

from random import Random
from time import perf_counter
from typing import TYPE_CHECKING

import requests

from emitter.catalog.events import Catalog
from emitter.core.deliveries import Answer, Timing
from emitter.core.outcome import of_status
from emitter.core.secrets import SecretToken
from emitter.core.subscription import Subscription
from emitter.delivery.clock import SystemClock
from emitter.delivery.courier import Courier, Endpoint
from emitter.delivery.oauth import TokenFetcher
from emitter.delivery.secret_sources import FromEnvironment
from emitter.delivery.store import Store
from emitter.delivery.transport import Exchange
from emitter.faking import events_for
from tests.bench.figures import Figure, in_turns
from tests.bench.receiver import receiver

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from emitter.core.events import Event
    from emitter.core.request import SignedRequest

ROUNDS = 21
BATCH = 100
BATCHES = 5
"""So many in a round that the log is moved into the file in nearly every one, which is part of the price."""
EVENTS = [
    "conversation_analysis_completed",
    "playlist_create",
    "playlist_add_moment",
    "post_comment_completed",
]
SECRET = SecretToken("4fv1RkqGQUq5sWbEz6hA5A")


class AnswersAtOnce:
    """A transport without a network: what remains of a delivery is ours."""

    def send(self, request: SignedRequest, *, timeout_s: float) -> Exchange:
        """Return the receiver's answer."""
        del request, timeout_s
        answer = Answer(status=200, headers=(("content-length", "0"),), body=b"")
        return Exchange(
            outcome=of_status(200),
            answer=answer,
            timing=Timing(connect_ms=0.1, first_byte_ms=0.4, total_ms=0.5),
        )


def figures(folder: Path) -> list[Figure]:
    """Measure the handling of deliveries."""
    events = made_events(BATCH)
    with receiver() as url, Store.open(folder / "delivering.sqlite") as store, requests.Session() as session:
        works = {"handling": _handling(store, url, events), "request": _requests(session, url, events)}
        taken = in_turns(works, rounds=ROUNDS)
    return [
        Figure(
            name="encode, sign, record one delivery",
            beside="session.post to the same receiver",
            ours_s=taken["handling"] / BATCH / BATCHES,
            theirs_s=taken["request"] / BATCH,
            bar=0.25,
        )
    ]


def made_events(number: int) -> list[Event]:
    """Return events of several kinds."""
    rounds = number // len(EVENTS)
    return list(
        events_for(EVENTS, catalog=Catalog.bundled(), seed=7, count=rounds, now_ms=SystemClock().now_ms())
    )


def open_courier(store: Store, url: str) -> tuple[Courier, int]:
    """Return a courier whose requests are answered at once, and the number of its subscription."""
    transport = AnswersAtOnce()
    subscription = Subscription(url=url, client_id="aCLhU8cQR4qfdTSvT4stxA")
    endpoint = Endpoint(
        subscription=subscription, secret_token=SECRET, transport=transport, tokens=TokenFetcher(transport)
    )
    number = store.add_subscription(
        subscription,
        secret_source=FromEnvironment("ZOOM_WEBHOOK_SECRET_TOKEN"),
        origin="command",
        now_ms=SystemClock().now_ms(),
    )
    rng = Random(7)  # noqa: S311 - ids, no secrets
    return Courier(store=store, clock=SystemClock(), rng=rng, endpoint_for=lambda _: endpoint), number


def _handling(store: Store, url: str, events: list[Event]) -> Callable[[], float]:
    courier, subscription_id = open_courier(store, url)

    def deliver_all() -> float:
        began = perf_counter()
        for _ in range(BATCHES):
            courier.accept(subscription_id, events)
            made = courier.attempt_due(subscription_id)
            assert made == len(events)
        return perf_counter() - began

    return deliver_all


def _requests(session: requests.Session, url: str, events: list[Event]) -> Callable[[], float]:
    bodies = [event.body() for event in events]

    def post_all() -> float:
        began = perf_counter()
        for body in bodies:
            session.post(url, data=body, timeout=3).raise_for_status()
        return perf_counter() - began

    return post_all
