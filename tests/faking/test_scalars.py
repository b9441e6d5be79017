from __future__ import annotations

import math

import jsonschema_rs
import pytest

from emitter.faking.generator import Compiler
from tests.faking.draws import a_draw


def values(schema, count=60):
    return [Compiler(schema, subject="the test").compile()(a_draw(index)) for index in range(count)]


@pytest.mark.parametrize(
    ("bounds", "expected"),
    [
        ({"minimum": 4, "maximum": 6}, {4, 5, 6}),
        ({"exclusiveMinimum": 4, "exclusiveMaximum": 6}, {5}),
        ({"minimum": 4.5, "maximum": 6.5}, {5, 6}),
        ({"exclusiveMinimum": 4.5, "exclusiveMaximum": 6.5}, {5, 6}),
        ({"minimum": 1, "maximum": 30, "multipleOf": 10}, {10, 20, 30}),
        ({"minimum": -3, "maximum": -2}, {-3, -2}),
        ({"minimum": 0, "maximum": 0}, {0}),
        ({"minimum": 10**15, "maximum": 10**15 + 1}, {10**15, 10**15 + 1}),
        ({"enum": ["x", 3, 4.5, None, 7]}, {3, 7}),
        ({"enum": [1, 5, 9], "minimum": 4}, {5, 9}),
        ({"enum": [1, 5, 9], "const": 9}, {9}),
    ],
    ids=str,
)
def test_integers_take_every_value_the_bounds_leave_and_no_other(bounds, expected):
    assert set(values({"type": "integer"} | bounds)) == expected


@pytest.mark.parametrize(
    "bounds",
    [
        {"minimum": 2_000},
        {"exclusiveMinimum": 2_000},
        {"maximum": -5},
        {"multipleOf": 7},
        {"multipleOf": 7, "minimum": 3_000},
        {"multipleOf": 7, "maximum": -3},
        {"format": "int32", "minimum": 2**31 - 2},
    ],
    ids=str,
)
@pytest.mark.parametrize("type_", ["integer", "number"])
def test_one_bound_or_a_step_alone_is_kept(type_, bounds):
    schema = {"type": type_} | bounds
    validator = jsonschema_rs.Draft202012Validator(schema)

    assert all(validator.is_valid(value) for value in values(schema))


@pytest.mark.parametrize(
    ("low_key", "high_key"),
    [("minimum", "maximum"), ("exclusiveMinimum", "exclusiveMaximum")],
    ids=["closed", "open"],
)
def test_a_number_between_near_bounds_stays_between_them(low_key, high_key):
    found = values({"type": "number", low_key: 0.001, high_key: 0.004})

    assert all(0.001 < value < 0.004 for value in found)
    assert len(set(found)) > 10


def test_a_number_between_far_bounds_is_written_with_two_digits():
    assert all(
        value == round(value, 2) for value in values({"type": "number", "minimum": 0.5, "maximum": 99.5})
    )


def test_a_fractional_step_is_kept():
    found = values({"type": "number", "multipleOf": 0.25, "minimum": 1, "maximum": 2})

    assert set(found) == {1.0, 1.25, 1.5, 1.75, 2.0}


@pytest.mark.parametrize("length", [1, 7, 300])
def test_a_text_has_the_length_that_is_asked_for(length):
    assert {len(text) for text in values({"type": "string", "minLength": length, "maxLength": length})} == {
        length
    }


def test_an_address_that_is_lengthened_keeps_its_reserved_domain():
    schema = {"type": "string", "format": "email", "minLength": 70}

    assert all(text.endswith(("@example.com", "@example.org", "@example.net")) for text in values(schema))


def test_a_pattern_and_lengths_are_kept_together():
    found = values({"type": "string", "pattern": "^[a-z]+$", "minLength": 12, "maxLength": 14})

    assert all(text.isalpha() and text.islower() for text in found)
    assert {len(text) for text in found} == {12, 13, 14}


def test_a_suggestion_that_fits_the_pattern_stays():
    schema = {
        "properties": {"user_id": {"type": "string", "pattern": "^[A-Za-z0-9_-]{22}$"}},
        "required": ["user_id"],
    }
    draw = a_draw()

    user_id = Compiler(schema, subject="the test").compile()(draw)["user_id"]

    assert user_id in {person.id for person in draw.account.people}


def test_an_integer_of_32_bits_is_none_that_needs_more():
    schema = {"properties": {"meeting_id": {"type": "integer", "format": "int32"}}}

    assert all(value["meeting_id"] < 2**31 for value in values(schema))


def test_both_truths_and_null_are_reached():
    assert set(values({"type": ["boolean", "null"]})) == {True, False, None}


def test_every_type_of_several_is_reached():
    kinds = {type(value) for value in values({"type": ["string", "integer", "boolean", "array", "object"]})}

    assert kinds == {str, int, bool, list, dict}


def test_no_number_is_beyond_json():
    assert all(
        math.isfinite(value) for value in values({"type": "number", "minimum": -1e308, "maximum": 1e308})
    )
