"""Which story comes when: a cycle of plans that a seed makes and all its stories go through.

Story *j* follows plan *j* modulo the length of the cycle, with people, ids, texts and times of its own. So
the number of events before any story is known without telling those before it, and any shard can be made
anywhere.
"""

from __future__ import annotations

from bisect import bisect_left
from itertools import accumulate
from typing import TYPE_CHECKING, Final, NamedTuple

from emitter.errors import InvalidSettingError
from emitter.faking.stories import stories_of
from emitter.faking.streams import Stream

if TYPE_CHECKING:
    from collections.abc import Collection

    from emitter.catalog.events import Catalog
    from emitter.faking.pacing import Beat
    from emitter.faking.stories import Story

_CYCLE: Final = 256
_MOST_TRIES: Final = 40


class Plan(NamedTuple):
    """The course of a story, and which of its events are wanted.

    Attributes:
        number: Its place in the cycle.
        story: The story's name.
        beats: Its events, in their order.
        wanted: For each whether it goes into the corpus.
        events: How many do; at least one.
    """

    number: int
    story: str
    beats: tuple[Beat, ...]
    wanted: tuple[bool, ...]
    events: int


class Programme:
    """The cycle of plans.

    Args:
        catalog: The events there are. An event of no story is a story of its own.
        seed: Decides the plans.
        wanted: The full names of the events that go into the corpus; all where there are none.

    Raises:
        InvalidSettingError: No story has a wanted event.
    """

    def __init__(self, catalog: Catalog, *, seed: str, wanted: Collection[str] = ()) -> None:
        self.plans = _plans(catalog, seed, frozenset(wanted or catalog.names()))
        self._before = (0, *accumulate(plan.events for plan in self.plans))

    @property
    def longest_ms(self) -> int:
        """How long the longest story goes on at most."""
        return max(sum(least_ms + width_ms for _, least_ms, width_ms in plan.beats) for plan in self.plans)

    def plan(self, story: int) -> Plan:
        """Return the plan of a story by its number."""
        return self.plans[story % len(self.plans)]

    def events_before(self, story: int) -> int:
        """Return how many events the stories before this one have."""
        cycles, place = divmod(story, len(self.plans))
        return cycles * self._before[-1] + self._before[place]

    def stories_for(self, events: int) -> int:
        """Return how many stories it takes to have so many events; the last may have too many."""
        cycles, rest = divmod(events, self._before[-1])
        return cycles * len(self.plans) + bisect_left(self._before, rest)


def _plans(catalog: Catalog, seed: str, wanted: frozenset[str]) -> tuple[Plan, ...]:
    stories = [
        story for story in stories_of(catalog) for _ in range(story.share) if _names(story, catalog) & wanted
    ]
    if not stories:
        raise InvalidSettingError("none of the wanted events is in the document; `zoom-emitter events list`")
    plans: list[Plan] = []
    for number in range(_CYCLE * _MOST_TRIES):
        chance = Stream(seed, "plan", number)
        story = chance.pick(stories)
        beats = story.course(chance, catalog)
        chosen = tuple(beat.event_type.name in wanted for beat in beats)
        if any(chosen):
            plans.append(Plan(len(plans), story.name, beats, chosen, sum(chosen)))
        if len(plans) == _CYCLE:
            break
    return tuple(plans)


def _names(story: Story, catalog: Catalog) -> set[str]:
    return {catalog.find(step.event).name for step in story.steps}
