"""The bodies of a corpus, story by story.

Where a script can be had (`emitter.faking.scripts`), a story is its values, filled in; otherwise its plot is
played and the generator makes its envelopes. Both say the same.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from emitter.core.wire import encode, ordered
from emitter.faking.corpus.population import Population
from emitter.faking.outlines import Outline, outline_block
from emitter.faking.pacing import happened_of, times_of
from emitter.faking.plot import Plot
from emitter.faking.pools import in_wire_form
from emitter.faking.scripts import quoted, script_of
from emitter.faking.stories import enveloped
from emitter.faking.streams import Blocks
from emitter.faking.templates import shapes_of
from emitter.faking.world import World, account_share, drawn, start_share, story_block

if TYPE_CHECKING:
    from emitter.faking.corpus.programme import Plan, Programme
    from emitter.faking.corpus.rhythm import Rhythm
    from emitter.faking.pools import Pools
    from emitter.faking.scripts import Script
    from emitter.faking.streams import Block

_SHARE_BITS: Final = 32

Told = tuple[str, int, int, bytes, bytes, bytes, bytes]
"""One event as a story tells it.

Its full name; its place in the story, from 0, events that are not wanted counted too; when it is made,
milliseconds since the epoch; its body; the same as the content of a JSON text; and what was drawn for its
delivery, `Chance.identity` and `Chance.sending`.
"""


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
        self._plain, self._in_wire_form = (
            (Population(accounts, seed=seed, pools=each), each) for each in (pools, in_wire_form(pools))
        )
        self._blocks = {plan.story: Blocks(seed, plan.story) for plan in self._plans}
        outlines = Blocks(seed, "outline")
        self._outlines = [Outline(outline_block(outlines, number)) for number in range(len(self._plans))]
        self._scripts: dict[int, Script | None] = {}
        self._texts: dict[bytes, bytes] = {}

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
        plan = self._plans[index % len(self._plans)]
        block = story_block(self._blocks[plan.story], index, events=len(plan.beats))
        script = self._script(plan)
        if script is None:
            return self._played(plan, block, index, most)
        world = self._world(plan, block, index, is_in_wire_form=True)
        gaps, lags, identities, sendings = zip(*drawn(block.octets), strict=True)
        times_ms = times_of(gaps, plan.beats, start_ms=world.start_ms, end_ms=self._rhythm.end_ms)
        plain, quoted_values = script.values(world, times_ms, happened_of(lags, times_ms))
        events = [
            (
                event,
                number,
                times_ms[number],
                text % (picked := pick(plain)),
                quoted_text % (picked if quoted_values is plain else pick(quoted_values)),
                identities[number],
                sendings[number],
            )
            for event, number, text, quoted_text, pick in script.lines[:most]
        ]
        return ToldStory(plan.story, index, world.account.id, events)

    def played(self, index: int, *, most: int | None = None) -> ToldStory:
        """Tell a story as `told` does, without a script."""
        plan = self._plans[index % len(self._plans)]
        block = story_block(self._blocks[plan.story], index, events=len(plan.beats))
        return self._played(plan, block, index, most)

    def ending(self, index: int, *, most: int | None = None) -> Plot:
        """Return how things stand after a story, or after as many of its wanted events."""
        plan = self._plans[index % len(self._plans)]
        block = story_block(self._blocks[plan.story], index, events=len(plan.beats))
        plot = Plot(self._world(plan, block, index, is_in_wire_form=False))
        left = len(plan.beats) if most is None else most
        for beat, is_wanted in zip(plan.beats, plan.wanted, strict=True):
            if is_wanted and not left:
                break
            left -= is_wanted
            plot.happening(beat.event_type.name, happened_ms=0)
        return plot

    def _played(self, plan: Plan, block: Block, index: int, most: int | None) -> ToldStory:
        world = self._world(plan, block, index, is_in_wire_form=False)
        plot = Plot(world)
        gaps, lags, identities, sendings = zip(*drawn(block.octets), strict=True)
        times_ms = times_of(gaps, plan.beats, start_ms=world.start_ms, end_ms=self._rhythm.end_ms)
        happened = happened_of(lags, times_ms)
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
            events.append(
                (
                    event_type.name,
                    number,
                    event_ts_ms,
                    body,
                    quoted(body),
                    identities[number],
                    sendings[number],
                )
            )
            if len(events) == most:
                break
        return ToldStory(plan.story, index, world.account.id, events)

    def _script(self, plan: Plan) -> Script | None:
        if plan.number not in self._scripts:
            types = [beat.event_type for beat in plan.beats]
            outline = self._outlines[plan.number]
            self._scripts[plan.number] = script_of(types, outline, wanted=plan.wanted, texts=self._texts)
        return self._scripts[plan.number]

    def _world(self, plan: Plan, block: Block, index: int, *, is_in_wire_form: bool) -> World:
        population, pools = self._in_wire_form if is_in_wire_form else self._plain
        return World(
            block,
            self._outlines[plan.number],
            start_ms=self._start_ms(index, block.octets),
            account=population.chosen(account_share(block.octets)),
            pools=pools,
        )

    def _start_ms(self, index: int, octets: bytes) -> int:
        part = (index << _SHARE_BITS) + start_share(octets)
        return self._rhythm.time_ms(part, self._stories << _SHARE_BITS)
