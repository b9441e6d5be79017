from __future__ import annotations

import re

import pytest

from emitter.faking import vocabulary as words
from emitter.faking.field import Field
from emitter.faking.fields import integer_maker, text_maker
from emitter.faking.generator import Compiler
from tests.faking.draws import NOW_MS, a_draw

SHORT = r"[A-Za-z0-9_-]{22}"
UUID = r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"
EMAIL = r"[a-z0-9.]+@example\.(com|org|net)"
ISO = r"20\d\d-\d\d-\d\dT\d\d:\d\d:\d\dZ"

TEXTS = [
    ("account_id", "", SHORT),
    ("account_id", "CRM account object ID.", "001[A-Za-z0-9]{15}"),
    ("user_id", "", SHORT),
    ("operator", "", EMAIL),
    ("operator_id", "", SHORT),
    ("operator_member_id", "", SHORT),
    ("contact_email", "", EMAIL),
    ("backup_email", "", EMAIL),
    ("playlist_id", "", UUID),
    ("playlist_detail_id", "", UUID),
    ("comment_id", "", UUID),
    ("file_id", "", UUID),
    ("channel_id", "", SHORT),
    ("conversation_id", "", rf"[A-Za-z0-9+/]{{22}}==,{NOW_MS // 1000 - 1}000|[0-9a-f]{{32}}|{SHORT}"),
    ("meeting_id", "", r"\d{10,11}"),
    ("uuid", "", r"[A-Za-z0-9+/]{22}=="),
    ("participant_uuid", "", UUID.replace("a-f", "A-F")),
    ("deal_id", "", "006[A-Za-z0-9]{15}"),
    ("lead_id", "", "00Q[A-Za-z0-9]{15}"),
    ("start_time", "", ISO),
    ("event_ts", "", str(NOW_MS)),
    ("date_time", "", ISO),
    ("created_at", "The time in milliseconds.", r"\d{13}"),
    ("timezone", "", r"UTC|[A-Z]\w+/\w+"),
    ("join_url", "", rf"https://example\.com/j/[0-9]{{10,11}}\?pwd={SHORT}"),
    ("avatar", "The URL of the picture.", rf"https://example\.com/{SHORT}"),
    ("phone_number", "", r"\+1(202|303|415|617)55501\d\d"),
    ("ip_address", "", r"198\.51\.100\.\d{1,3}"),
    ("language", "", "[a-z]{2}-[A-Z]{2}"),
    ("passcode", "", r"\d{6}"),
    ("color", "", "#[0-9A-F]{6}"),
    ("version", "", r"6\.\d\.\d+"),
    ("file_name", "", r".+\.\w{3,4}"),
    ("reference", "The ID of whatever it is.", SHORT),
    ("anything", "", r".+"),
]
NUMBERS = [
    ("event_ts", "", NOW_MS, NOW_MS),
    ("update_time", "", NOW_MS - 100, NOW_MS - 100),
    ("create_time", "", NOW_MS - 100 - 90 * 60_000, NOW_MS - 100 - 60_000),
    ("end_time", "In seconds since 1970.", NOW_MS // 1000 - 1, NOW_MS // 1000 - 1),
    ("expire_time", "", NOW_MS + 86_000_000, NOW_MS + 14 * 86_400_000),
    ("meeting_id", "", 10**9, 10**11),
    ("id", "", 10**9, 2 * 10**9),
    ("duration", "", 5, 90),
    ("file_size", "", 10_000, 50_000_000),
    ("participants_count", "", 0, 20),
    ("talk_percent", "", 0, 100),
    ("type", "", 1, 3),
    ("wait", "The wait, in minutes.", 5, 90),
    ("anything", "", 1, 1000),
]


def made(name, schema, index):
    make = Compiler({"properties": {name: schema}, "required": [name]}, subject="the test").compile()
    return make(a_draw(index))[name]


@pytest.mark.parametrize(
    ("name", "description", "shape"), TEXTS, ids=[f"{row[0]}: {row[1]}" for row in TEXTS]
)
def test_a_text_looks_like_what_its_name_and_description_say(name, description, shape):
    schema = {"type": "string", "description": description}

    assert all(re.fullmatch(shape, made(name, schema, index), re.DOTALL) for index in range(30))


@pytest.mark.parametrize(
    ("name", "description", "least", "most"), NUMBERS, ids=[f"{row[0]}: {row[1]}" for row in NUMBERS]
)
def test_an_integer_lies_where_its_name_and_description_say(name, description, least, most):
    schema = {"type": "integer", "description": description}

    assert all(least <= made(name, schema, index) <= most for index in range(30))


@pytest.mark.parametrize(
    ("unit", "expected"), [("seconds", NOW_MS // 1000 - 1), ("milliseconds", NOW_MS - 100)]
)
def test_a_number_with_a_unit_is_a_time_in_that_unit(unit, expected):
    assert made("whenever", {"type": "integer", "x-unit": unit}, 0) == expected


def test_a_time_that_must_fit_32_bits_is_in_seconds():
    assert made("update_time", {"type": "integer", "format": "int32"}, 0) == NOW_MS // 1000 - 1


def test_what_starts_is_before_what_ends():
    schema = {"properties": {name: {"type": "string"} for name in ("start_time", "end_time")}}

    for index in range(50):
        value = Compiler(schema, subject="the test").compile()(a_draw(index))
        assert value["start_time"] < value["end_time"] <= "2025-11-23T09:08:08Z"


def test_a_meeting_id_is_text_or_number_as_the_schema_says():
    assert isinstance(made("meeting_id", {"type": "string"}, 0), str)
    assert isinstance(made("meeting_id", {"type": "integer"}, 0), int)


def test_a_role_is_one_person_throughout_an_envelope():
    person = {
        "type": "object",
        "properties": {name: {"type": "string"} for name in ("host_id", "host_email", "host_name")},
    }
    schema = {"properties": {"one": person, "two": person, "operator_id": {"type": "string"}}}
    draw = a_draw()

    value = Compiler(schema, subject="the test").compile()(draw)

    assert value["one"] == value["two"]
    host = next(each for each in draw.account.people if each.id == value["one"]["host_id"])
    assert (host.email, host.name) == (value["one"]["host_email"], value["one"]["host_name"])
    assert value["operator_id"] != host.id


def test_every_id_of_a_role_is_the_same_persons():
    names = ("contact_id", "contact_user_id", "contact_member_id")
    schema = {"properties": {name: {"type": "string"} for name in names}}

    value = Compiler(schema, subject="the test").compile()(a_draw())

    assert len(value) == 3
    assert len(set(value.values())) == 1


KNOWN = [
    ("payload.object.room_name", {}, "|".join(map(re.escape, words.ROOMS))),
    ("payload.object.workspace_name", {}, "|".join(map(re.escape, words.WORKSPACES))),
    ("payload.object.channel.channel_name", {}, "|".join(words.CHANNELS)),
    ("payload.object.name", {"description": "The group's name."}, "|".join(words.GROUPS)),
    ("payload.object.userId", {}, "[A-Za-z0-9_-]{22}"),
    ("payload.object.robotJid", {}, r"[a-z0-9-]+@xmpp\.zoom\.us"),
    ("payload.object.display_number", {}, r"\+1 \(\d{3}\) 555-01\d\d"),
    (
        "payload.object.recording_files[0].download_url",
        {},
        r"https://example\.com/rec/play/[A-Za-z0-9_-]{44}",
    ),
    ("payload.object.old_value", {}, "|".join(words.CHANGES)),
    ("payload.object.status", {"description": "It is:\n* waiting - W.\n* done - D."}, "waiting|done"),
    ("payload.object.sensor_type", {"example": "VOC"}, "VOC"),
    ("payload.object.avg_latency", {}, r"\d+ ms"),
    ("payload.object.user.name", {}, r".+"),
]


@pytest.mark.parametrize(("path", "schema", "shape"), KNOWN, ids=[row[0] for row in KNOWN])
def test_a_place_of_any_product_is_known(path, schema, shape):
    name = path.rpartition(".")[2]
    field = Field(name, path, frozenset({name}), {"type": "string"} | schema)

    make = text_maker(field)

    assert all(re.fullmatch(shape, make(a_draw("known", index))) for index in range(20))


def test_the_object_before_a_change_has_the_same_id():
    def id_of(container):
        field = Field("id", f"payload.{container}.id", frozenset({"id", "name"}), {"type": "string"})
        return text_maker(field)(a_draw("change"))

    assert id_of("object") == id_of("old_object")


@pytest.mark.parametrize(
    ("example", "shape"),
    [
        ("2023-12-21T06:18:28.309Z", r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z"),
        ("2024-09-08 15:58:40", r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d"),
        ("2024-09-08", r"\d{4}-\d\d-\d\d"),
        ("1626230691572", r"17638\d{8}"),
        ("1626230691", r"17638\d{5}"),
        (None, r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ"),
    ],
    ids=["milliseconds", "blank", "day", "epoch-ms", "epoch-s", "usual"],
)
def test_a_time_has_the_form_that_the_example_shows(example, shape):
    field = Field("updated_at", "payload.object.updated_at", frozenset(), {"type": "string"}, example)

    assert re.fullmatch(shape, text_maker(field)(a_draw("time")))


@pytest.mark.parametrize(
    ("event", "is_ahead"),
    [("workspace.reservation_created", True), ("meeting.ended", False), ("recording.completed", False)],
)
def test_what_is_planned_lies_ahead_and_what_is_over_does_not(event, is_ahead):
    for index in range(20):
        draw = a_draw("edges", index, event=event)
        start, end = (
            integer_maker(Field(name, f"payload.object.{name}", frozenset(), {"type": "integer"}))(draw)
            for name in ("start_time", "end_time")
        )
        assert start < end
        assert (start > draw.event_ts_ms) == is_ahead
