from __future__ import annotations

import re

import pytest

from emitter.faking import shapes
from tests.faking.draws import a_draw


def made(make, count=20):
    return [make(a_draw("shape", number)) for number in range(count)]


@pytest.mark.parametrize(
    ("example", "shape"),
    [
        ("5d7f53c8-9a36-4d27-9a0a-5d0f1e3e9d9a", r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"),
        ("5D7F53C8-9A36-4D27-9A0A-5D0F1E3E9D9A", r"[0-9A-F]{8}(-[0-9A-F]{4}){3}-[0-9A-F]{12}"),
        ("4444AAAiAAAAAiAiAiiAii==", r"[A-Za-z0-9+/]{22}=="),
        ("0123456789abcdef0123456789abcdef", r"[0-9a-f]{32}"),
        ("z8yCxTTTTSiw02QgCAp8uQ", r"[A-Za-z0-9_-]{22}"),
        ("94777886776", r"[1-9][0-9]{10}"),
        ("y95rj3e0i54dbz8hstc2q5qoa1", r"[a-z0-9]{26}"),
        ("00:00:5E:00:53:00", r"00:00:5E:00:53:[0-9A-F]{2}"),
    ],
    ids=["uuid", "upper-uuid", "meeting-uuid", "hex", "short-id", "number", "calendar-id", "mac"],
)
def test_an_id_has_the_shape_of_the_example_and_is_another(example, shape):
    values = made(shapes.id_maker(example))

    assert all(re.fullmatch(shape, value) for value in values)
    assert len(set(values)) > 1
    assert example not in values


@pytest.mark.parametrize("example", ["eUulMKLn", "abc", "", None, 5, ["x"]])
def test_what_is_no_id_of_a_known_shape_gives_none(example):
    assert shapes.id_maker(example) is None


@pytest.mark.parametrize(
    ("example", "shape"),
    [
        ("63 kbps", r"\d+ kbps"),
        ("0.5%", r"\d\.\d%"),
        ("3.65", r"\d\.\d\d"),
        ("single-choice", "single-choice"),
    ],
)
def test_measures_vary_and_words_stay(example, shape):
    assert all(re.fullmatch(shape, value) for value in made(shapes.text_maker(example)))


@pytest.mark.parametrize(
    "example",
    [
        "jchill@example.com",
        "https://zoom.us/j/1",
        "Jill Chill",
        "string",
        " ",
        "x" * 200,
        "a\nb",
        "eyJhbGciOi",
    ],
)
def test_what_names_somebody_or_nothing_is_never_copied(example):
    assert shapes.text_maker(example) is None


@pytest.mark.parametrize(
    ("description", "values"),
    [
        ("The type:\n* `1` - Instant.\n* `2` - Scheduled.\n* `8` - Recurring.", ("1", "2", "8")),
        ("Scope.\n\n* to_contact — One person.\n* to_channel — All.", ("to_contact", "to_channel")),
        ("Whether it is on. * not a list", ()),
        ("* one - only", ()),
        ("\n" * 100_000, ()),
    ],
    ids=["numbers", "words", "sentence", "single", "blank"],
)
def test_values_that_a_description_lists_are_known(description, values):
    assert shapes.listed(description) == values
