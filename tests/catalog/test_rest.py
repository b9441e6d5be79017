from __future__ import annotations

import json
from pathlib import Path

import jsonschema_rs
import pytest

from emitter.catalog.rest import RestDocument, bundled_rest

DATA = Path(__file__).parents[2] / "emitter" / "catalog" / "data"
OPERATIONS = [operation for document in bundled_rest() for operation in document.operations]


def test_the_bundled_documents_have_zooms_paths():
    assert [f"{each.method} {each.path}" for each in OPERATIONS] == [
        "GET /zra/conversations",
        "GET /zra/conversations/{conversationId}",
        "GET /zra/conversations/{conversationId}/comments",
        "GET /zra/conversations/{conversationId}/content_analysis",
        "GET /zra/conversations/{conversationId}/interactions",
        "GET /zra/conversations/{conversationId}/scorecards",
        "GET /zra/users/{userId}/conversations/playlists",
        "GET /zra/deals",
        "GET /zra/deals/{dealId}",
        "GET /marketplace/app/event_subscription",
        "POST /marketplace/app/event_subscription",
        "DELETE /marketplace/app/event_subscription",
        "PATCH /marketplace/app/event_subscription/{eventSubscriptionId}",
        "DELETE /marketplace/app/event_subscription/{eventSubscriptionId}",
        "GET /marketplace/apps/{appId}/webhook_logs",
    ]


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda each: each.id)
def test_each_schema_is_one_and_each_read_has_scopes(operation):
    if operation.schema is not None:
        jsonschema_rs.Draft202012Validator(operation.schema)
    assert operation.rate in {"LIGHT", "MEDIUM", "HEAVY"}
    assert operation.scopes or "event_subscription" in operation.path


@pytest.mark.parametrize("name", ["zra.rest.json", "marketplace.rest.json"])
def test_the_documents_hold_facts_and_few_words(name):
    def described(node):
        if isinstance(node, dict):
            if isinstance(node.get("description"), str):
                yield node["description"]
            for each in node.values():
                yield from described(each)
        elif isinstance(node, list):
            for each in node:
                yield from described(each)

    document = json.loads((DATA / name).read_text(encoding="utf-8"))

    assert max(len(text) for text in described(document)) < 160


def test_slots_of_a_path_are_filled_by_what_stands_there():
    operation = OPERATIONS[2]

    assert operation.values(("zra", "conversations", "a/b==", "comments")) == {"conversationId": "a/b=="}
    assert operation.values(("zra", "conversations", "a", "notes")) is None
    assert operation.values(("zra", "conversations", "a")) is None


def test_scopes_and_rate_limit_are_read_from_zooms_own_words():
    said = (
        "Gets it.\n\n**[Scopes](https://x):** `a:read`,`a:read:admin`\n\n**[Rate Limit Label](y):** `HEAVY`"
    )
    value = {
        "servers": [{"url": "https://api.zoom.us/v2/contact_center"}],
        "paths": {"/queues": {"get": {"description": said, "responses": {}}}},
    }
    (operation,) = RestDocument("x", value).operations

    assert operation.scopes == ("a:read", "a:read:admin")
    assert operation.rate == "HEAVY"
    assert operation.path == "/contact_center/queues"


def test_parameters_of_the_path_and_by_reference_are_known():
    value = {
        "components": {
            "parameters": {"Size": {"name": "page_size", "in": "query", "schema": {"type": "integer"}}}
        },
        "paths": {
            "/things": {
                "parameters": [{"name": "q", "in": "query", "required": True, "schema": {"type": "string"}}],
                "get": {"parameters": [{"$ref": "#/components/parameters/Size"}], "responses": {}},
            }
        },
    }
    (operation,) = RestDocument("x", value).operations

    assert {each.name: each.is_required for each in operation.parameters} == {"q": True, "page_size": False}
