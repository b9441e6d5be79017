"""What the generator promises of any schema: always valid, and nothing the schema allows out of reach."""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest

from emitter.catalog.events import Catalog
from emitter.errors import InvalidSpecError
from emitter.faking import events_for
from emitter.faking.draw import everything
from emitter.faking.generator import Compiler, envelope_maker
from emitter.faking.scalars import choices
from emitter.faking.streams import Stream
from emitter.faking.variants.places import places_of
from emitter.faking.variants.plan import is_there, value_at
from tests.faking.draws import NOW_MS, a_draw

SPECS = Path(__file__).parents[2].parent / "shared" / "specs"
DOCUMENTS = sorted(SPECS.glob("*.json"))
MOST_DRAWS = 4_000
IMPOSSIBLE = {
    # A location without its type would fit both branches of oneOf.
    (("payload", "object", "scheduled_event", "location", "location_type"), "absent")
}


def wants_by_chance(*names, percent=80):
    """Want so many of a hundred optional properties; which, the names decide."""
    return lambda path: Stream(*names, path).chance(percent)


def envelopes(event_type):
    """Yield envelopes with everything and then with what chance leaves."""
    make = envelope_maker(event_type)
    for index in range(MOST_DRAWS):
        wants = everything if index < 10 else wants_by_chance(event_type.name, index)
        yield make(a_draw(event_type.name, index, wants=wants, event=event_type.name))


def unreached(event_type):
    """Return what the schema allows and no envelope showed, and stop as soon as that is nothing."""
    promised: set[tuple[Any, str]] = set()
    shown: set[tuple[Any, str]] = set()
    places: dict[Any, Any] = {}
    for index, envelope in enumerate(envelopes(event_type)):
        if index < 10:
            for place in places_of(envelope, event_type.schema, subject="the test"):
                places.setdefault(place.steps, place)
            promised = {each for place in places.values() for each in promises(place)} - IMPOSSIBLE
        shown |= {each for each in promised - shown if is_shown(each, envelope)}
        if index >= 10 and promised <= shown:
            break
    return {(".".join(map(str, steps)), what) for steps, what in promised - shown}


def promises(place):
    if not place.is_required:
        yield place.steps, "present"
        yield place.steps, "absent"
    if place.schema.get("enum"):
        for value in choices(place.schema):
            yield place.steps, json.dumps(value)


def is_shown(promise, envelope):
    steps, what = promise
    if what == "present":
        return is_there(envelope, steps)
    if what == "absent":
        return is_there(envelope, steps[:-1]) and not is_there(envelope, steps)
    return is_there(envelope, steps) and json.dumps(value_at(envelope, steps)) == what


@pytest.mark.parametrize("event_type", Catalog.bundled(), ids=lambda event_type: event_type.short_name)
def test_every_optional_property_is_reached_and_left_out_and_every_enum_value_is_reached(event_type):
    assert unreached(event_type) == set()


@pytest.mark.slow
@pytest.mark.skipif(not DOCUMENTS, reason="the published documents are not beside the repository")
@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.name)
def test_nothing_a_published_document_allows_is_out_of_reach(path):
    for event_type in catalog_at(path):
        try:
            next(envelopes(event_type))
            jsonschema_rs.Draft202012Validator(event_type.schema)
        except (InvalidSpecError, ValueError):
            continue  # tests/faking/test_published_specs.py says which, and why
        assert unreached(event_type) == set(), event_type.name


def catalog_at(path):
    document = json.loads(path.read_text(encoding="utf-8"))
    webhooks = document.get("webhooks") or document["paths"]
    return Catalog.from_document(
        document | {"webhooks": {name.lstrip("/"): item for name, item in webhooks.items()}}
    )


@pytest.mark.slow
@pytest.mark.parametrize("event_type", Catalog.bundled(), ids=lambda event_type: event_type.short_name)
def test_tens_of_thousands_of_events_fit_their_schemas(event_type):
    catalog = Catalog.bundled()
    validator = jsonschema_rs.Draft202012Validator(event_type.schema, validate_formats=True)

    for event in events_for([event_type.name], catalog=catalog, seed="many", count=5_000, now_ms=NOW_MS):
        assert validator.is_valid(event.envelope), event.envelope
    make = envelope_maker(event_type)
    for index in range(5_000):
        wants = wants_by_chance("many", index, percent=50)
        envelope = make(a_draw("many", index, wants=wants, event=event_type.name))
        assert validator.is_valid(envelope), envelope


def test_the_modules_random_numbers_are_left_alone():
    random.seed(5)
    before = random.getstate()

    for index in range(20):
        for event_type in Catalog.bundled():
            envelope_maker(event_type)(a_draw(index, event=event_type.name))

    assert random.getstate() == before


SYNTHETIC = {
    "type": "object",
    "required": ["kind"],
    "minProperties": 4,
    "properties": {
        "kind": {"enum": ["b", "a", "c"]},
        "place": {"oneOf": [{"type": "integer", "minimum": 5}, {"type": "string", "pattern": "^[a-f]{3,9}"}]},
        "tags": {"type": "array", "uniqueItems": True, "items": {"enum": [*"abcdefgh"]}, "minItems": 3},
        "since": {"type": "string", "format": "date-time"},
    },
    "if": {"properties": {"kind": {"const": "a"}}},
    "then": {"required": ["place"]},
}  # fmt: skip


def test_bytes_are_the_same_whatever_the_hash_seed():
    script = (
        "import json; from emitter.faking.generator import Compiler; from tests.faking.draws import a_draw;"
        f"make = Compiler({SYNTHETIC!r}, subject='x').compile();"
        "print(json.dumps([make(a_draw(index)) for index in range(200)]))"
    )
    printed = {
        subprocess.run(
            [sys.executable, "-c", script],
            env={**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": str(Path(__file__).parents[2])},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in ("0", "4242")
    }
    assert len(printed) == 1
    values = json.loads(printed.pop())
    assert {each["kind"] for each in values} == {"a", "b", "c"}
    assert {type(each["place"]) for each in values if "place" in each} == {int, str}


@pytest.mark.parametrize("keyword", ["anyOf", "oneOf"])
def test_every_branch_is_reached(keyword):
    make = Compiler({keyword: [{"const": 1}, {"const": 2}, {"type": "null"}]}, subject="the test").compile()

    assert {make(a_draw(index)) for index in range(60)} == {1, 2, None}


def test_a_property_whose_enum_contradicts_its_type_is_left_out():
    broken = {"type": "array", "enum": ["a", "b"]}
    make = Compiler({"properties": {"x": broken, "y": {"type": "string"}}}, subject="the test").compile()

    assert make(a_draw()).keys() == {"y"}
    with pytest.raises(InvalidSpecError, match="no value for x of the test"):
        Compiler({"properties": {"x": broken}, "required": ["x"]}, subject="the test").compile()(a_draw())


def test_who_wants_nothing_still_gets_what_tells_branches_apart():
    kinds = [{"properties": {"kind": {"enum": [kind]}}} for kind in "ab"]
    schema = {"oneOf": [{"type": "object"} | kind for kind in kinds]}

    assert Compiler(schema, subject="the test").compile()(a_draw(wants=lambda _: False)).keys() == {"kind"}
