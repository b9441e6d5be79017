"""Objects and arrays: which properties are there, how many items, and what a story decided of them."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from emitter.errors import InvalidSpecError
from emitter.faking.draw import ABSENT

if TYPE_CHECKING:
    from collections.abc import Callable

    from emitter.faking.draw import Draw, Known, Make

DEEPEST: Final = 12
"""How many objects and arrays may be around a value before optional properties and items are left out."""

MOST_WANTED: Final = 5_000
"""How many values an envelope may have before what is optional is left out."""

MOST_MADE: Final = 20_000
"""How many it may have at all; what a schema requires beyond that is not made."""

_USUAL_ITEMS: Final = 3
_TRIES_FOR_ANOTHER: Final = 20
_NOTHING_KNOWN: Final[Known] = {}
_NOT_GIVEN: Final = object()


class Member(NamedTuple):
    """A property of an object as it is made.

    Attributes:
        name: Its name.
        path: Where it stands, for `Draw.wants`.
        is_required: Whether it is always there.
        is_possible: False for a property whose schema nothing fits.
        fits: Whether a decided value may be taken.
        make: Makes its value.
    """

    name: str
    path: str
    is_required: bool
    is_possible: bool
    fits: Callable[[Any], bool]
    make: Make

    def is_left_out(self, draw: Draw) -> bool:
        """Say whether the property is absent from the object being made."""
        if self.is_required:
            return False
        if not self.is_possible or draw.depth > DEEPEST or not draw.wants(self.path):
            return True
        if draw.made > MOST_WANTED:
            return True
        return draw.known.get(self.name) is ABSENT or (draw.thinning and draw.stream.chance(50))

    def value(self, draw: Draw) -> Any:
        """Return what is decided for the property if it fits, otherwise make a value."""
        draw.made += 1
        return told(draw, draw.known.get(self.name, _NOT_GIVEN), self)


class ObjectMaker(NamedTuple):
    """Makes objects, their properties in the order of `members`.

    Attributes:
        members: What may be in it.
        fewest: How many properties there are at least.
        another: Makes a property that no name is known for; None where there may be none.
    """

    members: tuple[Member, ...]
    fewest: int
    another: Make | None

    def make(self, draw: Draw) -> dict[str, Any]:
        """Make an object."""
        _check_made(draw)
        draw.depth += 1
        try:
            value = {
                member.name: member.value(draw) for member in self.members if not member.is_left_out(draw)
            }
            return value if len(value) >= self.fewest else self._filled(value, draw)
        finally:
            draw.depth -= 1

    def _filled(self, value: dict[str, Any], draw: Draw) -> dict[str, Any]:
        for member in self.members:
            if len(value) < self.fewest and member.is_possible and member.name not in value:
                value[member.name] = member.value(draw)
        while self.another and len(value) < self.fewest:
            draw.made += 1
            value[f"property_{len(value)}"] = self.another(draw)
        return value


class ArrayMaker(NamedTuple):
    """Makes arrays.

    Attributes:
        first: Makers of the first items.
        item: What the other items are; None where there are none.
        fewest: How many items there are at least.
        most: How many there are at most, without counting on a story's.
        is_unique: Whether no two are the same.
        other: Makes an item whatever it is called, where no two are the same and those that its name tells of
            are used up, as the one time of an event.
    """

    first: tuple[Member, ...]
    item: Member | None
    fewest: int
    most: int | None
    is_unique: bool
    other: Make

    def make(self, draw: Draw) -> list[Any]:
        """Make an array: of the items a story decided, otherwise of one to three."""
        given = draw.items
        count = self._count(draw) if given is None else len(given)
        saved = draw.known, draw.items, draw.people
        draw.depth += 1
        try:
            draw.items = None
            values: list[Any] = []
            for place in range(count):
                member = self.first[place] if place < len(self.first) else self.item
                if member is None:
                    break
                # Each item is about people of its own, unless a story says what is in it.
                draw.known, draw.people = _NOTHING_KNOWN, saved[2] if given is not None else {}
                item = _NOT_GIVEN if given is None else given[place]
                draw.made += 1
                _check_made(draw)
                self._append(values, item, member, draw)
            return values
        finally:
            draw.depth -= 1
            draw.known, draw.items, draw.people = saved

    def _count(self, draw: Draw) -> int:
        is_enough = draw.depth > DEEPEST or draw.made > MOST_WANTED
        least = max(self.fewest, 0 if draw.thinning or is_enough else 1)
        usual = max(least, min(_USUAL_ITEMS, len(self.first) or _USUAL_ITEMS))
        most = usual if self.most is None else min(usual, self.most)
        return self.fewest if is_enough else draw.stream.between(min(least, most), most)

    def _append(self, values: list[Any], item: Any, member: Member, draw: Draw) -> None:
        """Append the item, or another one while it is there already; none if there is no other."""
        value = told(draw, item, member)
        tries = 0
        while self.is_unique and _key(value) in map(_key, values):
            tries += 1
            if tries > _TRIES_FOR_ANOTHER:
                return
            value = (member.make if tries < _TRIES_FOR_ANOTHER // 2 else self.other)(draw)
        values.append(value)


def _check_made(draw: Draw) -> None:
    """Raise InvalidSpecError when an envelope has more than `MOST_MADE` values."""
    if draw.made > MOST_MADE:
        raise InvalidSpecError(
            f"{draw.event!r} asks for more than {MOST_MADE} values; give the event with --payload"
        )


def told(draw: Draw, given: Any, member: Member) -> Any:
    """Return what is given for the member if it fits; a mapping or list says what is known inside it."""
    if given is _NOT_GIVEN or given is ABSENT or not member.fits(given):
        return member.make(draw)
    saved = draw.known, draw.items
    if isinstance(given, dict):
        draw.known, draw.items = given, None
    elif isinstance(given, list | tuple):
        draw.known, draw.items = _NOTHING_KNOWN, given
    else:
        return given
    try:
        return member.make(draw)
    finally:
        draw.known, draw.items = saved


def _key(value: Any) -> str:
    return json.dumps(value, sort_keys=True)
