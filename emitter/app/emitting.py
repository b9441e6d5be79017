"""Accepts events, and fans each out to every subscription that wants it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from emitter.app.emission import bodies_of, bodies_of_story
from emitter.delivery.store.app_timetable import active_ids
from emitter.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from emitter.app.event_forms import EventForm, StoryForm
    from emitter.app.workshop import Workshop
    from emitter.core.deliveries import Delivery
    from emitter.delivery.courier import Courier

_SEEDS: Final = 10**6


class Emitting:
    """Turns requests into deliveries. Thread-safe.

    Args:
        workshop: What it works with.
        courier: Makes deliveries of bodies.
        active: Returns the number of an active subscription, or raises.
        accepted: Called with what has been committed.
    """

    def __init__(
        self,
        workshop: Workshop,
        *,
        courier: Courier,
        active: Callable[[int], int],
        accepted: Callable[[Sequence[Delivery]], None],
    ) -> None:
        self._catalog = workshop.catalog
        self._store = workshop.store
        self._directory = workshop.directory
        self._clock = workshop.clock
        self._rng = workshop.rng
        self._courier = courier
        self._active = active
        self._accepted = accepted

    def emit(self, form: EventForm) -> tuple[str, list[Delivery]]:
        """Accept an event for every subscription that wants it, or for the one that is named.

        All deliveries are committed together, before the first byte of any goes out.

        Returns:
            The seed that makes the same event again, and the deliveries.

        Raises:
            UsageError: What is asked for cannot be sent, or no subscription wants it.
            ConflictError: The subscription that is named is not active.
        """
        seed = self.seed(form.seed)
        name, bodies = bodies_of(form, self._catalog, seed=seed, now_ms=self._clock.now_ms())
        accepted = self.accept(bodies, faults=form.faults, subscription_id=form.subscription_id)
        return seed, self._some(accepted, name)

    def tell(self, form: StoryForm) -> tuple[str, list[Delivery]]:
        """Accept the events of a story, all of them due at once; as `emit`."""
        seed = self.seed(form.seed)
        bodies = bodies_of_story(form, self._catalog, seed=seed, now_ms=self._clock.now_ms())
        accepted = self.accept(bodies, faults=form.faults, subscription_id=form.subscription_id)
        return seed, self._some(accepted, form.story)

    def seed(self, given: str | None) -> str:
        """Return the seed that was given, or one made up."""
        return given or str(self._rng.randrange(_SEEDS))

    def accept(
        self,
        bodies: Iterable[tuple[str, bytes]],
        *,
        faults: Sequence[str] = (),
        subscription_id: int | None = None,
    ) -> list[Delivery]:
        """Commit named bodies for every subscription that wants them, if any; otherwise as `emit`."""
        named = [*bodies]
        deliveries: list[Delivery] = []
        if subscription_id is not None:
            self._active(subscription_id)
            deliveries = self._courier.deliveries_of(subscription_id, named, faults=faults)
        else:
            for each in active_ids(self._store):
                with self._directory.passing_over_stuck(each):
                    wanted = self._wanted(each, named)
                    deliveries += self._courier.deliveries_of(each, wanted, faults=faults) if wanted else []
        accepted = self._store.accept(deliveries)
        if accepted:
            self._accepted(accepted)
        return accepted

    def _wanted(self, subscription_id: int, bodies: list[tuple[str, bytes]]) -> list[tuple[str, bytes]]:
        subscription = self._directory.stored(subscription_id).subscription
        names = {name for name, _ in bodies}
        wanted = {name for name in names if subscription.wants(name)}
        return bodies if wanted == names else [body for body in bodies if body[0] in wanted]

    def _some(self, accepted: list[Delivery], what: str) -> list[Delivery]:
        if not accepted:
            hint = "GET /api/subscriptions lists those there are, POST makes one"
            raise UsageError(f"no subscription that can be sent to wants {what!r}; {hint}")
        return accepted
