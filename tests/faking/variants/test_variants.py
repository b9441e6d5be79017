from __future__ import annotations

import json
import os
import re
import subprocess
import sys

import jsonschema_rs
import pytest

from emitter.catalog.events import Catalog, EventType
from emitter.errors import InvalidSpecError
from emitter.faking.variants import variant, variants
from emitter.faking.variants.texts import TEXTS

NOW_MS = 1_763_888_888_123
CATALOG = Catalog.bundled()
EACH_EVENT = pytest.mark.parametrize("event_type", CATALOG, ids=lambda event_type: event_type.short_name)
NAME = re.compile(r"[A-Za-z0-9_.]+(-[A-Za-z0-9_.]+)*")


def an_event_type(object_schema, name="thing.done"):
    """Return an event type whose ``payload.object`` has the schema as it is: no document, so no repairs."""
    schema = {
        "type": "object",
        "required": ["event", "event_ts", "payload"],
        "properties": {
            "event": {"const": name},
            "event_ts": {"type": "integer", "format": "int64"},
            "payload": {
                "type": "object",
                "required": ["account_id", "object"],
                "properties": {"account_id": {"type": "string"}, "object": object_schema},
            },
        },
    }
    return EventType(
        name=name, title="", description="", tag="thing", product="a test", schema=schema, example=None
    )


def by_name(event_type, seed=1):
    return {each.name: each for each in variants(event_type, seed=seed, now_ms=NOW_MS)}


def objects(event_type):
    """Return ``payload.object`` of each variant by the variant's name."""
    return {name: each.event.envelope["payload"]["object"] for name, each in by_name(event_type).items()}


def members_of(value, path=""):
    """Yield path and value of every property, without numbers of items."""
    if isinstance(value, dict):
        for name, each in value.items():
            yield f"{path}.{name}", each
            yield from members_of(each, f"{path}.{name}")
    elif isinstance(value, list):
        for each in value:
            yield from members_of(each, path)


@EACH_EVENT
@pytest.mark.parametrize("seed", [1, 2, "three"])
def test_every_variant_fits_the_schema_of_its_event(event_type, seed):
    validator = jsonschema_rs.Draft202012Validator(event_type.schema, validate_formats=True)

    for each in by_name(event_type, seed).values():
        assert validator.is_valid(each.event.envelope), each.name
        assert each.event.name == event_type.name
        assert each.event.event_ts_ms == each.event.envelope["event_ts"]


@EACH_EVENT
def test_names_are_unique_in_any_case_readable_and_the_same_for_every_seed(event_type):
    names = [each.name for each in variants(event_type, seed=1, now_ms=NOW_MS)]

    assert len({name.lower() for name in names}) == len(names)
    assert all(NAME.fullmatch(name) for name in names)
    for seed in range(2, 12):
        assert [each.name for each in variants(event_type, seed=seed, now_ms=NOW_MS)] == names


def test_the_set_of_an_analysed_conversation_reads_well():
    analysed = by_name(CATALOG.find("conversation_analysis_completed"))

    assert [name for name in analysed if not name.startswith(("text-", "times-"))] == [
        "required-only",
        "all-fields",
        "only-source",
        "only-host_id",
        "only-engagement_id",
        "without-source",
        "without-host_id",
        "without-engagement_id",
        "source-ZOOM_MEETING",
        "source-ZOOM_PHONE",
        "source-ZOOM_CONTACT_CENTER",
        "source-MICROSOFT_TEAMS",
        "source-GOOGLE_MEET",
        "source-OTHERS",
        "strings-empty",
    ]
    assert analysed["source-OTHERS"].title == 'source is "OTHERS"'


def test_only_the_contact_center_has_an_engagement_in_every_variant():
    found = objects(CATALOG.find("conversation_analysis_completed"))

    for name, each in found.items():
        if "engagement_id" in each:
            assert each["source"] == "ZOOM_CONTACT_CENTER", name
    assert found["all-fields"].keys() == {"conversation_id", "source", "host_id", "engagement_id"}
    assert found["only-engagement_id"].keys() == {"conversation_id", "source", "engagement_id"}
    assert "engagement_id" in found["without-host_id"]


@EACH_EVENT
def test_every_optional_property_is_there_alone_and_is_the_only_one_missing(event_type):
    found = by_name(event_type)
    full = {path for path, _ in members_of(found["all-fields"].event.envelope)}
    least = {path for path, _ in members_of(found["required-only"].event.envelope)}

    assert full > least
    for path in full - least:
        label = path.removeprefix(".payload.object.").removeprefix(".")
        alone = {each for each, _ in members_of(found[f"only-{label}"].event.envelope)}
        missing = {each for each, _ in members_of(found[f"without-{label}"].event.envelope)}
        assert path in alone
        around = {parent for parent in full if path.startswith(f"{parent}.")}
        needed = {".payload.object.source"} if label == "engagement_id" else set()
        assert alone - least - around - needed == {path}
        needing = {".payload.object.engagement_id"} if label == "source" else set()
        assert full - missing - needing == {
            each for each in full if each == path or each.startswith(f"{path}.")
        }


@EACH_EVENT
def test_every_value_of_every_enum_is_there(event_type):
    shown = {
        (path, each)
        for variant in by_name(event_type).values()
        for path, each in members_of(variant.event.envelope)
        if isinstance(each, str)
    }
    for path, value in enum_values(event_type.schema):
        assert (path, value) in shown


def enum_values(schema, path=""):
    yield from ((path, value) for value in schema.get("enum", []))
    for name, part in schema.get("properties", {}).items():
        yield from enum_values(part, f"{path}.{name}")
    if "items" in schema:
        yield from enum_values(schema["items"], path)


def test_arrays_are_empty_and_long():
    found = objects(CATALOG.find("conversation_crm_associations_changed"))

    assert found["payload.object-empty"] == []
    assert len(found["payload.object-long"]) == 50
    assert found["old_associations-empty"][0]["old_associations"] == []
    assert len(found["new_associations-long"][0]["new_associations"]) == 50


@EACH_EVENT
def test_plausible_variants_have_no_empty_ids_and_no_time_after_the_event(event_type):
    for each in by_name(event_type).values():
        if not each.is_plausible:
            continue
        event_ts = each.event.envelope["event_ts"]
        assert NOW_MS - 1000 < event_ts <= NOW_MS
        for path, value in members_of(each.event.envelope):
            if path.endswith("_id"):
                assert re.fullmatch(r"[A-Za-z0-9_,=+/-]{15,}", value), (each.name, path)
            if path.endswith("_time"):
                assert event_ts - 1500 < value <= event_ts, (each.name, path)
            assert value != {}, each.name


@EACH_EVENT
def test_each_kind_of_text_is_in_every_event_and_nul_in_none(event_type):
    found = by_name(event_type)

    for text in TEXTS:
        values = [each for _, each in members_of(found[f"text-{text.name}"].event.envelope)]
        assert text.text in values
    assert not any("\0" in json.dumps(each.event.envelope) for each in found.values())
    assert not any(rb"\u0000" in each.event.body() for each in found.values())


@pytest.mark.parametrize(
    ("name", "characters"),
    [
        ("basic-plane", "ößłПλ価가€✅"),
        ("emoji", "🚀🦩\u200d🇩🏽"),
        ("right-to-left", "ؤאח\u200f\u2067"),
        ("combining-marks", "\u0301\u0303\u0e35\u094d"),
        ("line-separators", "\u2028\u2029\u0085"),
        ("quotes-and-backslashes", "\"'`\\"),
        ("slashes-and-markup", "/<>&{}%$"),
        ("line-ends", "\n\r\t"),
        ("controls", "\x01\b\x0b\f\x1f\x7f"),
    ],
)
def test_a_text_holds_what_its_name_says(name, characters):
    text = next(each.text for each in TEXTS if each.name == name)

    assert all(each in text for each in characters)


def test_people_write_emoji_in_names_and_line_ends_only_in_comments():
    comment = by_name(CATALOG.find("post_comment_completed"))
    moment = by_name(CATALOG.find("playlist_add_moment"))
    analysed = by_name(CATALOG.find("conversation_analysis_completed"))

    assert comment["text-emoji"].is_plausible
    assert moment["text-emoji"].is_plausible
    assert not analysed["text-emoji"].is_plausible
    assert comment["text-line-ends"].is_plausible
    assert not moment["text-line-ends"].is_plausible
    assert not comment["text-controls"].is_plausible
    object_ = moment["text-emoji"].event.envelope["payload"]["object"]
    assert object_["moment_name"] == object_["playlist_name"]
    assert object_["moment_id"] != object_["moment_name"]


def test_zoom_would_not_send_an_object_that_tells_nothing():
    found = by_name(CATALOG.find("conversation_crm_associations_changed"))
    hollow = {"required-only", "only-old_associations", "only-new_associations", "payload.object-empty"}

    assert not any(found[name].is_plausible for name in hollow)
    assert found["new_associations-empty"].is_plausible
    assert found["only-new_associations.deal_id"].is_plausible


def test_each_variant_is_about_something_of_its_own():
    found = objects(CATALOG.find("playlist_create"))
    ids = [each["playlist_id"] for name, each in found.items() if name != "strings-empty"]

    assert len(set(ids)) == len(ids)


def test_bounds_of_numbers_and_strings_are_shown_exactly():
    found = objects(
        an_event_type(
            {
                "type": "object",
                "required": ["size"],
                "properties": {
                    "size": {"type": "integer", "minimum": 3, "maximum": 8},
                    "small": {"type": "integer", "format": "int32"},
                    "share": {"type": "number", "minimum": 0.5, "maximum": 1.5},
                    "code": {"type": "string", "minLength": 2, "maxLength": 5},
                    "word": {"type": "string", "pattern": "^[a-c]+$", "minLength": 2, "maxLength": 7},
                    "since": {"type": "integer", "description": "in seconds", "x-unit": "seconds"},
                },
            }
        )
    )

    assert found["numbers-least"] | {"size": 3, "small": -(1 << 31), "share": 0.5} == found["numbers-least"]
    assert found["numbers-greatest"]["size"] == 8
    assert found["numbers-greatest"]["small"] == (1 << 31) - 1
    assert found["numbers-greatest"]["share"] == 1.5
    assert [len(found[f"code-{which}"]["code"]) for which in ("shortest", "longest")] == [2, 5]
    assert re.fullmatch("[a-c]{7}", found["word-longest"]["word"])
    assert found["times-latest"]["since"] == (1 << 31) - 1
    assert found["text-emoji"]["code"] == TEXTS[1].text[:5]


def test_nulls_branches_and_booleans_are_shown():
    event_type = an_event_type(
        {
            "type": "object",
            "required": ["place"],
            "properties": {
                "note": {"type": ["string", "null"]},
                "is_open": {"type": "boolean"},
                "level": {"enum": [1, -1, None, "", "A b"]},
                "place": {
                    "oneOf": [
                        {"type": "object", "required": ["url"], "properties": {"url": {"type": "string"}},
                         "additionalProperties": False},
                        {"$ref": "#/$defs/room"},
                        {"type": "null"},
                    ]
                },
            },
        }
    )  # fmt: skip
    event_type.schema["$defs"] = {
        "room": {
            "type": "object",
            "required": ["room"],
            "properties": {"room": {"type": "string"}, "floor": {"enum": ["low", "high"]}},
            "additionalProperties": False,
        }
    }
    found = objects(event_type)

    assert found["note-null"]["note"] is None
    assert (found["is_open-false"]["is_open"], found["is_open-true"]["is_open"]) == (False, True)
    assert [found[f"level-{word}"]["level"] for word in ("1", "minus-1", "null", "empty-text", "A-b")] == [
        1,
        -1,
        None,
        "",
        "A b",
    ]
    assert found["place-form-1"]["place"].keys() == {"url"}
    assert "room" in found["place-form-2"]["place"]
    assert found["place-form-3"]["place"] is None
    assert found["place.floor-low"]["place"]["floor"] == "low"
    assert found["only-place.floor"]["place"].keys() == {"room", "floor"}
    assert found["without-place.floor"]["place"].keys() == {"room"}


def test_names_that_only_differ_in_case_or_punctuation_are_told_apart():
    event_type = an_event_type(
        {"type": "object", "properties": {"kind": {"enum": ["a", "A", "a?", "x" * 300, "--"]}}}
    )
    names = [name for name in by_name(event_type) if name.startswith("kind-") or "x" * 60 in name]

    assert len({name.lower() for name in by_name(event_type)}) == len(by_name(event_type))
    assert all(NAME.fullmatch(name) and len(name) <= 110 for name in by_name(event_type))
    assert {"kind-a", "kind-A-2", "kind-a-3"} <= set(names)


def test_a_schema_that_contains_itself_has_a_set_that_ends():
    event_type = an_event_type({"$ref": "#/$defs/node"})
    event_type.schema["$defs"] = {
        "node": {
            "type": "object",
            "properties": {"next": {"$ref": "#/$defs/node"}, "kind": {"enum": ["leaf", "branch"]}},
        }
    }

    found = objects(event_type)
    assert found["kind-leaf"]["kind"] == "leaf"
    assert len(found) < 200


def test_a_schema_without_values_is_an_error():
    with pytest.raises(InvalidSpecError, match="no value"):
        by_name(an_event_type({"not": {}}))


def test_a_schema_that_is_none_is_an_error():
    with pytest.raises(InvalidSpecError, match="cannot be used"):
        by_name(an_event_type({"type": "long"}))


def test_bytes_are_the_same_whatever_the_hash_seed():
    script = (
        "import hashlib; from emitter.catalog.events import Catalog;"
        "from emitter.faking.variants import variants;"
        "digest = hashlib.sha256();"
        "[digest.update(v.name.encode() + v.event.body()) for e in Catalog.bundled()"
        f" for v in variants(e, seed=7, now_ms={NOW_MS})]; print(digest.hexdigest())"
    )
    digests = {
        subprocess.run(
            [sys.executable, "-c", script],
            env={**os.environ, "PYTHONHASHSEED": seed},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in ("0", "4242")
    }
    assert len(digests) == 1


def test_what_a_schema_forbids_is_not_put_in_and_the_rest_is():
    event_type = an_event_type(
        {
            "type": "object",
            "required": ["topic", "title"],
            "properties": {
                "topic": {"type": "string", "not": {"pattern": "🚀"}},
                "title": {"type": "string"},
            },
        }
    )
    emoji = objects(event_type)["text-emoji"]

    assert "🚀" in emoji["title"]
    assert "🚀" not in emoji["topic"]


def test_one_of_a_set_can_be_had_alone():
    event_type = CATALOG.find("playlist_create")
    made = {each.name: each for each in variants(event_type, seed=7, now_ms=NOW_MS)}

    assert variant(event_type, "text-emoji", seed=7, now_ms=NOW_MS) == made["text-emoji"]
    assert variant(event_type, "no-such", seed=7, now_ms=NOW_MS) is None
