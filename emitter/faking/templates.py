"""Bodies of events that a plot decides wholly: written by filling the decided values into a ready text.

The generator (`emitter.faking.generator`) makes a specimen of each event, once with every optional property
and once for each way of leaving some out. What the plot decided is cut out of it, and the rest is the
template. So a template says what the generator would say, about fifty times as fast; where the plot leaves
anything to the generator there is none, and the generator is asked for each event.
"""

from __future__ import annotations

import json
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from emitter.core.wire import ordered
from emitter.faking.draw import ABSENT
from emitter.faking.plot import Plot
from emitter.faking.stories import enveloped
from emitter.faking.world import World

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from emitter.catalog.events import EventType
    from emitter.faking.draw import Wants
    from emitter.faking.plot import Happening

BYTES: Final = 256
_ALL_PRESENT: Final = 224
_ONE_ABSENT: Final = 250

_SPECIMEN_MS: Final = 1_763_888_888_000
_SPECIMEN_WORLDS: Final = 64


class Template(NamedTuple):
    """A body with places for what is decided.

    Attributes:
        text: For ``%`` with a mapping of the decided values.
        nested: Which of them are lists, to be written by `nested_json` first.
    """

    text: str
    nested: tuple[str, ...]

    def body(self, known: dict[str, Any]) -> str:
        """Return the body; texts in `known` are in the form of the wire."""
        for name in self.nested:
            known[name] = nested_json(known[name])
        return self.text % known


class Shapes:
    """Which optional properties an event of one type has, by a random byte, and the template of each way.

    In a real account they are there mostly: 224 of 256 events have all, 26 lack one, 6 have only what is
    required. Made once for a type by `shapes_of`.
    """

    def __init__(self, event_type: EventType) -> None:
        self._event_type = event_type
        self._seen = _specimens(event_type)
        self._specimens = {happening.lacks: happening for happening in reversed(self._seen)}
        self._optional = self._optional_paths()
        self._made: dict[tuple[frozenset[str], str], Template | None] = {}
        self.ways: dict[str, tuple[Template, ...]] = {
            lacks: ways for lacks in self._specimens if (ways := self._ways(lacks))
        }
        """By `Happening.lacks`, a template for each byte; none where the plot does not decide everything."""

    def wants(self, byte: int) -> Wants:
        """Return the same choice for the generator."""
        absent = self._absent(byte)
        return lambda path: path not in absent

    def _ways(self, lacks: str) -> tuple[Template, ...]:
        found = [self._template(self._absent(byte), lacks) for byte in range(BYTES)]
        others = {
            _template(self._event_type, happening, frozenset())
            for happening in self._seen
            if happening.lacks == lacks
        }
        return tuple(each for each in found if each) if all(found) and others == {found[0]} else ()

    def _absent(self, byte: int) -> frozenset[str]:
        if byte < _ALL_PRESENT or not self._optional:
            return frozenset()
        if byte >= _ONE_ABSENT:
            return frozenset(self._optional)
        return frozenset({self._optional[(byte - _ALL_PRESENT) % len(self._optional)]})

    def _optional_paths(self) -> tuple[str, ...]:
        """Return the paths the generator asks for, without those inside lists."""
        asked: dict[str, None] = {}

        def wants(path: str) -> bool:
            asked[path] = None
            return True

        world = _specimen_world(0)
        _made(self._event_type, self._specimens[min(self._specimens)], world, wants)
        return tuple(path for path in asked if "[" not in path)

    def _template(self, absent: frozenset[str], lacks: str) -> Template | None:
        if (absent, lacks) not in self._made:
            self._made[absent, lacks] = _template(self._event_type, self._specimens[lacks], absent)
        return self._made[absent, lacks]


shapes_of: Final[Callable[[EventType], Shapes]] = lru_cache(maxsize=1024)(Shapes)
"""Return the shapes of an event type; kept, and safe to share between threads."""


def nested_json(value: Any) -> str:
    """Return the JSON of a decided value, its texts in the form of the wire, without what is `ABSENT`."""
    if isinstance(value, str):
        return f'"{value}"'
    if isinstance(value, list):
        return f"[{','.join([nested_json(item) for item in value])}]"
    if isinstance(value, dict):
        members = [
            f'"{key}":"{item}"' if isinstance(item, str) else f'"{key}":{nested_json(item)}'
            for key, item in value.items()
            if item is not ABSENT
        ]
        return f"{{{','.join(members)}}}"
    return str(value)


def _specimens(event_type: EventType) -> list[Happening]:
    """Return what the plots of a few fixed worlds decide of the event."""
    return [
        Plot(_specimen_world(index)).happening(event_type.name, happened_ms=_SPECIMEN_MS - 1)
        for index in range(_SPECIMEN_WORLDS)
    ]


def _specimen_world(index: int) -> World:
    return World.numbered(index, seed="specimen", story="specimen", start_ms=_SPECIMEN_MS)


def _made(event_type: EventType, happening: Happening, world: World, wants: Wants) -> dict[str, Any]:
    return enveloped(
        event_type,
        happening,
        world=world,
        number=0,
        event_ts_ms=_SPECIMEN_MS,
        happened_ms=_SPECIMEN_MS - 1,
        wants=wants,
    )


def _template(event_type: EventType, happening: Happening, absent: frozenset[str]) -> Template | None:
    """Return the template of a specimen, or None where the plot did not decide a value of it."""
    world = _specimen_world(0)
    envelope = _made(event_type, happening, world, lambda path: path not in absent)
    known = {"event_ts": _SPECIMEN_MS, "account_id": world.account.id, **happening.known}
    return _cut_out(event_type.name, envelope, known)


def _cut_out(event: str, envelope: dict[str, Any], known: Mapping[str, Any]) -> Template | None:
    """Return the envelope as a template, or None where a value of it was not decided."""
    nested: list[str] = []

    def whole(value: dict[str, Any]) -> str:
        return (
            "{" + ",".join([f"{_literal(name)}:{member(name, each)}" for name, each in value.items()]) + "}"
        )

    def member(name: str, value: Any) -> str:
        if isinstance(value, dict):
            return whole(value)
        if name == "event" and value == event:
            return _literal(value)
        decided = known.get(name)
        if isinstance(value, list) and isinstance(decided, list):
            nested.append(name)
            is_decided = nested_json(decided) == json.dumps(value, separators=(",", ":"))
        else:
            is_decided = type(value) is type(decided) and value == decided and isinstance(value, str | int)
        if not is_decided:
            raise _UndecidedError
        return f'"%({name})s"' if isinstance(value, str) else f"%({name})s"

    try:
        return Template(whole(ordered(event, envelope)), tuple(nested))
    except _UndecidedError:
        return None


class _UndecidedError(Exception):
    """A value of a specimen is not the plot's."""


def _literal(text: str) -> str:
    return json.dumps(text, ensure_ascii=False).replace("%", "%%")
