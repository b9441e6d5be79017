"""Events of Zoom's published documents, where those lie beside the repository."""

from __future__ import annotations

import json
from pathlib import Path

import jsonschema_rs
import pytest

from emitter.catalog.events import Catalog
from emitter.faking import events_for

SPECS = Path(__file__).parents[2].parent / "shared" / "specs"
DOCUMENTS = sorted(SPECS.glob("*.json"))
NOW_MS = 1_763_888_888_000

# As published, no value fits these, or they are no JSON Schema.
WITHOUT_VALUES = {
    "visitor_management.checked_out": "a type that is none",
    "visitor_management.checked_in": "a type that is none",
    "visitor_management.invitation_created": "a type that is none",
    "visitor_management.invitation_updated": "a type that is none",
    "zoomroom.location_updated": "a type that is none",
    "zoomroom.location_deleted": "a type that is none",
    "zoomroom.location_created": "a type that is none",
    "task.deleted": "a reference that leads nowhere",
    "task.completed": "a reference that leads nowhere",
    "task.created": "a reference that leads nowhere",
    "team_chat.channel_app_added": "a required property that may not be there",
    "team_chat.channel_app_removed": "a required property that may not be there",
    "team_chat.channel_join_requested": "a required property that may not be there",
    "team_chat.channel_invitation_created": "a required property that may not be there",
    "team_chat.channel_invitation_rejected": "a required property that may not be there",
}


@pytest.mark.skipif(not DOCUMENTS, reason="the published documents are not beside the repository")
@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.name)
def test_events_of_a_published_document_fit_their_schemas(path):
    document = json.loads(path.read_text(encoding="utf-8"))
    webhooks = {
        name.lstrip("/"): item for name, item in (document.get("webhooks") or document["paths"]).items()
    }
    catalog = Catalog.from_document(document | {"webhooks": webhooks})
    usable = [event_type for event_type in catalog if event_type.name not in WITHOUT_VALUES]

    assert len(usable) > len(catalog) / 2
    for event_type in usable:
        validator = jsonschema_rs.Draft202012Validator(event_type.schema)
        for event in events_for([event_type.name], catalog=catalog, seed="s", count=10, now_ms=NOW_MS):
            problems = [error.message for error in validator.iter_errors(event.envelope)]
            assert not problems, (event_type.name, problems)
