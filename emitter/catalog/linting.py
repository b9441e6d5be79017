"""Everything about a document that had to be repaired, understood or left out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from emitter.catalog.events import event_type
from emitter.catalog.json_values import pointer_to
from emitter.catalog.operations import LEFT_OUT, operations_of
from emitter.catalog.repairs.envelopes import repaired
from emitter.catalog.repairs.examples import read_example
from emitter.catalog.repairs.rule import Repair
from emitter.catalog.repairs.walk import SCHEMA_RULES
from emitter.catalog.validation import problems

if TYPE_CHECKING:
    from emitter.catalog.events import Document
    from emitter.catalog.operations import Operation


class Entry(NamedTuple):
    """A rule as reports show it: its id, what it finds, and what is done about that."""

    id: str
    title: str
    change: str


RULES: Final[dict[str, Entry]] = {
    entry.id: entry
    for entry in (
        Entry(
            "document-without-title", "a document that says of no product", "the file's name stands for it"
        ),
        Entry(LEFT_OUT, "an event that cannot be read", "the others are; only this one is missing"),
        Entry("method-not-post", "an event under another method than post", "it is an event all the same"),
        Entry("media-type-not-json", "a body of another media type than JSON", "it is taken for JSON"),
        Entry("response-repeats-request", "a response that repeats the request", "any 2xx is an answer"),
        Entry("example-as-text", "an example that is a text of JSON", "it is read as JSON"),
        Entry("example-with-comments", "an example with comments or a comma too many", "it is read without"),
        Entry("example-unreadable", "an example that is no JSON object", "it is left out"),
        Entry("example-breaks-schema", "an example that breaks its own schema", "the schema decides"),
        Entry("schema-from-example", "an event without a schema", "it is as its example shows"),
        Entry("envelope-no-object", "an envelope that is to be something else", "it is an object"),
        Entry("envelope-without-event", "an envelope that does not name its event", "it does"),
        Entry("event-without-const", "an event's name that may be any text", "it is the event's name"),
        Entry("event-of-another-name", "an envelope that names another event", "the document's key counts"),
        Entry("event-not-required", "an event's name that may be missing", "it is always there"),
        Entry("no-schema", "something else where a schema is expected", "a type's name counts as such"),
        Entry("nested-too-deep", "schemas inside schemas beyond reason", "anything is allowed below"),
        Entry("reference-meant", "a reference that leads nowhere as written", "what it means is found"),
        Entry("reference-nowhere", "a reference that leads nowhere", "anything is allowed in its place"),
        Entry("reference-elsewhere", "a reference out of the document", "nothing is fetched; anything goes"),
        Entry("reference-loop", "a reference that leads to itself", "anything is allowed in its place"),
        *(Entry(rule.id, rule.title, rule.change) for rule in SCHEMA_RULES),
    )
}
"""Every rule by its id, in the order of reports."""


def lint(document: Document) -> list[Repair]:
    """Return what of a document is not as it should be, rule by rule, in the document's order.

    Raises:
        InvalidSpecError: It describes no event that can be read; the pointer says where.
    """
    operations, repairs = operations_of(document.value, name=document.source)
    for operation in operations:
        repairs += repaired(operation).repairs
        repairs += _example(operation)
    order = list(RULES)
    return sorted(repairs, key=lambda repair: order.index(repair.rule))


def _example(operation: Operation) -> list[Repair]:
    """Return whether the example breaks the schema, repaired as it is."""
    event = event_type(operation)
    if event.example is None:
        return []
    found = problems(event, event.example)
    if not found:
        return []
    way = read_example(operation.content).steps
    others = f", and {len(found) - 1} more" if len(found) > 1 else ""
    message = f"{found[0].pointer or 'the envelope'}: {found[0].message}{others}"
    return [Repair("example-breaks-schema", pointer_to((*operation.content_steps, *way)), message)]
