"""The events a webhook document describes, each as an operation, in the forms Zoom publishes.

`webhooks` keyed by event name, or `paths` keyed by event name with or without a leading slash. An operation
is a ``post`` with a JSON request body. What cannot be read is left out and reported.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any, Final

from emitter.catalog.json_values import kind_of, pointer_to
from emitter.catalog.repairs.references import References
from emitter.catalog.repairs.rule import Repair, shown
from emitter.errors import InvalidSpecError

if TYPE_CHECKING:
    from collections.abc import Callable, Container

    from emitter.catalog.repairs.rule import Steps

MEDIA_TYPE: Final = "application/json"
LEFT_OUT: Final = "event-left-out"
"""The rule under which events that cannot be read are reported."""
_METHODS: Final = ("post", "put", "patch", "get", "delete")
_LONGEST_NAME: Final = 200


@dataclass(frozen=True, slots=True)
class Operation:
    """What a document says of one event.

    Attributes:
        name: The event's name.
        document: The whole document; never edited.
        steps: The way to the operation.
        value: The operation.
        body: Its request body.
        content_steps: The way to the media type of the request body.
        content: The media type: schema and examples.
        product: What the document is about.
    """

    name: str
    document: dict[str, Any]
    steps: Steps
    value: dict[str, Any]
    body: dict[str, Any]
    content_steps: Steps
    content: dict[str, Any]
    product: str


class _LeftOutError(Exception):
    """An event cannot be read; holds where and why."""

    def __init__(self, steps: Steps, message: str) -> None:
        super().__init__(message)
        self.steps = steps
        self.message = message


def operations_of(document: Any, *, name: str = "") -> tuple[list[Operation], list[Repair]]:
    """Return the events of a document in its order, and what had to be understood or left out.

    Args:
        document: The parsed document.
        name: What the product is called where the document has no title.

    Raises:
        InvalidSpecError: It describes no event that can be read; the pointer says where the first fails.
    """
    key, items = _items(document)
    repairs: list[Repair] = []
    product = _product(document, name, repairs)
    operations: dict[str, Operation] = {}
    for written, item in items.items():
        steps = (key, written)
        try:
            event = _event_name(written, steps, known=operations)
            operation = _operation(document, steps, item, repairs)
        except _LeftOutError as error:
            repairs.append(Repair(LEFT_OUT, pointer_to(error.steps), error.message))
        else:
            operations[event] = operation(name=event, product=product)
    if not operations:
        failed = next((each for each in repairs if each.rule == LEFT_OUT), None)
        message = failed.message if failed else "there are no events in this document"
        raise InvalidSpecError(message, pointer=failed.pointer if failed else pointer_to((key,)))
    return list(operations.values()), repairs


def _items(document: Any) -> tuple[str, dict[str, Any]]:
    """Return which part of the document holds the events, and that part."""
    for key in ("webhooks", "paths", "x-webhooks"):
        items = document.get(key) if isinstance(document, dict) else None
        if isinstance(items, dict) and items:
            return key, items
    if isinstance(document, dict) and isinstance(document.get("paths"), dict) and "webhooks" not in document:
        raise InvalidSpecError("there are no events in this document", pointer="/paths")
    message = "expected an object here, one event or more by their names, as in Zoom's published form"
    raise InvalidSpecError(message, pointer="/webhooks")


def _product(document: dict[str, Any], name: str, repairs: list[Repair]) -> str:
    info = document.get("info")
    title = info.get("title") if isinstance(info, dict) else None
    if isinstance(title, str) and title.strip():
        return printable(title)
    repairs.append(Repair("document-without-title", "/info/title", f"no title; called {name!r}"))
    return printable(name)


def _operation(
    document: dict[str, Any], steps: Steps, item: Any, repairs: list[Repair]
) -> Callable[..., Operation]:
    """Return what makes the operation, once it has its name."""
    references = References(document, ())
    item, steps = _resolved(item, steps, references)
    method = next((each for each in _METHODS if _has_body(item.get(each))), "post")
    operation = _object(item.get(method), (*steps, method))
    body, body_steps = _resolved(operation.get("requestBody"), (*steps, method, "requestBody"), references)
    content = _object(body.get("content"), (*body_steps, "content"))
    media_type = _media_type(content)
    content_steps = (*body_steps, "content", media_type)
    described = _object(content.get(media_type), content_steps)
    if not isinstance(described.get("schema"), dict) and not ({"example", "examples"} & described.keys()):
        raise _LeftOutError((*content_steps, "schema"), _EXPECTED)
    if method != "post":
        message = "Zoom sends every event by POST; what stands here is taken for it"
        repairs.append(Repair("method-not-post", pointer_to((*steps, method)), message))
    if media_type != MEDIA_TYPE:
        message = f"Zoom sends every event as {MEDIA_TYPE}; what stands here is taken for it"
        repairs.append(Repair("media-type-not-json", pointer_to(content_steps), message))
    return partial(
        Operation,
        document=document,
        steps=(*steps, method),
        value=operation,
        body=body,
        content_steps=content_steps,
        content=described,
    )


_EXPECTED: Final = "expected an object here, as in Zoom's published form"


def _has_body(operation: Any) -> bool:
    return isinstance(operation, dict) and "requestBody" in operation


def _object(value: Any, steps: Steps) -> dict[str, Any]:
    if not isinstance(value, dict):
        found = "" if value is None else f", found {kind_of(value)}"
        raise _LeftOutError(steps, _EXPECTED + found)
    return value


def _resolved(value: Any, steps: Steps, references: References) -> tuple[dict[str, Any], Steps]:
    """Return an object, or what its reference leads to, and where that is."""
    node = _object(value, steps)
    if not isinstance(node.get("$ref"), str):
        return node, steps
    found = references.find(node["$ref"])
    if found is None or (isinstance(found.value, dict) and "$ref" in found.value):
        raise _LeftOutError((*steps, "$ref"), f"the reference {shown(node['$ref'])} leads nowhere")
    return _object(found.value, found.steps), found.steps


def _event_name(written: str, steps: Steps, *, known: Container[str]) -> str:
    """Return the event's name; a path of an API, which Zoom is called by, is none."""
    name = written.removeprefix("/").strip()
    if not name or len(name) > _LONGEST_NAME or not name.isprintable():
        raise _LeftOutError(steps, f"a name of 1 to {_LONGEST_NAME} printable characters was expected")
    if "{" in name or ("/" in name.strip("/") and written.startswith("/")):
        message = "a path of an API that you call, not an event; download the product's webhooks document"
        raise _LeftOutError(steps, message)
    if name in known:
        raise _LeftOutError(steps, f"the event {name!r} stands here twice; the first counts")
    return name


def _media_type(content: dict[str, Any]) -> str:
    if MEDIA_TYPE in content:
        return MEDIA_TYPE
    return next((each for each in content if "json" in each.lower()), next(iter(content), MEDIA_TYPE))


def printable(text: str) -> str:
    """Return a text as one line of characters that a terminal shows and UTF-8 can write."""
    line = " ".join(text.split())
    return line if line.isprintable() else "".join(char for char in line if char.isprintable() or char == " ")
