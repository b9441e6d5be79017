"""Bounds that contradict each other or that no real event comes near, and patterns that are none."""

from __future__ import annotations

from typing import Final

from emitter.catalog.repairs.rule import Fix, Place, Rule, Schema, shown, without

MOST_CHARS: Final = 100_000
"""The longest text a schema may ask for; Zoom's longest descriptions have a few thousand characters."""
MOST_ITEMS: Final = 1_000
"""The most values that lists inside lists may ask for together, and the most properties of an object."""
LONGEST_PATTERN: Final = 1_000

_QUOTES: Final = '""'
_PAIRS: Final = (
    ("minLength", "maxLength"),
    ("minItems", "maxItems"),
    ("minProperties", "maxProperties"),
    ("minimum", "maximum"),
    ("exclusiveMinimum", "exclusiveMaximum"),
)
_LARGEST: Final = {"minLength": MOST_CHARS, "minProperties": MOST_ITEMS, "minContains": MOST_ITEMS}


def _contradictory(schema: Schema, _: Place) -> Fix | None:
    for low, high in _PAIRS:
        if low in schema and high in schema and schema[low] > schema[high]:
            message = f"{low} {schema[low]} is above {high} {schema[high]}; neither counts"
            return Fix(without(schema, low, high), message, (low,))
    return None


def _out_of_reach(schema: Schema, place: Place) -> Fix | None:
    largest = _LARGEST | {"minItems": MOST_ITEMS // max(place.items, 1)}
    beyond = [key for key, most in largest.items() if schema.get(key, 0) > most]
    if not beyond:
        return None
    key = beyond[0]
    message = f"{key} {shown(schema[key])} is above {largest[key]}, the most that is made; left out"
    return Fix(without(schema, *beyond), message, (key,))


def _broken_pattern(schema: Schema, _: Place) -> Fix | None:
    pattern = schema["pattern"]
    if len(pattern) > LONGEST_PATTERN:
        message = (
            f"{len(pattern)} characters, of which at most {LONGEST_PATTERN} are read; any text is allowed"
        )
        return Fix(without(schema, "pattern"), message, ("pattern",))
    if len(pattern) > len(_QUOTES) and pattern.startswith('"') and pattern.endswith('"'):
        return Fix(schema | {"pattern": pattern[1:-1]}, "stands in quotes; read without them", ("pattern",))
    if is_pattern(pattern):
        return None
    return Fix(
        without(schema, "pattern"), f"{shown(pattern)} is no pattern; any text is allowed", ("pattern",)
    )


def _broken_names(schema: Schema, _: Place) -> Fix | None:
    patterns = schema["patternProperties"]
    kept = {
        name: each for name, each in patterns.items() if len(name) <= LONGEST_PATTERN and is_pattern(name)
    }
    if len(kept) == len(patterns):
        return None
    broken = next(name for name in patterns if name not in kept)
    fixed = schema | {"patternProperties": kept}
    return Fix(fixed, f"{shown(broken)} is no pattern; left out", ("patternProperties", broken))


def is_pattern(pattern: str) -> bool:
    """Say whether those who judge events can read a regular expression."""
    # Imported here, since few documents hold a pattern.
    import jsonschema_rs  # noqa: PLC0415

    try:
        jsonschema_rs.Draft202012Validator({"pattern": pattern})
    except ValueError:
        return False
    return True


RULES: Final = (
    Rule(
        "contradictory-bounds",
        "a lower bound above the upper one",
        "neither counts",
        frozenset(low for low, _ in _PAIRS),
        _contradictory,
    ),
    Rule(
        "bound-out-of-reach",
        "a least length or number that no event comes near",
        f"left out above {MOST_CHARS} characters, {MOST_ITEMS} items or properties",
        frozenset({*_LARGEST, "minItems"}),
        _out_of_reach,
    ),
    Rule(
        "broken-pattern",
        "a regular expression that cannot be read",
        "any text is allowed",
        frozenset({"pattern"}),
        _broken_pattern,
    ),
    Rule(
        "broken-name-pattern",
        "a regular expression for names of properties that cannot be read",
        "it is left out",
        frozenset({"patternProperties"}),
        _broken_names,
    ),
)
