import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from emitter.catalog.prose import parse_page
from emitter.errors import InvalidSpecError

HEAD = """Some Webhooks
- OpenAPI Version:
3.1.0 - API Version:
2.0.0
Operations
"""
EVENT = """POST thing.made
- Method:
POST - Path:
thing.made - Tags: thing, other
Request Body
Content-Type: application/json
"""
RESPONSE = """Responses
Status: 204
"""


def page(properties, example="{}"):
    return f"{HEAD}{EVENT}{properties}Example:\n{example}\n{RESPONSE}"


def schema_of(text):
    return parse_page(text)["webhooks"]["thing.made"]["post"]["requestBody"]["content"]["application/json"][
        "schema"
    ]


def test_a_page_becomes_a_document_in_the_published_form():
    text = page(
        "-\nevent(required)string— The name. -\nsize_in_kbinteger, format:int64— How big.\n",
        '{\n"event": ""\n}',
    )

    assert parse_page(text) == {
        "openapi": "3.1.0",
        "info": {"title": "Some Webhooks", "version": "2.0.0"},
        "webhooks": {
            "thing.made": {
                "post": {
                    "tags": ["thing", "other"],
                    "operationId": "thing.made",
                    "requestBody": {
                        "content": {
                            "application/json": {
                                "schema": {
                                    "type": "object",
                                    "required": ["event"],
                                    "properties": {
                                        "event": {"type": "string", "description": "The name."},
                                        "size_in_kb": {
                                            "type": "integer",
                                            "format": "int64",
                                            "description": "How big.",
                                        },
                                    },
                                },
                                "examples": {"json-example": {"value": {"event": ""}}},
                            }
                        }
                    },
                    "responses": {"204": {"description": ""}},
                }
            }
        },
    }


@pytest.mark.parametrize(
    ("line", "name", "schema"),
    [
        ("sourcestring", "source", {"type": "string"}),
        ("typestring— A type.", "type", {"type": "string", "description": "A type."}),
        ("substringstring", "substring", {"type": "string"}),
        ("objectobject", "object", {"type": "object"}),
        ("itemsarray— None told.", "items", {"type": "array", "description": "None told."}),
        (
            "whenstring, format:date-time— It was.",
            "when",
            {"type": "string", "format": "date-time", "description": "It was."},
        ),
        (
            'kindstring, possible values:"a", "b, — \\" c"— K.',
            "kind",
            {"type": "string", "description": "K.", "enum": ["a", 'b, — " c']},
        ),
        ("levelinteger, possible values:1, 2", "level", {"type": "integer", "enum": [1, 2]}),
        (
            'modestring, possible values:"x", default:"x"',
            "mode",
            {"type": "string", "enum": ["x"], "default": "x"},
        ),
        (
            "notestring | null— May be null.",
            "note",
            {"type": ["string", "null"], "description": "May be null."},
        ),
        ("endstring— Ends in a dash-", "end", {"type": "string", "description": "Ends in a dash-"}),
        ("twostring— One — two.", "two", {"type": "string", "description": "One — two."}),
    ],
    ids=[
        "bare",
        "named-like-a-keyword",
        "type-in-the-name",
        "object-object",
        "array-without-items",
        "format",
        "enum-of-text",
        "enum-of-numbers",
        "default",
        "several-types",
        "dash-at-the-end",
        "dash-inside",
    ],
)
def test_a_property_line_gives_name_and_schema(line, name, schema):
    assert schema_of(page(f"-\n{line}\n"))["properties"] == {name: schema}


def test_lists_inside_lists_end_where_their_dashes_say():
    properties = """-
outer(required)object— Outer.-
innerobject-
deepstring— Deep.
-
-
besidestring— Beside inner.
-
-
lastboolean— Beside outer.
"""
    found = schema_of(page(properties))["properties"]

    assert list(found) == ["outer", "last"]
    assert list(found["outer"]["properties"]) == ["inner", "beside"]
    assert list(found["outer"]["properties"]["inner"]["properties"]) == ["deep"]


def test_the_items_of_an_array_are_objects_or_a_plain_type():
    properties = (
        "-\nlistarray— L.Items:\n-\nidstring— I.\n-\n-\ntagsarray— T.Items:\nstring— A tag. -\nendstring\n"
    )
    found = schema_of(page(properties))["properties"]

    assert found["list"]["items"] == {
        "type": "object",
        "properties": {"id": {"type": "string", "description": "I."}},
    }
    assert found["tags"] == {
        "type": "array",
        "description": "T.",
        "items": {"type": "string", "description": "A tag."},
    }
    assert found["end"] == {"type": "string"}


def test_properties_stand_in_the_order_of_the_example_and_those_it_lacks_after_them():
    schema = schema_of(page("-\na(required)string -\nb(required)string -\ncstring\n", '{"c": "", "b": ""}'))

    assert list(schema["properties"]) == ["c", "b", "a"]
    assert schema["required"] == ["b", "a"]


def test_a_heading_of_its_own_is_the_summary():
    document = parse_page(page("-\nastring\n").replace("POST thing.made\n", "A thing was made\n"))

    assert document["webhooks"]["thing.made"]["post"]["summary"] == "A thing was made"


def test_line_ends_empty_lines_and_a_byte_order_mark_do_not_matter():
    text = page("-\na(required)string— A. -\nbobject-\ncstring\n-\n", '{\n"a": "x",\n"b": {}\n}')

    assert parse_page("\ufeff" + text.replace("\n", "\r\n\r\n")) == parse_page(text)
    assert parse_page(text.replace("\n", "  \n ")) == parse_page(text)


GOOD = page("-\nastring\n")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "line 1: the page ends where the title of the page was expected"),
        ("<html>\n<body>", "line 2: expected '- OpenAPI Version:', found '<body>'"),
        (HEAD, "line 5: the page ends where the heading of an event was expected"),
        (HEAD + "Something", "line 6: the page ends where '- Method:' was expected"),
        (
            GOOD.replace("POST - Path:", "SEND - Path:"),
            "line 8: expected a method and '- Path:', found 'SEND - Path:'",
        ),
        (
            GOOD.replace("Request Body\n", ""),
            "line 10: expected 'Request Body', found 'Content-Type: application/json'",
        ),
        (GOOD.replace("astring", "anumber of things"), "line 13: expected a property such as"),
        (GOOD.replace("astring", "astring, possible values:many"), "line 13: expected a property such as"),
        (
            GOOD.replace("astring", "astring -\nastring"),
            "line 14: expected a property that its list has not had before",
        ),
        (GOOD.replace("-\nastring", "-\nastring\n-"), "line 15: expected 0 lines of '-' before it"),
        (
            GOOD.replace("-\nastring", "astring"),
            "line 12: expected a line of '-' for each list that ends before it",
        ),
        (GOOD.replace("-\nastring", "-\n-\nastring"), "line 14: expected a line of '-' for each list"),
        (
            GOOD.replace("astring", "aarray— A.Items:\nOne of:"),
            "line 14: expected '-' and a property, or the type",
        ),
        (GOOD.replace("{}", "{,}"), "line 15: expected an example in JSON (Expecting property name"),
        (
            GOOD.replace("{}", "[NaN]"),
            "line 15: expected an example in JSON (NaN is not JSON), found '[NaN]'",
        ),
        (GOOD.replace("{}", "[" * 100_000), "line 15: expected an example in JSON"),
        (
            GOOD.replace("Status: 204", "Status: fine"),
            "line 17: expected 'Status: 200', found 'Status: fine'",
        ),
        (
            GOOD + GOOD.removeprefix(HEAD),
            "line 21: expected an event that the page has not had before, found 'thing.made - ",
        ),
    ],
    ids=[
        "empty",
        "another-page",
        "no-event",
        "cut-after-a-heading",
        "no-method",
        "no-request",
        "no-type",
        "no-values",
        "twice-the-same",
        "a-dash-too-many",
        "no-dash",
        "a-list-too-few",
        "unknown-items",
        "bad-example",
        "nan",
        "nested-example",
        "no-status",
        "twice-the-same-event",
    ],
)
def test_a_page_that_cannot_be_understood_is_refused_with_its_line(text, message):
    with pytest.raises(InvalidSpecError) as caught:
        parse_page(text)

    assert str(caught.value).startswith(message)


def test_lists_nested_without_end_are_refused():
    with pytest.raises(InvalidSpecError, match="expected at most 60 lists inside each other"):
        parse_page(page("-\n" + "aobject-\n" * 100_000))


@given(
    st.lists(
        st.sampled_from([*GOOD.splitlines(), "bobject-", "carray— C.Items:", "dstring -", "-", "{", "—"])
    )
)
def test_any_lines_give_a_document_or_the_documented_error(lines):
    try:
        document = parse_page("\n".join(lines))
    except InvalidSpecError:
        return
    assert json.loads(json.dumps(document)) == document


@given(st.data())
def test_a_page_that_lost_a_line_gives_a_document_or_the_documented_error(data):
    lines = page(
        "-\na(required)object— A.-\nbarray— B.Items:\n-\ncstring\n-\n-\n-\ndinteger\n", '{\n"a": 1\n}'
    ).splitlines()
    index = data.draw(st.integers(0, len(lines) - 1))
    cut = data.draw(st.integers(0, len(lines[index])))

    try:
        message = str(parse_page("\n".join([*lines[:index], lines[index][:cut], *lines[index + 1 :]])))
    except InvalidSpecError as error:
        message = str(error)
    assert message.startswith(("{'openapi'", "line "))
