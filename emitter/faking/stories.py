"""Stories: events in a natural order whose ids, people, names and times agree.

A story is a row of steps; adding one is writing one down in `STORIES` (docs/corpora.md#stories). What its
events say is decided by `emitter.faking.plot`, what no plot decides is made up by `emitter.faking.generator`.
"""

from __future__ import annotations

import difflib
from typing import TYPE_CHECKING, Final, NamedTuple

from emitter.core.events import Event
from emitter.errors import UnknownNameError
from emitter.faking.draw import Draw, everything
from emitter.faking.generator import envelope_maker
from emitter.faking.pacing import Beat, happened_of, times_of
from emitter.faking.plot import Plot
from emitter.faking.streams import Stream
from emitter.faking.world import World

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from emitter.catalog.events import Catalog, EventType
    from emitter.faking.draw import Wants
    from emitter.faking.people import Account
    from emitter.faking.plot import Happening
    from emitter.faking.pools import Pools


class Step(NamedTuple):
    """One event of a story, or several of the same kind in a row.

    Attributes:
        event: The event's name, or its last part.
        after_s: The least and the most seconds since the event before it; of no account for the first.
        times: How many there are, at least and at most.
    """

    event: str
    after_s: tuple[int, int] = (1, 60)
    times: tuple[int, int] = (1, 1)


class Story(NamedTuple):
    """A named course of events.

    Attributes:
        name: What it is called on the command line.
        title: What happens in it, in one line.
        steps: Its events in their order.
        share: How often it happens in an account, beside the shares of the other stories; 0 is never, unless
            asked for by name.
    """

    name: str
    title: str
    steps: tuple[Step, ...]
    share: int = 0

    def course(self, chance: Stream, catalog: Catalog) -> tuple[Beat, ...]:
        """Return the events in their order, each step as often as chance has it.

        Raises:
            UnknownNameError: The catalog lacks an event of the story.
        """
        return tuple(
            Beat.after(catalog.find(step.event), *step.after_s)
            for step in self.steps
            for _ in range(chance.between(*step.times))
        )

    def events(
        self,
        seed: str | int,
        index: int,
        *,
        start_ms: int,
        catalog: Catalog,
        account: Account | None = None,
        pools: Pools | None = None,
    ) -> list[Event]:
        """Return the events of story `index` of the seed: a pure function of the arguments.

        Args:
            seed: Decides everything; a number and its decimal text are the same seed.
            index: Which of the stories of this name; others share nothing but the account.
            start_ms: The ``event_ts`` of the first event, milliseconds since the epoch. Those of the others
                follow in order; nothing an event tells of happened after its ``event_ts``.
            catalog: Holds the events.
            account: Where it happens; account 0 of the seed where none is given.
            pools: What names and texts are picked from; the bundled ones where none are given.

        Raises:
            UnknownNameError: The catalog lacks an event of the story.
        """
        world = World.numbered(
            index, seed=seed, story=self.name, start_ms=start_ms, account=account, pools=pools
        )
        beats = self.course(Stream(seed, self.name, index, "course"), catalog)
        gaps = [chance.gap for chance in world.chances(len(beats))]
        times_ms = times_of(gaps, beats, start_ms=start_ms)
        return told(world, [beat.event_type for beat in beats], times_ms)


def told(
    world: World, types: Sequence[EventType], times_ms: Iterable[int], *, wants: Wants = everything
) -> list[Event]:
    """Return the events of these types as parts of one story of the world.

    Args:
        world: What they are about; each call begins the story anew.
        types: Their types, in their order.
        times_ms: The ``event_ts`` of each, never falling.
        wants: Which optional properties are there.
    """
    plot = Plot(world)
    events: list[Event] = []
    stamps = [*times_ms]
    happened = happened_of([chance.lag for chance in world.chances(len(stamps))], stamps) if stamps else []
    for event_type, event_ts_ms, happened_ms in zip(types, stamps, happened, strict=True):
        number = len(events)
        happening = plot.happening(event_type.name, happened_ms=happened_ms)
        envelope = enveloped(
            event_type,
            happening,
            world=world,
            number=number,
            event_ts_ms=event_ts_ms,
            happened_ms=happened_ms,
            wants=wants,
        )
        events.append(Event(event_type.name, event_ts_ms, envelope))
    return events


def enveloped(
    event_type: EventType,
    happening: Happening,
    *,
    world: World,
    number: int,
    event_ts_ms: int,
    happened_ms: int,
    wants: Wants = everything,
) -> dict[str, object]:
    """Return the envelope of event `number` of a story: what is decided of it, and the rest by its schema."""
    draw = Draw(
        stream=world.stream(number),
        account=world.account,
        pools=world.pools,
        event=event_type.name,
        event_ts_ms=event_ts_ms,
        happened_ms=happened_ms,
        known={
            "event": event_type.name,
            "event_ts": event_ts_ms,
            "account_id": world.account.id,
            **happening.known,
        },
        wants=wants,
        people={"operator": happening.operator} if happening.operator else {},
    )
    return envelope_maker(event_type)(draw)


def rounds(
    types: Iterable[EventType], *, seed: str | int, count: int, now_ms: int, pools: Pools | None = None
) -> Iterator[Event]:
    """Yield `count` rounds of these events, one millisecond apart, each round a small story of its own."""
    chosen = tuple(types)
    for index in range(count):
        start_ms = now_ms + index * len(chosen)
        world = World.numbered(index, seed=seed, story="round", start_ms=start_ms, pools=pools)
        yield from told(world, chosen, range(start_ms, start_ms + len(chosen)))


def stories_of(catalog: Catalog) -> list[Story]:
    """Return the stories the catalog has every event of, and one for each event that is in none of them."""
    whole = [
        story for story in STORIES.values() if all(_is_there(step.event, catalog) for step in story.steps)
    ]
    told = {catalog.find(step.event).name for story in whole for step in story.steps}
    return [*whole, *(_alone(event_type) for event_type in catalog if event_type.name not in told)]


def find_story(name: str, catalog: Catalog) -> Story:
    """Return the story of this name, of those the catalog can tell.

    Raises:
        UnknownNameError: There is none.
    """
    stories = {story.name: story for story in stories_of(catalog)}
    if name not in stories:
        nearest = tuple(difflib.get_close_matches(name, stories, n=1))
        raise UnknownNameError("story", name, nearest, "`zoom-emitter events stories` lists them")
    return stories[name]


def _alone(event_type: EventType) -> Story:
    return Story(event_type.name, event_type.title, (Step(event_type.name),), share=1)


def _is_there(event: str, catalog: Catalog) -> bool:
    return event in catalog or any(name.endswith(f".{event}") for name in catalog.names())


_MINUTE_S: Final = 60
_HOUR_S: Final = 3600

STORIES: Final[Mapping[str, Story]] = {
    story.name: story
    for story in (
        Story(
            "playlist-life",
            "A playlist is created, moments are put into it and taken out, and sometimes it is deleted",
            (
                Step("playlist_create"),
                Step("playlist_add_moment", after_s=(20, 10 * _MINUTE_S), times=(2, 5)),
                Step("playlist_remove_moment", after_s=(30, 40 * _MINUTE_S), times=(0, 1)),
                Step("playlist_add_moment", after_s=(1 * _MINUTE_S, 2 * _HOUR_S), times=(0, 2)),
                Step("playlist_remove_moment", after_s=(10, 30 * _MINUTE_S), times=(0, 1)),
                Step("playlist_delete", after_s=(5 * _MINUTE_S, 4 * _HOUR_S), times=(0, 1)),
            ),
            share=10,
        ),
        Story(
            "conversation-life",
            "A conversation is analysed, commented on and tied to CRM records, which change step by step",
            (
                Step("conversation_analysis_completed"),
                Step(
                    "conversation_crm_associations_changed",
                    after_s=(30, 20 * _MINUTE_S),
                    times=(0, 1),
                ),
                Step("post_comment_completed", after_s=(1 * _MINUTE_S, 1 * _HOUR_S), times=(0, 3)),
                Step(
                    "conversation_crm_associations_changed",
                    after_s=(5 * _MINUTE_S, 2 * _HOUR_S),
                    times=(0, 2),
                ),
                Step("post_comment_completed", after_s=(1 * _MINUTE_S, 3 * _HOUR_S), times=(0, 2)),
            ),
            share=14,
        ),
        Story(
            "playlist-and-conversation",
            "A conversation is analysed, discussed and tied to CRM records while a playlist comes and goes",
            (
                Step("conversation_analysis_completed"),
                Step("playlist_create", after_s=(2 * _MINUTE_S, 20 * _MINUTE_S)),
                Step("playlist_add_moment", after_s=(20, 5 * _MINUTE_S)),
                Step("post_comment_completed", after_s=(30, 10 * _MINUTE_S)),
                Step("conversation_crm_associations_changed", after_s=(1 * _MINUTE_S, 15 * _MINUTE_S)),
                Step("playlist_remove_moment", after_s=(5 * _MINUTE_S, 60 * _MINUTE_S)),
                Step("playlist_delete", after_s=(10, 30 * _MINUTE_S)),
            ),
            share=3,
        ),
    )
}
"""Every story by its name."""
