"""The bundled document against the page it came from, Zoom's own form of it, and OpenAPI."""

import json
import re
from collections import Counter
from itertools import pairwise
from pathlib import Path

import jsonschema_rs
import pytest

from emitter.catalog.document import bundled_document, bundled_overlay
from emitter.catalog.prose import parse_page

SHARED = Path(__file__).parents[2].parent / "shared"
PAGE = SHARED / "seed" / "zoom-revenue-accelerator-webhooks.txt"
PUBLISHED = SHARED / "specs" / "iq.webhooks.json"
DATA = Path(__file__).parents[2] / "emitter" / "catalog" / "data"

needs_page = pytest.mark.skipif(not PAGE.is_file(), reason="the prose page is not beside this checkout")
needs_published = pytest.mark.skipif(
    not PUBLISHED.is_file(), reason="Zoom's form is not beside this checkout"
)

NAMES = [
    "revenue_accelerator.conversation_analysis_completed",
    "revenue_accelerator.playlist_remove_moment",
    "revenue_accelerator.playlist_add_moment",
    "revenue_accelerator.playlist_create",
    "revenue_accelerator.post_comment_completed",
    "revenue_accelerator.playlist_delete",
    "revenue_accelerator.conversation_crm_associations_changed",
]
OPERATOR = ["payload.operator_id", "payload.operator"]
MOMENT = ["playlist_id", "playlist_name", "playlist_detail_id", "moment_id", "moment_name", "update_time"]
ASSOCIATIONS = ["conversation_id", "old_associations", "new_associations"]

# Copied by hand from the page and its examples: what `payload.object` holds, and what of it is required.
OBJECTS = {
    "conversation_analysis_completed": (
        ["conversation_id", "source", "host_id", "engagement_id"],
        {"conversation_id"},
    ),
    "playlist_remove_moment": (MOMENT, {"moment_id", "playlist_id"}),
    "playlist_add_moment": (MOMENT, {"moment_id", "playlist_id"}),
    "playlist_create": (
        ["playlist_id", "playlist_type", "playlist_name", "create_time"],
        {"playlist_id", "playlist_type", "playlist_name"},
    ),
    "post_comment_completed": (
        ["comment_id", "conversation_id", "text"],
        {"comment_id", "conversation_id"},
    ),
    "playlist_delete": (["playlist_id", "playlist_name", "delete_time"], {"playlist_id"}),
    "conversation_crm_associations_changed": (ASSOCIATIONS, set()),
}


def contents(document):
    """Every schema with its example, of requests and responses, in the page's order."""
    for name, item in document["webhooks"].items():
        for where in (item["post"]["requestBody"], item["post"]["responses"]["200"]):
            content = where["content"]["application/json"]
            (example,) = content["examples"].values()
            yield name, content["schema"], example["value"]


def request_schema(document, name):
    return document["webhooks"][name]["post"]["requestBody"]["content"]["application/json"]["schema"]


def properties_of(schema, path=()):
    """Every property below a schema: its path, and (name, required, type, format, enum, description)."""
    for name, each in schema.get("properties", {}).items():
        enum = tuple(each.get("enum", ()))
        required = name in schema.get("required", [])
        yield (*path, name), (name, required, each["type"], each.get("format"), enum, each.get("description"))
        yield from properties_of(each, (*path, name))
        yield from properties_of(each.get("items", {}), (*path, name))


def page_sections():
    """The lines of each property list and the example after it, cut out by their headings alone."""
    lines = PAGE.read_text(encoding="utf-8").splitlines()
    cuts = [index for index, line in enumerate(lines) if line.startswith("Content-Type: ")]
    for start, end in pairwise([*cuts, len(lines)]):
        middle = lines.index("Example:", start)
        after = range(middle + 1, end)
        last = max(index for index in after if lines[index] in {"}", "]"})
        yield lines[start + 1 : middle], json.loads("\n".join(lines[middle + 1 : last + 1]))


def read_line(line):
    """One property line of the page, read without the parser under test."""
    head, _, description = line.partition("— ")
    enum = re.findall(r'"([^"]*)"', head)
    head, *attributes = head.removesuffix("-").split(", ")
    (form,) = [each.removeprefix("format:") for each in attributes if each.startswith("format:")] or [None]
    (kind,) = [each for each in ("string", "integer", "object", "array") if head.endswith(each)]
    name = head.removesuffix(kind)
    description = description.removesuffix(" -").removesuffix("-").removesuffix("Items:")
    required = name.endswith("(required)")
    return name.removesuffix("(required)"), required, kind, form, tuple(enum), description or None


def shape_of(example):
    """The paths of an example's keys, lists seen through."""
    if isinstance(example, list):
        return shape_of(example[0])
    if not isinstance(example, dict):
        return []
    return [
        path for key, value in example.items() for path in [(key,), *((key, *p) for p in shape_of(value))]
    ]


@needs_page
def test_the_bundled_document_is_what_the_parser_makes_of_the_page():
    assert parse_page(PAGE.read_text(encoding="utf-8")) == bundled_document()


@needs_page
def test_every_property_line_of_the_page_is_in_the_document_and_nothing_else():
    sections = list(page_sections())
    described = list(contents(bundled_document()))

    assert len(sections) == len(described) == 14
    for (lines, _), (name, schema, _) in zip(sections, described, strict=True):
        wanted = Counter(read_line(line) for line in lines if line != "-")
        assert wanted == Counter(facts for _, facts in properties_of(schema)), name


@needs_page
def test_every_property_lies_where_the_example_of_the_page_shows_it_and_in_its_order():
    for (_, example), (_, schema, kept) in zip(page_sections(), contents(bundled_document()), strict=True):
        assert [path for path, _ in properties_of(schema)] == shape_of(example)
        assert kept == example


@needs_page
def test_titles_versions_names_methods_and_tags_are_the_page_s():
    text = PAGE.read_text(encoding="utf-8")
    document = bundled_document()

    assert document["info"] == {"title": text.splitlines()[0], "version": "1.0.0"}
    assert document["openapi"] == "3.1.0"
    assert list(document["webhooks"]) == re.findall(r"^POST (\S+)$", text, re.MULTILINE)
    assert text.count("Status: ") == text.count("Status: 200") == 7


def test_the_seven_events_stand_in_the_page_s_order():
    assert list(bundled_document()["webhooks"]) == NAMES


@pytest.mark.parametrize("name", NAMES)
def test_an_operation_has_the_published_form(name):
    item = bundled_document()["webhooks"][name]

    assert list(item) == ["post"]
    assert list(item["post"]) == ["tags", "operationId", "requestBody", "responses"]
    assert item["post"]["tags"] == ["revenue_accelerator"]
    assert item["post"]["operationId"] == name
    assert list(item["post"]["responses"]) == ["200"]


@pytest.mark.parametrize("name", NAMES)
def test_the_documented_response_repeats_the_request(name):
    operation = bundled_document()["webhooks"][name]["post"]

    assert operation["responses"]["200"]["content"] == operation["requestBody"]["content"]


@pytest.mark.parametrize("name", NAMES)
def test_the_envelope_is_event_time_and_payload(name):
    schema = request_schema(bundled_document(), name)

    assert list(schema["properties"]) == schema["required"] == ["event", "event_ts", "payload"]
    assert schema["properties"]["event"]["type"] == "string"
    assert schema["properties"]["event_ts"]["type"] == "integer"
    assert schema["properties"]["event_ts"]["format"] == "int64"


@pytest.mark.parametrize("short_name", OBJECTS)
def test_the_object_holds_what_the_page_lists(short_name):
    properties, required = OBJECTS[short_name]
    schema = request_schema(bundled_document(), f"revenue_accelerator.{short_name}")
    inside = schema["properties"]["payload"]["properties"]["object"]
    inside = inside.get("items", inside)

    assert list(inside["properties"]) == properties
    assert set(inside.get("required", [])) == required


@pytest.mark.parametrize("short_name", OBJECTS)
def test_only_what_people_do_by_hand_names_an_operator(short_name):
    paths = [
        path
        for path, _ in properties_of(request_schema(bundled_document(), f"revenue_accelerator.{short_name}"))
    ]
    has_operator = not short_name.startswith("conversation_")

    assert (("payload", "operator") in paths) == (("payload", "operator_id") in paths) == has_operator


def test_the_two_enumerations_are_complete_and_in_order():
    document = bundled_document()
    enums = [
        (path[-1], facts[4])
        for _, schema, _ in contents(document)
        for path, facts in properties_of(schema)
        if facts[4]
    ]

    sources = (
        "ZOOM_MEETING",
        "ZOOM_PHONE",
        "ZOOM_CONTACT_CENTER",
        "MICROSOFT_TEAMS",
        "GOOGLE_MEET",
        "OTHERS",
    )
    assert enums == [("source", sources)] * 2 + [("playlist_type", ("BASIC", "SMART"))] * 2


def test_the_crm_event_carries_a_list_of_lists():
    schema = request_schema(bundled_document(), "revenue_accelerator.conversation_crm_associations_changed")
    found = dict(properties_of(schema["properties"]["payload"]["properties"]["object"]["items"]))

    association = "List of CRM object IDs to be associated with the conversation."
    assert schema["properties"]["payload"]["properties"]["object"]["type"] == "array"
    assert found[("new_associations",)] == ("new_associations", False, "array", None, (), association)
    assert found[("old_associations", "deal_id")] == (
        "deal_id",
        False,
        "string",
        None,
        (),
        "CRM deal object ID.",
    )
    assert len(found) == 9


@pytest.mark.parametrize(
    ("name", "path", "description"),
    [
        ("playlist_create", "create_time", "The creation timestamp, in milliseconds."),
        ("playlist_delete", "delete_time", "The timestamp when the playlist was deleted, in milliseconds."),
        ("post_comment_completed", "text", "The content of the comment."),
        ("conversation_analysis_completed", "host_id", "The conversation host's Zoom user ID."),
    ],
    ids=["create_time", "delete_time", "text", "host_id"],
)
def test_descriptions_are_the_page_s_words(name, path, description):
    schema = request_schema(bundled_document(), f"revenue_accelerator.{name}")

    inside = schema["properties"]["payload"]["properties"]["object"]["properties"]
    assert inside[path]["description"] == description


def test_the_document_says_nothing_of_other_properties():
    assert "additionalProperties" not in json.dumps(bundled_document())


def test_every_published_example_but_its_empty_name_fits_its_schema():
    for _, schema, example in contents(bundled_document()):
        jsonschema_rs.Draft202012Validator(schema).validate(example)


def test_every_schema_is_a_json_schema():
    for _, schema, _ in contents(bundled_document()):
        assert jsonschema_rs.meta.is_valid(
            {"$schema": "https://json-schema.org/draft/2020-12/schema"} | schema
        )


def test_the_document_fits_the_official_schema_of_openapi_3_1():
    definitions = pytest.importorskip("schemathesis.specs.openapi.definitions")

    errors = jsonschema_rs.Draft202012Validator(definitions.OPENAPI_31).iter_errors(bundled_document())
    assert [error.message for error in errors] == []


@needs_published
def test_six_events_agree_with_zoom_s_own_form_of_the_document():
    published = json.loads(PUBLISHED.read_text(encoding="utf-8"))
    ours = bundled_document()

    assert ours["info"]["title"] == published["info"]["title"]
    assert ours["info"]["version"] == published["info"]["version"]
    assert list(ours["webhooks"])[:6] == list(published["webhooks"])
    for name in published["webhooks"]:
        theirs = request_schema(published, name)
        # Zoom forgot the type of one payload; the page, made from the same document, prints "object".
        theirs["properties"]["payload"].setdefault("type", "object")
        assert list(properties_of(request_schema(ours, name))) == list(properties_of(theirs)), name


@pytest.mark.parametrize("name", ["zra.webhooks.json", "zra.overlay.json"])
def test_a_bundled_file_is_pretty_json_in_utf_8_with_plain_line_ends(name):
    raw = (DATA / name).read_bytes()

    assert b"\r" not in raw
    assert raw.decode("utf-8") == json.dumps(json.loads(raw), indent=2, ensure_ascii=False) + "\n"


def test_the_overlay_has_the_form_of_the_standard():
    overlay = bundled_overlay()

    assert overlay["overlay"] == "1.0.0"
    assert set(overlay["info"]) == {"title", "version", "x-description"}
    assert all(set(action) == {"target", "description", "update"} for action in overlay["actions"])
