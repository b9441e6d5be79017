"""What one variant must show, before it is made."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Final

from emitter.faking.draw import Wants, everything

if TYPE_CHECKING:
    from collections.abc import Callable

    from emitter.faking.merging import Schema
    from emitter.faking.variants.places import Place, Steps

_NOWHERE: Final = object()


class Kind(StrEnum):
    """What a variant is about, in one word."""

    PRESENCE = "presence"
    ENUM = "enum"
    FORM = "form"
    NULL = "null"
    ARRAY = "array"
    TIME = "time"
    NUMBER = "number"
    LENGTH = "length"
    EMPTY = "empty"
    TEXT = "text"


@dataclass(frozen=True, slots=True)
class Edit:
    """A change of one place of an envelope that was made.

    Attributes:
        place: Where.
        change: Returns the new value from the old one.
        narrowing: Bounds within which a new value is made instead.
    """

    place: Place
    change: Callable[[Any], Any] = lambda old: old
    narrowing: Schema = field(default_factory=dict, hash=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What one variant must show.

    Attributes:
        name: Readable; `emitter.faking.variants.names` makes it fit for a file's name.
        title: One line in words.
        wants: Which optional properties are there.
        edits: What is changed after making; as many as fit the schema, at least one.
        shows: What must hold in the end.
        full: The places that are to be there, if they can be together.
        is_natural: Whether an envelope that shows it without any edit is preferred.
        is_plausible: Whether Zoom would send it.
        kind: What it is about.
    """

    name: str
    title: str
    wants: Wants = everything
    edits: tuple[Edit, ...] = ()
    shows: Callable[[Any], bool] = lambda _: True
    full: frozenset[Steps] = frozenset()
    is_natural: bool = False
    is_plausible: bool = True
    kind: Kind = Kind.PRESENCE


def value_at(envelope: Any, steps: Steps, default: Any = None) -> Any:
    """Return what stands at a place, `default` where the place is not there."""
    for step in steps:
        try:
            envelope = envelope[step]
        except (KeyError, IndexError, TypeError):
            return default
    return envelope


def is_there(envelope: Any, steps: Steps) -> bool:
    """Return whether an envelope has the place."""
    return value_at(envelope, steps, _NOWHERE) is not _NOWHERE


def set_to(place: Place, value: Any) -> Edit:
    """Return the edit that puts a value there."""
    return Edit(place, lambda _: value)


def shows(place: Place, value: Any) -> Callable[[Any], bool]:
    """Return what says whether an envelope has the value at the place; true is not one."""
    expected = json.dumps(value)
    return lambda envelope: (
        is_there(envelope, place.steps) and json.dumps(value_at(envelope, place.steps)) == expected
    )
