"""What a person does to deliveries by hand: retry now, skip, cancel, replay; step where one is paused."""

from __future__ import annotations

from typing import TYPE_CHECKING

from emitter.core import steering as decisions
from emitter.delivery.store import steering
from emitter.delivery.store.app_subscriptions import standing_of
from emitter.errors import UnknownNameError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from emitter.app.workshop import Workshop
    from emitter.core.deliveries import Delivery
    from emitter.core.subscription import Subscription
    from emitter.delivery.courier import Courier


class Steering:
    """Moves deliveries. Thread-safe; only those of the app's own subscriptions that have not ended.

    Args:
        workshop: What it works with.
        courier: Sends again.
        active: Returns the number of an active subscription, or raises.
        steered: Called with each delivery that was moved.
        accepted: Called with what has been committed.
    """

    def __init__(
        self,
        workshop: Workshop,
        *,
        courier: Courier,
        active: Callable[[int], int],
        steered: Callable[[Delivery], None],
        accepted: Callable[[Sequence[Delivery]], None],
    ) -> None:
        self._store = workshop.store
        self._directory = workshop.directory
        self._clock = workshop.clock
        self._courier = courier
        self._active = active
        self._steered = steered
        self._accepted = accepted

    def retry_now(self, delivery_id: int) -> Delivery:
        """Make a pending delivery's next attempt now, also where its subscription is paused.

        Raises:
            UnknownNameError: There is none of this number that the app sends.
            ConflictError: It is settled, or under way.
        """
        subscription = self._subscription(delivery_id)
        subscription_id = self._store.get_delivery(delivery_id).subscription_id
        is_paused = standing_of(self._store, subscription_id).is_paused
        now_ms = self._clock.now_ms()
        if is_paused:  # before everything else that is due there, since the one step goes to the first
            first_ms = steering.first_due_ms(self._store, subscription_id)
            now_ms = min(now_ms, now_ms if first_ms is None else first_ms - 1)

        def decide(delivery: Delivery) -> Delivery:
            return decisions.brought_forward(delivery, now_ms=now_ms, time_scale=subscription.time_scale)

        after = steering.steer(self._store, delivery_id, decide)
        if is_paused:
            steering.allow_step(self._store, subscription_id)
        return self._told(after)

    def skip(self, delivery_id: int) -> Delivery:
        """Leave out a pending delivery's next retry; raises as `retry_now`, also before the first attempt."""
        subscription = self._subscription(delivery_id)

        def decide(delivery: Delivery) -> Delivery:
            return decisions.skipped(
                delivery, schedule=subscription.retry_schedule, time_scale=subscription.time_scale
            )

        return self._told(steering.steer(self._store, delivery_id, decide))

    def cancel(self, delivery_id: int) -> Delivery:
        """Give up a pending delivery, one that is under way once its attempt has failed.

        Raises:
            UnknownNameError: There is none of this number.
            ConflictError: It is settled.
        """
        self._delivery(delivery_id)
        return self._told(steering.cancel(self._store, delivery_id, decisions.cancelled))

    def replay(self, delivery_id: int, *, to: int | None = None) -> Delivery:
        """Send the same body and request id again: a receiver sees a duplicate.

        Args:
            delivery_id: Which one.
            to: The subscription it is sent to; the one it went to before if it is None.

        Raises:
            UnknownNameError: There is no such delivery or subscription.
            ConflictError: The subscription is not active.
            SecretTokenError: The subscription's secret token is not where it was.
        """
        delivery = self._delivery(delivery_id)
        subscription_id = self._active(delivery.subscription_id if to is None else to)
        again = self._courier.redeliver(subscription_id, delivery)
        self._accepted([again])
        return again

    def step(self, subscription_id: int) -> Delivery:
        """Make the next attempt of a paused subscription, due or not.

        Raises:
            UnknownNameError: There is no such subscription.
            ConflictError: It is not active or not paused, or nothing is pending there.
        """
        subscription = self._directory.stored(self._active(subscription_id)).subscription
        now_ms = self._clock.now_ms()

        def decide(delivery: Delivery) -> Delivery:
            return decisions.brought_forward(delivery, now_ms=now_ms, time_scale=subscription.time_scale)

        return self._told(steering.step(self._store, subscription_id, decide))

    def _subscription(self, delivery_id: int) -> Subscription:
        subscription_id = self._active(self._delivery(delivery_id).subscription_id)
        return self._directory.stored(subscription_id).subscription

    def _delivery(self, delivery_id: int) -> Delivery:
        try:
            return self._store.get_delivery(delivery_id)
        except UnknownNameError:
            hint = "GET /api/deliveries lists them"
            raise UnknownNameError("delivery", str(delivery_id), hint=hint) from None

    def _told(self, delivery: Delivery) -> Delivery:
        self._steered(delivery)
        return delivery
