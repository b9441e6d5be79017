"""The events of a webhook document, and how a name finds one."""

from __future__ import annotations

import difflib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final, Self, cast

from emitter.catalog.document import bundled_document, bundled_overlay, merge
from emitter.catalog.json_values import DECODER, pointer_to
from emitter.errors import InvalidSpecError, UnknownNameError

if TYPE_CHECKING:
    from collections.abc import Iterator

_MEDIA_TYPE: Final = "application/json"
_MAX_SUGGESTIONS: Final = 3


@dataclass(frozen=True)
class EventType:
    """One kind of event a document describes.

    Attributes:
        name: What the envelope's `event` says, as ``revenue_accelerator.playlist_create``.
        title: One line on what the event is about: the operation's summary, else the first sentence of its
            description, else the description of `payload.object`; may be empty.
        description: The operation's or its request's description; may be empty.
        tag: The first tag, else the name up to its first dot.
        product: The title of the document.
        schema: JSON Schema (Draft 2020-12) of the envelope, with the overlay. Not to be edited.
        example: The document's example of the envelope, or None. Not to be edited, need not fit the schema.
        response: JSON Schema of the answer the document shows for status 200, or None. Not to be edited.
    """

    name: str
    title: str
    description: str = field(repr=False)
    tag: str
    product: str
    schema: dict[str, Any] = field(hash=False, repr=False)
    example: dict[str, Any] | None = field(hash=False, repr=False)
    response: dict[str, Any] | None = field(default=None, hash=False, repr=False)

    @property
    def short_name(self) -> str:
        """The last part of the name."""
        return self.name.rpartition(".")[2]


class Catalog:
    """The events of a document, in its order; immutable, so it may be shared between threads."""

    def __init__(self, events: tuple[EventType, ...]) -> None:
        self._events = {event.name: event for event in events}

    @classmethod
    def bundled(cls) -> Self:
        """Return the seven events of Zoom Revenue Accelerator."""
        return cls.from_document(bundled_document(), bundled_overlay())

    @classmethod
    def from_document(cls, document: dict[str, Any], overlay: dict[str, Any] | None = None) -> Self:
        """Return the events of an OpenAPI 3.1 document in the published form.

        Args:
            document: With `webhooks` keyed by event name, each a ``post`` with a JSON request body.
            overlay: What to lay over it first, see `emitter.catalog.document`.

        Raises:
            InvalidSpecError: The document has no such form; the pointer says where.
        """
        if overlay is not None:
            document = merge(document, overlay)
        webhooks = _object_at(document, "webhooks")
        product = str(_object_at(document, "info").get("title", ""))
        return cls(tuple(_event_type(document, name, product) for name in webhooks))

    def names(self) -> tuple[str, ...]:
        """Return the full names, in the document's order."""
        return tuple(self._events)

    def find(self, name: str) -> EventType:
        """Return the event of this name, or of the only name that ends in a dot and this.

        Raises:
            UnknownNameError: No event has the name, or several do; `suggestions` holds the full names meant.
        """
        if event := self._events.get(name):
            return event
        matches = tuple(full for full in self._events if full.endswith(f".{name}")) if name else ()
        if len(matches) == 1:
            return self._events[matches[0]]
        if matches:
            raise UnknownNameError("event", name, matches, "several events end so; write the name in full")
        nearest = self._nearest(name)
        hint = "" if nearest else "`zoom-emitter events list` shows the names"
        raise UnknownNameError("event", name, nearest, hint)

    def __iter__(self) -> Iterator[EventType]:
        return iter(self._events.values())

    def __contains__(self, name: object) -> bool:
        return name in self._events

    def __len__(self) -> int:
        return len(self._events)

    def _nearest(self, name: str) -> tuple[str, ...]:
        spellings = {event.short_name.lower(): event.name for event in self}
        spellings |= {event.name.lower(): event.name for event in self}
        given = name.lower()
        if close := difflib.get_close_matches(given, spellings, n=1):
            return (spellings[close[0]],)
        return tuple(full for full in self._events if given and given in full)[:_MAX_SUGGESTIONS]


def _event_type(document: dict[str, Any], name: str, product: str) -> EventType:
    operation = _object_at(document, "webhooks", name, "post")
    body = _object_at(document, "webhooks", name, "post", "requestBody")
    content = _object_at(document, "webhooks", name, "post", "requestBody", "content", _MEDIA_TYPE)
    schema = _object_at(document, "webhooks", name, "post", "requestBody", "content", _MEDIA_TYPE, "schema")
    description = str(operation.get("description") or body.get("description") or "")
    tags = operation.get("tags")
    return EventType(
        name=name,
        title=str(operation.get("summary") or _first_line(description) or _subject(schema)),
        description=description,
        tag=str(tags[0]) if isinstance(tags, list) and tags else name.partition(".")[0],
        product=product,
        schema=schema,
        example=_example(content),
        response=_response(operation),
    )


def _response(operation: dict[str, Any]) -> dict[str, Any] | None:
    """Return the schema of the answer with status 200, if the document has one."""
    try:
        return _object_at(operation, "responses", "200", "content", _MEDIA_TYPE, "schema")
    except InvalidSpecError:
        return None


def _object_at(document: dict[str, Any], *keys: str) -> dict[str, Any]:
    node: Any = document
    for depth, key in enumerate(keys, start=1):
        node = node.get(key) if isinstance(node, dict) else None
        if not isinstance(node, dict):
            message = "expected an object here, as in Zoom's published form"
            raise InvalidSpecError(message, pointer=pointer_to(keys[:depth]))
    return cast("dict[str, Any]", node)


def _first_line(description: str) -> str:
    """Return the first line of a description that is no heading."""
    lines = (line.strip() for line in description.splitlines())
    return next((line for line in lines if line and not line.startswith("#")), "")


def _subject(schema: dict[str, Any]) -> str:
    """Return what the schema says of `payload.object`, or an empty text."""
    node: Any = schema
    for name in ("payload", "object"):
        properties = node.get("properties")
        node = properties.get(name) if isinstance(properties, dict) else None
        if not isinstance(node, dict):
            return ""
    return str(node.get("description", ""))


def _example(content: dict[str, Any]) -> dict[str, Any] | None:
    """Return the first example that is an object, or text that reads as one, as Zoom publishes them."""
    examples = content.get("examples")
    candidates = [content.get("example")]
    if isinstance(examples, dict):
        candidates += [each.get("value") for each in examples.values() if isinstance(each, dict)]
    for candidate in candidates:
        value = candidate
        if isinstance(value, str):
            try:
                value = DECODER.decode(value)
            except (ValueError, RecursionError):
                continue
        if isinstance(value, dict):
            return value
    return None
