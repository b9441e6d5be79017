"""The emitter, left running, apart from HTTP: its parts, put together and told of each other."""

from __future__ import annotations

from random import SystemRandom
from typing import TYPE_CHECKING, Any

from emitter.app.directory import Directory
from emitter.app.emitting import Emitting
from emitter.app.feed import Feed
from emitter.app.logs import log_attempt
from emitter.app.metrics import Metrics
from emitter.app.sending import CLOSING_GRACE_S, Sending
from emitter.app.shaking import Shaking
from emitter.app.sharing import Listening, Telling, news_for
from emitter.app.spreading import Spreading
from emitter.app.steering import Steering
from emitter.app.streams import Streams, StreamState
from emitter.app.subscribing import Subscribing
from emitter.app.tokens import TokenCheck
from emitter.app.values import (
    attempt_brief,
    call_value,
    delivery_value,
    notice_value,
    stream_value,
    subscription_value,
)
from emitter.app.workshop import Workshop
from emitter.app.zoom.catching_up import CatchingUp
from emitter.app.zoom.side import ZoomSide
from emitter.app.zoom.taking import Calls
from emitter.core.deliveries import DeliveryState
from emitter.delivery.store import DeliveryFilter
from emitter.delivery.store.app_subscriptions import adopt, cancel_abandoned
from emitter.delivery.store.happenings import happenings_since
from emitter.delivery.store.leadership import Leadership
from emitter.delivery.store.listing import list_deliveries
from emitter.delivery.store.queues import queue, queues
from emitter.delivery.store.workers import is_alive
from emitter.errors import UnknownNameError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from emitter.app.directory import SubscriptionView
    from emitter.app.settings import AppSettings
    from emitter.app.streams import Stream
    from emitter.catalog.events import Catalog
    from emitter.core.deliveries import Attempt, Delivery
    from emitter.delivery.clock import Clock
    from emitter.delivery.store import Store
    from emitter.delivery.store.calls import Call
    from emitter.delivery.store.notices import Notice
    from emitter.delivery.vault import Vault


class Service:
    """The emitter, left running. Thread-safe.

    Args:
        settings: What the one who started the app decided.
        catalog: The events there are.
        store: The record; closed with the service.
        vault: Seals secret tokens that come with a request.
        clock: What attempts are signed with and retries wait by.

    Attributes:
        clock: What it tells the time by.
        directory: Finds subscriptions.
        subscribing: Makes, edits, validates, pauses and ends them.
        emitting: Accepts events and stories.
        streams: Starts, shows and stops streams.
        steering: Moves deliveries by hand.
        feed: Tells what happens.
        metrics: Counts it.
        zoom: Answers as Zoom's own API.
    """

    def __init__(
        self, settings: AppSettings, *, catalog: Catalog, store: Store, vault: Vault, clock: Clock
    ) -> None:
        self.settings = settings
        self.catalog = catalog
        self.clock = clock
        self.store = store
        self.directory = Directory(store, vault, settings.environ)
        self.feed = Feed(clock=clock, since=self._since)
        self._leadership = Leadership(store)
        workshop = Workshop(
            settings=settings,
            catalog=catalog,
            store=store,
            vault=vault,
            directory=self.directory,
            clock=clock,
            rng=SystemRandom(),
        )
        shaking = Shaking(workshop, told=self._revalidated)
        self._sending = self._sender(workshop, shaking)
        courier = self._sending.courier
        self.subscribing = Subscribing(workshop, shaking=shaking, changed=self._changed)
        active = self.subscribing.active
        self.emitting = Emitting(workshop, courier=courier, active=active, accepted=self._accepted)
        self.streams = Streams(workshop, emitting=self.emitting, changed=self._stream_changed)
        self.steering = Steering(
            workshop, courier=courier, active=active, steered=self._steered, accepted=self._accepted
        )
        self._catching_up = CatchingUp(store)
        self.zoom = ZoomSide(
            workshop,
            subscribing=self.subscribing,
            calls=Calls(store, told=self._called),
            catching_up=self._catching_up,
            check=TokenCheck(settings.token_hash),
        )
        self.metrics = Metrics(
            queues=lambda: queues(store),
            now_ms=clock.now_ms,
            gauges={
                "attempts_under_way": ("Attempts being made", lambda: self._sending.under_way),
                "feed_followers": ("Live feeds open", lambda: self.feed.followers),
                "streams_running": ("Streams running", self._running_streams),
            },
        )
        listening = Listening(
            store,
            feed=self.feed,
            metrics=self.metrics,
            changed=self._read_anew,
            wake=self._sending.workers.wake,
        )
        self._telling = Telling(store)
        self._news = news_for(listening, store, own_name=self._telling.own_name)

    def start(self) -> None:
        """Take up what earlier runs left pending, and start the workers.

        Raises:
            StoreError: The record cannot be read or written.
        """
        if self._news is not None:
            self._news.start()
        self.store.release_dead_leases(is_alive)
        adopt(self.store)
        cancel_abandoned(self.store)
        self._sending.workers.start()
        self._catching_up.resume()

    def close(self) -> bool:
        """Stop the workers and close the record; return whether all attempts under way ended in time.

        What is pending stays so. An attempt that did not end is repeated by the next run.
        """
        self.feed.close()
        self.streams.close()
        self._catching_up.close()
        has_ended = self._sending.workers.close(grace_s=CLOSING_GRACE_S)
        if self._news is not None:
            self._news.close()
        self._leadership.close()
        if isinstance(self._sending, Spreading):
            self._sending.close()
        if has_ended:
            self.store.close()
        return has_ended

    def is_working(self) -> bool:
        """Return whether every worker is alive."""
        return self._sending.workers.are_alive()

    def check_queue(self) -> None:
        """Raise QueueError where workers make the attempts and the queue to them cannot be reached."""
        if isinstance(self._sending, Spreading):
            self._sending.check()

    def subscription_value(self, view: SubscriptionView) -> dict[str, Any]:
        """Return a subscription as JSON, with what is pending there and how it last went."""
        latest = list_deliveries(self.store, DeliveryFilter(subscription_id=view.id), limit=1)
        last = latest[0].last_outcome if latest else None
        return subscription_value(view, queue(self.store, view.id), last)

    def _accepted(self, deliveries: Sequence[Delivery]) -> None:
        self._sending.workers.wake()
        self._catching_up.tell()
        self.metrics.accepted(len(deliveries))
        for delivery in deliveries:
            self.feed.tell("delivery", delivery_value(delivery))
        self._telling.accepted(deliveries)

    def _attempted(self, delivery: Delivery, attempt: Attempt) -> None:
        self.metrics.attempted(
            outcome=attempt.outcome.kind.value, total_ms=attempt.timing.total_ms, state=delivery.state.value
        )
        self._telling.attempted(delivery, attempt)
        self.feed.tell("attempt", attempt_brief(delivery, attempt))
        # It may have been cancelled, or its subscription ended, while this attempt was under way.
        if delivery.state is DeliveryState.PENDING and cancel_abandoned(self.store, delivery.id):
            self.feed.tell("delivery", delivery_value(self.store.get_delivery(delivery.id)))
            self._telling.steered(delivery.id)

    def _called(self, call: Call) -> None:
        self.feed.tell("call", call_value(call))

    def _steered(self, delivery: Delivery) -> None:
        self._sending.workers.wake()
        self.feed.tell("delivery", delivery_value(delivery))
        self._telling.steered(delivery.id)

    def _changed(self, subscription_id: int) -> None:
        self._read_anew(subscription_id)
        self._telling.changed(subscription_id)

    def _read_anew(self, subscription_id: int | None) -> None:
        """Forget what is known of a subscription, of all where it is None, and show how it is now."""
        if subscription_id is None:
            for each in {*self.directory.known, *self._sending.courier.known}:
                self._read_anew(each)
            return
        self.directory.forget(subscription_id)
        self._sending.courier.forget(subscription_id)
        self._sending.workers.wake()
        try:
            value = self.subscription_value(self.directory.view(subscription_id))
        except UnknownNameError:
            value = {"id": subscription_id, "state": "ended"}
        self.feed.tell("subscription", value)

    def _revalidated(self, subscription_id: int, notice: Notice | None) -> None:
        self._read_anew(subscription_id)
        if notice is not None:
            self.feed.tell("notice", notice_value(notice))
        self._telling.changed(subscription_id, has_notice=notice is not None)

    def _stream_changed(self, stream: Stream) -> None:
        self.feed.tell("stream", stream_value(stream))

    def _sender(self, workshop: Workshop, shaking: Shaking) -> Sending | Spreading:
        if self.settings.broker is None:
            return Sending(
                workshop,
                revalidate=shaking.revalidate,
                leads=self._leadership.holds,
                observers=(log_attempt, self._attempted),
            )
        from emitter.delivery.carrier import Carrier  # noqa: PLC0415 - an extra
        from emitter.delivery.store.postgres import whole_name  # noqa: PLC0415 - loads its dialect

        return Spreading(
            workshop,
            carrier=Carrier(self.settings.broker, whole_name(self.store)),
            revalidate=shaking.revalidate,
            leads=self._leadership.holds,
        )

    def _running_streams(self) -> int:
        return sum(each.state is StreamState.RUNNING for each in self.streams.all())

    def _since(self, at_ms: int) -> list[tuple[str, dict[str, Any]]] | None:
        found = happenings_since(self.store, at_ms)
        if found is None:
            return None
        told = [("delivery", delivery_value(delivery)) for delivery in found.deliveries]
        told += [("attempt", attempt_brief(delivery, attempt)) for delivery, attempt in found.attempts]
        return told + [("notice", notice_value(notice)) for notice in found.notices]
