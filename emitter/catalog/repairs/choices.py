"""Lists of allowed values: of what, how often, and whether they can be meant."""

from __future__ import annotations

import json
from typing import Any, Final

from emitter.catalog.json_values import has_type
from emitter.catalog.repairs.rule import Fix, Place, Rule, Schema, shown, without

_ENUM: Final = frozenset({"enum"})
_TRUTHS: Final = {"true": True, "false": False}


def _of_items(schema: Schema, _: Place) -> Fix | None:
    """Move the values of an array's items from the array to the items."""
    values = schema["enum"]
    if schema.get("type") != "array" or any(isinstance(value, list) for value in values):
        return None
    items = schema.get("items")
    items = items if isinstance(items, dict) else {}
    return Fix(
        without(schema, "enum") | {"items": {"enum": values} | items},
        f"the {len(values)} values are no arrays; they are taken for those of the items",
        ("enum",),
    )


def _repeated(schema: Schema, _: Place) -> Fix | None:
    values = schema["enum"]
    different = list({json.dumps(value, sort_keys=True): value for value in values}.values())
    if len(different) == len(values):
        return None
    message = f"{len(values) - len(different)} of {len(values)} values are there already; each counts once"
    return Fix(schema | {"enum": different}, message, ("enum",))


def _empty(schema: Schema, _: Place) -> Fix | None:
    """Leave out ``""``: it comes of a separator too many, and Zoom's own values are words."""
    values = schema["enum"]
    if not values:
        return Fix(without(schema, "enum"), "allows no value at all; any is allowed", ("enum",))
    filled = [value for value in values if not (isinstance(value, str) and not value.strip())]
    if len(filled) in {0, len(values)}:
        return None
    return Fix(schema | {"enum": filled}, "an empty text is among the values; it is left out", ("enum",))


def _of_another_type(schema: Schema, _: Place) -> Fix | None:
    """Read values that are written in another type; where none can be, the values decide the type."""
    values, types = schema["enum"], schema.get("type", [])
    wanted: list[str] = types if isinstance(types, list) else [types]
    if not types or all(any(has_type(value, each) for each in wanted) for value in values):
        return None
    read = [each for value in values for each in _read_as(value, wanted)]
    kept = list({json.dumps(value, sort_keys=True): value for value in read}.values())
    if kept:
        message = (
            f"{len(values)} values of which not all are {' or '.join(wanted)}; {len(kept)} can be read so"
        )
        return Fix(schema | {"enum": kept}, message, ("enum",))
    message = f"none of the values is {' or '.join(wanted)}; the values count, not the type"
    return Fix(without(schema, "type"), message, ("type",))


def _read_as(value: Any, types: list[str]) -> list[Any]:
    """Return the value in one of the types, in a list; an empty list where it has no form in any."""
    if any(has_type(value, each) for each in types):
        return [value]
    if "string" in types and isinstance(value, int | float):
        return [json.dumps(value)]
    if not isinstance(value, str):
        return []
    text = value.strip().lower()
    if "boolean" in types and text in _TRUTHS:
        return [_TRUTHS[text]]
    if {"integer", "number"} & set(types) and text.removeprefix("-").isdecimal() and text.isascii():
        return [int(text)] if len(text) <= _LONGEST_NUMBER else []
    return []


_LONGEST_NUMBER: Final = 18


def _const(schema: Schema, _: Place) -> Fix | None:
    types, value = schema.get("type", []), schema["const"]
    wanted: list[str] = types if isinstance(types, list) else [types]
    if not types or any(has_type(value, each) for each in wanted):
        return None
    return Fix(
        without(schema, "type"), f"{shown(value)} is not {' or '.join(wanted)}; the value counts", ("const",)
    )


def _const_alone(schema: Schema, _: Place) -> Fix | None:
    beside = [key for key in schema if key in _DECIDED_BY_CONST]
    if not beside:
        return None
    message = f"{shown(schema['const'])} is the only value; {', '.join(beside)} cannot say more"
    return Fix(without(schema, *beside), message, ("const",))


_DECIDED_BY_CONST: Final = frozenset(
    {
        "properties", "required", "items", "prefixItems", "additionalProperties", "pattern", "not", "anyOf",
        "oneOf", "allOf", "minLength", "maxLength", "minItems", "maxItems", "minimum", "maximum",
        "exclusiveMinimum", "exclusiveMaximum", "multipleOf", "minProperties", "maxProperties", "uniqueItems",
        "contains", "patternProperties", "propertyNames", "dependentRequired", "dependentSchemas", "if",
    }
)  # fmt: skip


def _structured(schema: Schema, _: Place) -> Fix | None:
    """Leave out what stands beside allowed values that are objects or arrays: they say it all."""
    beside = [key for key in ("items", "properties", "required", "prefixItems") if key in schema]
    if not beside or not any(isinstance(value, dict | list) for value in schema["enum"]):
        return None
    message = f"the allowed values are whole objects or arrays; {', '.join(beside)} cannot say more"
    return Fix(without(schema, *beside), message, ("enum",))


def _const_in_enum(schema: Schema, _: Place) -> Fix | None:
    values, value = schema.get("enum"), schema["const"]
    if values is None or json.dumps(value) in map(json.dumps, values):
        return None
    return Fix(
        without(schema, "enum"), f"{shown(value)} is none of the allowed values; it counts", ("const",)
    )


RULES: Final = (
    Rule(
        "enum-of-items",
        "an array that must be one of several texts",
        "the values are those of its items",
        _ENUM,
        _of_items,
    ),
    Rule("enum-repeats", "a value that is listed twice", "it counts once", _ENUM, _repeated),
    Rule(
        "enum-empty",
        "an empty value, or no value at all, in a list of allowed ones",
        "it is left out; an empty list allows anything",
        _ENUM,
        _empty,
    ),
    Rule(
        "enum-of-another-type",
        "allowed values that do not have the type beside them",
        "those that can be read in that type are; where none can, the type is left out",
        _ENUM,
        _of_another_type,
    ),
    Rule(
        "enum-of-structures",
        "allowed values that are objects or arrays, and a description of such beside them",
        "the values count",
        _ENUM,
        _structured,
    ),
    Rule(
        "const-and-more",
        "a fixed value, and beside it what else it should be",
        "the fixed value counts",
        frozenset({"const"}),
        _const_alone,
    ),
    Rule(
        "const-not-allowed",
        "a fixed value that is none of the allowed ones beside it",
        "the fixed value counts",
        frozenset({"const"}),
        _const_in_enum,
    ),
    Rule(
        "const-of-another-type",
        "a fixed value that does not have the type beside it",
        "the type is left out",
        frozenset({"const"}),
        _const,
    ),
)
