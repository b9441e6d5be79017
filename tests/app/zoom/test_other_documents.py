"""`--rest-spec`: the reads of any other document, made from its schemas, and of what events say."""

from __future__ import annotations

import json
from types import SimpleNamespace
from typing import Any

import jsonschema_rs
import pytest

from emitter.catalog.events import Catalog, Document, bundled
from emitter.catalog.rest import RestDocument
from emitter.errors import InvalidSpecError
from tests.support.api import SECRET_TOKEN, running_app
from tests.support.command import zoom_emitter
from tests.support.documents import document, envelope, operation
from tests.support.receiving import Receiver
from tests.support.serving import serving
from tests.support.zoom_calls import ZoomClient

MEETING: dict[str, Any] = {
    "type": "object",
    "required": ["id"],
    "properties": {"id": {"type": "integer"}, "topic": {"type": "string"}, "host_id": {"type": "string"}},
}
EVENTS = document(title="Meetings", meeting__started=operation(envelope(MEETING, name="meeting.started")))
SHOWN = {
    "type": "object",
    "properties": {
        **MEETING["properties"],
        "agenda": {"type": "string", "maxLength": 60},
        "settings": {"$ref": "#/components/schemas/Settings"},
    },
}


def answer(schema):
    return {"200": {"description": "ok", "content": {"application/json": {"schema": schema}}}}


def listed(name, items):
    return {
        "allOf": [
            {
                "type": "object",
                "properties": {"next_page_token": {"type": "string"}, "page_size": {"type": "integer"}},
            },
            {"type": "object", "properties": {name: {"type": "array", "items": items}}},
        ]
    }


REST: dict[str, Any] = {
    "openapi": "3.0.0",
    "info": {"title": "Meetings", "version": "2"},
    "servers": [{"url": "https://api.zoom.us/v2"}],
    "components": {
        "schemas": {
            "Settings": {
                "type": "object",
                "required": ["audio"],
                "properties": {"audio": {"type": "string", "enum": ["both", "voip"], "nullable": True}},
            }
        }
    },
    "paths": {
        "/meetings/{meetingId}": {
            "get": {
                "description": "**Scopes:** `meeting:read`\n\n**Rate Limit Label:** `HEAVY`",
                "responses": answer(SHOWN),
            },
            "delete": {"responses": {"204": {"description": "gone"}}},
        },
        "/meetings": {
            "get": {
                "operationId": "list",
                "parameters": [
                    {"name": "page_size", "in": "query", "schema": {"type": "integer"}},
                    {"name": "next_page_token", "in": "query", "schema": {"type": "string"}},
                ],
                "responses": answer(listed("meetings", SHOWN)),
            }
        },
        "/rooms": {
            "get": {
                "parameters": [
                    {"name": "page_size", "in": "query", "schema": {"type": "integer", "maximum": 50}},
                    {"name": "status", "in": "query", "required": True, "schema": {"enum": ["busy", "free"]}},
                ],
                "responses": answer(
                    listed("rooms", {"type": "object", "properties": {"id": {"type": "string"}}})
                ),
            }
        },
        "/users/me/settings": {
            "get": {"responses": answer({"type": "object", "properties": {"mine": {"const": 1}}})}
        },
        "/users/{userId}/settings": {
            "get": {"responses": answer({"type": "object", "properties": {"mine": {"const": 2}}})}
        },
        "/zra/deals": {"get": {"responses": answer({"type": "object"})}},
    },
}


@pytest.fixture(scope="module")
def meetings(tmp_path_factory):
    catalog = Catalog.of([bundled(), Document("meetings.json", EVENTS)])
    documents = (RestDocument("meetings.rest.json", REST),)
    folder = tmp_path_factory.mktemp("others")
    with (
        Receiver(SECRET_TOKEN) as receiver,
        running_app(folder, catalog=catalog, rest_documents=documents) as api,
    ):
        api.subscribe(receiver.url)
        zoom = ZoomClient(api.base)
        zoom.got("/zra/deals")
        yield SimpleNamespace(api=api, zoom=zoom, receiver=receiver)


def started(meetings, **overrides):
    (number,) = meetings.api.emit(event="meeting.started", overrides=overrides)
    meetings.api.settled(number)
    return meetings.receiver.arrivals[-1].value["payload"]["object"]


def test_what_is_answered_fits_the_schema_and_agrees_with_the_event(meetings):
    told = started(meetings, id=85393847045, topic="Weekly")

    shown = meetings.zoom.got("/meetings/85393847045")

    jsonschema_rs.Draft202012Validator(
        REST["paths"]["/meetings/{meetingId}"]["get"]["responses"]["200"]["content"]["application/json"][
            "schema"
        ]
        | {"components": REST["components"]}
    ).validate(shown)
    assert {name: shown[name] for name in ("id", "topic", "host_id")} == told
    assert shown["agenda"]
    assert shown["settings"]["audio"] in {"both", "voip", None}
    assert meetings.zoom.got("/meetings/85393847045") == shown


def test_an_id_that_events_do_not_mention_is_not_there(meetings):
    started(meetings)

    assert meetings.zoom.refused("/meetings/1", 404) == (3001, "Meeting does not exist: 1.")


def test_lists_hold_what_events_mentioned_page_by_page(meetings):
    told = [started(meetings, id=70000000000 + number)["id"] for number in range(3)]

    first = meetings.zoom.got("/meetings?page_size=2")
    second = meetings.zoom.got(f"/meetings?page_size=2&next_page_token={first['next_page_token']}")

    assert [each["id"] for each in first["meetings"]] == told[:0:-1]
    assert second["meetings"][0]["id"] == told[0]


def test_lists_of_what_no_event_mentions_are_made_up_the_same_each_time(meetings):
    rooms = meetings.zoom.got("/rooms?status=busy")

    assert len(rooms["rooms"]) == 3
    assert rooms == meetings.zoom.got("/rooms?status=busy")


@pytest.mark.parametrize("query", ["", "?status=idle", "?status=busy&page_size=51"])
def test_parameters_are_held_against_the_document(meetings, query):
    assert meetings.zoom.refused(f"/rooms{query}", 400)[0] == 1001


def test_a_path_without_a_slot_wins_and_bundled_paths_stay_as_they_are(meetings):
    assert meetings.zoom.got("/users/me/settings") == {"mine": 1}
    assert meetings.zoom.got(f"/users/{started(meetings)['host_id']}/settings") == {"mine": 2}
    assert "deals" in meetings.zoom.got("/zra/deals")


def test_only_what_is_got_is_answered(meetings):
    assert meetings.zoom.refused("/meetings/1", 405, method="DELETE")[0] == 405


def test_scopes_and_limits_are_those_the_document_says(meetings):
    granted = meetings.zoom.token(scope="iq_deal:read").json()["access_token"]
    refused = meetings.zoom.ask("/meetings/1", headers={"authorization": f"Bearer {granted}"})
    right = meetings.zoom.ask("/rooms?status=free")

    assert refused.json()["message"] == "Invalid access token, does not contain scopes:[meeting:read]."
    assert right.headers["x-ratelimit-category"] == "Light"


def test_the_served_document_has_the_paths_of_all(meetings):
    paths = meetings.api.get("/openapi/zoom.json").json()["paths"]

    assert {"/v2/meetings/{meetingId}", "/v2/zra/deals", "/oauth/token"} <= set(paths)
    assert set(paths["/v2/meetings/{meetingId}"]) == {"get"}


def test_serve_takes_documents_from_the_command_line(tmp_path):
    (tmp_path / "meetings.json").write_text(json.dumps(REST), encoding="utf-8")
    with serving(tmp_path, "--rest-spec", str(tmp_path / "meetings.json"), "--answer-any-id") as served:
        zoom = ZoomClient(served.api.base)
        rooms = zoom.got("/rooms?status=busy")
        anything = zoom.conversation("of no event")

    assert rooms["rooms"]
    assert anything["conversation_id"] == "of no event"


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("{}", "there is no path that can be read with GET"),
        ('{"paths": {"/x": {"post": {}}}}', "there is no path that can be read with GET"),
        ('{"paths": 7}', "there is no path that can be read with GET"),
        ("[]", "expected an OpenAPI document, found an array"),
        ("\x00", ""),
    ],
)
def test_a_file_that_is_no_such_document_is_refused_in_one_line(tmp_path, content, said):
    (tmp_path / "rest.json").write_text(content, encoding="utf-8")
    result = zoom_emitter("serve", "--port", "0", "--rest-spec", str(tmp_path / "rest.json"))

    assert result.status == 2
    assert said in " ".join(result.err.split())
    assert "Traceback" not in result.err


def test_a_file_that_is_not_there_is_refused(tmp_path):
    result = zoom_emitter("serve", "--port", "0", "--rest-spec", str(tmp_path / "none.json"))

    assert result.status == 2
    assert "cannot read" in result.err


@pytest.mark.parametrize(
    "operation",
    [
        {"responses": {}},
        {"responses": answer({"$ref": "#/nowhere"})},
        {"responses": answer({"type": "array", "items": {"type": "string"}})},
        {"responses": answer({"type": "object", "properties": {"x": {"enum": []}}})},
        {"parameters": "none", "responses": {"200": {"$ref": "#/gone"}}},
    ],
)
def test_damaged_operations_are_answered_without_a_traceback(tmp_path, operation):
    value = {"openapi": "3.0.0", "paths": {"/odd": {"get": operation}}}
    with running_app(tmp_path, rest_documents=(RestDocument("odd.json", value),)) as api:
        answered = ZoomClient(api.base).ask("/odd")
        described = api.get("/openapi/zoom.json")

    assert answered.status_code in {200, 503}
    assert described.status_code == 200


def test_a_document_without_reads_is_none():
    with pytest.raises(InvalidSpecError, match="/paths: there is no path"):
        RestDocument("x", {"paths": {"/x": {"put": {}}}})
