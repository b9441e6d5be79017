"""Variants that differ in values: times and numbers at their bounds, strings by length and by characters.

One variant changes every place it can, so that times that belong together still do.
"""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any, Final

from emitter.faking import moments
from emitter.faking.merging import types_of
from emitter.faking.scalars import bounds, integer_bounds, lengths
from emitter.faking.variants.plan import Edit, Plan, set_to, value_at
from emitter.faking.variants.texts import TEXTS, Text, fitted

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from emitter.faking.variants.places import Place, Steps
    from emitter.faking.variants.writing import Writing

_LONGEST_TEXT: Final = 20_000
_LARGEST_EXACT: Final = (1 << 53) - 1  # the largest integer that JavaScript and doubles hold exactly
_FIRST_MS, _LAST_MS = 10**12, 10**13 - 1
_FIRST_S, _LAST_S = 10**9, (1 << 31) - 1
_FIXED: Final = frozenset({"enum", "const"})
_SHAPED: Final = frozenset({*_FIXED, "format", "pattern"})


def times(places: Iterable[Place]) -> Iterator[Plan]:
    """Yield every time at once on both sides of a second, and at the first and last of its digits."""
    chosen = [place for place in places if _is_numeric(place) and moments.is_moment(place.field)]
    changes: tuple[tuple[str, str, Callable[[int], int], bool], ...] = (
        ("times-whole-second", "a whole second", lambda at: at // _unit(at) * _unit(at), True),
        (
            "times-last-millisecond",
            "the last millisecond of a second",
            lambda at: at // _unit(at) * _unit(at) - 1,
            True,
        ),
        ("times-earliest", "the first of as many digits", lambda at: _either(at, _FIRST_MS, _FIRST_S), False),
        ("times-latest", "the last that fits", lambda at: _either(at, _LAST_MS, _LAST_S), False),
    )
    for name, title, change, is_plausible in changes:
        plan = Plan(name=name, title=f"every time is {title}", is_plausible=is_plausible)
        yield from _with(plan, [Edit(place, change) for place in chosen])


def numbers(places: Iterable[Place]) -> Iterator[Plan]:
    """Yield every number at once at its least and at its greatest; 0 and 2^53 - 1 where it has no bound."""
    chosen = [place for place in places if _is_numeric(place) and not moments.is_moment(place.field)]
    for at, which in enumerate(("least", "greatest")):
        plan = Plan(
            name=f"numbers-{which}",
            title=f"every number is the {which} that fits",
            is_plausible=all(bounds(place.schema)[at] is not None for place in chosen),
        )
        yield from _with(plan, [set_to(place, _extreme(place, at)) for place in chosen])


def text_lengths(places: Iterable[Place]) -> Iterator[Plan]:
    """Yield every bounded string at its fewest and at its most characters."""
    for place in places:
        if "string" not in types_of(place.schema) or not place.schema.keys().isdisjoint(_FIXED):
            continue
        fewest, most = lengths(place.schema)
        if fewest:
            yield _of_length(place, fewest, "shortest", "fewest")
        if fewest < most <= _LONGEST_TEXT:
            yield _of_length(place, int(most), "longest", "most")


def empty_texts(places: Iterable[Place], writing: Mapping[Steps, Writing]) -> Iterator[Plan]:
    """Yield empty strings: where people may leave one, and wherever the schema allows one.

    Args:
        places: The places.
        writing: Those where people write.
    """
    free = [
        place for place in places if types_of(place.schema) == ["string"] and _is_free(place, "minLength")
    ]
    left_out = [place for place in free if place.steps in writing and not place.is_required]
    plan = Plan(name="texts-empty", title="every optional text that people write is empty")
    yield from _with(plan, [set_to(place, "") for place in left_out])
    plan = Plan(name="strings-empty", title="every string that may be is empty", is_plausible=False)
    yield from _with(plan, [set_to(place, "") for place in free])


def texts(places: Sequence[Place], writing: Mapping[Steps, Writing]) -> Iterator[Plan]:
    """Yield every kind of text, in all places where people write such; otherwise in whatever holds text.

    Args:
        places: The places.
        writing: Those where people write, and what.
    """
    free = [place for place in places if "string" in types_of(place.schema) and _is_free(place)]
    written = [place for place in free if place.steps in writing]
    prose = [place for place in written if writing[place.steps].is_prose]
    for text in TEXTS:
        fitting = prose if text.is_prose else written
        plan = Plan(
            name=f"text-{text.name}",
            title=f"every {'text' if written else 'string'} holds {text.title}",
            is_plausible=text.is_plausible and bool(fitting),
        )
        chosen = fitting or written or free
        yield from _with(plan, [set_to(place, _fitted(text, place)) for place in chosen])


def _with(plan: Plan, edits: list[Edit]) -> Iterator[Plan]:
    """Yield the plan with the edits; nothing where there is nothing to edit."""
    if edits:
        yield replace(plan, edits=tuple(edits))


def _is_numeric(place: Place) -> bool:
    types = types_of(place.schema)
    return ("integer" in types or "number" in types) and place.schema.keys().isdisjoint(_FIXED)


def _is_free(place: Place, *others: str) -> bool:
    return place.schema.keys().isdisjoint(_SHAPED.union(others))


def _unit(at: int) -> int:
    """Return how many of the time's units make a second."""
    return _either(at, 1000, 1)


def _either(at: int, in_milliseconds: int, in_seconds: int) -> int:
    return in_milliseconds if at >= _FIRST_MS else in_seconds


def _extreme(place: Place, at: int) -> float:
    is_whole = "number" not in types_of(place.schema)
    bound = (integer_bounds if is_whole else bounds)(place.schema)[at]
    return (0, _LARGEST_EXACT)[at] if bound is None else bound


def _of_length(place: Place, count: int, which: str, amount: str) -> Plan:
    return Plan(
        name=f"{place.label}-{which}",
        title=f"{place.label} has {count} characters, the {amount} it may have",
        edits=(Edit(place, narrowing={"minLength": count, "maxLength": count}),),
        shows=partial(_has_length, steps=place.steps, count=count),
    )


def _has_length(envelope: Any, steps: Steps, count: int) -> bool:
    return len(value_at(envelope, steps, "")) == count


def _fitted(text: Text, place: Place) -> str:
    fewest, most = lengths(place.schema)
    return fitted(text.text, fewest=fewest, most=most)
