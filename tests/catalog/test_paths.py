import json
from typing import Any

import pytest

from emitter.catalog.events import Catalog
from emitter.catalog.paths import known_paths, parse_assignment, set_value, unset
from emitter.errors import InvalidPayloadError, UnknownNameError

CATALOG = Catalog.bundled()
CREATE = CATALOG.find("playlist_create")
CRM = CATALOG.find("conversation_crm_associations_changed")
EXAMPLES: dict[str, Any] = {event.name: event.example for event in CATALOG}
CREATED = EXAMPLES[CREATE.name]
# Two places called "id" and one called "account_id" inside the object, as other products have them.
MEETING: dict[str, Any] = {
    "type": "object",
    "properties": {
        "event": {"type": "string"},
        "payload": {
            "type": "object",
            "properties": {
                "account_id": {"type": "string"},
                "object": {
                    "type": "object",
                    "properties": {
                        "account_id": {"type": "string"},
                        "event": {"type": "string"},
                        "id": {"type": ["string", "integer"]},
                        "a.b": {"type": "string"},
                        "tags": {"type": "array"},
                        "topic": {"type": ["string", "null"]},
                    },
                },
            },
        },
    },
}


def test_the_known_paths_are_those_of_the_schema_in_its_order():
    assert known_paths(CREATE.schema) == (
        "event",
        "event_ts",
        "payload",
        "payload.account_id",
        "payload.operator_id",
        "payload.operator",
        "payload.object",
        "payload.object.playlist_id",
        "payload.object.playlist_type",
        "payload.object.playlist_name",
        "payload.object.create_time",
    )


def test_the_known_paths_lead_into_lists_by_their_first_item():
    assert known_paths(CRM.schema)[4:9] == (
        "payload.object",
        "payload.object[0]",
        "payload.object[0].conversation_id",
        "payload.object[0].old_associations",
        "payload.object[0].old_associations[0]",
    )
    assert 'payload.object["a.b"]' in known_paths(MEETING)


@pytest.mark.parametrize(
    ("path", "where"),
    [
        ("payload.object.playlist_name", ("payload", "object", "playlist_name")),
        ("object.playlist_name", ("payload", "object", "playlist_name")),
        ("playlist_name", ("payload", "object", "playlist_name")),
        ("account_id", ("payload", "account_id")),
        ("object", ("payload", "object")),
        ("event_ts", ("event_ts",)),
        ('["payload"].account_id', ("payload", "account_id")),
    ],
    ids=["full", "without-payload", "name-alone", "in-the-payload", "the-object", "top", "quoted"],
)
def test_leading_names_may_be_left_out(path, where):
    found: Any = set_value(CREATED, path, "NEW", CREATE.schema, force=False)

    for step in where:
        found = found[step]
    assert found == "NEW"


def test_a_path_that_may_mean_two_places_is_refused_with_both():
    with pytest.raises(UnknownNameError) as caught:
        set_value({}, "account_id", "x", MEETING, force=True)

    assert caught.value.suggestions == ("payload.account_id", "payload.object.account_id")


def test_a_path_that_is_right_as_it_stands_means_that():
    assert set_value({}, "event", "x", MEETING, force=False) == {"event": "x"}


@pytest.mark.parametrize(
    ("path", "nearest"),
    [
        ("playlist_nam", ("payload.object.playlist_name",)),
        ("payload.object.playlistName", ("payload.object.playlist_name",)),
        ("payload.operatorid", ("payload.operator_id",)),
        ("create_tme", ("payload.object.create_time",)),
        ("payload.account_id.x", ("payload.account_id",)),
        ("zzz", ()),
    ],
    ids=["a-letter-less", "another-case", "no-underscore", "a-letter-missing", "too-deep", "like-nothing"],
)
def test_an_unknown_path_is_refused_with_the_nearest(path, nearest):
    for refuse in (
        lambda: set_value(CREATED, path, 1, CREATE.schema, force=False),
        lambda: unset(CREATED, path, CREATE.schema, force=False),
    ):
        with pytest.raises(UnknownNameError) as caught:
            refuse()
        assert caught.value.suggestions == nearest


def test_the_message_for_an_unknown_path_names_the_way_out():
    with pytest.raises(UnknownNameError) as near:
        set_value({}, "playlist_nam", 1, CREATE.schema, force=False)
    with pytest.raises(UnknownNameError) as far:
        set_value({}, "zzz", 1, CREATE.schema, force=False)

    assert str(near.value) == "unknown path 'playlist_nam'; did you mean 'payload.object.playlist_name'?"
    assert str(far.value) == "unknown path 'zzz'; `zoom-emitter events show NAME` lists what an event has"


NO_PATHS = {
    "empty": "",
    "a-dot": ".",
    "dot-at-the-end": "a.",
    "dot-at-the-start": ".a",
    "two-dots": "a..b",
    "open-bracket": "a[",
    "no-index": "a[]",
    "bare-name-in-brackets": "a[x]",
    "negative-index": "a[-1]",
    "stray-bracket": "a]b",
    "no-dot-after-an-index": "a[0]b",
    "open-quotes": 'a["b]',
    "open-bracket-after-quotes": 'a["b"',
    "bad-escape": 'a["\\x"]',
    "number-of-another-kind": "a[1e3]",
    "digit-of-another-script": "a[\N{ARABIC-INDIC DIGIT THREE}]",
    "index-of-seven-digits": "[9999999]",
    "too-long": ".".join("a" * 101),
}


@pytest.mark.parametrize("path", NO_PATHS.values(), ids=NO_PATHS)
@pytest.mark.parametrize("force", [False, True], ids=["plain", "forced"])
def test_what_is_no_path_is_refused(path, force):
    with pytest.raises(InvalidPayloadError, match="cannot read the path"):
        set_value({}, path, 1, CREATE.schema, force=force)
    with pytest.raises(InvalidPayloadError, match="cannot read the path"):
        unset({}, path, CREATE.schema, force=force)


def test_force_makes_a_path_the_event_does_not_have():
    forced = set_value(CREATED, "payload.object.extra[0].deep", 1, CREATE.schema, force=True)

    assert forced["payload"]["object"]["extra"] == [{"deep": 1}]
    assert set_value({}, "extra", 1, CREATE.schema, force=True) == {"extra": 1}


def test_force_removes_a_path_the_event_does_not_have_if_it_is_there():
    assert unset({"event": "x", "extra": 1}, "extra", CREATE.schema, force=True) == {"event": "x"}
    assert unset({"event": "x"}, "extra", CREATE.schema, force=True) == {"event": "x"}


def test_force_still_understands_short_paths():
    forced = set_value(CREATED, "playlist_name", "x", CREATE.schema, force=True)

    assert forced["payload"]["object"]["playlist_name"] == "x"


def test_a_new_key_stands_where_the_schema_has_it():
    envelope: dict[str, Any] = {
        "event": "e",
        "payload": {"account_id": "a", "object": {"playlist_id": "p", "create_time": 1, "own": 2}},
    }

    envelope = set_value(envelope, "playlist_name", "n", CREATE.schema, force=False)
    envelope = set_value(envelope, "operator", "o", CREATE.schema, force=False)
    envelope = set_value(envelope, "event_ts", 1, CREATE.schema, force=False)
    envelope = set_value(envelope, "payload.object.last", 1, CREATE.schema, force=True)

    assert list(envelope) == ["event", "event_ts", "payload"]
    assert list(envelope["payload"]) == ["account_id", "operator", "object"]
    assert list(envelope["payload"]["object"]) == [
        "playlist_id",
        "playlist_name",
        "create_time",
        "own",
        "last",
    ]


def test_a_key_that_is_there_keeps_its_place_also_in_an_order_of_its_own():
    envelope = {"payload": {"object": {"create_time": 1, "playlist_name": "old", "playlist_id": "p"}}}

    changed = set_value(envelope, "playlist_name", "new", CREATE.schema, force=False)
    assert json.dumps(changed) == json.dumps(envelope).replace("old", "new")


def test_a_list_without_a_schema_of_its_items_takes_any():
    assert set_value({}, "tags[0]", 5, MEETING, force=False) == {"payload": {"object": {"tags": [5]}}}


@pytest.mark.parametrize("payload", [None, 5, "object", []], ids=["null", "number", "text", "list"])
def test_nothing_is_taken_out_of_what_has_no_places(payload):
    envelope = {"payload": payload}

    assert unset(envelope, "playlist_name", CREATE.schema, force=False) == envelope


def test_what_is_missing_on_the_way_is_made():
    made = set_value({}, "payload.object[0].old_associations[0].deal_id", "d", CRM.schema, force=False)

    assert made == {"payload": {"object": [{"old_associations": [{"deal_id": "d"}]}]}}


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("payload.object[0].conversation_id", [{"conversation_id": "V"}, {"conversation_id": "two"}]),
        ("payload.object[1].conversation_id", [{"conversation_id": "one"}, {"conversation_id": "V"}]),
        (
            "payload.object[2].conversation_id",
            [{"conversation_id": "one"}, {"conversation_id": "two"}, {"conversation_id": "V"}],
        ),
        ("[2]", [{"conversation_id": "one"}, {"conversation_id": "two"}, "V"]),
    ],
    ids=["first", "last", "one-past-the-end", "short"],
)
def test_an_index_sets_an_item_or_appends_one(path, expected):
    envelope = {"payload": {"object": [{"conversation_id": "one"}, {"conversation_id": "two"}]}}
    if path == "[2]":
        path = f"object{path}"

    assert set_value(envelope, path, "V", CRM.schema, force=False)["payload"]["object"] == expected


def test_an_index_past_the_end_is_refused_with_the_next_one():
    with pytest.raises(InvalidPayloadError) as caught:
        set_value(
            {"payload": {"object": [{}]}}, "payload.object[2].conversation_id", 1, CRM.schema, force=True
        )

    assert str(caught.value) == "/payload/object: [2] is past the end of the list; the next item is [1]"


def test_a_path_through_a_plain_value_is_refused():
    with pytest.raises(InvalidPayloadError) as text:
        set_value({"payload": {"object": "text"}}, "playlist_name", 1, CREATE.schema, force=False)
    with pytest.raises(InvalidPayloadError) as mapping:
        set_value({"payload": {"object": {}}}, "object[0]", 1, CRM.schema, force=False)

    assert text.value.pointer == mapping.value.pointer == "/payload/object"
    assert "this is a string, the path needs an object" in str(text.value)
    assert "this is an object, the path needs an array" in str(mapping.value)


def test_an_item_taken_out_of_a_list_moves_those_after_it():
    envelope = {"payload": {"object": [{"conversation_id": "one"}, {"conversation_id": "two"}]}}

    assert unset(envelope, "object[0]", CRM.schema, force=False) == {
        "payload": {"object": [{"conversation_id": "two"}]}
    }
    assert unset(envelope, "object[0].conversation_id", CRM.schema, force=False) == {
        "payload": {"object": [{}, {"conversation_id": "two"}]}
    }
    assert unset(envelope, "object[7]", CRM.schema, force=False) == envelope
    assert unset(envelope, "object[7].conversation_id", CRM.schema, force=False) == envelope


@pytest.mark.parametrize(
    ("assignment", "value"),
    [
        ("playlist_name=Kickoff", "Kickoff"),
        ("playlist_name=", ""),
        ("playlist_name=123", "123"),
        ("playlist_name=true", "true"),
        ("playlist_name=[1]", "[1]"),
        ("playlist_name=a=b", "a=b"),
        ("playlist_name= x ", " x "),
        ('playlist_name="quoted"', "quoted"),
        ('playlist_name="null"', "null"),
        ('playlist_name="\\ud83d\\ude92"', "\U0001f692"),
        ('playlist_name="open', '"open'),
        ("playlist_name=null", None),
        ("create_time=5", 5),
        ("create_time=5.5", 5.5),
        ("create_time=soon", "soon"),
        ('create_time="5"', "5"),
        ("create_time=NaN", "NaN"),
        ("create_time=1e999", "1e999"),
        ("create_time=" + "9" * 5000, "9" * 5000),
        ("create_time=" + "[" * 100_000, "[" * 100_000),
        ('object={"playlist_id": "p"}', {"playlist_id": "p"}),
        ("unknown=5", 5),
        ("unknown=five", "five"),
    ],
    ids=lambda each: str(each)[:24],
)
def test_a_value_is_read_as_the_schema_wants_it(assignment, value):
    path, read = parse_assignment(assignment, CREATE.schema)

    assert path == assignment.partition("=")[0]
    assert (type(read), read) == (type(value), value)


@pytest.mark.parametrize(
    ("assignment", "value"),
    [("id=5", 5), ("topic=5", "5"), ("tags[0]=5", 5), ('["payload"]["object"]["a.b"]=5', "5")],
    ids=["text-or-number", "text-or-null", "items-of-any-kind", "quoted-name"],
)
def test_several_types_take_json_unless_all_are_text_or_null(assignment, value):
    assert parse_assignment(assignment, MEETING)[1] == value


@pytest.mark.parametrize("text", ["", "playlist_name", "=5"], ids=["empty", "no-equals", "no-path"])
def test_what_is_no_assignment_is_refused_with_an_example(text):
    with pytest.raises(InvalidPayloadError, match="expected PATH=VALUE, as in playlist_name=Kickoff, found"):
        parse_assignment(text, CREATE.schema)
