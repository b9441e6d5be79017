from __future__ import annotations

import jsonschema_rs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from emitter.faking.merging import merged, without

SCHEMAS = [
    True,
    False,
    {},
    {"type": "integer", "minimum": 3},
    {"type": ["number", "null"], "maximum": 5},
    {"type": "number", "exclusiveMinimum": 1, "multipleOf": 2},
    {"multipleOf": 3},
    {"type": ["string", "integer"], "maxLength": 3, "enum": ["a", "abcd", 4]},
    {"enum": ["a", 4, None]},
    {"type": "object", "required": ["a"], "properties": {"a": {"type": "string"}}},
    {"type": "object", "required": ["b"], "properties": {"a": {"minLength": 2}, "b": {"type": "integer"}}},
    {"type": "array", "items": {"type": "integer"}, "minItems": 1},
    {"items": {"minimum": 2}, "maxItems": 2},
    {"items": False},
    {"anyOf": [{"type": "string"}, {"type": "array"}]},
    {"anyOf": [{"type": "integer"}, {"minItems": 2}]},
    {"not": {"type": "string"}},
    {"not": {"type": "array"}},
    {"if": {"type": "string"}, "then": {"maxLength": 1}},
    {"if": {"type": "integer"}, "then": {"minimum": 4}, "else": {"type": ["string", "array"]}},
]
VALUES = [
    None, True, 0, 2, 4, 4.5, 6, "", "a", "ab", "abcd", [], [1], [2, 3], [2, 3, 4], ["x"],
    {}, {"a": "x"}, {"a": "xy"}, {"b": 1}, {"a": "xy", "b": 1}, {"a": "x", "b": 1}, {"a": 1, "b": "c"},
]  # fmt: skip


def is_valid(schema, value):
    return jsonschema_rs.Draft202012Validator(schema).is_valid(value)


@pytest.mark.parametrize("first", SCHEMAS, ids=repr)
def test_the_merged_schema_accepts_what_both_accept_and_nothing_else(first):
    for second in SCHEMAS:
        both = merged(first, second)
        for value in VALUES:
            expected = is_valid(first, value) and is_valid(second, value)
            assert is_valid(both, value) == expected, (second, value)


@given(keys=st.sets(st.sampled_from(["type", "enum", "const"])))
def test_a_keyword_taken_away_is_gone_and_the_schema_is_not_edited(keys):
    schema = {"type": "string", "enum": ["a"], "const": "a"}

    assert without(schema, *keys).keys() == schema.keys() - keys
    assert len(schema) == 3


def test_merging_edits_neither_schema():
    first = {"properties": {"a": {"type": "string"}}, "required": ["a"], "allOf": [{}]}
    second = {"properties": {"a": {"minLength": 1}}, "required": ["b"], "allOf": [{}]}
    before = repr(first), repr(second)

    merged(first, second)

    assert (repr(first), repr(second)) == before
