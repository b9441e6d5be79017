"""One schema from two that must both hold, as far as one can be written without ``allOf``.

What is made from a merged schema is a draft: the generator checks it against the schema as it was.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Callable

Schema = dict[str, Any]

IMPOSSIBLE: Final[Schema] = {"not": {}}
"""What ``false`` says, as an object: no value fits."""

_CONDITION: Final = ("if", "then", "else")
_CHOICES: Final = frozenset({"type", "enum"})
_ONLY_ONE: Final = ("anyOf", "oneOf", "not", "pattern", "contains", "multipleOf", "$ref")


def as_schema(value: Any) -> Schema:
    """Return a schema as an object: ``true`` is ``{}``, ``false`` what nothing fits, nonsense ``{}``."""
    if isinstance(value, dict):
        return value
    return IMPOSSIBLE if value is False else {}


def merged(first: Any, second: Any) -> Schema:
    """Return a schema whose values fit both; neither argument is edited."""
    a, b = as_schema(first), as_schema(second)
    clashing: Schema = {key: b[key] for key in _ONLY_ONE if key in a and key in b and a[key] != b[key]}
    if "if" in a and "if" in b:
        clashing |= {key: b[key] for key in _CONDITION if key in b}
    result = a | {key: value for key, value in b.items() if key not in clashing}
    for key in a.keys() & b.keys() & _BOTH.keys():
        result[key] = _BOTH[key](a[key], b[key])
        if result[key] == [] and key in _CHOICES:
            return IMPOSSIBLE
    if clashing:
        result["allOf"] = [*result.get("allOf", []), clashing]
    return result


def without(schema: Schema, *keys: str) -> Schema:
    """Return the schema without these keywords."""
    return {key: value for key, value in schema.items() if key not in keys}


def types_of(schema: Schema) -> list[str]:
    """Return the types a schema names, none where it names none."""
    types = schema.get("type", [])
    return [each for each in (types if isinstance(types, list) else [types]) if isinstance(each, str)]


def _common_types(first: Any, second: Any) -> list[str]:
    a, b = types_of({"type": first}), types_of({"type": second})
    common = [each for each in a if each in b]
    if "integer" not in common and "integer" in (*a, *b) and "number" in (*a, *b):
        common.append("integer")
    return common


def _common_properties(a: Schema, b: Schema) -> Schema:
    return a | {name: merged(a[name], b[name]) if name in a else b[name] for name in b}


def _common_items(a: Any, b: Any) -> Any:
    return False if a is False or b is False else merged(a, b)


_BOTH: Final[dict[str, Callable[[Any, Any], Any]]] = {
    **dict.fromkeys(("minimum", "exclusiveMinimum", "minLength", "minItems", "minProperties"), max),
    **dict.fromkeys(("maximum", "exclusiveMaximum", "maxLength", "maxItems", "maxProperties"), min),
    "additionalProperties": _common_items,
    "allOf": lambda a, b: [*a, *b],
    "enum": lambda a, b: [value for value in a if value in b],
    "items": _common_items,
    "properties": _common_properties,
    "required": lambda a, b: list(dict.fromkeys([*a, *b])),
    "type": _common_types,
}
