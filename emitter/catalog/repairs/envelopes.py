"""Envelopes: the name of the event in them, and what takes the place of a schema or response."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from emitter.catalog.repairs.examples import read_example
from emitter.catalog.repairs.members import inferred
from emitter.catalog.repairs.references import References
from emitter.catalog.repairs.rule import NOTHING, Repair, Schema, shown, without
from emitter.catalog.repairs.walk import Walk

if TYPE_CHECKING:
    from collections.abc import Callable

    from emitter.catalog.operations import Operation
    from emitter.catalog.repairs.rule import Steps


class Repaired(NamedTuple):
    """What is worked with in place of an operation's schema and example.

    Attributes:
        schema: JSON Schema (Draft 2020-12) of the envelope; needs nothing else of the document.
        example: The document's example of the envelope, or None.
        repairs: What is different from the document.
    """

    schema: Schema
    example: dict[str, Any] | None
    repairs: tuple[Repair, ...]


def repaired(operation: Operation) -> Repaired:
    """Return an operation's schema and example, put right; raises nothing."""
    example = read_example(operation.content)
    steps = (*operation.content_steps, "schema")
    walk = Walk(References(operation.document, steps))
    for rule, way, message in example.notes:
        walk.report(rule, (*operation.content_steps, *way), message)
    schema = operation.content.get("schema")
    if not isinstance(schema, dict):
        walk.report("schema-from-example", steps, "there is no schema; it is as the example shows")
        schema = inferred(example.value)
    shown_value = NOTHING if example.value is None else example.value
    schema = walk.repaired(schema, steps=steps, example=shown_value)
    schema = _named(schema, operation.name, steps, walk.report)
    _note_responses(operation, walk.report)
    return Repaired(schema, example.value, tuple(walk.repairs))


def response_schema(operation: Operation) -> Schema | None:
    """Return the schema of the answer with status 200, put right, or None where there is none."""
    steps: Steps = ("responses", "200", "content", "application/json", "schema")
    node: Any = operation.value
    for step in steps:
        node = node.get(step) if isinstance(node, dict) else None
    if not isinstance(node, dict):
        return None
    steps = (*operation.steps, *steps)
    return Walk(References(operation.document, steps)).repaired(node, steps=steps, example=NOTHING)


def _named(schema: Schema, name: str, steps: Steps, report: Callable[[str, Steps, str], None]) -> Schema:
    """Return the schema with `event` required and fixed to the operation's name."""
    properties = schema.get("properties", {})
    where = (*steps, "properties", "event")
    event = properties.get("event")
    if not isinstance(event, dict):
        report("envelope-without-event", where, f"the envelope names no event; it is {shown(name)}")
        event = {"type": "string", "const": name}
    elif "const" in event and event["const"] != name:
        report("event-of-another-name", (*where, "const"), f"{shown(event['const'])} counts as {shown(name)}")
        event = without(event, "enum", "pattern") | {"const": name}
    elif "const" not in event and event.get("enum") != [name]:
        report("event-without-const", where, f"may be any text; it is always {shown(name)}")
        event = {key: event[key] for key in ("description",) if key in event} | {
            "type": "string",
            "const": name,
        }
    schema = schema | {"properties": properties | {"event": event}}
    if "event" not in schema.get("required", ()):
        report("event-not-required", (*steps, "required"), "an envelope may lack its event; it never does")
        schema = schema | {"required": ["event", *schema.get("required", ())]}
    for key in ("type", "const", "enum"):
        if key in schema and (key, schema[key]) != ("type", "object"):
            report("envelope-no-object", (*steps, key), "an envelope is an object like its example")
            schema = without(schema, key)
    return {"type": "object"} | schema


def _note_responses(operation: Operation, report: Callable[[str, Steps, str], None]) -> None:
    responses = operation.value.get("responses")
    for status, response in responses.items() if isinstance(responses, dict) else ():
        content = response.get("content") if isinstance(response, dict) else None
        media = content.get("application/json") if isinstance(content, dict) else None
        if isinstance(media, dict) and media.get("schema") == operation.content.get("schema"):
            way = (*operation.steps, "responses", status, "content")
            report(
                "response-repeats-request", way, "a receiver need not answer with the event; not asked for"
            )
