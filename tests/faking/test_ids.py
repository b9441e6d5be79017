from __future__ import annotations

import base64
import random
import re

import pytest

from emitter.faking import ids
from emitter.faking.streams import Stream

START_MS = 1_667_893_163_000
SHAPES = {
    "short_id": (ids.short_id, r"[A-Za-z0-9_-]{21}[AQgw]"),
    "dashed_uuid": (ids.dashed_uuid, r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}"),
    "hex_id": (ids.hex_id, r"[0-9a-f]{32}"),
    "meeting_uuid": (ids.meeting_uuid, r"[A-Za-z0-9+/]{21}[AQgw]=="),
    "request_id": (ids.request_id, r"[0-9a-f]{8}_[0-9a-f]{4}_4[0-9a-f]{3}_[89ab][0-9a-f]{3}_[0-9a-f]{12}"),
    "tracking_id": (ids.tracking_id, r"v=2\.0;clid=us02;rid=WEB_[0-9a-f]{32}"),
    "traceparent": (ids.traceparent, r"00-[0-9a-f]{32}-[0-9a-f]{16}-02"),
}


@pytest.mark.parametrize(("make", "shape"), SHAPES.values(), ids=SHAPES)
@pytest.mark.parametrize("rng", [random.Random(1), Stream(1)], ids=["Random", "Stream"])  # noqa: S311
def test_an_id_has_its_shape_from_either_source(make, shape, rng):
    assert all(re.fullmatch(shape, make(rng)) for _ in range(300))


def test_the_captured_ids_have_the_shapes_the_test_asks_for():
    shape = re.compile(SHAPES["short_id"][1])
    captured = (
        "Gtl2Ra0ASfO5wIzYPYceiA",
        "aCLhU8cQR4qfdTSvT4stxA",
        "u154t5-ASlK83fZb1YWqgw",
        "VjZoEArIT5y-HlWxkV-tVA",
    )

    assert all(shape.fullmatch(each) for each in captured)
    assert re.fullmatch(SHAPES["meeting_uuid"][1], "jUh5o3dKQIytvcsfTtKBlg==")


def test_a_conversation_id_comes_in_three_shapes_of_which_meetings_are_the_most():
    rng = Stream("conversations")
    found = [ids.conversation_id(rng, start_ms=START_MS) for _ in range(2000)]

    meetings = [each for each in found if re.fullmatch(r"[A-Za-z0-9+/]{22}==,1667893163000", each)]
    digits = [each for each in found if re.fullmatch(r"[0-9a-f]{32}", each)]
    short = [each for each in found if re.fullmatch(r"[A-Za-z0-9_-]{22}", each)]
    assert len(meetings) + len(digits) + len(short) == 2000
    assert len(meetings) > len(digits) > len(short) > 100


def test_meeting_uuids_hold_the_characters_that_need_encoding_in_a_url():
    rng = Stream("uuids")
    text = "".join(ids.meeting_uuid(rng) for _ in range(200))

    assert "/" in text
    assert "+" in text
    assert len(base64.b64decode(ids.meeting_uuid(rng))) == 16


def test_a_meeting_number_has_10_or_11_digits():
    rng = Stream("numbers")

    assert {len(str(ids.meeting_number(rng))) for _ in range(300)} == {10, 11}


@pytest.mark.parametrize(
    ("case_sensitive", "suffix"),
    [
        ("0065g00000DgD2Q", "AAV"),  # printed in Zoom's API documents
        ("006aa00000JkrXi", "AAJ"),
        ("000000000000000", "AAA"),
        ("ABCDEFGHIJKLMNO", "555"),
        ("Abcdeabcdeabcde", "BAA"),
        ("abcdEabcdeabcdE", "QAQ"),
    ],
)
def test_a_salesforce_suffix_tells_which_characters_are_upper_case(case_sensitive, suffix):
    assert ids.with_suffix(case_sensitive) == case_sensitive + suffix


@pytest.mark.parametrize("prefix", [ids.CRM_ACCOUNT, ids.CRM_OPPORTUNITY, ids.CRM_LEAD])
def test_a_salesforce_id_has_its_prefix_and_its_own_suffix(prefix):
    rng = Stream("crm", prefix)
    found = [ids.salesforce_id(rng, prefix) for _ in range(300)]

    assert all(re.fullmatch(prefix + "[0-9A-Za-z]{12}[A-Z0-5]{3}", each) for each in found)
    assert all(ids.with_suffix(each[:15]) == each for each in found)
    assert len(set(found)) == 300


def test_the_prefixes_are_those_salesforce_gives():
    assert (ids.CRM_ACCOUNT, ids.CRM_OPPORTUNITY, ids.CRM_LEAD) == ("001", "006", "00Q")


@pytest.mark.parametrize("count", [0, 1, 2, 40])
def test_uuids_made_together_are_those_made_one_by_one(count):
    octets = [Stream("uuid", number).randbytes(16) for number in range(count)]
    expected = [ids.dashed_uuid_of(each) for each in octets]

    assert [each.decode() for each in ids.dashed_uuids_of(octets)] == expected
    if octets:
        parts = ids.uuid_parts_of(b"".join(octets), b"_")
        made = [b"".join(parts[at : at + ids.UUID_PARTS]) for at in range(0, len(parts), ids.UUID_PARTS)]
        assert [each.decode().replace("_", "-") for each in made] == expected
