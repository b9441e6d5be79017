import json
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from emitter.core.wire import WireStyle, encode, ordered
from emitter.errors import UnencodableError

# Topics of two requests that Zoom sent in July 2024: the first is its own spelling of the second.
CAPTURED_TOPIC = r'"Test \uD83D\uDE92\uD83D\uDE92 ? - ’ - – \uD83D\uDE97 HOLA"'.encode()  # noqa: RUF001
TOPIC = "Test 🚒🚒 ? - ’ - – 🚗 HOLA"  # noqa: RUF001

texts = st.text(st.characters(codec="utf-8"))
values = st.recursive(
    st.one_of(
        st.none(), st.booleans(), st.integers(), st.floats(allow_nan=False, allow_infinity=False), texts
    ),
    lambda inner: st.one_of(st.lists(inner), st.dictionaries(texts, inner)),
    max_leaves=20,
)


def test_a_captured_text_is_spelt_as_zoom_spelt_it():
    assert encode(TOPIC) == CAPTURED_TOPIC


@pytest.mark.parametrize(
    ("value", "body"),
    [
        ({"a": 1, "b": [True, None, "x"]}, b'{"a":1,"b":[true,null,"x"]}'),
        ("é — 東京", '"é — 東京"'.encode()),
        ("\ue000\ufffd\uffff", '"\ue000\ufffd\uffff"'.encode()),
        ("\U00010000\U0010ffff", rb'"\uD800\uDC00\uDBFF\uDFFF"'),
        ("a/b", b'"a/b"'),
        ("\b\t\n\f\r", rb'"\b\t\n\f\r"'),
        ("\x00\x0b\x1f", rb'"\u0000\u000B\u001F"'),
        ('"\\', rb'"\"\\"'),
        ("\\u001f", rb'"\\u001f"'),
        ("\\\x1f", rb'"\\\u001F"'),
        ("\x7f\u2028", '"\x7f\u2028"'.encode()),
        ({}, b"{}"),
    ],
    ids=[
        "compact",
        "basic plane raw",
        "end of the basic plane",
        "beyond it in upper-case pairs",
        "slash raw",
        "short escapes",
        "other controls in upper case",
        "quotation mark and backslash",
        "an escape that is text",
        "backslash before a control",
        "delete and line separator raw",
        "empty",
    ],
)
def test_zooms_form(value, body):
    assert encode(value) == body


@pytest.mark.parametrize(
    ("style", "body"),
    [
        (WireStyle.RAW, '{"t":"é🚒/","n":[1,2]}'.encode()),
        (WireStyle.ESCAPED, rb'{"t":"\u00e9\ud83d\ude92/","n":[1,2]}'),
        (WireStyle.SPACED, r'{"t": "é\uD83D\uDE92/", "n": [1, 2]}'.encode()),
        (WireStyle.SLASHES, r'{"t":"é\uD83D\uDE92\/","n":[1,2]}'.encode()),
    ],
    ids=["raw", "escaped", "spaced", "slashes"],
)
def test_other_styles_differ_where_they_say(style, body):
    assert encode({"t": "é🚒/", "n": [1, 2]}, style) == body


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (float("nan"), "no JSON form"),
        ([float("-inf")], "no JSON form"),
        ("a\ud83db", r"a lone surrogate \(U\+D83D\) has no UTF-8 form; remove it"),
        ({"\udc00": 1}, r"a lone surrogate \(U\+DC00\)"),
        ({1: "x"}, "the key 1 is not text"),
        ({"a": {None: 1}}, "the key None is not text"),
        ({"a": {1, 2}}, "no JSON form"),
        (b"bytes", "no JSON form"),
    ],
    ids=["NaN", "infinity", "lone surrogate", "surrogate key", "number key", "null key", "set", "bytes"],
)
@pytest.mark.parametrize("style", [WireStyle.ZOOM, WireStyle.RAW, WireStyle.SPACED])
def test_what_has_no_form_on_the_wire_is_refused(value, words, style):
    with pytest.raises(UnencodableError, match=words):
        encode(value, style)


def test_a_value_that_contains_itself_is_refused():
    loop: dict[str, object] = {}
    loop["self"] = loop

    with pytest.raises(UnencodableError, match="nested too deeply or contains itself"):
        encode(loop)


@pytest.mark.parametrize(
    ("event", "order"),
    [
        ("endpoint.url_validation", ["payload", "event_ts", "event", "extra", "download_token"]),
        ("meeting.started", ["event", "payload", "event_ts", "extra", "download_token"]),
        ("recording.completed", ["payload", "event_ts", "event", "download_token", "extra"]),
        (
            "revenue_accelerator.playlist_create",
            ["event", "event_ts", "payload", "extra", "download_token"],
        ),
    ],
    ids=["challenge", "event first", "payload first", "as Zoom's documents print it"],
)
def test_top_level_keys_follow_the_events_order_and_others_come_after_them(event, order):
    envelope = {"extra": 0, "download_token": 1, "event": event, "event_ts": 2, "payload": {"z": 1, "a": 2}}

    in_order = ordered(event, envelope)

    assert [*in_order] == order
    assert in_order == envelope
    assert [*in_order["payload"]] == ["z", "a"]


def test_keys_that_are_absent_are_not_added():
    assert [*ordered("meeting.started", {"event_ts": 1, "event": "meeting.started"})] == ["event", "event_ts"]


@given(values)
def test_what_is_encoded_reads_back_as_itself(value):
    assert json.loads(encode(value)) == value


@given(values, st.sampled_from(WireStyle))
def test_every_style_reads_back_as_the_same_value(value, style):
    assert json.loads(encode(value, style)) == value


@given(values)
def test_zooms_form_has_no_raw_character_beyond_the_basic_plane(value):
    assert all(ord(character) <= 0xFFFF for character in encode(value).decode())


@given(values)
def test_every_escape_is_in_upper_case(value):
    written = re.sub(r"\\\\", "", encode(value).decode())

    assert re.findall(r"\\u(?![0-9A-F]{4})", written) == []


@given(values)
def test_zooms_form_has_no_white_space_between_tokens_and_none_at_its_end(value):
    outside_texts = re.sub(rb'"(?:[^"\\]|\\.)*"', b"", encode(value))

    assert re.search(rb"\s", outside_texts) is None


@given(values)
def test_the_value_is_not_changed(value):
    before = repr(value)

    encode(value)

    assert repr(value) == before


junk = st.recursive(
    st.one_of(
        st.none(), st.floats(), st.text(st.characters()), st.binary(), st.complex_numbers(), st.integers()
    ),
    lambda inner: st.one_of(
        st.lists(inner),
        st.tuples(inner),
        st.frozensets(st.integers()),
        st.dictionaries(st.one_of(st.text(st.characters()), st.integers(), st.none()), inner),
    ),
    max_leaves=10,
)


@given(junk, st.sampled_from(WireStyle))
def test_junk_raises_nothing_but_what_is_documented(value, style):
    try:
        body = encode(value, style)
    except UnencodableError:
        return
    assert isinstance(json.loads(body), object)
