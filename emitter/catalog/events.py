"""The events of webhook documents, and how a name finds one."""

from __future__ import annotations

import difflib
import re
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final, NamedTuple, Self

from emitter.catalog.document import bundled_document, bundled_overlay, merge
from emitter.catalog.operations import LEFT_OUT, Operation, operations_of, printable
from emitter.catalog.repairs.envelopes import repaired, response_schema
from emitter.errors import UnknownNameError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from emitter.catalog.repairs.rule import Repair

_MAX_SUGGESTIONS: Final = 3
_MOST_TITLE_CHARS: Final = 1_000
_LINK: Final = re.compile(r"\[([^\[\]]*)\]\([^()]*\)")
_SENTENCE: Final = re.compile(r".+?[.!?](?= [A-Z]|$)")

BUNDLED: Final = "the bundled document"
"""What messages call it."""


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
        schema: JSON Schema (Draft 2020-12) of the envelope, with the overlay and all repairs. Not to be
            edited.
        example: The document's example of the envelope, or None. Not to be edited, need not fit the schema.
        operation: Where the document describes it.
    """

    name: str
    title: str
    description: str = field(repr=False)
    tag: str
    product: str
    schema: dict[str, Any] = field(hash=False, repr=False)
    example: dict[str, Any] | None = field(hash=False, repr=False)
    operation: Operation | None = field(default=None, compare=False, repr=False)

    @property
    def short_name(self) -> str:
        """The last part of the name."""
        return self.name.rpartition(".")[2]

    @cached_property
    def response(self) -> dict[str, Any] | None:
        """JSON Schema of the answer the document shows for status 200, or None. Not to be edited."""
        return response_schema(self.operation) if self.operation else None


class Document(NamedTuple):
    """A webhook document, parsed.

    Attributes:
        source: Where it comes from, as messages call it: a file's name.
        value: OpenAPI in one of the published forms, see `emitter.catalog.operations`.
        overlay: What to lay over it, see `emitter.catalog.document`.
    """

    source: str
    value: dict[str, Any]
    overlay: dict[str, Any] | None = None


class Conflict(NamedTuple):
    """An event that two documents describe differently; the later one counts.

    Attributes:
        event: Its name.
        former: The source of the description that does not count.
        latter: The source of the one that does.
    """

    event: str
    former: str
    latter: str


class Catalog:
    """The events of documents, in their order; may be shared between threads.

    An event's schema is put right when the event is first asked for.

    Args:
        events: The events.

    Attributes:
        conflicts: Events that the documents describe differently.
        left_out: What of the documents could not be read, by source.
    """

    def __init__(self, events: Iterable[EventType] = ()) -> None:
        self._events: dict[str, EventType | Operation] = {event.name: event for event in events}
        self.conflicts: tuple[Conflict, ...] = ()
        self.left_out: tuple[tuple[str, Repair], ...] = ()

    @classmethod
    def bundled(cls) -> Self:
        """Return the seven events of Zoom Revenue Accelerator."""
        return cls.of([bundled()])

    @classmethod
    def from_document(cls, document: dict[str, Any], overlay: dict[str, Any] | None = None) -> Self:
        """Return the events of one document.

        Args:
            document: In one of the forms Zoom publishes.
            overlay: What to lay over it first, see `emitter.catalog.document`.

        Raises:
            InvalidSpecError: It describes no event that can be read; the pointer says where.
        """
        return cls.of([Document("", document, overlay)])

    @classmethod
    def of(cls, documents: Iterable[Document]) -> Self:
        """Return the events of documents; of an event that several describe differently, the last counts.

        Raises:
            InvalidSpecError: One of them describes no event that can be read; the pointer says where.
        """
        catalog = cls()
        described: dict[str, tuple[str, Operation]] = {}
        conflicts: list[Conflict] = []
        left_out: list[tuple[str, Repair]] = []
        for document in documents:
            operations, repairs = operations_of(document.value, name=document.source)
            laid_over = operations
            if document.overlay is not None:
                laid_over, _ = operations_of(merge(document.value, document.overlay), name=document.source)
            left_out += [(document.source, repair) for repair in repairs if repair.rule == LEFT_OUT]
            published = {operation.name: operation for operation in operations}
            for with_overlay in laid_over:
                operation = published.get(with_overlay.name, with_overlay)
                source, former = described.get(operation.name, ("", None))
                if former and former.content == operation.content:
                    continue
                if former:
                    conflicts.append(Conflict(operation.name, source, document.source))
                catalog._events[operation.name] = with_overlay
                described[operation.name] = (document.source, operation)
        catalog.conflicts, catalog.left_out = tuple(conflicts), tuple(left_out)
        return catalog

    def names(self) -> tuple[str, ...]:
        """Return the full names, in the documents' order."""
        return tuple(self._events)

    def find(self, name: str) -> EventType:
        """Return the event of this name, or of the only name that ends in a dot and this.

        Raises:
            UnknownNameError: No event has the name, or several do; `suggestions` holds the full names meant.
        """
        if name in self._events:
            return self._event_type(name)
        matches = tuple(full for full in self._events if full.endswith(f".{name}")) if name else ()
        if len(matches) == 1:
            return self._event_type(matches[0])
        if matches:
            raise UnknownNameError("event", name, matches, "several events end so; write the name in full")
        nearest = self._nearest(name)
        hint = "" if nearest else "`zoom-emitter events list` shows the names"
        raise UnknownNameError("event", name, nearest, hint)

    def __iter__(self) -> Iterator[EventType]:
        return map(self._event_type, self.names())

    def __contains__(self, name: object) -> bool:
        return name in self._events

    def __len__(self) -> int:
        return len(self._events)

    def _event_type(self, name: str) -> EventType:
        event = self._events[name]
        if isinstance(event, Operation):
            event = self._events[name] = event_type(event)
        return event

    def _nearest(self, name: str) -> tuple[str, ...]:
        spellings = {full.rpartition(".")[2].lower(): full for full in self._events}
        spellings |= {full.lower(): full for full in self._events}
        given = name.lower()
        if close := difflib.get_close_matches(given, spellings, n=1):
            return (spellings[close[0]],)
        return tuple(full for full in self._events if given and given in full)[:_MAX_SUGGESTIONS]


def bundled() -> Document:
    """Return the document that comes with the package, with its overlay."""
    return Document(BUNDLED, bundled_document(), bundled_overlay())


def event_type(operation: Operation) -> EventType:
    """Return the event an operation describes, its schema put right; raises nothing."""
    schema, example, _ = repaired(operation)
    description = str(operation.value.get("description") or operation.body.get("description") or "")
    tags = operation.value.get("tags")
    return EventType(
        name=operation.name,
        title=printable(
            str(operation.value.get("summary") or _first_sentence(description) or _subject(schema))
        ),
        description=description,
        tag=printable(str(tags[0])) if isinstance(tags, list) and tags else operation.name.partition(".")[0],
        product=operation.product,
        schema=schema,
        example=example,
        operation=operation,
    )


def _first_sentence(description: str) -> str:
    """Return the first sentence of a description that is no heading, without Markdown's signs."""
    lines = (line.strip() for line in description.splitlines())
    first = next((line for line in lines if line and not line.startswith("#")), "")[:_MOST_TITLE_CHARS]
    plain = _LINK.sub(r"\1", first).replace("**", "").replace("`", "")
    sentence = _SENTENCE.match(plain)
    return sentence[0] if sentence else plain


def _subject(schema: dict[str, Any]) -> str:
    """Return what the schema says of `payload.object`, or an empty text."""
    node: Any = schema
    for name in ("payload", "object"):
        properties = node.get("properties")
        node = properties.get(name) if isinstance(properties, dict) else None
        if not isinstance(node, dict):
            return ""
    return str(node.get("description", ""))
