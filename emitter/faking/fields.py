"""What a property's name, format, description and example tell of its value.

What is known stands in the tables of `emitter.faking.knowledge`; here is which of it counts: the format
first, then who is meant, when it was, what the name says, which values the description lists, and last what
the document's example shows. Every maker is only a suggestion: `emitter.faking.scalars` holds it against the
schema.
"""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING, Final

from emitter.faking import ids, moments, shapes
from emitter.faking.knowledge import (
    FORMATS,
    NUMBER_DESCRIPTIONS,
    NUMBER_NAMES,
    TEXT_DESCRIPTIONS,
    TEXT_NAMES,
    THINGS,
    label,
    one_of,
)
from emitter.faking.roles import email_maker, person_maker
from emitter.faking.streams import Stream

if TYPE_CHECKING:
    from emitter.faking.draw import Draw, Make
    from emitter.faking.field import Field

_NUMBER: Final = re.compile(r"-?\d{1,5}")
_ID: Final = re.compile(r"(.*_)?(id|ids|uuid|guid)")
_IDS_OF_THE_OBJECT: Final = frozenset({"payload.object.id", "payload.old_object.id"})
_NAME: Final = re.compile(r"(?!.*file)(.*_)?(name|title|topic|subject)")


def text_maker(field: Field) -> Make:
    """Return what makes a text for the field."""
    format_ = str(field.schema.get("format", ""))
    if format_ in FORMATS:
        return FORMATS[format_]
    if format_ in {"email", "idn-email"}:
        return email_maker(field)
    if format_ in moments.FORMATS or moments.is_moment(field):
        return moments.text_maker(field)
    if values := shapes.listed(field.description):
        return person_maker(field) or one_of(*values)
    return person_maker(field) or _text_of_a_thing(field)


def _text_of_a_thing(field: Field) -> Make:
    """Return what makes a text that tells of nobody: by name, description and example."""
    if field.path in _IDS_OF_THE_OBJECT:
        return _id_of_the_object
    name = field.snake_name
    shape = shapes.id_maker(field.example) if _ID.fullmatch(name) else None
    return shape or _thing(field) or _by_rules(field, TEXT_NAMES, TEXT_DESCRIPTIONS) or _shown(field)


def integer_maker(field: Field) -> Make:
    """Return what makes an integer for the field."""
    if moments.is_moment(field):
        return moments.number_maker(field)
    if numbers := [int(value) for value in shapes.listed(field.description) if _NUMBER.fullmatch(value)]:
        return lambda draw: draw.stream.pick(numbers)
    return (
        _by_rules(field, NUMBER_NAMES, NUMBER_DESCRIPTIONS)
        or shapes.number_maker(field.example)
        or (lambda draw: draw.stream.between(1, 1000))
    )


def _id_of_the_object(draw: Draw) -> str:
    """Make one id for what an event is about, whether as it is or as it was before a change."""
    return ids.short_id(Stream(draw.account.id, "object", draw.event, draw.event_ts_ms))


def _shown(field: Field) -> Make:
    """Return what makes texts like the example; an address in words of its own where it shows one."""
    if isinstance(field.example, str) and "@" in field.example and " " not in field.example:
        return email_maker(field)
    return shapes.text_maker(field.example) or label


def _thing(field: Field) -> Make | None:
    """Return what makes a name for the kind of thing that the field or the object around is."""
    if not _NAME.fullmatch(field.snake_name):
        return None
    if make := _thing_in(f"{field.container} {field.snake_name} {field.description}"):
        return make
    otherwise = _by_rules(field, TEXT_NAMES, TEXT_DESCRIPTIONS) or _shown(field)
    if field.snake_name not in {"name", "title"}:
        return otherwise
    # Of no kind by its place: then of what the event is about, as in group.updated.
    return lambda draw: (_thing_in(draw.event.replace(".", " ")) or otherwise)(draw)


def _thing_in(text: str) -> Make | None:
    said = text.lower().replace("_", " ")
    return next((make for rule, make in THINGS.items() if re.search(rule, said)), None)


def _by_rules(field: Field, names: dict[str, Make], descriptions: dict[str, Make]) -> Make | None:
    found = _any_of(tuple(names)).fullmatch(field.snake_name)
    by_name = [*names.values()][int(str(found.lastgroup)[1:])] if found else None
    by_description = (make for rule, make in descriptions.items() if re.search(rule, field.description))
    if "CRM" in field.description:
        return next(by_description, None) or by_name
    return by_name or next(by_description, None)


@cache
def _any_of(rules: tuple[str, ...]) -> re.Pattern[str]:
    """Return all rules of a table as one expression; the group that matched names the first that fits."""
    return re.compile("|".join(f"(?P<r{number}>{rule})" for number, rule in enumerate(rules)))
