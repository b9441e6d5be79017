"""Stories: events in a natural order whose ids, people, names and times agree.

A story is a row of steps; adding one is writing one down. What its events say is decided by
`emitter.faking.plot`, what no story decides is made up by `emitter.faking.generator`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from emitter.core.events import Event
from emitter.faking.draw import Draw, everything
from emitter.faking.generator import envelope_maker
from emitter.faking.plot import Plot
from emitter.faking.world import World

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from emitter.catalog.events import Catalog, EventType
    from emitter.faking.draw import Wants
    from emitter.faking.pools import Pools
    from emitter.faking.world import Account

_LONGEST_LAG_MS: Final = 400


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
    """

    name: str
    title: str
    steps: tuple[Step, ...]

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
        world = World(
            seed=seed, story=self.name, index=index, start_ms=start_ms, account=account, pools=pools
        )
        clock = world.stream("clock")
        types: list[EventType] = []
        times_ms: list[int] = []
        at_ms = start_ms
        for step in self.steps:
            event_type = catalog.find(step.event)
            for _ in range(clock.between(*step.times)):
                low_s, high_s = step.after_s
                at_ms += clock.between(low_s * 1000, high_s * 1000) if types else 0
                types.append(event_type)
                times_ms.append(at_ms)
        return told(world, types, times_ms)


def told(
    world: World, types: Iterable[EventType], times_ms: Iterable[int], *, wants: Wants = everything
) -> list[Event]:
    """Return the events of these types as parts of one story of the world.

    Args:
        world: What they are about; each call begins the story anew.
        types: Their types, in their order.
        times_ms: The ``event_ts`` of each, never falling.
        wants: Which optional properties are there.
    """
    plot, lags = Plot(world), world.lane("times")
    events: list[Event] = []
    for event_type, event_ts_ms in zip(types, times_ms, strict=True):
        happened_ms = event_ts_ms - lags.between(5, _LONGEST_LAG_MS)
        if events:
            happened_ms = max(happened_ms, events[-1].event_ts_ms)
        happening = plot.happening(event_type.name, happened_ms=happened_ms)
        draw = Draw(
            stream=world.stream("fields", len(events)),
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
        events.append(Event(event_type.name, event_ts_ms, envelope_maker(event_type)(draw)))
    return events


def rounds(types: Iterable[EventType], *, seed: str | int, count: int, now_ms: int) -> Iterator[Event]:
    """Yield `count` rounds of these events, one millisecond apart, each round a small story of its own."""
    chosen = tuple(types)
    for index in range(count):
        start_ms = now_ms + index * len(chosen)
        world = World(seed=seed, story="round", index=index, start_ms=start_ms)
        yield from told(world, chosen, range(start_ms, start_ms + len(chosen)))


_MINUTES: Final = 60

STORIES: Final[Mapping[str, Story]] = {
    story.name: story
    for story in (
        Story(
            "playlist-and-conversation",
            "A conversation is analysed, discussed and tied to CRM records while a playlist comes and goes",
            (
                Step("conversation_analysis_completed"),
                Step("playlist_create", after_s=(2 * _MINUTES, 20 * _MINUTES)),
                Step("playlist_add_moment", after_s=(20, 5 * _MINUTES)),
                Step("post_comment_completed", after_s=(30, 10 * _MINUTES)),
                Step("conversation_crm_associations_changed", after_s=(1 * _MINUTES, 15 * _MINUTES)),
                Step("playlist_remove_moment", after_s=(5 * _MINUTES, 60 * _MINUTES)),
                Step("playlist_delete", after_s=(10, 30 * _MINUTES)),
            ),
        ),
    )
}
"""Every story by its name."""
