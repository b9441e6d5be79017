"""The document that schemathesis reads: the events' schemas as paths, made plausible or taken at their word.

Pure functions. Published documents cannot be used as they are: `webhooks` are no operations to schemathesis,
and the published responses repeat the requests, which no receiver answers (docs/decisions.md).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

Schema = dict[str, Any]

TEXT_FORMAT: Final = "zoom-emitter-text"
"""The format of what people write, see `contracts.generation.sources`."""
MARK: Final = "x-zoom-emitter-contract"
"""Marks documents made here: hooks are global in schemathesis and must leave others alone."""
_RESPONSES: Final = {
    "2XX": {"description": "acknowledged; what it says does not matter"},
    "4XX": {"description": "refused"},
}
_LONGEST_ARRAY: Final = 3
_COMPOSED: Final = ("allOf", "anyOf", "oneOf", "$ref", "unevaluatedProperties", "patternProperties")


def document_of(schemas: Mapping[str, Schema], *, title: str = "Zoom webhooks") -> dict[str, Any]:
    """Return an OpenAPI document with one path an event.

    Args:
        schemas: Schemas of envelopes, by the events' names.
        title: Of the document.
    """
    return {
        "openapi": "3.1.0",
        "info": {"title": title, "version": "1"},
        MARK: True,
        "paths": {f"/{name}": {"post": _operation(name, schema)} for name, schema in schemas.items()},
    }


def _operation(name: str, schema: Schema) -> dict[str, Any]:
    content = {"application/json": {"schema": schema}}
    return {
        "operationId": name,
        "requestBody": {"required": True, "content": content},
        "responses": _RESPONSES,
    }


def literal(event: str, schema: Schema) -> Schema:
    """Return the schema at its word, but with the event's name pinned and no unknown properties."""
    return _pinned(event, _closed(schema))


def plausible(event: str, schema: Schema, samples: Sequence[Any], *, is_free: bool = False) -> Schema:
    """Return the part of a schema that Zoom would send: ids of its shapes, times near the present.

    Args:
        event: The event's name.
        schema: Of the envelope.
        samples: Plausible envelopes, whose values say what each field may hold.
        is_free: Whether texts may be any that people write and ids any of the samples', rather than always
            the same: what covers a schema goes through every value there is, see
            `contracts.generation.varying`.
    """
    return _pinned(event, _closed(_narrowed(schema, samples, is_free=is_free)))


def _pinned(event: str, schema: Schema) -> Schema:
    properties = {**schema.get("properties", {}), "event": {"type": "string", "const": event}}
    return {**schema, "properties": properties}


def _narrowed(schema: Any, samples: Sequence[Any], *, is_free: bool) -> Any:
    if not isinstance(schema, dict) or "const" in schema or "enum" in schema:
        return schema
    narrowed = dict(schema)
    if isinstance(schema.get("properties"), dict):
        narrowed["properties"] = _properties(schema, samples, is_free=is_free)
    if isinstance(schema.get("items"), dict):
        items = [each for sample in samples if isinstance(sample, list) for each in sample]
        narrowed["items"] = _narrowed(schema["items"], items, is_free=is_free)
        narrowed = {"minItems": 1, "maxItems": _LONGEST_ARRAY, **narrowed}
    return narrowed | _narrowed_scalar(samples, is_free=is_free)


def _properties(schema: Schema, samples: Sequence[Any], *, is_free: bool) -> Schema:
    """Narrow each property; one that no sample has is left out, if it may be."""
    properties = {}
    for name, inner in schema["properties"].items():
        values = [sample[name] for sample in samples if isinstance(sample, dict) and name in sample]
        if values or name in schema.get("required", ()):
            properties[name] = _narrowed(inner, values, is_free=is_free)
    return properties


def _narrowed_scalar(samples: Sequence[Any], *, is_free: bool) -> Schema:
    texts = [sample for sample in samples if isinstance(sample, str)]
    numbers = [
        sample for sample in samples if isinstance(sample, int | float) and not isinstance(sample, bool)
    ]
    if texts and len(texts) == len(samples):
        if is_free and any(_is_written(text) for text in texts):
            return {"format": TEXT_FORMAT}
        usual = sorted(dict.fromkeys(texts), key=_is_written)
        return {"enum": usual if is_free else usual[:1]}
    if numbers and len(numbers) == len(samples):
        return {"minimum": min(numbers), "maximum": max(numbers)}
    return {}


def _is_written(text: str) -> bool:
    """Say whether a person wrote it, rather than a machine."""
    return " " in text or not text.isascii()


def _closed(schema: Any) -> Any:
    """Return a schema whose objects have no other properties: open ones are made at a twentieth the rate."""
    if isinstance(schema, list):
        return [_closed(each) for each in schema]
    if not isinstance(schema, dict):
        return schema
    closed = {
        key: each if key in {"enum", "const", "examples"} else _closed(each) for key, each in schema.items()
    }
    is_object = isinstance(schema.get("properties"), dict) and schema.get("type") == "object"
    if is_object and not any(key in schema for key in _COMPOSED):
        closed.setdefault("additionalProperties", False)
    return closed
