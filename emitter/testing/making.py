"""Makes the events of a test: realistic, from one seed, changed as asked."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any, Final

from emitter.catalog.changes import changed
from emitter.catalog.validation import validate
from emitter.core.events import Event
from emitter.core.wire import ordered
from emitter.errors import InvalidPayloadError
from emitter.faking import story_until
from emitter.faking.known import NOTHING
from emitter.faking.pools import bundled_pools
from emitter.faking.stories import told
from emitter.faking.world import World

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from emitter.catalog.events import Catalog
    from emitter.faking.known import Known
    from emitter.faking.pools import Pools
    from emitter.testing.clock import ZoomClock

__tracebackhide__ = True  # as in `emitter.testing.emitting`

UNNAMED: Final = "raw"
"""What an event without a name goes by."""


class EventMaker:
    """Makes events that belong together: of each name the first is about one playlist and one conversation.

    Args:
        catalog: The events there are.
        seed: What values follow from.
        locale: Whose names and texts, as ``ja_JP``; several with commas; those of twenty where empty.
        clock: Says when events happen.
        known: Whom and what the receiver knows already; nothing else is told of.

    Raises:
        UnknownNameError: There is no such locale.
    """

    def __init__(
        self, catalog: Catalog, *, seed: str, locale: str, clock: ZoomClock, known: Known = NOTHING
    ) -> None:
        self.catalog = catalog
        self._seed = seed
        self._pools = _pools(locale, seed, known)
        self._clock = clock
        self._start_ms = clock.now_ms()
        self._made: Counter[str] = Counter()
        self._told: Counter[str] = Counter()

    def event(
        self, name: str = "", changes: Mapping[str, Any] | None = None, *, without: Sequence[str] = ()
    ) -> Event:
        """Return the next event of a name; of any where none is given.

        Args:
            name: The full name, or its last part.
            changes: Values by path, as ``playlist_name`` or ``payload.account_id``.
            without: Paths that are left out.

        Raises:
            UnknownNameError: There is no such event, or it has no such path.
            InvalidPayloadError: A value is not what the event's schema allows.
        """
        event_type = self.catalog.find(name) if name else next(iter(self.catalog))
        number = self._made[event_type.name]
        self._made[event_type.name] += 1
        world = World.numbered(
            number, seed=self._seed, story="round", start_ms=self._start_ms, pools=self._pools
        )
        event = told(world, [event_type], [self._clock.now_ms()])[0]
        if not changes and not without:
            return event
        envelope = changed(
            event_type,
            dict(event.envelope),
            overrides=(changes or {}).items(),
            unset_paths=without,
            force=False,
        )
        validate(event_type, envelope)
        return Event(event.name, event.event_ts_ms, envelope)

    def own(self, envelope: Mapping[str, Any]) -> Event:
        """Return an event of the test's own, whatever it says."""
        name, event_ts = envelope.get("event"), envelope.get("event_ts")
        return Event(
            name if isinstance(name, str) else UNNAMED,
            event_ts if isinstance(event_ts, int) else self._clock.now_ms(),
            envelope,
        )

    def story(self, name: str) -> list[Event]:
        """Return the events of the next story of a name; the last of them happens now.

        Raises:
            UnknownNameError: There is no such story.
        """
        index = self._told[name]
        self._told[name] += 1
        return story_until(
            self._clock.now_ms(),
            name=name,
            seed=self._seed,
            index=index,
            catalog=self.catalog,
            pools=self._pools,
        )


def as_dict(event: Event) -> dict[str, Any]:
    """Return the envelope with its keys in the order in which they go out."""
    return ordered(event.name, event.envelope)


def parameters_of(catalog: Catalog, patterns: Sequence[object]) -> list[str]:
    """Return the full names that patterns fit, each once; all where there are none.

    Raises:
        UnknownNameError: A pattern fits nothing.
        InvalidPayloadError: A pattern is no text.
    """
    from emitter.catalog.patterns import matching_all  # noqa: PLC0415 - most runs name no events

    if wrong := [each for each in patterns if not isinstance(each, str)]:
        raise InvalidPayloadError(
            f"{wrong[0]!r} is no name or pattern of events; write for example 'playlist_*'"
        )
    names = [each for each in patterns if isinstance(each, str)]
    found = matching_all(catalog, names) if names else [*catalog]
    return [*dict.fromkeys(event_type.name for event_type in found)]


def _pools(locale: str, seed: str, known: Known) -> Pools:
    locales = [part.strip() for part in locale.split(",") if part.strip()]
    if not locales:
        return bundled_pools()._replace(known=known)
    from emitter.faking.locales import pools_for  # noqa: PLC0415 - imports Faker

    return pools_for(locales, seed)._replace(known=known)
