"""Documents damaged at random: an answer in words, or events that fit; never a traceback."""

from __future__ import annotations

import copy
import json

import jsonschema_rs
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from emitter.catalog.document import bundled_document
from emitter.catalog.events import Catalog, Document
from emitter.catalog.linting import lint
from emitter.catalog.reading import read_document
from emitter.errors import InvalidSpecError
from emitter.faking import events_for
from tests.support.documents import NAME, document, document_of, envelope, operation

NOW_MS = 1_763_888_888_000
WORDS = (
    "type", "properties", "required", "items", "enum", "const", "$ref", "anyOf", "allOf", "oneOf", "not",
    "if", "then", "pattern", "minLength", "minItems", "minimum", "format", "additionalProperties",
    "patternProperties", "example", "nullable", "prefixItems", "$defs", "multipleOf", "minProperties",
    "contains", "dependentRequired", "string", "long", "#", "#/webhooks", "#/info", "(", "^a$", "event",
    "payload",
)  # fmt: skip
values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(10**12), 10**12)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.sampled_from(WORDS)
    | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(WORDS), inner, max_size=3),
    max_leaves=6,
)


def small():
    """Return a document of two events, in all the ways in which one is written."""
    bundled = bundled_document()
    name = "revenue_accelerator.conversation_crm_associations_changed"
    thing = {
        "type": "object",
        "required": ["id", "kind", "next"],
        "properties": {
            "id": {"type": "string", "pattern": "^[a-z]{3}$"},
            "kind": {"enum": ["a", "b"]},
            "next": {"anyOf": [{"$ref": "#/components/schemas/Thing"}, {"type": "null"}]},
            "times": {"type": "array", "items": {"type": "integer", "minimum": 5}},
        },
    }
    shown = {"event": NAME, "payload": {"object": {"id": "abc", "kind": "a"}}}
    item = operation(envelope({"$ref": "#/components/schemas/Thing"}), example=json.dumps(shown))
    return {
        "openapi": "3.1.0",
        "info": {"title": "Things"},
        "webhooks": {NAME: item, name: bundled["webhooks"][name]},
        "components": {"schemas": {"Thing": thing}},
    }


def places(node, found=None):
    """Return every object or array of a document, with each key of it."""
    found = [] if found is None else found
    for key, value in node.items() if isinstance(node, dict) else enumerate(node):
        found.append((node, key))
        if isinstance(value, dict | list):
            places(value, found)
    return found


@st.composite
def damaged(draw):
    broken = copy.deepcopy(small())
    for _ in range(draw(st.integers(1, 6))):
        around = places(broken)
        if not around:
            break
        node, key = around[draw(st.integers(0, len(around) - 1))]
        match draw(st.sampled_from(["drop", "change", "add"])):
            case "drop":
                del node[key]
            case "change":
                node[key] = draw(values)
            case "add" if isinstance(node, dict):
                node[draw(st.sampled_from(WORDS))] = draw(values)
    return broken


def used(value):
    """Load, lint and generate as the commands do; return the events' names."""
    catalog = Catalog.from_document(read_document(json.dumps(value).encode()))
    lint(Document("damaged.json", value))
    for event_type in catalog:
        validator = jsonschema_rs.Draft202012Validator(event_type.schema)
        for envelope_ in made(event_type.name, catalog):
            validator.validate(envelope_)
    return catalog.names()


def made(name, catalog):
    """Return envelopes of an event; none where nothing fits its schema, which is said with its name."""
    try:
        events = list(events_for([name], catalog=catalog, seed=1, count=2, now_ms=NOW_MS))
    except InvalidSpecError as error:
        return [] if name in str(error) else [error]
    return [dict(event.envelope) for event in events]


@settings(suppress_health_check=[HealthCheck.too_slow])
@given(damaged())
@example({})
@example([])
@example({"webhooks": {"a": {"post": None}}})
def test_a_damaged_document_gives_events_or_a_message_with_the_place(value):
    refused, names = None, ()
    try:
        names = used(value)
    except InvalidSpecError as error:
        refused = error

    if refused is None:
        assert names
    else:
        assert refused.pointer.startswith("/") or not isinstance(value, dict)


def test_a_sound_document_of_this_test_gives_both_events():
    assert len(used(small())) == 2


def text_chain(length):
    return {f"s{i}": {"$ref": f"#/components/schemas/s{i + 1}"} for i in range(length)}


def object_chain(length):
    return {
        f"s{i}": {
            "type": "object",
            "required": ["next"],
            "properties": {"next": {"$ref": f"#/components/schemas/s{i + 1}"}},
        }
        for i in range(length)
    }


def doubling(length):
    return {
        f"s{i}": {
            "type": "object",
            "properties": {name: {"$ref": f"#/components/schemas/s{i + 1}"} for name in "abcdefgh"},
        }
        for i in range(length)
    }


def nested(wrap, times):
    schema = {"type": "string"}
    for _ in range(times):
        schema = wrap(schema)
    return schema


START = {"$ref": "#/components/schemas/s0"}
HOSTILE = {
    "a-chain-of-references": document_of(START, components={"schemas": text_chain(10_000)}),
    "a-chain-of-objects": document_of(START, components={"schemas": object_chain(10_000)}),
    "references-that-double": document_of(START, components={"schemas": doubling(30)}),
    "a-reference-to-everything": document_of({"$ref": "#"}),
    "required-of-itself": document_of(
        START,
        components={"schemas": {"s0": {"type": "object", "required": ["a"], "properties": {"a": START}}}},
    ),
    "lists-in-lists": document_of(nested(lambda one: {"type": "array", "minItems": 900, "items": one}, 6)),
    "many-properties": document_of(
        nested(lambda one: {"type": "object", "minProperties": 900, "additionalProperties": one}, 6)
    ),
    "a-long-text": document_of({"type": "string", "minLength": 10**9}),
    "a-pattern-that-explodes": document_of({"type": "string", "pattern": "^(([a-zA-Z .@-]+)+)+\\d$"}),
    "a-pattern-that-grows": document_of({"type": "string", "pattern": "^(((a{1000}){1000}){1000})$"}),
    "branches-in-branches": document_of(
        nested(lambda one: {"anyOf": [one, one]}, 8) | {"type": "string", "not": {"minLength": 0}}
    ),
    "blank-lines": document_of({"type": "string", "description": "\n" * 100_000}),
    "an-example-of-brackets": document(
        a__b=operation(envelope({}), example="," + " " * 100_000 + "x" + "/*" * 50_000)
    ),
}


@pytest.mark.parametrize("value", HOSTILE.values(), ids=[*HOSTILE])
def test_what_would_take_for_ever_is_bounded(value):
    # Without the bounds each of these takes minutes or gigabytes; the suite's own limit would end it.
    assert used(value)


def test_ten_thousand_events_load():
    item = operation(envelope({"type": "object", "properties": {"id": {"type": "string"}}}, name="x"))
    many = {"info": {"title": "Many"}, "webhooks": {f"thing.number_{i}": item for i in range(10_000)}}

    catalog = Catalog.from_document(read_document(json.dumps(many).encode()))

    assert len(catalog) == 10_000
    assert catalog.find("number_9999").schema["properties"]["event"]["const"] == "thing.number_9999"
