import json
from pathlib import Path

import pytest

from emitter.catalog.events import Catalog
from emitter.errors import InvalidSpecError, UnknownNameError

PUBLISHED = Path(__file__).parents[2].parent / "shared" / "specs" / "iq.webhooks.json"


def operation(**more):
    content = {"schema": {"type": "object"}} | more.pop("content", {})
    return {"post": {"requestBody": {"content": {"application/json": content}}} | more}


def catalog(**webhooks):
    return Catalog.from_document({"info": {"title": "P"}, "webhooks": webhooks})


def named(*names):
    return catalog(**{name: operation() for name in names})


def test_the_bundled_catalog_has_seven_events_in_order():
    bundled = Catalog.bundled()

    assert len(bundled) == 7
    assert [event.name for event in bundled] == list(bundled.names())
    assert bundled.names()[0] == "revenue_accelerator.conversation_analysis_completed"
    assert bundled.names()[6] == "revenue_accelerator.conversation_crm_associations_changed"


def test_an_event_carries_what_the_document_says_of_it():
    event = Catalog.bundled().find("playlist_delete")

    assert event.name == "revenue_accelerator.playlist_delete"
    assert event.short_name == "playlist_delete"
    assert event.title == "Details about the deleted playlist."
    assert event.description == ""
    assert event.tag == "revenue_accelerator"
    assert event.product == "Zoom Revenue Accelerator Webhooks"
    assert event.schema["properties"]["event"]["const"] == "revenue_accelerator.playlist_delete"
    assert event.example is not None
    assert event.example["payload"]["object"] == {"playlist_id": "", "playlist_name": "", "delete_time": 1}


def test_events_can_be_keys_and_compare_by_value():
    first, second = Catalog.bundled().find("playlist_create"), Catalog.bundled().find("playlist_create")

    assert first == second
    assert len({first, second}) == 1


@pytest.mark.parametrize(
    ("given", "found"),
    [
        ("revenue_accelerator.playlist_create", "revenue_accelerator.playlist_create"),
        ("playlist_create", "revenue_accelerator.playlist_create"),
        ("post_comment_completed", "revenue_accelerator.post_comment_completed"),
    ],
    ids=["full", "last-part", "another"],
)
def test_a_full_name_or_its_last_part_finds_the_event(given, found):
    assert Catalog.bundled().find(given).name == found


def test_several_parts_find_the_event_where_one_is_ambiguous():
    found = named("meeting.chat.sent", "webinar.chat.sent")

    assert found.find("webinar.chat.sent").name == "webinar.chat.sent"
    with pytest.raises(UnknownNameError) as caught:
        found.find("chat.sent")
    assert caught.value.suggestions == ("meeting.chat.sent", "webinar.chat.sent")
    assert str(caught.value) == (
        "unknown event 'chat.sent'; did you mean 'meeting.chat.sent' or 'webinar.chat.sent'? "
        "(several events end so; write the name in full)"
    )


def test_a_full_name_wins_over_names_that_end_in_it():
    assert named("sent", "meeting.sent").find("sent").name == "sent"


@pytest.mark.parametrize(
    ("given", "suggestions"),
    [
        ("playlist_created", ("revenue_accelerator.playlist_create",)),
        ("revenue_accelerator.playlist_created", ("revenue_accelerator.playlist_create",)),
        ("PLAYLIST_CREATE", ("revenue_accelerator.playlist_create",)),
        ("revenue_accelerator.playlist_create ", ("revenue_accelerator.playlist_create",)),
        ("revenue_acelerator.post_coment_completed", ("revenue_accelerator.post_comment_completed",)),
        ("create", ("revenue_accelerator.playlist_create",)),
        ("moment", ("revenue_accelerator.playlist_remove_moment", "revenue_accelerator.playlist_add_moment")),
        ("meeting.started", ()),
        ("", ()),
        ("x" * 10_000, ()),
    ],
    ids=[
        "a-letter-more",
        "full-a-letter-more",
        "case",
        "trailing-space",
        "letters-less",
        "end-of-a-part",
        "a-part",
        "another-product",
        "empty",
        "endless",
    ],
)
def test_a_wrong_name_gets_the_nearest_full_names(given, suggestions):
    with pytest.raises(UnknownNameError) as caught:
        Catalog.bundled().find(given)

    assert caught.value.suggestions == suggestions
    assert caught.value.exit_status == 2


def test_the_message_for_a_wrong_name_is_the_documented_one():
    with pytest.raises(UnknownNameError) as caught:
        Catalog.bundled().find("playlist_created")

    message = "unknown event 'playlist_created'; did you mean 'revenue_accelerator.playlist_create'?"
    assert str(caught.value) == message


def test_a_name_like_no_other_gets_the_way_to_all_names():
    with pytest.raises(UnknownNameError, match="`zoom-emitter events list` shows the names"):
        Catalog.bundled().find("meeting.started")


def test_title_description_and_tag_come_from_where_documents_keep_them():
    described = catalog(
        **{
            "a.b": {
                "post": {
                    "requestBody": operation()["post"]["requestBody"]
                    | {"description": "# a.b\n\nIt **is**.\nMore."}
                }
            }
        }
    ).find("b")
    summarised = catalog(**{"a.b": operation(summary="S", tags=["T"])}).find("b")

    assert (described.title, described.description, described.tag) == (
        "It is.",
        "# a.b\n\nIt **is**.\nMore.",
        "a",
    )
    assert (summarised.title, summarised.tag) == ("S", "T")


@pytest.mark.parametrize(
    ("content", "example"),
    [
        ({"examples": {"e": {"value": {"event": 1}}}}, {"event": 1}),
        ({"examples": {"e": {"value": '{"event": 2}'}}}, {"event": 2}),
        ({"example": {"event": 3}}, {"event": 3}),
        ({"examples": {"bad": {"value": "{,}"}, "good": {"value": {"event": 4}}}}, {"event": 4}),
        ({"examples": {"bad": {"value": "["}}}, None),
        ({"examples": {"bad": {"value": "[]"}}}, None),
        ({"examples": {"bad": 5}}, None),
        ({"examples": []}, None),
        ({}, None),
    ],
    ids=[
        "value",
        "text-of-json",
        "single",
        "second",
        "not-json",
        "no-object",
        "no-example-object",
        "no-map",
        "none",
    ],
)
def test_the_example_is_the_first_that_reads_as_an_object(content, example):
    assert catalog(**{"a.b": operation(content=content)}).find("b").example == example


@pytest.mark.parametrize(
    ("document", "pointer"),
    [
        ({}, "/webhooks"),
        ([], "/webhooks"),
        ({"webhooks": []}, "/webhooks"),
        ({"webhooks": {}}, "/webhooks"),
        ({"info": {}, "paths": {}}, "/paths"),
        ({"info": {}, "webhooks": {"a/b": {"get": {}}}}, "/webhooks/a~1b/post"),
        (
            {"info": {}, "webhooks": {"a": {"post": {"requestBody": {"content": {}}}}}},
            "/webhooks/a/post/requestBody/content/application~1json",
        ),
    ],
    ids=["empty", "list", "webhooks-list", "no-webhook", "no-path", "no-post", "no-json"],
)
def test_a_document_of_another_form_is_refused_with_a_pointer(document, pointer):
    with pytest.raises(InvalidSpecError) as caught:
        Catalog.from_document(document)

    assert caught.value.pointer == pointer


@pytest.mark.skipif(not PUBLISHED.is_file(), reason="Zoom's form is not beside this checkout")
def test_zoom_s_own_document_loads_the_same_way():
    published = Catalog.from_document(json.loads(PUBLISHED.read_text(encoding="utf-8")))

    event = published.find("playlist_create")
    assert published.names() == Catalog.bundled().names()[:6]
    assert event.title == "Zoom triggers this event when a ZRA user creates a playlist."
    assert event.example is not None
    assert event.example["payload"]["object"]["playlist_type"] in {"BASIC", "SMART"}
