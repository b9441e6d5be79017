"""The forms in which Zoom publishes documents, and several documents together."""

from __future__ import annotations

import jsonschema_rs
import pytest

from emitter.catalog.events import BUNDLED, Catalog, Conflict, Document, bundled
from emitter.catalog.paths import known_paths, set_value
from emitter.errors import InvalidSpecError, UnknownNameError
from emitter.faking import events_for
from tests.support.documents import NAME, document, document_of, envelope, operation

NOW_MS = 1_763_888_888_000
TEXT = {"type": "string"}


def made(catalog, name=NAME):
    (event,) = events_for([name], catalog=catalog, seed=1, count=1, now_ms=NOW_MS)
    jsonschema_rs.validate(catalog.find(name).schema, dict(event.envelope))
    return event.envelope


@pytest.mark.parametrize("key", [NAME, f"/{NAME}"], ids=["name", "leading-slash"])
def test_paths_keyed_by_event_name_are_events(key):
    given = {"openapi": "3.0.0", "info": {"title": "T"}, "paths": {key: operation(envelope(TEXT))}}

    catalog = Catalog.from_document(given)

    assert catalog.names() == (NAME,)
    assert made(catalog)["event"] == NAME


def test_openapi_3_0_with_components_everywhere():
    given = {
        "openapi": "3.0.3",
        "info": {"title": "T"},
        "paths": {f"/{NAME}": {"$ref": "#/components/pathItems/Changed"}},
        "components": {
            "pathItems": {
                "Changed": {"post": {"requestBody": {"$ref": "#/components/requestBodies/Changed"}}}
            },
            "requestBodies": {
                "Changed": {
                    "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Changed"}}}
                }
            },
            "schemas": {
                "Changed": envelope({"$ref": "#/components/schemas/Thing", "description": "the thing"}),
                "Thing": {
                    "type": "object",
                    "required": ["id", "note"],
                    "properties": {
                        "id": {"$ref": "#/components/schemas/Id"},
                        "note": {"type": "string", "nullable": True, "enum": ["a"]},
                    },
                },
                "Id": {"type": "integer", "minimum": 5, "exclusiveMinimum": True, "maximum": 6},
            },
        },
    }

    catalog = Catalog.from_document(given)

    schema = catalog.find(NAME).schema
    assert "$ref" not in str(schema)
    assert schema["properties"]["payload"]["properties"]["object"]["description"] == "the thing"
    assert made(catalog)["payload"]["object"]["id"] == 6
    assert "payload.object.note" in known_paths(schema)


def test_a_reference_with_keywords_beside_it_means_both():
    parts = {"Id": {"type": "string", "minLength": 3}}
    given = document_of({"$ref": "#/components/schemas/Id", "minLength": 5}, components={"schemas": parts})

    assert len(made(Catalog.from_document(given))["payload"]["object"]) >= 5


def test_a_schema_that_contains_itself_stays_one_reference_and_generates():
    tree = {
        "type": "object",
        "required": ["name"],
        "properties": {
            "name": TEXT,
            "children": {"type": "array", "items": {"$ref": "#/components/schemas/Tree"}},
        },
    }
    given = document_of({"$ref": "#/components/schemas/Tree"}, components={"schemas": {"Tree": tree}})

    catalog = Catalog.from_document(given)

    assert catalog.find(NAME).schema["$defs"]
    assert made(catalog)["payload"]["object"]["children"][0]["name"]
    assert len(known_paths(catalog.find(NAME).schema)) < 20


def test_an_override_reaches_into_an_object_that_is_a_list():
    row = {"type": "object", "properties": {"id": {"type": "integer"}}}
    catalog = Catalog.from_document(document_of({"type": "array", "items": row, "minItems": 2}))
    schema = catalog.find(NAME).schema

    changed = set_value(dict(made(catalog)), "object[1].id", 7, schema, force=False)

    assert changed["payload"]["object"][1]["id"] == 7
    with pytest.raises(UnknownNameError) as caught:
        set_value(dict(made(catalog)), "object[1].idd", 7, schema, force=False)
    assert caught.value.suggestions == ("payload.object[0].id",)


def test_envelopes_are_made_as_the_schema_says_whatever_is_missing():
    bare = {"type": "object", "properties": {"payload": {"type": "object", "properties": {"robotJid": TEXT}}}}
    late = {
        "type": "object",
        "properties": {
            "payload": {"type": "object", "properties": {"account_id": TEXT}},
            "event_ts": TEXT,
            "download_token": TEXT,
            "event": TEXT,
        },
    }
    example = (
        '{"payload": {"account_id": "x"}, "event_ts": "1626230691572", "event": "b.c", "download_token": ""}'
    )
    catalog = Catalog.from_document(document(a__b=operation(bare), b__c=operation(late, example=example)))

    first, second = made(catalog, "a.b"), made(catalog, "b.c")

    assert set(first) == {"event", "payload"}
    assert first["payload"]["robotJid"].endswith("@xmpp.zoom.us")
    assert [*second] == ["payload", "event_ts", "event", "download_token"]
    assert second["event_ts"] == str(NOW_MS)


def test_a_meeting_s_id_is_what_the_schema_says():
    def of(type_):
        return operation(
            envelope({"type": "object", "required": ["id"], "properties": {"id": {"type": type_}}})
        )

    catalog = Catalog.from_document(document(meeting__started=of("string"), recording__started=of("integer")))

    assert isinstance(made(catalog, "meeting.started")["payload"]["object"]["id"], str)
    assert isinstance(made(catalog, "recording.started")["payload"]["object"]["id"], int)


@pytest.mark.parametrize(
    ("key", "item", "pointer"),
    [
        ("/users/{userId}", operation({}), "/paths/~1users~1{userId}"),
        ("/users/settings", operation({}), "/paths/~1users~1settings"),
        ("a\nb", operation({}), "/paths/a\nb"),
        ("", operation({}), "/paths/"),
        ("x" * 300, operation({}), f"/paths/{'x' * 300}"),
        ("a.c", None, "/paths/a.c"),
        ("a.c", {"post": {"requestBody": {"$ref": "#/nowhere"}}}, "/paths/a.c/post/requestBody/$ref"),
        ("/a.b", operation({}), "/paths/~1a.b"),
    ],
    ids=["path", "another-path", "line-end", "empty", "long", "null", "reference", "twice"],
)
def test_what_is_no_event_is_left_out_and_reported(key, item, pointer):
    given = {"info": {"title": "T"}, "paths": {"a.b": operation(envelope(TEXT)), key: item}}

    catalog = Catalog.of([Document("things.json", given)])

    assert catalog.names() == ("a.b",)
    assert [(source, repair.pointer) for source, repair in catalog.left_out] == [("things.json", pointer)]


def test_a_document_of_an_api_is_refused_with_the_way_out():
    given = {"openapi": "3.0.0", "info": {}, "paths": {"/users/{id}": {"get": {}}, "/users": {"get": {}}}}

    with pytest.raises(InvalidSpecError, match="a path of an API that you call, not an event"):
        Catalog.from_document(given)


def test_the_last_of_several_documents_counts_and_differences_are_told():
    former = Document("a.json", document(a__b=operation(envelope(TEXT)), a__c=operation(envelope(TEXT))))
    latter = Document(
        "b.json", document(a__b=operation(envelope({"type": "integer"})), a__c=operation(envelope(TEXT)))
    )

    catalog = Catalog.of([bundled(), former, latter])

    assert catalog.conflicts == (Conflict("a.b", "a.json", "b.json"),)
    assert isinstance(made(catalog, "a.b")["payload"]["object"], int)
    assert len(catalog) == 9


def test_the_bundled_document_counts_as_one_of_them():
    name = "revenue_accelerator.playlist_create"
    mine = Document(
        "mine.json", {"info": {"title": "M"}, "webhooks": {name: operation(envelope(TEXT, name=name))}}
    )

    catalog = Catalog.of([bundled(), mine])

    assert catalog.conflicts == (Conflict(name, BUNDLED, "mine.json"),)
    assert catalog.find("playlist_create").product == "M"


def test_paths_lead_into_the_branches_of_a_schema():
    member = {
        "anyOf": [
            {"type": "object", "properties": {"id": TEXT}},
            {"type": "object", "properties": {"email": TEXT}},
        ]
    }
    given = document_of(
        {"oneOf": [{"type": "object", "properties": {"members": {"type": "array", "items": member}}}]}
    )
    schema = Catalog.from_document(given).find(NAME).schema

    assert known_paths(schema)[-4:] == (
        "payload.object.members",
        "payload.object.members[0]",
        "payload.object.members[0].id",
        "payload.object.members[0].email",
    )
    assert set_value({}, "members[0].email", "a", schema, force=False) == {
        "payload": {"object": {"members": [{"email": "a"}]}}
    }


def test_the_bundled_document_given_again_changes_nothing():
    again = Document("again.json", bundled().value)

    catalog = Catalog.of([bundled(), again])

    assert catalog.conflicts == ()
    assert list(catalog) == list(Catalog.bundled())
