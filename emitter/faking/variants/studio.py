"""Makes the envelope that shows what a plan asks for."""

from __future__ import annotations

import copy
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final

from emitter.errors import InvalidSpecError
from emitter.faking.alternatives import judge_of
from emitter.faking.draw import Draw, everything
from emitter.faking.generator import Compiler, envelope_maker
from emitter.faking.people import Account
from emitter.faking.plot import Happening, Plot
from emitter.faking.streams import Stream
from emitter.faking.variants.plan import is_there, value_at
from emitter.faking.world import World

if TYPE_CHECKING:
    from collections.abc import Iterator

    from jsonschema_rs import Draft202012Validator

    from emitter.catalog.events import EventType
    from emitter.faking.draw import Wants
    from emitter.faking.pools import Pools
    from emitter.faking.variants.places import Steps
    from emitter.faking.variants.plan import Edit, Plan

Envelope = dict[str, Any]

_TRIES: Final = 40
"""How many worlds are tried with a story, and then how many without."""
_LONGEST_LAG_MS: Final = 400


class Studio:
    """Makes envelopes of one event type.

    Args:
        event_type: Whose.
        seed: Decides them.
        now_ms: When the events are made, milliseconds since the epoch.
        pools: What names and texts are picked from; the bundled ones where none are given.

    Raises:
        InvalidSpecError: The schema cannot be used.
    """

    def __init__(
        self, event_type: EventType, *, seed: str | int, now_ms: int, pools: Pools | None = None
    ) -> None:
        self._event_type = event_type
        self._make = envelope_maker(event_type)
        self._seed = seed
        self._now_ms = now_ms
        self._pools = pools
        self._account = Account.numbered(0, seed=seed, pools=pools)

    @cached_property
    def _judge(self) -> Draft202012Validator:
        return judge_of(self._event_type.schema, self._event_type.schema)

    def reference(self, attempt: int) -> Envelope:
        """Return an envelope with every optional field that can be there.

        Raises:
            InvalidSpecError: No value fits the schema.
        """
        return self._make(self._draw("reference", attempt, is_story=False))

    def shown(self, plan: Plan) -> Envelope | None:
        """Return an envelope that shows what the plan asks for; None where none is found."""
        if plan.is_natural or not plan.edits:
            unedited = self._unedited(plan)
            if unedited is not None or not plan.edits:
                return unedited
        for draw, envelope in self._envelopes(plan):
            edited = self._edited(envelope, plan.edits, draw)
            if edited is not None and plan.shows(edited):
                return edited
        return None

    def _unedited(self, plan: Plan) -> Envelope | None:
        """Return the first envelope that shows it and has all it is to have, otherwise the fullest."""
        fullest, most = None, -1
        for _, envelope in self._envelopes(plan):
            if not plan.shows(envelope):
                continue
            count = sum(is_there(envelope, steps) for steps in plan.full)
            if count == len(plan.full):
                return envelope
            if count > most:
                fullest, most = envelope, count
        return fullest

    def _envelopes(self, plan: Plan) -> Iterator[tuple[Draw, Envelope]]:
        for attempt in range(2 * _TRIES):
            draw = self._draw(plan.name, attempt, wants=plan.wants, is_story=attempt < _TRIES)
            try:
                yield draw, self._make(draw)
            except InvalidSpecError:
                continue  # with these properties, in this world

    def _draw(self, name: str, attempt: int, *, wants: Wants = everything, is_story: bool) -> Draw:
        event = self._event_type.name
        world = World.numbered(
            attempt,
            seed=self._seed,
            story=f"variant {event} {name}",
            start_ms=self._now_ms,
            account=self._account,
            pools=self._pools,
        )
        stream = Stream(self._seed, "variant", event, name, attempt)
        happened_ms = self._now_ms - stream.between(5, _LONGEST_LAG_MS)
        happening = Plot(world).happening(event, happened_ms=happened_ms) if is_story else Happening({})
        return Draw(
            stream=stream,
            account=world.account,
            pools=world.pools,
            event=event,
            event_ts_ms=self._now_ms,
            happened_ms=happened_ms,
            known={"event": event, **happening.known},
            wants=wants,
            people={"operator": happening.operator} if happening.operator else {},
        )

    def _edited(self, envelope: Envelope, edits: tuple[Edit, ...], draw: Draw) -> Envelope | None:
        """Return the envelope with as many of the edits as it can have; None where it can have none."""
        applied, is_edited = envelope, False
        for edit in edits:
            if is_there(applied, edit.place.steps):
                changed = _with(applied, edit.place.steps, self._new_value(edit, applied, draw))
                if self._judge.is_valid(changed):
                    applied, is_edited = changed, True
        return applied if is_edited else None

    def _new_value(self, edit: Edit, envelope: Envelope, draw: Draw) -> Any:
        old = value_at(envelope, edit.place.steps)
        if not edit.narrowing:
            return edit.change(old)
        compiler = Compiler(self._event_type.schema, subject=repr(self._event_type.name))
        try:
            return compiler.part(edit.place.schema | edit.narrowing, edit.place.field)(draw)
        except InvalidSpecError:
            return old


def _with(envelope: Envelope, steps: Steps, value: Any) -> Envelope:
    """Return a copy with another value at a place that is there."""
    changed: Envelope = copy.deepcopy(envelope)
    value_at(changed, steps[:-1])[steps[-1]] = value
    return changed
