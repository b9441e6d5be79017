"""Variants that differ in shape: what is there, which branch, null, how many items; and values of enums."""

from __future__ import annotations

import json
import re
from functools import partial
from typing import TYPE_CHECKING, Any, Final

from emitter.faking.draw import everything, required_only
from emitter.faking.merging import types_of
from emitter.faking.scalars import choices
from emitter.faking.variants.plan import Edit, Plan, is_there, set_to, shows, value_at

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from emitter.faking.draw import Wants
    from emitter.faking.merging import Schema
    from emitter.faking.variants.places import Place, Steps

LONG_ARRAY_ITEMS: Final = 50
"""How many items a long array has where its schema names no bound; or at most this many."""

_SUBJECT: Final = ("payload", "object")


def presences(places: Sequence[Place], together: frozenset[Steps]) -> Iterator[Plan]:
    """Yield what is there: only what must, all that may, each optional property alone, each one missing.

    Args:
        places: Every place the event type has.
        together: The places of one envelope that has as many as can be there together.
    """
    yield Plan(name="required-only", title="only what is required", wants=required_only)
    yield Plan(name="all-fields", title="every optional field", wants=everything, full=together)
    optional = [place for place in places if not place.is_required]
    for place in optional:
        yield Plan(
            name=f"only-{place.label}",
            title=f"only what is required, and {place.label}",
            wants=_only(place.field.path),
            shows=partial(is_there, steps=place.steps),
        )
    for place in optional:
        yield Plan(
            name=f"without-{place.label}",
            title=f"every optional field but {place.label}",
            wants=_all_but(place.field.path),
            shows=partial(_is_absent, steps=place.steps),
            full=frozenset(steps for steps in together if steps[: len(place.steps)] != place.steps),
        )


def enum_values(places: Iterable[Place]) -> Iterator[Plan]:
    """Yield every value of every enum of several, and both of a boolean."""
    for place in places:
        values: list[Any] = choices(place.schema) if place.schema.get("enum") else []
        if not values and types_of(place.schema) == ["boolean"] and "const" not in place.schema:
            values = [False, True]
        for value in values if len(values) > 1 else ():
            yield Plan(
                name=f"{place.label}-{_word(value)}",
                title=f"{place.label} is {json.dumps(value, ensure_ascii=False)}",
                edits=(set_to(place, value),),
                shows=shows(place, value),
                is_natural=True,
            )


def forms(places: Iterable[Place], judged: Callable[[Schema], Any]) -> Iterator[Plan]:
    """Yield every branch of every place that has several.

    Args:
        places: The places.
        judged: Returns what says whether a value fits a schema of the document.
    """
    for place in places:
        for number, form in enumerate(place.forms if len(place.forms) > 1 else (), start=1):
            yield Plan(
                name=f"{place.label}-form-{number}",
                title=f"{place.label} takes form {number} of {len(place.forms)}",
                shows=partial(_takes, steps=place.steps, judge=judged(form)),
            )


def nulls(places: Iterable[Place]) -> Iterator[Plan]:
    """Yield null in every place that allows it; as a value of an enum it is among `enum_values`."""
    for place in places:
        if "null" in types_of(place.schema) and "enum" not in place.schema:
            yield Plan(
                name=f"{place.label}-null",
                title=f"{place.label} is null",
                edits=(set_to(place, None),),
                shows=shows(place, None),
            )


def arrays(places: Iterable[Place]) -> Iterator[Plan]:
    """Yield every array empty and long, as far as its bounds allow."""
    for place in places:
        if "array" not in types_of(place.schema):
            continue
        fewest, most = int(place.schema.get("minItems", 0)), place.schema.get("maxItems")
        if not fewest:
            yield Plan(
                name=f"{place.label}-empty",
                title=f"{place.label} is an empty array",
                edits=(set_to(place, []),),
                shows=shows(place, []),
                is_plausible=place.steps != _SUBJECT,
            )
        count = max(fewest, LONG_ARRAY_ITEMS if most is None else min(int(most), LONG_ARRAY_ITEMS))
        if count > 1:
            yield Plan(
                name=f"{place.label}-long",
                title=f"{place.label} has {count} items",
                edits=(Edit(place, narrowing={"minItems": count, "maxItems": count}),),
                shows=partial(_has_several, steps=place.steps),
            )


def _only(path: str) -> Wants:
    return lambda other: path == other or path.startswith((f"{other}.", f"{other}["))


def _all_but(path: str) -> Wants:
    return lambda other: other != path


def _is_absent(envelope: Any, steps: Steps) -> bool:
    return not is_there(envelope, steps)


def _takes(envelope: Any, steps: Steps, judge: Any) -> bool:
    return is_there(envelope, steps) and bool(judge.is_valid(value_at(envelope, steps)))


def _has_several(envelope: Any, steps: Steps) -> bool:
    return len(value_at(envelope, steps, ())) > 1


def _word(value: Any) -> str:
    """Return a value as a part of a name."""
    if isinstance(value, str):
        return value or "empty-text"
    return re.sub("^-", "minus-", json.dumps(value))
