"""Every event of Zoom's published documents, where those lie beside the repository."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest

from emitter.catalog.events import Catalog, Document
from emitter.catalog.linting import lint
from emitter.catalog.reading import read_document
from emitter.faking import events_for
from emitter.faking.draw import Draw, required_only
from emitter.faking.generator import envelope_maker
from tests.faking.draws import a_draw

SPECS = Path(__file__).parents[2].parent / "shared" / "specs"
DOCUMENTS = sorted(SPECS.glob("*.json"))
NOW_MS = 1_763_888_888_000
EVENTS = {
    "calendar.webhooks.json": 11,
    "iq.events.openapi.json": 6,
    "iq.webhooks.json": 6,
    "rooms.webhooks.json": 32,
    "scheduler.webhooks.json": 2,
    "tasks.events.openapi.json": 8,
    "tasks.webhooks.json": 8,
    "team-chat.webhooks.json": 54,
    "users.webhooks.json": 21,
    "whiteboard.webhooks.json": 8,
}

pytestmark = [
    pytest.mark.skipif(not DOCUMENTS, reason="the published documents are not beside the repository"),
    pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.name),
]


def catalog_of(path: Path) -> Catalog:
    return Catalog.of([Document(path.name, read_document(path.read_bytes()))])


def made(catalog: Catalog, name: str, count: int):
    return events_for([name], catalog=catalog, seed="s", count=count, now_ms=NOW_MS)


def leaves(value, path=""):
    if isinstance(value, dict | list):
        for key, each in value.items() if isinstance(value, dict) else enumerate(value):
            yield from leaves(each, f"{path}/{key}")
    else:
        yield path, value


def test_every_event_is_there_and_fits_its_schema(path):
    catalog = catalog_of(path)

    assert (len(catalog), catalog.left_out) == (EVENTS.get(path.name, len(catalog)), ())
    for event_type in catalog:
        validator = jsonschema_rs.Draft202012Validator(event_type.schema)
        for event in made(catalog, event_type.name, 10):
            problems = [error.message for error in validator.iter_errors(event.envelope)]
            assert not problems, (event_type.name, problems)
            assert event.envelope["event"] == event_type.name


def test_every_event_fits_without_its_optional_properties(path):
    for event_type in catalog_of(path):
        draw: Draw = a_draw(event_type.name, wants=required_only, event=event_type.name)
        envelope = envelope_maker(event_type)(draw)

        jsonschema_rs.validate(event_type.schema, envelope)
        assert envelope["event"] == event_type.name


def test_keys_stand_in_the_order_of_the_example(path):
    for event_type in catalog_of(path):
        (event,) = made(catalog_of(path), event_type.name, 1)
        shown = [key for key in event_type.example or {} if key in event.envelope]

        assert [key for key in event.envelope if key in shown] == shown


def test_values_reach_nobody_and_look_like_a_real_account_s(path):
    catalog = catalog_of(path)
    for event_type in catalog:
        for event in made(catalog, event_type.name, 3):
            for place, value in leaves(event.envelope):
                assert value != "", (event_type.name, place)
                if not isinstance(value, str):
                    continue
                if "@" in value and " " not in value:
                    assert re.search(r"@(example\.(com|org|net)|xmpp\.zoom\.us)$", value), (place, value)
                if value.startswith(("http:", "https:", "wss:")):
                    assert re.match(r"(https|wss)://([a-z0-9-]+\.)?example\.com", value), (place, value)
                if place.endswith(("phone_number", "/to", "/from")):
                    assert re.fullmatch(r"\+1\d{3}55501\d\d", value), (place, value)
                assert "lorem" not in value.lower()


def test_every_repair_points_to_a_place_that_is_there_or_to_what_is_missing(path):
    document: object = read_document(path.read_bytes())

    found = lint(Document(path.name, read_document(path.read_bytes())))

    assert found
    for repair in found:
        node: Any = document
        steps = [step.replace("~1", "/").replace("~0", "~") for step in repair.pointer.split("/")[1:]]
        for step in steps[:-1]:
            node = node[int(step)] if isinstance(node, list) else node[step]
        assert isinstance(node, dict | list), repair
