"""Small webhook documents, in the form Zoom publishes."""

from __future__ import annotations

from typing import Any

NAME = "thing.changed"
CONTENT = f"/webhooks/{NAME}/post/requestBody/content/application~1json"
SCHEMA = f"{CONTENT}/schema"
OBJECT = f"{SCHEMA}/properties/payload/properties/object"


def operation(schema: Any = None, *, example: Any = None, **more: Any) -> dict[str, Any]:
    content: dict[str, Any] = {} if schema is None else {"schema": schema}
    if example is not None:
        content["examples"] = {"json-example": {"value": example}}
    return {"post": {"requestBody": {"content": {"application/json": content}}} | more}


def envelope(object_schema: Any, *, name: str = NAME, **more: Any) -> dict[str, Any]:
    """Return the schema of an envelope that is as it should be but for the object's schema."""
    return {
        "type": "object",
        "required": ["event", "event_ts", "payload"],
        "properties": {
            "event": {"type": "string", "const": name},
            "event_ts": {"type": "integer", "format": "int64"},
            "payload": {"type": "object", "required": ["object"], "properties": {"object": object_schema}},
        },
    } | more


def document(*, title: str | None = "Things", **webhooks: Any) -> dict[str, Any]:
    """Return a document of these webhooks, by names with ``__`` for a dot."""
    named = {name.replace("__", "."): item for name, item in webhooks.items()}
    info = {} if title is None else {"title": title, "version": "1"}
    return {"openapi": "3.1.0", "info": info, "webhooks": named}


def document_of(object_schema: Any, *, shown: Any = None, **more: Any) -> dict[str, Any]:
    """Return a document of one event, of which the object has this schema and this example."""
    example = None if shown is None else {"event": NAME, "event_ts": 1, "payload": {"object": shown}}
    item = operation(envelope(object_schema), example=example)
    return document(thing__changed=item) | more
