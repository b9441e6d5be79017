import json
from pathlib import Path

import pytest

from tests.support.command import zoom_emitter

VECTORS = Path(__file__).parent.parent.parent / "fixtures" / "vectors"
BODY = (VECTORS / "captured-meeting.started.body").read_bytes()
# Zoom's own signature of July 2024, at 14:12:55 UTC.
SIGNATURE = "v0=1a14e79349318fa1bead50ebbd3c185ae078e182d3bbd30ab8010fcb7f4357c7"
LINES = f"x-zm-request-timestamp: 1720707175\nx-zm-signature: {SIGNATURE}\n"


@pytest.fixture(autouse=True)
def secret_token(monkeypatch):
    monkeypatch.setenv("ZOOM_WEBHOOK_SECRET_TOKEN", "4fv1RkqGQUq5sWbEz6hA5A")


def verify(*options, headers=LINES, body=BODY):
    Path("request.headers").write_bytes(headers.encode())
    Path("request.body").write_bytes(body)
    return zoom_emitter("verify", "--headers", "request.headers", "request.body", *options)


def ids_in(result):
    return [mistake["id"] for mistake in json.loads(result.out)["mistakes"]]


CURL = f"""\
*   Trying 127.0.0.1:3000...
* Connected to localhost (127.0.0.1) port 3000
> POST /webhooks/zoom HTTP/1.1
> Host: localhost:3000
> X-Zm-Request-Timestamp: 1720707175
> X-Zm-Signature: {SIGNATURE}
> content-type: application/json
>
}} [362 bytes data]
< HTTP/1.1 401 Unauthorized
< content-type: text/plain
<
"""
RAW_REQUEST = "POST / HTTP/1.1\r\n" + LINES.replace("\n", "\r\n") + "\r\nnot a header"
JSON_OBJECT = json.dumps({"x-zm-signature": SIGNATURE, "X-Zm-Request-Timestamp": 1720707175})
JSON_LISTS = json.dumps({"x-zm-signature": [SIGNATURE], "x-zm-request-timestamp": ["1720707175"]})
JSON_PAIRS = json.dumps([["x-zm-signature", SIGNATURE], ["x-zm-request-timestamp", "1720707175"]])
JSON_HAR = json.dumps(
    [
        {"name": "x-zm-signature", "value": SIGNATURE},
        {"name": "x-zm-request-timestamp", "value": "1720707175"},
    ]
)
HTTP_2 = f":method: POST\n:path: /\nx-zm-request-timestamp:1720707175\nx-zm-signature:{SIGNATURE}  \n"


def test_the_captured_request_is_right_and_its_age_is_only_told():
    result = verify()

    assert result.status == 0
    assert result.text.splitlines()[0] == "yes: the signature is right"
    assert result.text.splitlines()[1].startswith("  signed 2024-07-11 14:12:55 UTC, ")


@pytest.mark.parametrize(
    "headers",
    [
        LINES,
        LINES.replace("\n", "\r\n"),
        "\ufeff" + LINES,
        CURL,
        RAW_REQUEST,
        HTTP_2,
        JSON_OBJECT,
        JSON_LISTS,
        JSON_PAIRS,
        JSON_HAR,
        LINES + LINES,
    ],
    ids=[
        "lines",
        "CR LF",
        "byte order mark",
        "curl -v",
        "raw request",
        "HTTP/2",
        "JSON object",
        "JSON lists",
        "JSON pairs",
        "JSON of HAR",
        "twice the same",
    ],
)
def test_headers_are_read_as_people_have_them(headers):
    assert verify(headers=headers).status == 0


@pytest.mark.parametrize("which", ["headers", "body"])
def test_either_part_comes_from_standard_input(which):
    Path("request.headers").write_text(LINES, encoding="utf-8")
    Path("request.body").write_bytes(BODY)
    names = {"headers": "request.headers", "body": "request.body", which: "-"}
    stdin = LINES.encode() if which == "headers" else BODY

    assert zoom_emitter("verify", "--headers", names["headers"], names["body"], stdin=stdin).status == 0


def test_a_body_written_anew_is_explained_and_the_remedy_stands_once():
    result = verify(body=json.dumps(json.loads(BODY)).encode() + b"\n")

    assert result.status == 1
    assert result.text.splitlines() == [
        "no: the signature does not verify",
        "  white-space: white space between the body's parts was changed "
        "(signed: no white space; here: a space after each colon and comma)",
        "  escapes: characters of the body were escaped or unescaped "
        "(signed: emoji escaped in upper case, as Zoom does; "
        "here: all but ASCII escaped in lower case, as Python and PHP do)",
        "    verify the body's bytes as they came, before anything parses or formats them",
        "  final-line-end: a line end after the body was added or removed "
        "(signed: no line end; here: a line feed)",
        "    leave the end of the body as it came",
    ]


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        (LINES.replace("1720707175", "1720707175000"), ["millisecond-timestamp"]),
        (LINES.replace("v0=", ""), ["missing-version"]),
        (LINES.replace(SIGNATURE, SIGNATURE.upper()), ["other-version", "upper-case-digest"]),
        (LINES.replace("x-zm-signature", "x-other"), ["missing-signature"]),
        ("host: example.com\n", ["missing-signature", "missing-timestamp"]),
        (f"x-zm-request-timestamp: {SIGNATURE}\nx-zm-signature: 1720707175\n", ["swapped-headers"]),
    ],
    ids=["milliseconds", "no v0=", "upper case", "no signature", "neither", "swapped"],
)
def test_what_is_wrong_with_the_headers_is_told(headers, expected):
    result = verify("--json", headers=headers)

    assert result.status == 1
    assert ids_in(result) == expected


def test_another_secret_token_is_the_likelier_cause_where_the_body_is_in_zooms_form(monkeypatch):
    monkeypatch.setenv("ZOOM_WEBHOOK_SECRET_TOKEN", "another")

    result = verify()

    assert result.status == 1
    assert "so the secret token is the likelier cause" in result.text


def test_the_verification_token_is_recognised_when_it_is_given(monkeypatch):
    monkeypatch.setenv("ZOOM_WEBHOOK_SECRET_TOKEN", "another")
    Path("old").write_text("4fv1RkqGQUq5sWbEz6hA5A\n", encoding="utf-8")

    result = verify("--json", "--verification-token-file", "old")

    assert ids_in(result) == ["verification-token"]


@pytest.mark.parametrize(
    ("options", "status"),
    [
        (("--now", "1720707475"), 0),
        (("--now", "1720706875"), 0),
        (("--now", "1720707476"), 1),
        (("--now", "1720706874"), 1),
        (("--now", "1720707476", "--tolerance", "5m"), 1),
        (("--now", "1720707476", "--tolerance", "301s"), 0),
        (("--tolerance", "300s"), 1),
    ],
    ids=["300 s old", "300 s ahead", "301 s old", "301 s ahead", "5m", "301s", "as of now"],
)
def test_freshness_is_judged_when_asked_for(options, status):
    assert verify(*options).status == status


def test_a_stale_timestamp_is_told_with_its_age():
    result = verify("--now", "1720708000")

    assert result.text.splitlines() == [
        "no: the timestamp is 825 s old; at most 300 s are allowed",
        "  signed 2024-07-11 14:12:55 UTC, 825 s ago",
    ]


def test_a_timestamp_ahead_is_told_so():
    result = verify("--now", "1720707000", "--tolerance", "5m")

    assert result.text.splitlines()[1] == "  signed 2024-07-11 14:12:55 UTC, 175 s ahead"


def test_the_value_for_programs():
    result = verify("--json", "--now", "1720707275")

    assert result.json_lines == [
        {"is_valid": True, "mistakes": [], "stale": "", "timestamp": "1720707175", "age_s": 100}
    ]


@pytest.mark.parametrize(
    ("headers", "words"),
    [
        ("", "there are no headers in the file"),
        ("no header at all\n", "line 1 of the headers is not 'Name: value'"),
        (LINES + "x-zm-signature: v0=00\n", "there are two different values of x-zm-signature"),
        ("{broken", "begin like JSON but are not"),
        ("[1]", "a JSON list of headers holds pairs"),
        ('{"x-zm-signature": null}', "a header in JSON is a name and a text"),
        ("[" * 5000, "begin like JSON but are not"),
    ],
    ids=["empty", "no colon", "two signatures", "broken JSON", "number", "null", "deep"],
)
def test_headers_that_cannot_be_read_are_refused(headers, words):
    result = verify(headers=headers)

    assert (result.status, result.out) == (2, b"")
    assert result.err.startswith("error: ")
    assert words in result.err
    assert result.err.count("\n") == 1


def test_both_from_standard_input_is_refused():
    result = zoom_emitter("verify", "--headers", "-", "-")

    assert result.status == 2
    assert "headers and body cannot both come from standard input" in result.err


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (("--tolerance", "soon"), "'soon' is not a duration"),
        (("--now", "yesterday"), "--now"),
        (("--verification-token-file", "nowhere"), "cannot read nowhere: No such file or directory"),
        (("--secret-token-file", "nowhere"), "cannot read"),
    ],
    ids=["tolerance", "now", "verification token", "secret token"],
)
def test_options_that_cannot_be_used_are_refused(options, words):
    result = verify(*options)

    assert result.status == 2
    assert words in result.err


@pytest.mark.parametrize("missing", ["request.headers", "request.body"])
def test_a_file_that_is_not_there_is_named(missing):
    Path("request.headers").write_text(LINES, encoding="utf-8")
    Path("request.body").write_bytes(BODY)
    Path(missing).unlink()

    result = zoom_emitter("verify", "--headers", "request.headers", "request.body")

    assert (result.status, result.out) == (2, b"")
    assert f"error: cannot read {missing}: No such file or directory; name a readable file\n" == result.err


def test_a_verification_token_that_is_no_text_is_refused():
    Path("old").write_bytes(b"\xff\xfe")

    result = verify("--verification-token-file", "old")

    assert (result.status, result.err) == (
        2,
        "error: old is not UTF-8 text; write the token into it as text\n",
    )


def test_junk_is_explained_and_not_a_traceback():
    result = verify(
        headers="x-zm-signature: \x00é\nx-zm-request-timestamp: 99999999999999\n", body=b"\xff\xfe\x00"
    )

    assert result.status == 1
    assert "malformed-signature" in result.text
