"""What a rule of repair is, what it is told, and what it answers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable

    Steps = tuple[str | int, ...]

Schema = dict[str, Any]

NOTHING: Final = object()
"""Where the document's example shows no value."""


@dataclass(frozen=True, slots=True)
class Repair:
    """One departure of a document from what can be worked with, and what was done about it.

    Attributes:
        rule: The id of the rule, as ``unknown-type``.
        pointer: JSON pointer to the place in the document.
        message: What is there and what counts instead.
    """

    rule: str
    pointer: str
    message: str


class Place(NamedTuple):
    """Where a schema stands.

    Attributes:
        example: What the document's example shows here, or `NOTHING`.
        outer: Properties that schemas around a branch (of ``anyOf``, say) declare for the same value.
        items: How many values lists around this one hold at the least.
    """

    example: Any = NOTHING
    outer: frozenset[str] = frozenset()
    items: int = 1

    def shows(self, name: str) -> bool:
        """Say whether the example shows an object with this property."""
        return isinstance(self.example, dict) and name in self.example

    def inside(self, name: str) -> Any:
        """Return what the example shows of a property, or `NOTHING`."""
        return self.example[name] if isinstance(self.example, dict) and name in self.example else NOTHING


class Fix(NamedTuple):
    """What a rule answers where it has something to repair.

    Attributes:
        schema: What counts instead.
        message: What was there and what counts, for a person.
        steps: The way from the schema to what was repaired.
    """

    schema: Schema
    message: str
    steps: Steps = ()


class Rule(NamedTuple):
    """A named repair of schemas; a function without state.

    Attributes:
        id: What it is called in reports.
        title: What it finds.
        change: What it does about it.
        keywords: It is asked about schemas that have one of these; about every schema where there are none.
        repair: Returns the repair of a schema, which it does not edit, or None.
    """

    id: str
    title: str
    change: str
    keywords: frozenset[str]
    repair: Callable[[Schema, Place], Fix | None]


def without(schema: Schema, *keys: str) -> Schema:
    """Return the schema without these keywords."""
    return {key: value for key, value in schema.items() if key not in keys}


def shown(value: Any) -> str:
    """Return a value as messages show it: short, in Python's words for text, without line ends."""
    text = repr(value) if not isinstance(value, dict | list) else f"{type(value).__name__} of {len(value)}"
    return text if len(text) <= _SHOWN_CHARS else f"{text[:_SHOWN_CHARS]}…"


_SHOWN_CHARS: Final = 60
