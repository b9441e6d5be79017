"""Hands what is due to workers elsewhere: one app at a time publishes numbers, workers make the attempts.

What was published stays due in the record until a worker leases it, so that a number that is lost, or a
worker that dies, costs time and nothing else. Of each subscription only so much is under way as comes back
within a second: more and more where it does, a handful where its receiver is slow, so that it does not hold
every worker.
"""

from __future__ import annotations

import logging
import threading
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from emitter.app.workers import Workers
from emitter.delivery.courier import Courier
from emitter.delivery.store.app_timetable import Due, due, due_attempts, leased
from emitter.errors import QueueError

if TYPE_CHECKING:
    from collections.abc import Callable

    from emitter.app.workers import Job
    from emitter.app.workshop import Workshop
    from emitter.delivery.carrier import Carrier
    from emitter.delivery.store.app_timetable import Numbered

FEWEST: Final = 8
MOST: Final = 256
"""How much of one subscription is under way at least and at most, where there is so much."""
SLOW_MS: Final = 1_000
LOOK_MS: Final = 50
"""How often the record is looked at while anything is under way."""
IDLE_MS: Final = 1_000
"""How often it is looked at otherwise, whatever others tell."""
AGAIN_MS: Final = 750
"""When a number that nobody leased is published again first; then after as long as it has waited.

Soon, since it may have been with a worker that died; not often, since mostly the workers are busy.
"""
LONGEST_MS: Final = 600_000
_REVALIDATING: Final = 4
_LOG = logging.getLogger(__name__)


@dataclass(slots=True)
class _UnderWay:
    """What of one subscription is with the workers.

    Attributes:
        allowed: How many attempts may be.
        published: When each was published first, and when it is to be again.
    """

    allowed: int = FEWEST
    published: dict[Numbered, tuple[int, int]] = field(default_factory=dict)

    def next(self, free: list[Numbered], taken: set[Numbered], *, now_ms: int) -> list[Numbered]:
        """Return what is to be published now.

        Args:
            free: What is due and not leased, the first first.
            taken: What is leased.
            now_ms: Real time, milliseconds since the epoch.
        """
        known = taken.union(free)
        self.published = {each: at for each, at in self.published.items() if each in known}
        since_ms = sorted(at_ms for at_ms, _ in self.published.values())
        # Half of it, since a worker that died holds what it had for longer, too.
        if since_ms and now_ms - since_ms[len(since_ms) // 2] > SLOW_MS:
            self.allowed = FEWEST
        elif len(free) + len(taken) >= self.allowed:
            self.allowed = min(MOST, self.allowed * 2)
        room = free[: max(0, self.allowed - len(taken))]
        return [each for each in room if self.published.get(each, (0, 0))[1] <= now_ms]

    def note(self, published: list[Numbered], *, now_ms: int) -> None:
        """Remember what has been published."""
        for each in published:
            first_ms, _ = self.published.get(each, (now_ms, now_ms))
            wait_ms = min(LONGEST_MS, max(AGAIN_MS, now_ms - first_ms))
            self.published[each] = (first_ms, now_ms + wait_ms)


class Spreading:
    """The one that publishes, and the courier that makes deliveries of events. Thread-safe.

    Args:
        workshop: What it works with.
        carrier: The queue to the workers.
        revalidate: Validates the endpoint of a subscription again.
        leads: Returns whether that, and publishing, is this process's business.
    """

    def __init__(
        self,
        workshop: Workshop,
        *,
        carrier: Carrier,
        revalidate: Callable[[int], None],
        leads: Callable[[], bool],
    ) -> None:
        self._store = workshop.store
        self._directory = workshop.directory
        self._clock = workshop.clock
        self._carrier = carrier
        self._revalidate = revalidate
        self._leads = leads
        self._under_way: dict[int, _UnderWay] = {}
        self._revalidating: set[int] = set()
        self._lock = threading.Lock()
        self._is_lost = False
        self.courier = Courier(
            store=workshop.store,
            clock=workshop.clock,
            rng=workshop.rng,
            endpoint_for=workshop.directory.endpoint,
        )
        self.workers = Workers(take=self._take, clock=workshop.clock, count=_REVALIDATING)

    @property
    def under_way(self) -> int:
        """How many attempts and revalidations are being made, or wait for a worker."""
        return sum(len(each.published) for each in [*self._under_way.values()]) + len(self._revalidating)

    def check(self) -> None:
        """Raise QueueError unless the queue can be reached."""
        self._carrier.check()

    def close(self) -> None:
        """Close the connections to the queue; the workers have been closed."""
        self._carrier.close()

    def _take(self) -> Job | int | None:
        """Publish what is due; return a revalidation that is due, or when to look again; see `Workers`."""
        now_ms = self._clock.now_ms()
        if not self._leads():
            self._under_way.clear()
            return now_ms + IDLE_MS
        soon: list[Due] = []
        times_ms = [now_ms + IDLE_MS]
        for each in due(self._store):
            revalidate_ms = None if each.subscription_id in self._revalidating else each.revalidate_at_ms
            if revalidate_ms is not None and revalidate_ms <= now_ms:
                return self._revalidation(each.subscription_id)
            times_ms += [at_ms for at_ms in (revalidate_ms, each.attempt_at_ms) if at_ms and at_ms > now_ms]
            if each.at_ms is not None and (each.at_ms <= now_ms or each.lease_ends_at_ms is not None):
                soon.append(each)
        if soon:
            times_ms.append(self._publish(soon, now_ms=now_ms))
        else:
            self._under_way.clear()
        return min(times_ms)

    def _publish(self, soon: list[Due], *, now_ms: int) -> int:
        """Publish what there is room for, and return when to look again."""
        taken = leased(self._store, now_ms=now_ms)
        self._under_way = {
            each.subscription_id: self._under_way.get(each.subscription_id, _UnderWay()) for each in soon
        }
        try:
            for each in soon:
                self._publish_of(each, taken.get(each.subscription_id, set()), now_ms=now_ms)
        except QueueError as error:
            if not self._is_lost:
                _LOG.error("%s; what is due waits", error)
            self._is_lost = True
            self._under_way.clear()
            return now_ms + IDLE_MS
        return now_ms + LOOK_MS

    def _publish_of(self, each: Due, taken: set[Numbered], *, now_ms: int) -> None:
        under_way = self._under_way[each.subscription_id]
        limit = 1 if each.is_paused else under_way.allowed * 2
        free = due_attempts(self._store, each.subscription_id, now_ms=now_ms, limit=limit)
        chosen = under_way.next(free, taken, now_ms=now_ms)
        if not chosen:
            return
        self._carrier.put(delivery_id for delivery_id, _ in chosen)
        under_way.note(chosen, now_ms=now_ms)
        if self._is_lost:
            _LOG.warning("the queue at %s is reached again", self._carrier.broker)
            self._is_lost = False

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
