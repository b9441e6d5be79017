"""Objects and arrays: which properties are required, which slipped to another place, what items are."""

from __future__ import annotations

from typing import Any, Final

from emitter.catalog.repairs.keywords import KEYWORDS, LOOKS_LIKE
from emitter.catalog.repairs.rule import NOTHING, Fix, Place, Rule, Schema, shown, without

_COMPOSED: Final = frozenset({"$ref", "allOf", "anyOf", "oneOf", "if", "then", "else", "dependentSchemas"})
_PROPERTIES: Final = frozenset({"properties"})
_DEEPEST_INFERENCE: Final = 20


def _slipped(schema: Schema) -> list[str]:
    """Return the keywords of a schema that are none, but properties that stand beside ``properties``."""
    return [
        name
        for name, value in schema.items()
        if name not in KEYWORDS and not name.startswith("x-") and is_like_a_schema(value)
    ]


def is_like_a_schema(value: Any) -> bool:
    """Say whether an unknown keyword's value describes a property."""
    if not isinstance(value, dict):
        return False
    return isinstance(value.get("type"), str) or "$ref" in value or isinstance(value.get("properties"), dict)


def _from_neighbours(schema: Schema, place: Place) -> Fix | None:
    """Take back properties that ended up inside the schema of the property before them."""
    properties = schema["properties"]
    needed = schema.get("required", [])
    moved: dict[str, Any] = {}
    kept = dict(properties)
    for name, each in properties.items():
        if not isinstance(each, dict):
            continue
        inside = Place(place.inside(name))
        taken = [
            inner
            for inner in _slipped(each)
            if inner not in properties
            and not inside.shows(inner)
            and (place.shows(inner) or inner in needed or not _is_object(each))
        ]
        if taken:
            moved |= {inner: each[inner] for inner in taken}
            kept[name] = without(each, *taken)
    if not moved:
        return None
    names = ", ".join(moved)
    return Fix(
        schema | {"properties": kept | moved}, f"{names} stood inside another property", ("properties",)
    )


def _is_object(schema: Schema) -> bool:
    return schema.get("type", "object") in ("object", ["object", "null"])


def _beside(schema: Schema, place: Place) -> Fix | None:
    """Take properties that stand beside ``properties`` for properties."""
    slipped = _slipped(schema)
    if not slipped or not _is_object(schema):
        return None
    if len(schema) == 1 and isinstance(place.example, str | int | float):
        return Fix(schema[slipped[0]], f"{slipped[0]} is the schema of this value", (slipped[0],))
    properties = schema.get("properties", {})
    added = {name: schema[name] for name in slipped if name not in properties}
    names = ", ".join(slipped)
    fixed = without(schema, *slipped) | {"properties": properties | added}
    return Fix(fixed, f"{names} stood beside properties", (slipped[0],))


def _among_properties(schema: Schema, _: Place) -> Fix | None:
    """Take a property that is no schema for the keyword of that name."""
    properties = schema["properties"]
    slipped = {
        name: properties[name]
        for name, fits in LOOKS_LIKE.items()
        if name in properties and fits(properties[name])
    }
    if not slipped:
        return None
    rest = {name: value for name, value in properties.items() if name not in slipped}
    named = ", ".join(slipped)
    fixed = slipped | schema | {"properties": rest}
    return Fix(
        fixed, f"{named} stood among the properties; taken for a keyword", ("properties", next(iter(slipped)))
    )


def _required_on_property(schema: Schema, _: Place) -> Fix | None:
    properties = schema["properties"]
    marked = [
        name
        for name, each in properties.items()
        if isinstance(each, dict) and isinstance(each.get("required"), bool)
    ]
    if not marked:
        return None
    needed = [name for name in marked if properties[name]["required"]]
    rest = properties | {name: without(properties[name], "required") for name in marked}
    required = [*dict.fromkeys([*schema.get("required", []), *needed])]
    fixed = schema | {"properties": rest} | ({"required": required} if required else {})
    message = f"{', '.join(marked)} said so in their own schema"
    return Fix(fixed, message, ("properties", marked[0], "required"))


def _required_but_never(schema: Schema, _: Place) -> Fix | None:
    properties = schema["properties"]
    never = [name for name in schema.get("required", []) if properties.get(name, True) is False]
    if not never:
        return None
    fixed = schema | {"properties": properties | {name: {} for name in never}}
    return Fix(fixed, f"{', '.join(never)}: required, and never allowed; allowed", ("properties", never[0]))


def _required_twice(schema: Schema, _: Place) -> Fix | None:
    names = list(dict.fromkeys(schema["required"]))
    if len(names) == len(schema["required"]):
        return None
    return Fix(schema | {"required": names}, "a name is listed twice; it counts once", ("required",))


def _required_unknown(schema: Schema, place: Place) -> Fix | None:
    """Leave out names that no property has, where other schemas cannot declare them either."""
    properties = schema.get("properties")
    if not isinstance(properties, dict) or (not place.outer and not _COMPOSED.isdisjoint(schema)):
        return None
    unknown = [name for name in schema["required"] if name not in properties and name not in place.outer]
    if not unknown or (not properties and schema.get("additionalProperties") is not False):
        return None
    if any(_declares(each, unknown) for key in ("allOf", "anyOf", "oneOf") for each in schema.get(key) or []):
        return None
    known = [name for name in schema["required"] if name not in unknown]
    fixed = schema | {"required": known} if known else without(schema, "required")
    return Fix(fixed, f"no property is called {', '.join(map(shown, unknown))}; not required", ("required",))


def _declares(branch: Any, names: list[str]) -> bool:
    properties = branch.get("properties") if isinstance(branch, dict) else None
    return isinstance(properties, dict) and any(name in properties for name in names)


def _array_without_items(schema: Schema, place: Place) -> Fix | None:
    if schema["type"] != "array" or "items" in schema or "prefixItems" in schema:
        return None
    example = place.example if isinstance(place.example, list) and place.example else None
    if example is None:
        return Fix(schema | {"items": {}}, "says nothing of its items; any are allowed")
    return Fix(
        schema | {"items": inferred(example[0])}, "says nothing of its items; they are as the example shows"
    )


def _object_without_properties(schema: Schema, place: Place) -> Fix | None:
    if schema["type"] != "object" or not _DESCRIBES_AN_OBJECT.isdisjoint(schema):
        return None
    if not isinstance(place.example, dict) or not place.example:
        return Fix(schema | {"properties": {}}, "says nothing of its properties; any are allowed")
    properties = {name: inferred(value) for name, value in place.example.items()}
    message = "says nothing of its properties; those that the example shows are known"
    return Fix(schema | {"properties": properties}, message)


_DESCRIBES_AN_OBJECT: Final = _COMPOSED | {"properties", "additionalProperties", "patternProperties"}


def inferred(value: Any, *, depth: int = 0) -> Schema:
    """Return a schema of what a value is, open to anything the example does not show."""
    if value is NOTHING or value is None or depth > _DEEPEST_INFERENCE:
        return {}
    if isinstance(value, dict):
        return {
            "type": "object",
            "properties": {name: inferred(each, depth=depth + 1) for name, each in value.items()},
        }
    if isinstance(value, list):
        return {"type": "array", "items": inferred(value[0], depth=depth + 1) if value else {}}
    kinds = ((bool, "boolean"), (str, "string"), (int, "integer"), (float, "number"))
    return {"type": next(type_ for kind, type_ in kinds if isinstance(value, kind))}


def _items_as_list(schema: Schema, _: Place) -> Fix | None:
    """Translate what older drafts call a tuple; a list of one is taken for the schema of every item."""
    items = schema["items"]
    if not isinstance(items, list):
        return None
    if len(items) == 1:
        return Fix(schema | {"items": items[0]}, "a list of one schema; it counts for every item", ("items",))
    fixed = without(schema, "items")
    if items:
        fixed = {"prefixItems": items} | fixed
    return Fix(fixed, f"a list of {len(items)} schemas; they count for the first items", ("items",))


SLIPPED: Final = (
    Rule(
        "property-in-neighbour",
        "properties inside the schema of the property before them",
        "they are properties of the object around",
        _PROPERTIES,
        _from_neighbours,
    ),
    Rule(
        "property-beside-properties",
        "properties that stand beside `properties`, where keywords are expected",
        "they are properties",
        frozenset(),
        _beside,
    ),
    Rule(
        "keyword-among-properties",
        "a keyword among the properties, such as additionalProperties: false",
        "it is a keyword of the object",
        _PROPERTIES,
        _among_properties,
    ),
    Rule(
        "required-on-property",
        "a property that says itself whether it is required",
        "the object around lists it",
        _PROPERTIES,
        _required_on_property,
    ),
)
"""What stands in the wrong place; looked for before keywords are held against what they may be."""

RULES: Final = (
    Rule(
        "required-repeats",
        "a required name listed twice",
        "it counts once",
        frozenset({"required"}),
        _required_twice,
    ),
    Rule(
        "required-but-never-allowed",
        "a required property that no value fits",
        "any value fits",
        _PROPERTIES,
        _required_but_never,
    ),
    Rule(
        "required-unknown",
        "a required name that no property has",
        "it is not required",
        frozenset({"required"}),
        _required_unknown,
    ),
    Rule(
        "items-as-list",
        "a list of schemas for items",
        "one counts for every item, several for the first ones",
        frozenset({"items"}),
        _items_as_list,
    ),
    Rule(
        "array-without-items",
        "an array that does not say what its items are",
        "they are as the example shows, else anything",
        frozenset({"type"}),
        _array_without_items,
    ),
    Rule(
        "object-without-properties",
        "an object that does not say what its properties are",
        "those of the example are known, and any other is allowed",
        frozenset({"type"}),
        _object_without_properties,
    ),
)
