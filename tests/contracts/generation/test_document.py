from __future__ import annotations

import copy
import json
from random import Random

import pytest

from contracts.bodies import Workshop
from contracts.generation.document import TEXT_FORMAT, document_of, literal, plausible
from contracts.generation.encoding import body_of
from contracts.generation.samples import samples_of
from emitter.catalog.events import Catalog

CATALOG = Catalog.bundled()
NOW_MS = 1_764_000_000_000


def samples(event):
    return samples_of(Workshop(CATALOG, seed="zoom", rng=Random("zoom")), event.name, now_ms=NOW_MS)  # noqa: S311 - no secrets


@pytest.mark.parametrize("event", CATALOG, ids=lambda event: event.short_name)
def test_schemas_are_made_from_an_event_and_leave_it_as_it_is(event):
    before = copy.deepcopy(event.schema)

    made = plausible(event.name, event.schema, samples(event))
    literal(event.name, event.schema)

    assert event.schema == before
    assert made["properties"]["event"] == {"type": "string", "const": event.name}


def test_plausible_ids_are_zooms_and_times_are_near_the_present():
    event = CATALOG.find("playlist_create")
    made = plausible(event.name, event.schema, samples(event))
    payload = made["properties"]["payload"]["properties"]

    assert all(len(value) == 22 for value in payload["account_id"]["enum"])
    assert NOW_MS - 3_600_000 <= made["properties"]["event_ts"]["minimum"] < NOW_MS
    assert made["properties"]["event_ts"]["maximum"] == NOW_MS
    assert payload["object"]["properties"]["playlist_type"]["enum"] == ["BASIC", "SMART"]
    assert payload["object"]["additionalProperties"] is False


def test_texts_are_free_where_asked_and_ids_are_not():
    event = CATALOG.find("playlist_create")
    made = plausible(event.name, event.schema, samples(event), is_free=True)
    inner = made["properties"]["payload"]["properties"]["object"]["properties"]

    assert inner["playlist_name"]["format"] == TEXT_FORMAT
    assert "enum" in inner["playlist_id"]


def test_lists_are_neither_empty_nor_long():
    event = CATALOG.find("conversation_crm_associations_changed")
    made = plausible(event.name, event.schema, samples(event))
    inner = made["properties"]["payload"]["properties"]["object"]

    assert (inner["minItems"], inner["maxItems"]) == (1, 3)


def test_every_event_is_a_path_whose_answers_may_be_anything():
    document = document_of({event.name: event.schema for event in CATALOG})

    assert list(document["paths"]) == [f"/{name}" for name in CATALOG.names()]
    for path in document["paths"].values():
        assert path["post"]["responses"].keys() == {"2XX", "4XX"}
        assert "content" not in json.dumps(path["post"]["responses"])


@pytest.mark.parametrize(
    ("value", "body"),
    [
        ({"a": "é \U0001f692/", "n": 2.0, "f": 2.5}, b'{"a":"\xc3\xa9 \\uD83D\\uDE92/","n":2,"f":2.5}'),
        ({"a": "\ud800"}, b'{"a":"\\ud800"}'),
        (b"{broken", b"{broken"),
        ([1e300, True, None], b"[1e+300,true,null]"),
    ],
)
def test_bodies_are_spelt_as_zoom_spells_them(value, body):
    assert body_of(value) == body
