import pytest
from hypothesis import given
from hypothesis import strategies as st

from emitter.core.pasted_headers import read_headers
from emitter.errors import InvalidSettingError


@pytest.mark.parametrize(
    ("text", "headers"),
    [
        ("Host: example.com\nX-A:1", {"host": "example.com", "x-a": "1"}),
        ("> Host: a:b\r\n> \r\n", {"host": "a:b"}),
        ("POST /x HTTP/1.1\nHost: a\n\n{}", {"host": "a"}),
        ("HTTP/2 200\nserver: b\n", {"server": "b"}),
        (":status: 200\nserver: b\n", {"server": "b"}),
        ("* remark\n< via: c\n{ [5 bytes data]\n", {"via": "c"}),
        ("a: 1\na: 2\n", {"a": "1"}),
        ("x-zm-signature: v0=1\nX-Zm-Signature:  v0=1 \n", {"x-zm-signature": "v0=1"}),
        ("a:\n", {"a": ""}),
        ('{"A": " 1 ", "b": ["2", "3"], "c": 4}', {"a": "1", "b": "2", "c": "4"}),
        ('[["A", "1"]]', {"a": "1"}),
        (' [{"name": "A", "value": "1", "comment": ""}]', {"a": "1"}),
    ],
    ids=[
        "lines",
        "curl",
        "raw request",
        "answer",
        "HTTP/2",
        "curl's remarks",
        "repeated",
        "the same signature twice",
        "empty value",
        "object",
        "pairs",
        "HAR",
    ],
)
def test_headers_are_read(text, headers):
    assert read_headers(text) == headers


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "there are no headers"),
        ("\n\n", "there are no headers"),
        ("{}", "there are no headers"),
        ("host: a\nnonsense\n", "line 2 of the headers is not 'Name: value'"),
        ("na me: a\n", "line 1 of the headers"),
        (
            "x-zm-request-timestamp: 1\nX-Zm-Request-Timestamp: 2\n",
            "two different values of x-zm-request-timestamp",
        ),
        ("{'a': 1}", "begin like JSON but are not"),
        ('[{"name": "a"}]', "a JSON list of headers holds pairs"),
        ('[["a"]]', "a JSON list of headers holds pairs"),
        ('{"a": {}}', "a header in JSON is a name and a text"),
        ("[[1, 2]]", "a header in JSON is a name and a text"),
    ],
    ids=[
        "empty",
        "blank",
        "no name",
        "nonsense",
        "space",
        "two",
        "no JSON",
        "no value",
        "half",
        "object",
        "number",
    ],
)
def test_what_cannot_be_read_is_refused_with_the_way_out(text, words):
    with pytest.raises(InvalidSettingError, match=words):
        read_headers(text)


@given(st.one_of(st.text(), st.from_regex(r"[{\[].*", fullmatch=True), st.from_regex(r"[<>]? ?\w+: .*\n")))
def test_junk_raises_nothing_but_what_is_documented(text):
    try:
        headers = read_headers(text)
    except InvalidSettingError:
        return
    assert all(name == name.lower() for name in headers)
