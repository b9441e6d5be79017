"""Keywords that are misspelt, unknown, or have a value that they cannot have."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, Final

from emitter.catalog.repairs.rule import Fix, Place, Rule, Schema, shown, without

if TYPE_CHECKING:
    from collections.abc import Callable


def _is_text(value: Any) -> bool:
    return isinstance(value, str)


def _is_texts(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(each, str) for each in value)


def _is_map(value: Any) -> bool:
    return isinstance(value, dict)


def _is_list(value: Any) -> bool:
    return isinstance(value, list)


def _is_filled_list(value: Any) -> bool:
    return isinstance(value, list) and bool(value)


def _is_truth(value: Any) -> bool:
    return isinstance(value, bool)


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)


def _is_positive(value: Any) -> bool:
    return _is_number(value) and value > 0


def _is_count(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0


def _is_map_of_texts(value: Any) -> bool:
    return isinstance(value, dict) and all(map(_is_texts, value.values()))


def _is_anything(_: Any) -> bool:
    return True


_COUNTS: Final = ("minLength", "maxLength", "minItems", "maxItems", "minProperties", "maxProperties")
_COUNTS_OF_CONTAINED: Final = ("minContains", "maxContains")
_NUMBERS: Final = ("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum")
_SCHEMAS: Final = (
    "items", "additionalProperties", "not", "contains", "propertyNames", "if", "then", "else",
    "unevaluatedItems", "unevaluatedProperties",
)  # fmt: skip

_KINDS: Final[dict[str, Callable[[Any], bool]]] = {
    **dict.fromkeys(("properties", "patternProperties", "dependentSchemas"), _is_map),
    **dict.fromkeys(_SCHEMAS, _is_anything),  # what is no schema, the walk puts right
    **dict.fromkeys(("allOf", "anyOf", "oneOf", "prefixItems"), _is_filled_list),
    **dict.fromkeys((*_COUNTS, *_COUNTS_OF_CONTAINED), _is_count),
    **dict.fromkeys(_NUMBERS, _is_number),
    **dict.fromkeys(("title", "description", "format", "pattern", "$ref", "$comment"), _is_text),
    **dict.fromkeys(("contentEncoding", "contentMediaType"), _is_text),
    **dict.fromkeys(("uniqueItems", "deprecated", "readOnly", "writeOnly"), _is_truth),
    **dict.fromkeys(("type", "const", "default", "example"), _is_anything),
    **dict.fromkeys(("enum", "examples"), _is_list),
    "required": _is_texts,
    "dependentRequired": _is_map_of_texts,
    "multipleOf": _is_positive,
}
_FOR_READERS: Final = frozenset({"nullable", "xml", "externalDocs", "discriminator"})
HOLDS_REFERENCES: Final = frozenset({"$defs", "definitions", "components"})
"""Left out without a word: what a reference needs of them stands in its place by then."""

KEYWORDS: Final = frozenset(_KINDS) | _FOR_READERS | HOLDS_REFERENCES | {"$schema", "$id", "$anchor"}
"""What is never taken for a property that slipped to another place."""

LOOKS_LIKE: Final[dict[str, Callable[[Any], bool]]] = {
    "additionalProperties": _is_truth,
    "required": _is_texts,
    "type": _is_text,
    "description": _is_text,
    "title": _is_text,
    "format": _is_text,
}
"""Keywords that are found among properties, and how to tell one from a property of that name."""

_MISSPELT: Final = {
    "require": ("required", _is_texts),
    "requires": ("required", _is_texts),
    "requried": ("required", _is_texts),
    "propertys": ("properties", _is_map),
    "propeties": ("properties", _is_map),
    "item": ("items", _is_map),
    "enums": ("enum", _is_list),
    "types": ("type", _is_text),
    "desc": ("description", _is_text),
    "descriptions": ("description", _is_text),
    "additionalProperty": ("additionalProperties", _is_truth),
    "minlength": ("minLength", _is_count),
    "maxlength": ("maxLength", _is_count),
}
_TRUTHS: Final = {"true": True, "false": False}


def _misspelt(schema: Schema, _: Place) -> Fix | None:
    for wrong, (right, fits) in _MISSPELT.items():
        if wrong in schema and right not in schema and fits(schema[wrong]):
            fixed = {right if key == wrong else key: value for key, value in schema.items()}
            return Fix(fixed, f"taken for {right}", (wrong,))
    return None


def _wrong_kind(schema: Schema, _: Place) -> Fix | None:
    """Read values that are written as text; leave out keywords whose value says nothing."""
    wrong = [key for key, value in schema.items() if key in _KINDS and not _KINDS[key](value)]
    if not wrong:
        return None
    fixed, said = dict(schema), []
    for key in wrong:
        value = _read(key, fixed.pop(key))
        if value is not None:
            fixed[key] = value
            said.append(f"{key} {shown(schema[key])} is read as {shown(value)}")
        else:
            said.append(f"{key} cannot be {shown(schema[key])}; left out")
    return Fix(fixed, "; ".join(said), (wrong[0],))


def _read(key: str, value: Any) -> Any:
    """Return what a value must mean that is of the wrong kind, or None."""
    if key in {"title", "description"} and isinstance(value, int | float):
        return str(value)
    if key == "required" and isinstance(value, list):
        return [each for each in value if isinstance(each, str)] or None
    if key == "examples" and isinstance(value, dict):
        return [*value.values()]
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if isinstance(value, str):
        text = value.strip().lower()
        value = _TRUTHS[text] if text in _TRUTHS else _number(text)
    return value if value is not None and _KINDS[key](value) and not isinstance(value, str) else None


def _number(text: str) -> int | float | None:
    if len(text) > _LONGEST_NUMBER or not text.isascii():
        return None
    try:
        return int(text) if text.lstrip("+-").isdecimal() else float(text)
    except ValueError:
        return None


_LONGEST_NUMBER: Final = 18


def _unknown(schema: Schema, _: Place) -> Fix | None:
    unknown = [key for key in schema if key not in KEYWORDS and not key.startswith("x-")]
    unknown += [key for key in ("$id", "$anchor") if key in schema]
    if "$schema" in schema and schema["$schema"] != _DIALECT:
        unknown.append("$schema")
    if not unknown:
        return None
    return Fix(
        without(schema, *unknown), f"{', '.join(unknown)}: no keyword that says anything", (unknown[0],)
    )


_DIALECT: Final = "https://json-schema.org/draft/2020-12/schema"


def _open_bounds(schema: Schema, _: Place) -> Fix | None:
    """Translate OpenAPI 3.0: ``exclusiveMinimum: true`` beside ``minimum``."""
    fixed = dict(schema)
    for key, beside in (("exclusiveMinimum", "minimum"), ("exclusiveMaximum", "maximum")):
        if isinstance(fixed.get(key), bool):
            is_open = fixed.pop(key)
            if is_open and _is_number(fixed.get(beside)):
                fixed[key] = fixed.pop(beside)
    if fixed == schema:
        return None
    first = next(key for key in ("exclusiveMinimum", "exclusiveMaximum") if isinstance(schema.get(key), bool))
    return Fix(fixed, "true and false are OpenAPI 3.0's way; the bound itself is open", (first,))


MISSPELT: Final = Rule(
    "misspelt-keyword",
    "a keyword with a letter too many or too few, such as require",
    "the keyword that is meant counts",
    frozenset(_MISSPELT),
    _misspelt,
)

VALUES: Final = (
    Rule(
        "exclusive-as-boolean",
        "exclusiveMinimum or exclusiveMaximum as true or false",
        "the bound beside it is open",
        frozenset({"exclusiveMinimum", "exclusiveMaximum"}),
        _open_bounds,
    ),
    Rule(
        "keyword-of-wrong-kind",
        "a keyword with a value that it cannot have, such as a number in quotes",
        "the value is read as it must be meant, else the keyword is left out",
        frozenset(),
        _wrong_kind,
    ),
)
"""Held against every keyword first, so that later rules find nothing of the wrong kind."""

UNKNOWN: Final = Rule(
    "unknown-keyword",
    "a keyword that neither JSON Schema nor OpenAPI has",
    "it is left out",
    frozenset(),
    _unknown,
)
