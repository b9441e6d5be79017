"""Each rule on a small document of its own: what it reports, where, and what counts instead."""

from __future__ import annotations

import copy
from pathlib import Path

import jsonschema_rs
import pytest

from emitter.catalog.events import Catalog, Document
from emitter.catalog.linting import RULES, lint
from emitter.catalog.repairs.bounds import MOST_CHARS, MOST_ITEMS
from emitter.faking import events_for
from tests.support.documents import (
    CONTENT,
    NAME,
    OBJECT,
    SCHEMA,
    document,
    document_of,
    envelope,
    operation,
)

TEXT = {"type": "string"}
ANYTHING: dict[str, object] = {}
LIST_OF_TEXTS = {"type": "array", "items": TEXT}


def an_object(properties, **more):
    return {"type": "object", "properties": properties} | more


# Rule, schema of payload.object, what stands there repaired, the pointer below it, what the example shows.
OF_SCHEMAS = [
    ("unknown-type", {"type": "long"}, {"type": "integer", "format": "int64"}, "/type", None),
    ("unknown-type", {"type": "Boolean"}, {"type": "boolean"}, "/type", None),
    (
        "unknown-type",
        {"type": "enum, country┃states┃city", "description": "d"},
        {"type": "string", "enum": ["country", "states", "city"], "description": "d"},
        "/type",
        None,
    ),
    ("unknown-type", {"type": "string or integer"}, {"type": ["string", "integer"]}, "/type", None),
    ("unknown-type", {"type": "array of strings"}, LIST_OF_TEXTS, "/type", None),
    ("unknown-type", {"type": ["string", "long"]}, {"type": ["string", "integer"]}, "/type", None),
    ("unknown-type", {"type": "gibberish"}, ANYTHING, "/type", None),
    ("unknown-type", {"type": []}, ANYTHING, "/type", None),
    ("unknown-type", {"type": {"type": "string"}}, ANYTHING, "/type", None),
    ("nullable", {"type": "string", "nullable": True}, {"type": ["string", "null"]}, "/nullable", None),
    (
        "nullable",
        {"type": "string", "enum": ["a"], "nullable": True},
        {"type": ["string", "null"], "enum": ["a", None]},
        "/nullable",
        None,
    ),
    ("enum-of-items", LIST_OF_TEXTS | {"enum": ["a", "b"]}, None, "/enum", None),
    ("enum-repeats", TEXT | {"enum": ["a", "a", "b"]}, TEXT | {"enum": ["a", "b"]}, "/enum", None),
    ("enum-empty", TEXT | {"enum": ["0", "1", ""]}, TEXT | {"enum": ["0", "1"]}, "/enum", None),
    ("enum-empty", TEXT | {"enum": []}, TEXT, "/enum", None),
    (
        "enum-of-another-type",
        {"type": "integer", "enum": ["1", "2", "x"]},
        {"type": "integer", "enum": [1, 2]},
        "/enum",
        None,
    ),
    (
        "enum-of-another-type",
        {"type": "boolean", "enum": ["true", "false"]},
        {"type": "boolean", "enum": [True, False]},
        "/enum",
        None,
    ),
    (
        "enum-of-another-type",
        {"type": "integer", "enum": ["on", "off"]},
        {"enum": ["on", "off"]},
        "/type",
        None,
    ),
    (
        "enum-of-structures",
        LIST_OF_TEXTS | {"enum": [["a"], ["b"]]},
        {"type": "array", "enum": [["a"], ["b"]], "items": {}},
        "/enum",
        None,
    ),
    ("const-and-more", TEXT | {"const": "a", "minLength": 9}, TEXT | {"const": "a"}, "/const", None),
    ("const-not-allowed", TEXT | {"const": "a", "enum": ["b"]}, TEXT | {"const": "a"}, "/const", None),
    ("const-of-another-type", TEXT | {"const": 5}, {"const": 5}, "/const", None),
    (
        "misspelt-keyword",
        an_object({"a": TEXT}, require=["a"]),
        an_object({"a": TEXT}, required=["a"]),
        "/require",
        None,
    ),
    (
        "exclusive-as-boolean",
        {"type": "integer", "minimum": 5, "exclusiveMinimum": True, "exclusiveMaximum": False},
        {"type": "integer", "exclusiveMinimum": 5},
        "/exclusiveMinimum",
        None,
    ),
    (
        "keyword-of-wrong-kind",
        {"type": "string", "maxLength": "64", "description": 5, "format": None},
        {"type": "string", "maxLength": 64, "description": "5"},
        "/maxLength",
        None,
    ),
    ("keyword-of-wrong-kind", TEXT | {"anyOf": []}, TEXT, "/anyOf", None),
    ("keyword-of-wrong-kind", an_object([]), {"type": "object", "properties": {}}, "/properties", None),
    ("unknown-keyword", TEXT | {"allowed": 1, "x-mine": 2}, TEXT | {"x-mine": 2}, "/allowed", None),
    (
        "unknown-keyword",
        TEXT | {"$schema": "draft-04"},
        TEXT,
        "/$schema",
        None,
    ),
    (
        "property-in-neighbour",
        an_object({"text": LIST_OF_TEXTS | {"sent_at": TEXT}}, required=["sent_at"]),
        an_object({"text": LIST_OF_TEXTS, "sent_at": TEXT}, required=["sent_at"]),
        "/properties",
        None,
    ),
    (
        "property-in-neighbour",
        an_object({"link": an_object({"url": TEXT}, reason=TEXT)}),
        an_object({"link": an_object({"url": TEXT}), "reason": TEXT}),
        "/properties",
        {"link": {"url": "u"}, "reason": "r"},
    ),
    (
        "property-beside-properties",
        an_object({"a": TEXT}, email=TEXT),
        an_object({"a": TEXT, "email": TEXT}),
        "/email",
        None,
    ),
    ("property-beside-properties", {"quality": TEXT}, TEXT, "/quality", "good"),
    (
        "keyword-among-properties",
        an_object({"a": TEXT, "additionalProperties": False}),
        an_object({"a": TEXT}, additionalProperties=False),
        "/properties/additionalProperties",
        None,
    ),
    (
        "keyword-among-properties",
        {"properties": {"type": "object", "a": TEXT}},
        an_object({"a": TEXT}),
        "/properties/type",
        None,
    ),
    (
        "required-on-property",
        an_object({"a": TEXT | {"required": True}, "b": TEXT | {"required": False}}),
        an_object({"a": TEXT, "b": TEXT}, required=["a"]),
        "/properties/a/required",
        None,
    ),
    (
        "required-repeats",
        an_object({"a": TEXT}, required=["a", "a"]),
        an_object({"a": TEXT}, required=["a"]),
        "/required",
        None,
    ),
    (
        "required-but-never-allowed",
        an_object({"a": False}, required=["a"]),
        an_object({"a": {}}, required=["a"]),
        "/properties/a",
        None,
    ),
    (
        "required-unknown",
        an_object({"a": TEXT}, required=["a", "members"], additionalProperties=False),
        an_object({"a": TEXT}, required=["a"], additionalProperties=False),
        "/required",
        None,
    ),
    ("items-as-list", {"type": "array", "items": [TEXT]}, LIST_OF_TEXTS, "/items", None),
    (
        "items-as-list",
        {"type": "array", "items": [TEXT, {"type": "integer"}]},
        {"type": "array", "prefixItems": [TEXT, {"type": "integer"}]},
        "/items",
        None,
    ),
    ("array-without-items", {"type": "array"}, {"type": "array", "items": {}}, "", None),
    (
        "array-without-items",
        {"type": "array"},
        {"type": "array", "items": an_object({"n": {"type": "integer"}})},
        "",
        [{"n": 5}],
    ),
    ("object-without-properties", {"type": "object"}, {"type": "object", "properties": {}}, "", None),
    ("object-without-properties", {"type": "object"}, an_object({"a": TEXT}), "", {"a": "x"}),
    ("contradictory-bounds", TEXT | {"minLength": 5, "maxLength": 2}, TEXT, "/minLength", None),
    ("bound-out-of-reach", TEXT | {"minLength": MOST_CHARS + 1}, TEXT, "/minLength", None),
    ("bound-out-of-reach", LIST_OF_TEXTS | {"minItems": MOST_ITEMS + 1}, LIST_OF_TEXTS, "/minItems", None),
    ("broken-pattern", TEXT | {"pattern": "(["}, TEXT, "/pattern", None),
    ("broken-pattern", TEXT | {"pattern": '"^a+$"'}, TEXT | {"pattern": "^a+$"}, "/pattern", None),
    (
        "broken-name-pattern",
        an_object({}, patternProperties={"([": TEXT, "^x": TEXT}),
        an_object({}, patternProperties={"^x": TEXT}),
        "/patternProperties/([",
        None,
    ),
    ("no-schema", "string", TEXT, "", None),
    ("no-schema", ["x"], ANYTHING, "", None),
    ("no-schema", an_object({"a": "integer"}), an_object({"a": {"type": "integer"}}), "/properties/a", None),
    (
        "no-schema",
        an_object({}, additionalProperties="false"),
        an_object({}, additionalProperties=False),
        "/additionalProperties",
        None,
    ),
    ("reference-nowhere", {"$ref": "#/components/schemas/Gone"}, ANYTHING, "/$ref", None),
    ("reference-nowhere", {"$ref": 5, "type": "string"}, TEXT, "/$ref", None),
    ("reference-elsewhere", {"$ref": "other.json#/Thing"}, ANYTHING, "/$ref", None),
]


def object_of(repaired):
    return repaired["properties"]["payload"]["properties"]["object"]


@pytest.mark.parametrize(
    ("rule", "schema", "counts", "pointer", "shown"),
    OF_SCHEMAS,
    ids=[f"{row[0]}-{number}" for number, row in enumerate(OF_SCHEMAS)],
)
def test_a_rule_repairs_a_schema_and_says_where(rule, schema, counts, pointer, shown):
    given = document_of(schema, shown=shown)
    before = copy.deepcopy(given)

    found = lint(Document("things.json", given))
    event = Catalog.from_document(given).find(NAME)

    reported = {repair.rule: repair.pointer for repair in found if not repair.rule.startswith("example-")}
    assert reported[rule] == OBJECT + pointer
    assert set(reported) <= {rule, "object-without-properties", "array-without-items"}
    if counts is not None:
        assert object_of(event.schema) == counts
    assert given == before


def test_the_values_of_an_array_go_to_its_items():
    event = Catalog.from_document(document_of(LIST_OF_TEXTS | {"enum": ["a", "b"]})).find(NAME)

    assert object_of(event.schema) == {"type": "array", "items": {"type": "string", "enum": ["a", "b"]}}


# Rule, document, the pointer.
OF_DOCUMENTS = [
    ("document-without-title", document(title=None, thing__changed=operation(envelope(TEXT))), "/info/title"),
    (
        "event-left-out",
        document(thing__changed=operation(envelope(TEXT)), other__gone={"post": 5}),
        "/webhooks/other.gone/post",
    ),
    (
        "method-not-post",
        document(thing__changed={"put": operation(envelope(TEXT))["post"]}),
        f"/webhooks/{NAME}/put",
    ),
    (
        "media-type-not-json",
        document(
            thing__changed={"post": {"requestBody": {"content": {"text/plain": {"schema": envelope(TEXT)}}}}}
        ),
        f"/webhooks/{NAME}/post/requestBody/content/text~1plain",
    ),
    (
        "response-repeats-request",
        document(
            thing__changed=operation(
                envelope(TEXT),
                responses={"200": {"content": {"application/json": {"schema": envelope(TEXT)}}}},
            )
        ),
        f"/webhooks/{NAME}/post/responses/200/content",
    ),
    (
        "example-as-text",
        document(thing__changed=operation(envelope({}), example='{"event": "thing.changed"}')),
        f"{CONTENT}/examples/json-example/value",
    ),
    (
        "example-with-comments",
        document(thing__changed=operation(envelope({}), example='{"event": "//", // no\n"event_ts": 1,}')),
        f"{CONTENT}/examples/json-example/value",
    ),
    (
        "example-unreadable",
        document(thing__changed=operation(envelope({}), example="{{{")),
        f"{CONTENT}/examples/json-example/value",
    ),
    (
        "example-breaks-schema",
        document_of(TEXT, shown=5),
        f"{CONTENT}/examples/json-example/value",
    ),
    (
        "schema-from-example",
        document(thing__changed=operation(example={"event": NAME, "payload": {"id": 5}})),
        SCHEMA,
    ),
    (
        "envelope-no-object",
        document(thing__changed=operation(envelope(TEXT, type="array"))),
        f"{SCHEMA}/type",
    ),
    (
        "envelope-without-event",
        document(thing__changed=operation({"type": "object", "properties": {"payload": TEXT}})),
        f"{SCHEMA}/properties/event",
    ),
    (
        "event-without-const",
        document(
            thing__changed=operation({"type": "object", "required": ["event"], "properties": {"event": TEXT}})
        ),
        f"{SCHEMA}/properties/event",
    ),
    (
        "event-of-another-name",
        document(thing__changed=operation(envelope(TEXT, name="thing.change"))),
        f"{SCHEMA}/properties/event/const",
    ),
    (
        "event-not-required",
        document(thing__changed=operation(envelope(TEXT, required=["payload"]))),
        f"{SCHEMA}/required",
    ),
    ("reference-meant", document_of({"$ref": "#/paths/~1thing.changed/x"}), f"{OBJECT}/$ref"),
    (
        "reference-loop",
        document_of(
            {"$ref": "#/components/a"},
            components={"a": {"$ref": "#/components/b"}, "b": {"$ref": "#/components/a"}},
        ),
        f"{OBJECT}/$ref",
    ),
]
OF_DOCUMENTS[-2][1]["webhooks"][NAME]["x"] = TEXT


@pytest.mark.parametrize(("rule", "given", "pointer"), OF_DOCUMENTS, ids=[row[0] for row in OF_DOCUMENTS])
def test_a_rule_repairs_a_document_and_says_where(rule, given, pointer):
    found = lint(Document("things.json", given))

    assert [repair.pointer for repair in found if repair.rule == rule] == [pointer]
    event = Catalog.from_document(given).find(NAME)
    assert event.schema["properties"]["event"]["const"] == NAME
    assert "event" in event.schema["required"]


def test_schemas_inside_each_other_beyond_reason_are_cut():
    deep = TEXT
    for _ in range(70):
        deep = an_object({"a": deep})

    found = lint(Document("things.json", document_of(deep)))

    assert [repair.rule for repair in found] == ["nested-too-deep"]


def test_every_rule_has_a_test():
    tested = {row[0] for row in [*OF_SCHEMAS, *OF_DOCUMENTS]} | {"nested-too-deep"}

    assert tested == set(RULES)


@pytest.mark.parametrize("row", [*OF_SCHEMAS], ids=lambda row: row[0])
def test_an_event_of_a_repaired_schema_fits_it(row):
    catalog = Catalog.from_document(document_of(row[1], shown=row[4]))
    validator = jsonschema_rs.Draft202012Validator(catalog.find(NAME).schema)

    for event in events_for([NAME], catalog=catalog, seed=1, count=5, now_ms=1_763_888_888_000):
        validator.validate(event.envelope)


def test_a_document_as_it_should_be_needs_no_repair():
    good = an_object(
        {
            "type": TEXT,
            "additionalProperties": TEXT,
            "items": LIST_OF_TEXTS,
            "required": {"type": "boolean"},
            "open": {"type": "object", "additionalProperties": True},
            "one": {"anyOf": [an_object({"a": TEXT}, required=["a"]), TEXT]},
        },
        required=["type"],
        anyOf=[{"required": ["items"]}, {"required": ["open"]}],
    )

    assert lint(Document("things.json", document_of(good))) == []


def test_every_rule_is_documented():
    page = (Path(__file__).parents[3] / "docs" / "specs.md").read_text(encoding="utf-8")

    assert [rule for rule in RULES if f"| `{rule}` |" not in page] == []
