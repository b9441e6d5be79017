from __future__ import annotations

import re

import jsonschema_rs
import pytest

from emitter.catalog.events import Catalog
from emitter.errors import InvalidSpecError
from emitter.faking.draw import ABSENT, everything, required_only
from emitter.faking.generator import Compiler, envelope_maker
from tests.faking.draws import NOW_MS, a_draw

CATALOG = Catalog.bundled()
ANALYSIS = CATALOG.find("conversation_analysis_completed")
SOURCES = {"ZOOM_MEETING", "ZOOM_PHONE", "ZOOM_CONTACT_CENTER", "MICROSOFT_TEAMS", "GOOGLE_MEET", "OTHERS"}
EMAIL = re.compile(r"[a-z0-9.]+@example\.(com|org|net)")


def by_chance(path):
    """Want a property or not by its path and nothing else, so that a run can be repeated."""
    return sum(map(ord, path)) % 2 == 0


def made(schema, *names, example=None, **given):
    return Compiler(schema, subject="the test").compile(example)(a_draw(*names, **given))


def texts_of(value):
    if isinstance(value, dict):
        return [text for each in value.values() for text in texts_of(each)]
    if isinstance(value, list):
        return [text for each in value for text in texts_of(each)]
    return [value] if isinstance(value, str) else []


@pytest.mark.parametrize("wants", [everything, required_only, by_chance], ids=lambda wants: wants.__name__)
@pytest.mark.parametrize("event_type", CATALOG, ids=lambda event_type: event_type.short_name)
def test_a_thousand_envelopes_of_each_event_fit_its_schema(event_type, wants):
    make = envelope_maker(event_type)
    validator = jsonschema_rs.Draft202012Validator(event_type.schema, validate_formats=True)

    for index in range(1000):
        envelope = make(a_draw(index, wants=wants, event=event_type.name))
        assert validator.is_valid(envelope), list(validator.iter_errors(envelope))
        assert envelope["event"] == event_type.name
        assert envelope["event_ts"] == NOW_MS


def test_every_source_is_reached_and_only_the_contact_center_has_an_engagement():
    objects = [envelope_maker(ANALYSIS)(a_draw(index))["payload"]["object"] for index in range(600)]

    assert {each["source"] for each in objects} == SOURCES
    assert {each["source"] for each in objects if "engagement_id" in each} == {"ZOOM_CONTACT_CENTER"}
    assert all("host_id" in each for each in objects)


def test_both_types_of_playlist_are_reached():
    make = envelope_maker(CATALOG.find("playlist_create"))

    assert {make(a_draw(i))["payload"]["object"]["playlist_type"] for i in range(60)} == {"BASIC", "SMART"}


def test_a_wanted_engagement_brings_the_source_it_needs():
    def wants(path):
        return path == "payload.object.engagement_id"

    for index in range(50):
        found = envelope_maker(ANALYSIS)(a_draw(index, wants=wants))["payload"]["object"]
        assert list(found) == ["conversation_id", "source", "engagement_id"]
        assert found["source"] == "ZOOM_CONTACT_CENTER"


def test_with_everything_wanted_every_documented_property_is_there():
    envelope = envelope_maker(CATALOG.find("conversation_crm_associations_changed"))(a_draw())

    item = envelope["payload"]["object"][0]
    assert list(item) == ["conversation_id", "old_associations", "new_associations"]
    assert list(item["old_associations"][0]) == ["deal_id", "account_id", "lead_id"]


def test_with_nothing_wanted_only_what_is_required_is_there():
    make = envelope_maker(CATALOG.find("playlist_add_moment"))

    payload = make(a_draw(wants=required_only))["payload"]

    assert list(payload) == ["account_id", "object"]
    assert list(payload["object"]) == ["playlist_id", "moment_id"]


def test_crm_ids_are_told_by_their_descriptions():
    make = envelope_maker(CATALOG.find("conversation_crm_associations_changed"))

    envelope = make(a_draw())

    association = envelope["payload"]["object"][0]["new_associations"][0]
    assert {key: value[:3] for key, value in association.items()} == {
        "deal_id": "006",
        "account_id": "001",
        "lead_id": "00Q",
    }
    assert re.fullmatch(r"[A-Za-z0-9_-]{22}", envelope["payload"]["account_id"])


@pytest.mark.parametrize("event_type", CATALOG, ids=lambda event_type: event_type.short_name)
def test_nothing_is_empty_and_every_address_is_reserved(event_type):
    for index in range(200):
        texts = texts_of(envelope_maker(event_type)(a_draw(index)))
        assert all(texts)
        addresses = [word for text in texts for word in re.findall(r"[\w.+-]+@[\w.-]+", text)]
        assert all(EMAIL.fullmatch(each) for each in addresses)


def test_operator_and_operator_id_are_one_person_of_the_account():
    draw = a_draw()
    payload = envelope_maker(CATALOG.find("playlist_delete"))(draw)["payload"]

    people = {person.id: person.email for person in draw.account.people}
    assert people[payload["operator_id"]] == payload["operator"]
    assert payload["account_id"] == draw.account.id


def test_the_same_stream_gives_the_same_envelope():
    make = envelope_maker(CATALOG.find("post_comment_completed"))

    assert make(a_draw("same")) == make(a_draw("same"))
    assert make(a_draw("same")) != make(a_draw("other"))


def test_keys_stand_in_the_order_of_the_example_then_of_the_schema():
    schema = {"properties": {name: {"type": "integer"} for name in "abcd"}, "required": ["z"]}

    assert list(made(schema, example={"c": 1, "x": 2, "a": 3})) == ["c", "a", "b", "d", "z"]


def test_what_is_known_stands_where_it_fits():
    schema = {
        "properties": {
            "name": {"type": "string"},
            "kind": {"enum": ["a", "b"]},
            "size": {"type": "integer", "maximum": 10},
            "inner": {
                "type": "object",
                "properties": {"name": {"type": "string"}, "kind": {"type": "string"}},
            },
        }
    }

    known = {"name": "told", "kind": "c", "size": 11, "inner": {"kind": "inside"}}
    value = made(schema, known=known)

    assert value["name"] == "told"
    assert value["kind"] in {"a", "b"}
    assert value["size"] <= 10
    assert value["inner"]["kind"] == "inside"
    assert value["inner"]["name"] != "told"


def test_a_known_list_says_how_many_items_there_are_and_what_is_in_them():
    schema = {
        "properties": {
            "items": {
                "type": "array",
                "items": {"type": "object", "properties": {"a": {"type": "string"}, "b": {"type": "string"}}},
            },
            "none": {"type": "array", "items": {"type": "string"}},
            "words": {"type": "array", "items": {"type": "string"}},
        }
    }

    value = made(schema, known={"items": [{"a": "1", "b": ABSENT}, {}], "none": [], "words": ["x", 5]})

    assert value["items"][0] == {"a": "1"}
    assert value["items"][1].keys() == {"a", "b"}
    assert value["none"] == []
    assert value["words"][0] == "x"
    assert isinstance(value["words"][1], str)


def test_a_property_known_to_be_absent_is_left_out_unless_it_is_required():
    schema = {"properties": {"a": {"type": "string"}, "b": {"type": "string"}}, "required": ["b"]}

    assert made(schema, known={"a": ABSENT, "b": ABSENT}).keys() == {"b"}


def test_people_in_a_list_differ_and_each_goes_with_their_address():
    schema = {
        "type": "array",
        "minItems": 3,
        "items": {
            "type": "object",
            "properties": {
                name: {"type": "string"}
                for name in ("id", "user_email", "first_name", "last_name", "display_name")
            },
        },
    }

    draw = a_draw()
    people = Compiler(schema, subject="the test").compile()(draw)

    assert len({person["id"] for person in people}) == len(people)
    by_id = {person.id: person for person in draw.account.people}
    for each in people:
        person = by_id[each["id"]]
        assert each["user_email"] == person.email
        assert (each["first_name"], each["last_name"]) == (person.given, person.family)
        assert each["display_name"] == person.name


@pytest.mark.parametrize(
    "format_",
    [
        "email", "idn-email", "date-time", "date", "time", "duration", "uri", "iri", "uri-reference",
        "hostname", "ipv4", "ipv6", "uuid", "json-pointer", "relative-json-pointer", "regex",
    ],
)  # fmt: skip
@pytest.mark.parametrize("bounds", [{}, {"minLength": 1, "maxLength": 300}], ids=["free", "bounded"])
def test_a_format_is_kept(format_, bounds):
    schema = {"type": "string", "format": format_} | bounds
    validator = jsonschema_rs.Draft202012Validator(schema, validate_formats=True)

    assert all(validator.is_valid(made(schema, index)) for index in range(50))


@pytest.mark.parametrize(
    "bounds",
    [{"minLength": 60}, {"maxLength": 16}, {"minLength": 20, "maxLength": 20}],
    ids=["long", "short", "exact"],
)
def test_an_address_of_a_given_length_still_is_one(bounds):
    schema = {"type": "string", "format": "email"} | bounds
    validator = jsonschema_rs.Draft202012Validator(schema, validate_formats=True)

    assert all(validator.is_valid(made(schema, index)) for index in range(500))


def test_items_that_must_differ_do_even_when_there_are_hardly_others():
    schema = {"type": "array", "items": {"enum": [*"abcdefgh"]}, "minItems": 8, "uniqueItems": True}

    assert all(set(made(schema, index)) == set("abcdefgh") for index in range(30))


def test_a_schema_that_contains_itself_ends():
    schema = {
        "$defs": {
            "node": {
                "type": "object",
                "properties": {"next": {"$ref": "#/$defs/node"}, "id": {"type": "string"}},
            }
        },
        "$ref": "#/$defs/node",
    }

    value, depth = made(schema), 0
    while "next" in value:
        value, depth = value["next"], depth + 1

    assert 0 < depth < 20


@pytest.mark.parametrize(
    ("schema", "message"),
    [
        ({"not": {}}, "no value for the envelope of the test was found"),
        ({"properties": {"a": {"not": {}}}, "required": ["a"]}, "no value for a of the test was found"),
        ({"required": ["a"], "additionalProperties": False}, "no value for a of the test was found"),
        ({"$ref": "#/nowhere"}, "leads nowhere: '#/nowhere'"),
        ({"$ref": "other.json#/a"}, "leads nowhere: 'other.json#/a'"),
        ({"$ref": "#"}, "leads to itself: '#'"),
        ({"properties": {"a": {"$ref": "#"}}, "required": ["a"]}, "contains itself without end"),
        (
            {"$defs": {"a": {"allOf": [{"$ref": "#/$defs/a"}]}}, "$ref": "#/$defs/a"},
            "contains itself without end",
        ),
        ({"allOf": [{"type": "string"}, {"type": "integer"}]}, "no value for the envelope"),
    ],
    ids=str,
)
def test_a_schema_without_values_is_an_error_that_names_the_place(schema, message):
    with pytest.raises(InvalidSpecError, match=re.escape(message)):
        made(schema)
