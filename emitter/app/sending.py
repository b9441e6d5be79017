"""Makes what is due, in the background: attempts and revalidations, fairly between subscriptions.

A receiver that answers slowly holds threads of its own subscription only: of those that have something due,
the one with the fewest attempts under way is served first, none may have more than half of the threads, and
the last quarter of the free ones is kept for subscriptions that have none.
"""

from __future__ import annotations

import threading
from collections import Counter
from typing import TYPE_CHECKING, Final

from emitter.app.workers import Workers
from emitter.core.zoom import DEADLINE_S
from emitter.delivery.courier import LOOK_AGAIN_MS, Courier
from emitter.delivery.store.app_timetable import Due, due, take_step

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from emitter.app.workers import Job
    from emitter.app.workshop import Workshop
    from emitter.core.deliveries import Attempt, Delivery
    from emitter.delivery.courier import Begun

CLOSING_GRACE_S: Final = DEADLINE_S + 2
"""How long what is under way may take to end when the app is closed."""


class Sending:
    """The threads that send, and the courier they send with. Thread-safe.

    Args:
        workshop: What it works with.
        revalidate: Validates the endpoint of a subscription again.
        leads: Returns whether that is this process's business, of several that share a record.
        observers: Each is told of every attempt once it is recorded.
    """

    def __init__(
        self,
        workshop: Workshop,
        *,
        revalidate: Callable[[int], None],
        leads: Callable[[], bool],
        observers: Sequence[Callable[[Delivery, Attempt], None]],
    ) -> None:
        self._store = workshop.store
        self._directory = workshop.directory
        self._clock = workshop.clock
        self._count = workshop.settings.worker_count
        self._revalidate = revalidate
        self._leads = leads
        self._observers = observers
        self._lock = threading.Lock()
        self._under_way: Counter[int] = Counter()
        self._revalidating: set[int] = set()
        self.courier = Courier(
            store=workshop.store,
            clock=workshop.clock,
            rng=workshop.rng,
            endpoint_for=workshop.directory.endpoint,
            on_attempt=self._attempted,
        )
        self.workers = Workers(take=self._take, clock=workshop.clock, count=self._count)

    @property
    def under_way(self) -> int:
        """How many attempts and revalidations are being made."""
        return self._under_way.total() + len(self._revalidating)

    def _take(self) -> Job | int | None:
        """Return what is due and fairest to be done, or when something is, or None; see `Workers`."""
        now_ms = self._clock.now_ms()
        later_ms: list[int] = []
        ready: list[tuple[int, int, Due]] = []
        for each in due(self._store):
            number = each.subscription_id
            if self._directory.is_stuck(number):
                continue
            revalidate_ms = None if number in self._revalidating else each.revalidate_at_ms
            if revalidate_ms is not None and revalidate_ms <= now_ms and self._leads():
                return self._revalidation(number)
            later_ms += [at_ms for at_ms in (revalidate_ms, each.at_ms) if at_ms and at_ms > now_ms]
            # Where there is no room, the end of one of its attempts wakes us.
            if each.at_ms is not None and each.at_ms <= now_ms and self._has_room(number):
                ready.append((self._under_way[number], each.at_ms, each))
        for _, _, each in sorted(ready, key=lambda one: one[:2]):
            if job := self._attempt(each):
                return job
        if self._store.is_shared:
            later_ms.append(now_ms + LOOK_AGAIN_MS)
        return now_ms if ready else min(later_ms, default=None)

    def _has_room(self, subscription_id: int) -> bool:
        with self._lock:
            own, busy = self._under_way[subscription_id], self.under_way
        return own == 0 or (own < max(1, self._count // 2) and self._count - busy > self._count // 4)

    def _attempt(self, each: Due) -> Job | None:
        """Take the subscription's first attempt; None if others were faster, or its secrets are gone."""
        number = each.subscription_id
        if each.is_paused and not take_step(self._store, number):
            return None
        begun: Begun | None = None
        with self._directory.passing_over_stuck(number):
            begun = self.courier.begin_next(number)
        if begun is None:
            return None
        taken = begun
        with self._lock:
            self._under_way[number] += 1

        def job() -> None:
            try:
                self.courier.complete(taken)
            finally:
                with self._lock:
                    self._under_way[number] -= 1

        return job

    def _revalidation(self, subscription_id: int) -> Job:
        with self._lock:
            self._revalidating.add(subscription_id)

        def job() -> None:
            try:
                with self._directory.passing_over_stuck(subscription_id):
                    self._revalidate(subscription_id)
            finally:
                with self._lock:
                    self._revalidating.discard(subscription_id)

        return job

    def _attempted(self, delivery: Delivery, attempt: Attempt) -> None:
        for observer in self._observers:
            observer(delivery, attempt)
