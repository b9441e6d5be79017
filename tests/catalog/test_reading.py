from __future__ import annotations

import json

import pytest

from emitter.catalog import yaml_text
from emitter.catalog.events import Catalog
from emitter.catalog.reading import MAX_BYTES, MAX_DEPTH, read_document
from emitter.errors import InvalidSpecError
from tests.support.documents import NAME, document_of

YAML = """\
# what Zoom's portal saves as YAML
openapi: 3.0.3
info: {title: Things, version: 1.0}
paths:
  /thing.changed:
    post:
      requestBody:
        content:
          application/json:
            schema: {$ref: '#/components/schemas/Envelope'}
      responses:
        200: {description: OK}
components:
  schemas:
    Envelope:
      type: object
      required: [event, payload]
      properties:
        event: &text {type: string}
        event_ts: {type: integer, minimum: 1_0, default: 12}
        payload:
          type: object
          properties:
            on: *text
            when:
              type: string
              example: 2024-01-02
              description: >-
                a date: one
                of many
            count: {type: integer, enum: [0x1, 7, -3]}
            share: {type: number, minimum: .5, maximum: 1e2}
            nothing: ~
            yes: true
"""


def test_json_is_read_with_a_byte_order_mark_too():
    assert read_document("\ufeff{}".encode()) == {}
    assert read_document(json.dumps(document_of({})).encode()) == document_of({})


def test_yaml_is_read_as_json_has_it():
    read = read_document(YAML.encode())

    assert read["info"] == {"title": "Things", "version": 1.0}
    properties = read["components"]["schemas"]["Envelope"]["properties"]
    assert properties["event_ts"] == {"type": "integer", "minimum": "1_0", "default": 12}
    payload = properties["payload"]["properties"]
    assert list(payload) == ["on", "when", "count", "share", "nothing", "yes"]
    assert payload["on"] == {"type": "string"}
    assert payload["when"] == {
        "type": "string",
        "example": "2024-01-02",
        "description": "a date: one of many",
    }
    assert payload["count"]["enum"] == ["0x1", 7, -3]
    assert payload["share"] == {"type": "number", "minimum": 0.5, "maximum": 100.0}
    assert (payload["nothing"], payload["yes"]) == (None, True)
    assert read["paths"]["/thing.changed"]["post"]["responses"] == {"200": {"description": "OK"}}


def test_yaml_gives_the_same_events_as_json():
    assert Catalog.from_document(read_document(YAML.encode())).names() == (NAME,)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "the document is empty"),
        (b" \n", "the document is empty"),
        (b"{\n,}", "line 2, column 1: not JSON: expecting property name enclosed in double quotes"),
        (b"[]", "expected an OpenAPI document, found an array"),
        (b"\xff\xfe", "byte 0 is not UTF-8"),
        (b'{"a": NaN}', "not JSON: NaN is not JSON"),
        (b'{"asyncapi": "2.6.0"}', "/asyncapi: this is AsyncAPI, which is not read"),
        (b"asyncapi: 3.0.0", "/asyncapi: this is AsyncAPI, which is not read"),
        (b'{"swagger": "2.0"}', "/swagger: this is Swagger 2.0, which is not read"),
        (b"<!doctype html>", "expected an OpenAPI document, found a string"),
        (b"a: [1\nb: 2", "line 2, column 2: neither JSON nor YAML: "),
        (b"a: &x [*x]", "line 1, column 8: *x contains itself"),
        (b"a: *x", "line 1, column 4: *x is defined nowhere"),
        (b"? [a]\n: 1", "line 1, column 5: a key that is no text"),
        (b"a: \x07", "neither JSON nor YAML: "),
        (b'{"a": "\\ud83d"}', "a text holds half a surrogate pair"),
        (b'{"a":' * 100_000, f"more than {MAX_DEPTH} objects and arrays lie inside each other"),
        (b'{"a":' * 500 + b"1" + b"}" * 500, "/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a: more than 200 "),
        (b"[" * 300, "line 1, column 301: not JSON: expecting value"),
        (b"x: " + b"[" * 300, f"line 1, column {3 + 200}: more than {yaml_text.MAX_DEPTH} levels"),
        (b"{" + b'"a":1,' * (MAX_BYTES // 6) + b'"b":1}', "the document has 16 MB; at most 16 MB are read"),
    ],
    ids=[
        "empty",
        "blank",
        "broken-json",
        "list",
        "not-utf-8",
        "nan",
        "asyncapi",
        "asyncapi-yaml",
        "swagger",
        "html",
        "broken-yaml",
        "yaml-in-itself",
        "yaml-unknown-alias",
        "yaml-key",
        "control-character",
        "surrogate",
        "very-deep",
        "deep",
        "open-brackets",
        "deep-yaml",
        "big",
    ],
)
def test_what_is_no_document_is_refused_in_words(content, message):
    with pytest.raises(InvalidSpecError) as caught:
        read_document(content)

    assert message in str(caught.value)


def test_aliases_of_aliases_are_counted_wherever_they_stand():
    bomb = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n"
    for number in range(1, 12):
        bomb += f"a{number}: &a{number} [{', '.join([f'*a{number - 1}'] * 10)}]\n"

    with pytest.raises(InvalidSpecError, match=f"more than {yaml_text.MAX_VALUES} values"):
        read_document(bomb.encode())
