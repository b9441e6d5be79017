"""Types that are none of JSON's: other languages' words, sentences, lists with repetitions."""

from __future__ import annotations

import re
from typing import Any, Final

from emitter.catalog.json_values import JSON_TYPES
from emitter.catalog.repairs.rule import Fix, Place, Rule, Schema, shown, without

_WORDS: Final[dict[str, tuple[str, str]]] = {
    **dict.fromkeys(("long", "int64", "bigint"), ("integer", "int64")),
    **dict.fromkeys(("int", "int32", "short", "integers"), ("integer", "")),
    **dict.fromkeys(("float", "double", "decimal", "numeric", "numbers"), ("number", "")),
    **dict.fromkeys(("bool", "booleans"), ("boolean", "")),
    **dict.fromkeys(("str", "text", "char", "varchar", "strings"), ("string", "")),
    **dict.fromkeys(("datetime", "date-time"), ("string", "date-time")),
    **dict.fromkeys(("date", "uuid", "email", "uri"), ("string", "")),
    **dict.fromkeys(("list", "arrays"), ("array", "")),
    **dict.fromkeys(("map", "dict", "json", "objects"), ("object", "")),
    **dict.fromkeys(("none", "nil"), ("null", "")),
}
_FORMATS: Final = frozenset({"date", "uuid", "email", "uri"})
_SEPARATORS: Final = re.compile(r"[\s,;:|/()\[\]<>┃│]+")
_MOST_CHARS: Final = 500


def _unknown_type(schema: Schema, _: Place) -> Fix | None:
    types = schema["type"]
    if isinstance(types, str) and types in JSON_TYPES:
        return None
    if isinstance(types, list):
        return _of_list(schema, types)
    if not isinstance(types, str):
        return Fix(without(schema, "type"), f"{shown(types)} is no type; any is allowed", ("type",))
    read = _read(types[:_MOST_CHARS])
    if not read:
        return Fix(without(schema, "type"), f"{shown(types)} is no type; any is allowed", ("type",))
    # What the schema says itself counts for more than what its type is taken to mean.
    counts = read | without(schema, "type")
    meant = " or ".join(read["type"]) if isinstance(read["type"], list) else read["type"]
    listed = f" of {len(read['enum'])} values" if "enum" in read else ""
    return Fix(counts, f"{shown(types)} is no type; taken for {meant}{listed}", ("type",))


def _of_list(schema: Schema, types: list[Any]) -> Fix | None:
    read = [each if each in JSON_TYPES else _word(each) for each in types if isinstance(each, str)]
    known = list(dict.fromkeys(each for each in read if each))
    if known and known == types:
        return None
    rest = without(schema, "type")
    if not known:
        return Fix(rest, f"{shown(types)} names no type; any is allowed", ("type",))
    return Fix({"type": known} | rest, f"{shown(types)} is taken for {' or '.join(known)}", ("type",))


def _word(text: str) -> str:
    lower = text.strip().lower()
    return lower if lower in JSON_TYPES else _WORDS.get(lower, ("", ""))[0]


def _read(text: str) -> Schema:
    """Return what a text says of a value: type, and perhaps format, values or items; nothing if no type."""
    lower = text.strip().lower()
    if lower in JSON_TYPES:
        return {"type": lower}
    if lower in _WORDS:
        type_, format_ = _WORDS[lower]
        format_ = format_ or (lower if lower in _FORMATS else "")
        return {"type": type_, "format": format_} if format_ else {"type": type_}
    parts = [part for part in _SEPARATORS.split(text) if part]
    if parts and parts[0].lower() in {"enum", "enums", "enumeration"}:
        values = list(dict.fromkeys(parts[1:]))
        return {"type": "string", "enum": values} if values else {"type": "string"}
    types = list(dict.fromkeys(word for word in map(_word, parts) if word))
    if types[:1] == ["array"]:
        return {"type": "array", "items": {"type": types[1]}} if types[1:] else {"type": "array"}
    return {"type": types[0] if len(types) == 1 else types} if types else {}


def _nullable(schema: Schema, _: Place) -> Fix | None:
    """Translate OpenAPI 3.0: ``nullable: true`` beside a type."""
    rest = without(schema, "nullable")
    types = schema.get("type")
    if schema["nullable"] is not True or types is None:
        return Fix(rest, "says nothing here; left out", ("nullable",))
    listed = types if isinstance(types, list) else [types]
    if "enum" in rest and None not in rest["enum"]:
        rest |= {"enum": [*rest["enum"], None]}
    return Fix(
        rest | {"type": [*dict.fromkeys([*listed, "null"])]}, "null is a type beside it", ("nullable",)
    )


RULES: Final = (
    Rule(
        "unknown-type",
        "a type that is none of JSON's seven",
        "the type its words mean counts (long: an integer of 64 bits), any type where they mean none",
        frozenset({"type"}),
        _unknown_type,
    ),
    Rule(
        "nullable",
        "nullable, which OpenAPI 3.1 does not have",
        "null is added to the types",
        frozenset({"nullable"}),
        _nullable,
    ),
)
