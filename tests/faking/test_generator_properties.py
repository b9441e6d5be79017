from __future__ import annotations

import jsonschema_rs
from hypothesis import given
from hypothesis import strategies as st

from emitter.core.wire import encode
from emitter.faking.draw import everything, required_only
from emitter.faking.generator import Compiler
from tests.faking.draws import a_draw

NAMES = st.sampled_from(
    ["id", "name", "email", "type", "start_time", "duration", "count", "url", "text", "user_id", "äöü", "x y"]
)
FORMATS = [
    "email",
    "date-time",
    "date",
    "uri",
    "uuid",
    "ipv4",
    "ipv6",
    "hostname",
    "duration",
    "regex",
    "unheard-of",
]
PATTERNS = ["^[a-z]{2,5}$", r"^\d+$", "^(a|b)c?$", "x", "^[A-Z][a-z]*$"]
SCALARS = st.none() | st.booleans() | st.integers(-5, 5) | st.sampled_from(["", "a", "ü", "🚒", 'q"'])


@st.composite
def ranges(draw, low_key, high_key, values, width=0):
    """Neither, either or both bounds; both leave at least `width` between them."""
    low, high = sorted((draw(values), draw(values)))
    keys = draw(st.sets(st.sampled_from([low_key, high_key])))
    return {key: value for key, value in ((low_key, low), (high_key, high + width)) if key in keys}


def typed(name, *more):
    return st.tuples(*more).map(
        lambda parts: {"type": name} | {k: v for part in parts for k, v in part.items()}
    )


def strings():
    return st.one_of(
        typed("string", ranges("minLength", "maxLength", st.integers(0, 40))),
        st.sampled_from(FORMATS).map(lambda format_: {"type": "string", "format": format_}),
        st.sampled_from(PATTERNS).map(lambda pattern: {"type": "string", "pattern": pattern}),
    )


def integers():
    whole = st.integers(-(10**15), 10**15)
    return st.one_of(
        typed("integer", ranges("minimum", "maximum", whole)),
        typed("integer", ranges("exclusiveMinimum", "exclusiveMaximum", whole, width=2)),
        typed("integer", ranges("minimum", "maximum", whole, width=7), st.just({"multipleOf": 7})),
        st.sampled_from(["int32", "int64"]).map(lambda format_: {"type": "integer", "format": format_}),
    )


def numbers():
    fractions = st.floats(-1e6, 1e6, allow_subnormal=False).map(lambda number: round(number, 3))
    return st.one_of(
        typed("number", ranges("minimum", "maximum", fractions)),
        typed("number", ranges("exclusiveMinimum", "exclusiveMaximum", fractions, width=0.5)),
        st.just({"type": "number", "multipleOf": 0.25}),
        st.just({"type": "number", "multipleOf": 0.01, "minimum": 3}),
    )


SIMPLE = st.one_of(
    strings(),
    integers(),
    numbers(),
    st.just({"type": "boolean"}),
    st.just({"type": "null"}),
    st.just({}),
    st.just(True),
    SCALARS.map(lambda value: {"const": value}),
    st.lists(SCALARS, min_size=1, max_size=4).map(lambda values: {"enum": values}),
    st.just({"type": ["string", "null"]}),
    st.just({"type": ["integer", "array"], "not": {"type": "array"}}),
)


def objects(inner):
    return st.dictionaries(NAMES, inner, max_size=4).flatmap(
        lambda properties: st.fixed_dictionaries(
            {"type": st.just("object"), "properties": st.just(properties)},
            optional={
                "required": st.lists(st.sampled_from([*properties, "unlisted"]), unique=True),
                "minProperties": st.integers(0, 5),
            },
        )
    )


def closed(schema):
    return schema | {
        "additionalProperties": False,
        "required": [name for name in schema.get("required", []) if name in schema["properties"]],
        "minProperties": 0,
    }


def arrays(inner):
    return st.one_of(
        st.tuples(inner, ranges("minItems", "maxItems", st.integers(0, 4))).map(
            lambda parts: {"type": "array", "items": parts[0]} | parts[1]
        ),
        st.tuples(inner, inner).map(lambda parts: {"type": "array", "prefixItems": [*parts], "items": False}),
        st.just({"type": "array", "items": {"type": "integer"}, "uniqueItems": True, "minItems": 2}),
        inner.map(lambda part: {"type": "array", "contains": part}),
    )


@st.composite
def conditions(draw):
    """Objects whose `kind` decides whether there is an `extra`, in some of the ways one can say so."""
    schema = {
        "type": "object",
        "properties": {"kind": {"enum": ["a", "b", "c"]}, "extra": draw(SIMPLE), "name": {"type": "string"}},
        "if": {"properties": {"kind": {"const": "a"}}, "required": ["kind"]},
    }
    if draw(st.booleans()):
        schema["then"] = {"required": ["extra"]}
    if draw(st.booleans()):
        schema["else"] = draw(
            st.sampled_from([{"properties": {"extra": False}}, {"not": {"required": ["extra"]}}])
        )
    if draw(st.booleans()):
        schema |= {
            "if": {"required": ["extra"]},
            "then": {"properties": {"kind": {"const": "b"}}, "required": ["kind"]},
        }
    return schema | ({"required": ["kind"]} if draw(st.booleans()) else {})


def combined(inner):
    return st.one_of(
        st.lists(inner, min_size=1, max_size=3).map(lambda parts: {"anyOf": parts}),
        st.tuples(strings(), objects(inner), numbers()).map(lambda parts: {"oneOf": [*parts]}),
        st.tuples(objects(inner), NAMES).map(lambda parts: {"allOf": [parts[0], {"required": [parts[1]]}]}),
        objects(inner).map(lambda part: part | {"dependentRequired": {"id": ["name"], "name": ["unlisted"]}}),
        st.just(
            {"type": "object", "properties": {"id": {}, "name": {}}, "not": {"required": ["id", "name"]}}
        ),
        conditions(),
    )


SCHEMAS = st.recursive(
    SIMPLE,
    lambda inner: st.one_of(objects(inner), objects(inner).map(closed), arrays(inner), combined(inner)),
    max_leaves=8,
)


def check(schema, wants, seed):
    value = Compiler(schema, subject="the test").compile()(a_draw(seed, wants=wants))

    validator = jsonschema_rs.Draft202012Validator(schema)
    assert validator.is_valid(value), (value, [error.message for error in validator.iter_errors(value)])
    encode(value)


@given(schema=SCHEMAS, seed=st.integers(0, 1000))
def test_whatever_a_schema_asks_for_with_everything_wanted_is_made(schema, seed):
    check(schema, everything, seed)


@given(schema=SCHEMAS, seed=st.integers(0, 1000))
def test_whatever_a_schema_asks_for_with_nothing_wanted_is_made(schema, seed):
    check(schema, required_only, seed)


@given(schema=SCHEMAS, seed=st.integers(0, 1000))
def test_references_are_followed_wherever_they_stand(schema, seed):
    root = {
        "$defs": {"a/b": {"$ref": "#/$defs/c"}, "c": schema},
        "type": "object",
        "properties": {"one": {"$ref": "#/$defs/a~1b"}, "two": {"anyOf": [{"$ref": "#/$defs/c"}]}},
        "required": ["one"],
        "allOf": [{"properties": {"three": {"allOf": [{"$ref": "#/$defs/c"}, {"$ref": "#/$defs/a~1b"}]}}}],
    }
    check(root, everything, seed)
