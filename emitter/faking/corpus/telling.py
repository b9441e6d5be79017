"""The bodies of a corpus, story by story.

Where a script can be had (`emitter.faking.scripts`), a story is its values, filled in; otherwise its plot is
played and the generator makes its envelopes. Both say the same.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from emitter.core.wire import encode, ordered
from emitter.faking.cells import DELIVERY, PACE, account_share, drawn, start_share, story_block
from emitter.faking.corpus.population import Population
from emitter.faking.outlines import Outline, outline_block
from emitter.faking.pacing import happened_of, times_of
from emitter.faking.plot import Plot
from emitter.faking.pools import in_wire_form
from emitter.faking.scripts import Cast, Words, script_of
from emitter.faking.stories import enveloped
from emitter.faking.streams import Blocks
from emitter.faking.templates import shapes_of
from emitter.faking.world import World

if TYPE_CHECKING:
    from collections.abc import Sequence

    from emitter.faking.corpus.programme import Plan, Programme
    from emitter.faking.corpus.rhythm import Rhythm
    from emitter.faking.pacing import Paced
    from emitter.faking.people import Account
    from emitter.faking.pools import Pools
    from emitter.faking.scripts import Script
    from emitter.faking.streams import Block

_SHARE_BITS: Final = 32

Told = tuple[str, int, int, bytes, bytes, bytes]
"""One event as a story tells it.

Its full name; its place in the story, from 0, events that are not wanted counted too; when it is made,
milliseconds since the epoch; its body; and what was drawn for its delivery, `Chance.identity` and
`Chance.sending`.
"""


class Filled(NamedTuple):
    """A story that a script tells, before it is told.

    Attributes:
        script: The script.
        octets: The story's random bytes.
        paced: When its events happen.
        values: What goes into the lines of the script; the first is the account's id.
    """

    script: Script
    octets: bytes
    paced: Paced
    values: list[bytes]


class ToldStory(NamedTuple):
    """A story, told.

    Attributes:
        name: Its name.
        place: Which story of the corpus, from 0.
        account_id: Where it happens.
        events: The wanted events, in their order.
    """

    name: str
    place: int
    account_id: str
    events: list[Told]


class Teller:
    """Tells the stories of a corpus; story *j* is a pure function of the arguments and *j*.

    Args:
        seed: Decides everything.
        programme: Which story comes when.
        rhythm: When.
        stories: How many stories there are in all.
        accounts: How many accounts they happen in.
        pools: What names and texts are picked from.
    """

    def __init__(
        self,
        *,
        seed: str,
        programme: Programme,
        rhythm: Rhythm,
        stories: int,
        accounts: int,
        pools: Pools,
    ) -> None:
        self._seed = seed
        self._plans = programme.plans
        self._rhythm = rhythm
        self._stories = stories
        self._pools = pools
        accounts = min(accounts, len(pools.known.account_ids) or accounts)
        self._accounts = Population(accounts, seed=seed, pools=pools, of=_itself)
        wire = in_wire_form(pools)
        self._words = Words.of(wire)
        self._casts = Population(accounts, seed=seed, pools=wire, of=Cast.of)
        self._blocks = {plan.story: Blocks(seed, plan.story) for plan in self._plans}
        outlines = Blocks(seed, "outline")
        self._outlines = [Outline(outline_block(outlines, number)) for number in range(len(self._plans))]
        self._scripts: dict[int, Script | None] = {}

    def start_ms(self, index: int) -> int:
        """Return when a story begins, milliseconds since the epoch; the next never begins earlier."""
        plan = self._plans[index % len(self._plans)]
        return self._start_ms(index, story_block(self._blocks[plan.story], index, events=0).octets)

    def told(self, index: int, *, most: int | None = None) -> ToldStory:
        """Tell a story.

        Args:
            index: Which story, from 0.
            most: After how many wanted events it is broken off, if at all.
        """
        found = self.filled([index])
        if found is None:
            return self.played(index, most=most)
        (filled,) = found
        deliveries = [*drawn(DELIVERY, filled.octets)]
        events = [
            (
                event,
                number,
                filled.paced[0][number],
                text % tuple([filled.values[place] for place in places]),
                *deliveries[number],
            )
            for event, number, text, places in filled.script.lines[:most]
        ]
        return ToldStory(self.name(index), index, filled.values[0].decode(), events)

    def name(self, index: int) -> str:
        """Return the name of a story."""
        return self._plans[index % len(self._plans)].story

    def filled(self, stories: Sequence[int]) -> list[Filled] | None:
        """Return what there is to tell of some stories, or None where one of them has no script.

        Step by step for all of them: what a step needs stays in a processor's cache.
        """
        plans = [self._plans[index % len(self._plans)] for index in stories]
        scripts = [self._script(plan) for plan in plans]
        found = [script for script in scripts if script]
        if len(found) != len(scripts):
            return None
        drawn_of = [
            self._blocks[plan.story].octets(index, script.size)
            for plan, index, script in zip(plans, stories, found, strict=True)
        ]
        paces = [
            script.tempo.paced(octets, start_ms=self._start_ms(index, octets), end_ms=self._rhythm.end_ms)
            for index, script, octets in zip(stories, found, drawn_of, strict=True)
        ]
        chosen, words = self._casts.chosen, self._words
        return [
            Filled(script, octets, paced, script.values(octets, chosen(account_share(octets)), words, paced))
            for script, octets, paced in zip(found, drawn_of, paces, strict=True)
        ]

    def played(self, index: int, *, most: int | None = None) -> ToldStory:
        """Tell a story as `told` does, without a script."""
        plan = self._plans[index % len(self._plans)]
        world = self._world(plan, index)
        plot = Plot(world)
        octets = self._block(plan, index).octets
        gaps, lags = zip(*drawn(PACE, octets), strict=True)
        times_ms = times_of(gaps, plan.beats, start_ms=world.start_ms, end_ms=self._rhythm.end_ms)
        happened = happened_of(lags, times_ms)
        deliveries = [*drawn(DELIVERY, octets)]
        events: list[Told] = []
        for number, (event_type, _, _) in enumerate(plan.beats):
            event_ts_ms, happened_ms = times_ms[number], happened[number]
            happening = plot.happening(event_type.name, happened_ms=happened_ms)
            if not plan.wanted[number]:
                continue
            envelope = enveloped(
                event_type,
                happening,
                world=world,
                number=number,
                event_ts_ms=event_ts_ms,
                happened_ms=happened_ms,
                wants=shapes_of(event_type).wants(world.outline.presence(number)),
            )
            body = encode(ordered(event_type.name, envelope))
            events.append((event_type.name, number, event_ts_ms, body, *deliveries[number]))
            if len(events) == most:
                break
        return ToldStory(plan.story, index, world.account.id, events)

    def ending(self, index: int, *, most: int | None = None) -> Plot:
        """Return how things stand after a story, or after as many of its wanted events."""
        plan = self._plans[index % len(self._plans)]
        plot = Plot(self._world(plan, index))
        left = len(plan.beats) if most is None else most
        for beat, is_wanted in zip(plan.beats, plan.wanted, strict=True):
            if is_wanted and not left:
                break
            left -= is_wanted
            plot.happening(beat.event_type.name, happened_ms=0)
        return plot

    def _script(self, plan: Plan) -> Script | None:
        if plan.number not in self._scripts:
            known = self._pools.known
            is_plain = not (known.playlist_ids or known.conversation_ids)
            outline = self._outlines[plan.number]
            self._scripts[plan.number] = (
                script_of(plan.beats, outline, wanted=plan.wanted) if is_plain else None
            )
        return self._scripts[plan.number]

    def _block(self, plan: Plan, index: int) -> Block:
        return story_block(self._blocks[plan.story], index, events=len(plan.beats))

    def _world(self, plan: Plan, index: int) -> World:
        block = self._block(plan, index)
        return World(
            block,
            self._outlines[plan.number],
            start_ms=self._start_ms(index, block.octets),
            account=self._accounts.chosen(account_share(block.octets)),
            pools=self._pools,
        )

    def _start_ms(self, index: int, octets: bytes) -> int:
        part = (index << _SHARE_BITS) + start_share(octets)
        return self._rhythm.time_ms(part, self._stories << _SHARE_BITS)


def _itself(account: Account) -> Account:
    return account
