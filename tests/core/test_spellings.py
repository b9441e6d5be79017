import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from emitter.core.spellings import (
    LONG_BYTES,
    MAX_BYTES,
    ZOOM_SPELLING,
    has_sorted_keys,
    in_zoom_form,
    nearest,
    spellings,
)
from emitter.core.wire import encode

BODY = r'{"event":"x","url":"a/b","text":"é\uD83D\uDE92","event_ts":1}'.encode()


def test_zooms_own_form_is_the_first_spelling_of_a_body_in_zooms_form():
    assert next(spellings(BODY)) == (ZOOM_SPELLING, BODY)


@pytest.mark.parametrize(
    ("text", "options"),
    [
        ("javascript", {"separators": (",", ":"), "ensure_ascii": False}),
        ("python", {}),
        ("pretty", {"indent": 2, "ensure_ascii": False}),
        ("tabs", {"indent": "\t"}),
        ("sorted", {"sort_keys": True, "separators": (",", ":")}),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_common_encoders_write_is_among_the_spellings(text, options):
    written = json.dumps(json.loads(BODY), **options).encode()

    assert written in {spelt for _, spelt in spellings(BODY)}
    assert written + b"\n" in {spelt for _, spelt in spellings(BODY)}


def test_the_top_level_keys_come_in_every_order():
    orders = {spelling.order for spelling, _ in spellings(b'{"a":1,"b":2,"c":3}')}

    assert {"as given", "sorted at every level", "c, b, a", "b, a, c"} <= orders


def test_many_keys_are_not_permuted():
    body = json.dumps(dict.fromkeys("abcdefg")).encode()

    assert {spelling.order for spelling, _ in spellings(body)} == {"as given", "sorted at every level"}


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"1",
        b'"text"',
        b"{",
        b"\xff",
        b'{"a":NaN}',
        b'["\\ud800"]',
        b"[" * 10_000,
        b"[" + b" " * MAX_BYTES + b"]",
    ],
    ids=["empty", "number", "text", "cut", "no UTF-8", "NaN", "surrogate", "deep", "too long"],
)
def test_what_is_no_object_or_list_has_no_spellings(body):
    assert list(spellings(body)) == []


def test_a_long_body_is_spelt_on_one_line_only():
    body = json.dumps({"a": "x" * LONG_BYTES}).encode()

    assert not any(b"\n" in spelt.rstrip() for _, spelt in spellings(body))


@pytest.mark.parametrize(
    ("body", "is_sorted"),
    [
        (b'{"a":1,"b":{"c":1,"d":2}}', True),
        (b'{"a":1,"b":[{"d":1,"c":2}]}', False),
        (b'{"a":1}', False),
        (b"[1]", False),
        (b"not json", False),
    ],
    ids=["at every level", "but for one level", "one key", "no object", "no JSON"],
)
def test_sorted_keys_are_seen(body, is_sorted):
    assert has_sorted_keys(body) is is_sorted


def test_the_nearest_spellings_differ_least():
    every = list(spellings(BODY))
    pretty = json.dumps(json.loads(BODY), indent=4, ensure_ascii=False).encode()
    here = [spelling for spelling, spelt in every if spelt == pretty]

    signed, given_ = nearest(signed=[spelling for spelling, spelt in every if spelt == BODY], given=here)

    assert given_ in here
    assert given_ is not None
    assert signed.differences(given_) == ("layout", "escapes")


def test_a_spelling_of_its_own_is_compared_with_zooms():
    assert nearest(signed=[ZOOM_SPELLING], given=[]) == (ZOOM_SPELLING, None)


@pytest.mark.parametrize("body", [b"no json", b'"\\ud800"', b"\xff", b"{}{}"], ids=repr)
def test_what_is_not_json_has_no_form(body):
    assert in_zoom_form(body) is None


values = st.recursive(
    st.one_of(st.booleans(), st.integers(), st.text(st.characters(codec="utf-8"), max_size=5)),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.dictionaries(st.text(st.characters(codec="utf-8"), max_size=3), inner, max_size=3),
    ),
    max_leaves=6,
)


@settings(max_examples=20)
@given(st.dictionaries(st.text(st.characters(codec="utf-8"), max_size=3), values, max_size=3))
def test_every_spelling_is_the_same_value(value):
    body = encode(value)

    for _, spelt in spellings(body):
        assert json.loads(spelt) == value
