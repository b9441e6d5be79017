import base64
import hashlib
import hmac
import json
import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from emitter.core.mismatch import explain
from emitter.core.mismatches import MISMATCHES
from emitter.core.mistakes import MISTAKES
from emitter.core.secrets import Secret, SecretToken
from emitter.core.signing import sign, verify
from emitter.core.spellings import LONG_BYTES, MAX_BYTES
from emitter.errors import VerificationError

# A meeting.started that Zoom sent in July 2024: raw apostrophe and dash, emoji as upper-case pairs.
SECRET = "4fv1RkqGQUq5sWbEz6hA5A"
SECRET_TOKEN = SecretToken(SECRET)
KEY = SECRET.encode()
TIMESTAMP = "1720707175"
BODY = (
    r'{"event":"meeting.started","payload":{"account_id":"VjZoEArIT5y-HlWxkV-tVA","object":{"duration":60,'
    r'"start_time":"2024-07-11T14:12:55Z","timezone":"America/New_York","topic":"Test '
    r'\uD83D\uDE92\uD83D\uDE92 ? - ’ - – \uD83D\uDE97 HOLA","id":"85393847045","type":2,'  # noqa: RUF001
    r'"uuid":"jUh5o3dKQIytvcsfTtKBlg==","host_id":"8lzIwvZTSOqjndWPbPqzuA"}},"event_ts":1720707175904}'
).encode()
SIGNATURE = "v0=1a14e79349318fa1bead50ebbd3c185ae078e182d3bbd30ab8010fcb7f4357c7"
DIGITS = SIGNATURE.removeprefix("v0=")
VALUE = json.loads(BODY)
VERIFICATION_TOKEN = "aB3_-fGhIjKlMnOpQrStUw"


def compact(value, **options):
    return json.dumps(value, separators=(",", ":"), **options).encode()


def mac(message, *, key=KEY, algorithm="sha256"):
    return "v0=" + hmac.new(key, message, algorithm).hexdigest()


def reasons(*, signature=SIGNATURE, timestamp=TIMESTAMP, body=BODY):
    mistakes = explain(
        SECRET_TOKEN,
        headers={"X-Zm-Signature": signature, "x-zm-request-timestamp": timestamp},
        body=body,
        verification_token=Secret(VERIFICATION_TOKEN),
    )
    return [mistake.id for mistake in mistakes]


def found(**given):
    signature, timestamp = given.get("signature", SIGNATURE), given.get("timestamp", TIMESTAMP)
    headers = {"x-zm-signature": signature, "x-zm-request-timestamp": timestamp}
    return [each.found for each in explain(SECRET_TOKEN, headers=headers, body=given.get("body", BODY))]


signed = f"v0:{TIMESTAMP}:".encode() + BODY
reordered = compact(dict(reversed(VALUE.items())), ensure_ascii=False)
accented = '{"event":"x","topic":"é"}'
plain = b'{"event":"x","payload":{"a":1,"b":[1,2]},"event_ts":1720707175904}'

# What was changed between signer and verifier, and every reason that must be given for it.
CHANGED_BODIES = {
    "spaces, as Python writes them": (
        json.dumps(VALUE, ensure_ascii=False).encode(),
        ["white-space", "escapes"],
    ),
    "json.dumps without options": (json.dumps(VALUE).encode(), ["white-space", "escapes"]),
    "raw emoji, as JSON.stringify writes them": (compact(VALUE, ensure_ascii=False), ["escapes"]),
    "all but ASCII escaped": (compact(VALUE), ["escapes"]),
    "lower-case pairs": (BODY.replace(rb"\uD83D\uDE9", rb"\ud83d\ude9"), ["escapes"]),
    "slashes escaped": (BODY.replace(b"/", rb"\/"), ["slashes"]),
    "as PHP writes it": (compact(VALUE).replace(b"/", rb"\/"), ["escapes", "slashes"]),
    "pretty, two spaces": (
        json.dumps(VALUE, indent=2, ensure_ascii=False).encode(),
        ["white-space", "escapes"],
    ),
    "pretty and a line feed": (
        json.dumps(VALUE, indent=4).encode() + b"\n",
        ["white-space", "escapes", "final-line-end"],
    ),
    "pretty with CR LF": (
        json.dumps(VALUE, indent=2, ensure_ascii=False).replace("\n", "\r\n").encode(),
        ["white-space", "escapes"],
    ),
    "pretty, four spaces, with CR LF": (
        json.dumps(VALUE, indent=4, ensure_ascii=False).replace("\n", "\r\n").encode(),
        ["white-space", "escapes"],
    ),
    "top-level keys in another order": (
        BODY.replace(b'{"event":"meeting.started",', b"{").replace(
            b"904}", b'904,"event":"meeting.started"}'
        ),
        ["key-order"],
    ),
    "another order and raw emoji": (reordered, ["key-order", "escapes"]),
    "an irregular spelling": (BODY.replace(b'{"event":', b'{ "event" :'), ["reserialised"]),
    "a line feed at the end": (BODY + b"\n", ["final-line-end"]),
    "CR LF at the end": (BODY + b"\r\n", ["final-line-end"]),
    "a byte order mark": (b"\xef\xbb\xbf" + BODY, ["byte-order-mark"]),
    "decoded as Latin-1": (BODY.decode("latin-1").encode(), ["mojibake"]),
    "decoded as Windows-1252": (BODY.decode("cp1252").encode(), ["mojibake"]),
    "base64, as a gateway hands it over": (base64.b64encode(BODY), ["base64-body"]),
    "inside a JSON string": (json.dumps(BODY.decode()).encode(), ["quoted-body"]),
}
SIGNED_OTHERWISE = {
    "a line feed was signed": (mac(signed + b"\n"), ["final-line-end"]),
    "a pretty body was signed": (
        mac(f"v0:{TIMESTAMP}:".encode() + json.dumps(VALUE, indent=2).encode()),
        ["white-space", "escapes"],
    ),
    "question marks were signed": (mac(signed.decode().encode("ascii", "replace")), ["ascii-body"]),
    "Latin-1 read as UTF-8 was signed": (mac(signed.decode("latin-1").encode()), ["mojibake"]),
    "sorted keys were signed": (
        mac(f"v0:{TIMESTAMP}:".encode() + json.dumps(VALUE, sort_keys=True).encode()),
        ["key-order", "white-space", "escapes"],
    ),
    "no version": (mac(signed.removeprefix(b"v0:")), ["missing-parts"]),
    "the body alone": (mac(BODY), ["missing-parts"]),
    "no timestamp": (mac(b"v0:" + BODY), ["missing-parts"]),
    "a dot, as others sign": (mac(f"{TIMESTAMP}.".encode() + BODY), ["other-separators"]),
    "nothing between": (mac(f"v0{TIMESTAMP}".encode() + BODY), ["other-separators"]),
    "dots": (mac(f"v0.{TIMESTAMP}.".encode() + BODY), ["other-separators"]),
    "an object": (mac(f"v0:{TIMESTAMP}:[object Object]".encode()), ["object-text"]),
    "printed bytes": (mac(f"v0:{TIMESTAMP}:{BODY!r}".encode()), ["object-text"]),
    "a consumed body": (mac(f"v0:{TIMESTAMP}:".encode()), ["empty-body"]),
    "secret with a line feed": (mac(signed, key=KEY + b"\n"), ["untrimmed-secret"]),
    "secret with a space": (mac(signed, key=KEY + b" "), ["untrimmed-secret"]),
    "decoded secret": (mac(signed, key=base64.urlsafe_b64decode(SECRET + "==")), ["decoded-secret"]),
    "quoted secret": (mac(signed, key=f'"{SECRET}"'.encode()), ["quoted-secret"]),
    "empty secret": (mac(signed, key=b""), ["empty-secret"]),
    "missing secret": (mac(signed, key=b"undefined"), ["unset-secret"]),
    "verification token": (mac(signed, key=VERIFICATION_TOKEN.encode()), ["verification-token"]),
    "key and message swapped": (mac(KEY, key=signed), ["swapped-key"]),
    "no key": ("v0=" + hashlib.sha256(signed).hexdigest(), ["plain-sha256"]),
    "SHA-1": (mac(signed, algorithm="sha1"), ["other-hash"]),
    "milliseconds were signed": (mac(f"v0:{TIMESTAMP}000:".encode() + BODY), ["millisecond-timestamp"]),
    "event_ts was signed": (mac(b"v0:1720707175904:" + BODY), ["event-timestamp"]),
    "another secret": (mac(signed, key=b"another"), ["other-secret-or-body"]),
    "line feed and object": (
        mac(f"v0:{TIMESTAMP}:[object Object]".encode(), key=KEY + b"\n"),
        ["untrimmed-secret", "object-text"],
    ),
    "base64 of the body alone": (
        "v0=" + base64.b64encode(bytes.fromhex(mac(BODY)[3:])).decode(),
        ["base64-digest", "missing-parts"],
    ),
}
MISWRITTEN = {
    "no v0=": (DIGITS, ["missing-version"]),
    "sha256=": (f"sha256={DIGITS}", ["other-version"]),
    "v1=": (f"v1={DIGITS}", ["other-version"]),
    "upper case": (f"v0={DIGITS.upper()}", ["upper-case-digest"]),
    "base64": ("v0=" + base64.b64encode(bytes.fromhex(DIGITS)).decode(), ["base64-digest"]),
    "base64 without v0=": (
        base64.b64encode(bytes.fromhex(DIGITS)).decode(),
        ["missing-version", "base64-digest"],
    ),
    "white space at the end": (f"{SIGNATURE} ", ["padded-digest"]),
    "half": (SIGNATURE[:35], ["short-signature"]),
    "a digit short": (SIGNATURE[:-1], ["short-signature"]),
    "a digit long": (f"{SIGNATURE}0", ["malformed-signature"]),
    "accents": ("v0=" + "é" * 64, ["malformed-signature"]),
    "only v0=": ("v0=", ["malformed-signature"]),
    "nothing": ("", ["missing-signature"]),
}
TIMESTAMPS = {
    "milliseconds in the header": (f"{TIMESTAMP}000", ["millisecond-timestamp"]),
    "a word": ("yesterday", ["malformed-timestamp", "event-timestamp"]),
    "of another attempt": ("1720707479", ["event-timestamp"]),
    "nothing": ("", ["missing-timestamp"]),
}


def test_the_captured_request_has_nothing_to_explain():
    assert reasons() == []


@pytest.mark.parametrize("change", CHANGED_BODIES)
def test_a_changed_body_is_explained_by_its_change_alone(change):
    body, expected = CHANGED_BODIES[change]

    assert body != BODY
    assert reasons(body=body) == expected


@pytest.mark.parametrize("change", SIGNED_OTHERWISE)
def test_a_signature_over_something_else_is_explained(change):
    signature, expected = SIGNED_OTHERWISE[change]

    assert reasons(signature=signature) == expected


@pytest.mark.parametrize("change", MISWRITTEN)
def test_a_signature_written_otherwise_is_explained(change):
    signature, expected = MISWRITTEN[change]

    assert reasons(signature=signature) == expected


@pytest.mark.parametrize("change", TIMESTAMPS)
def test_a_timestamp_that_is_not_the_signed_one_is_explained(change):
    timestamp, expected = TIMESTAMPS[change]

    assert reasons(timestamp=timestamp) == expected


def test_swapped_headers_are_explained():
    assert reasons(signature=TIMESTAMP, timestamp=SIGNATURE) == ["swapped-headers"]


def test_both_missing_headers_are_told():
    mistakes = explain(SECRET_TOKEN, headers={}, body=BODY)

    assert [mistake.id for mistake in mistakes] == ["missing-signature", "missing-timestamp"]


def test_a_timestamp_in_milliseconds_is_told_even_if_it_was_signed():
    timestamp = f"{TIMESTAMP}000"

    assert reasons(timestamp=timestamp, signature=mac(f"v0:{timestamp}:".encode() + BODY)) == [
        "millisecond-timestamp"
    ]


@pytest.mark.parametrize("distance_s", [-5100, -1, 304, 7200])
def test_headers_of_two_attempts_are_told_apart_by_their_distance(distance_s):
    body = b'{"event":"x"}'
    signature = mac(b"v0:%d:" % (1720707175 + distance_s) + body)

    assert reasons(signature=signature, body=body) == ["other-timestamp"]
    direction = "later" if distance_s > 0 else "earlier"
    assert found(signature=signature, body=body) == [
        f"{1720707175 + distance_s}, {abs(distance_s)} s {direction}"
    ]


@pytest.mark.parametrize(
    ("given", "signed_as"), [("NFC", "NFD"), ("NFD", "NFC")], ids=["composed", "decomposed"]
)
def test_normalised_accents_are_explained(given, signed_as):
    signature = mac(f"v0:{TIMESTAMP}:{unicodedata.normalize(signed_as, accented)}".encode())

    assert reasons(signature=signature, body=unicodedata.normalize(given, accented).encode()) == [
        "normalised"
    ]


@pytest.mark.parametrize("is_crlf", [True, False], ids=["CR LF here", "CR LF signed"])
def test_changed_line_ends_of_a_body_that_is_no_json_are_explained(is_crlf):
    lines, crlf = b"a\nb\nc", b"a\r\nb\r\nc"
    here, was = (crlf, lines) if is_crlf else (lines, crlf)

    assert reasons(signature=mac(f"v0:{TIMESTAMP}:".encode() + was), body=here) == ["line-ends"]


@pytest.mark.parametrize(
    ("signed_body", "words"),
    [
        (rb'{"a":"\u003cb\u003e"}', "<, > and & escaped, as Go does"),
        (rb'{"a":"\u003Cb\u003E"}', "all but ASCII and HTML's characters escaped, as .NET does"),
    ],
    ids=["Go", ".NET"],
)
def test_the_language_of_the_spelling_is_named(signed_body, words):
    (seen,) = found(signature=mac(f"v0:{TIMESTAMP}:".encode() + signed_body), body=b'{"a":"<b>"}')

    assert seen.startswith(f"signed: {words}; here: ")


def test_dotnets_quotation_marks_are_known():
    signed_body = rb'{"a":"\u0022\\ \u002B\u00E9"}'

    assert reasons(
        signature=mac(f"v0:{TIMESTAMP}:".encode() + signed_body), body=json.dumps({"a": '"\\ +é'}).encode()
    ) == ["white-space", "escapes"]


def test_a_change_is_described_from_both_sides():
    (seen,) = found(body=BODY.replace(b"/", rb"\/"))

    assert seen == r"signed: / as it is; here: / written as \/"


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (BODY.replace(b"60", b"61"), "the body is in Zoom's form, so the secret token is the likelier cause"),
        (b"not json", "the body is not JSON that Zoom could have written"),
        (
            json.dumps(VALUE, sort_keys=True).encode(),
            "the body's keys are sorted; the order that was signed cannot be told from it",
        ),
        (b'{"b": 1}', "the body is not in Zoom's form, so it is not what Zoom sent"),
        (b'{"b": 1, "a": "\\ud800"}', "the body is not JSON that Zoom could have written"),
        (b'{"a":' * 5000 + b" 1" + b"}" * 5000, "the body is not JSON that Zoom could have written"),
        (b"\xff", "the body is not JSON that Zoom could have written"),
    ],
    ids=["one value changed", "no JSON", "sorted keys", "spaced", "lone surrogate", "deep", "no UTF-8"],
)
def test_where_nothing_fits_the_body_gives_a_clue(body, words):
    assert found(body=body) == [words]


def test_a_long_body_is_searched_on_one_line_and_in_given_and_sorted_order():
    value = {"event": "x", "text": "é🚒" * LONG_BYTES, "event_ts": 1}
    signature = mac(f"v0:{TIMESTAMP}:".encode() + compact(value, ensure_ascii=False, sort_keys=True))

    assert reasons(signature=signature, body=json.dumps(value).encode()) == [
        "key-order",
        "white-space",
        "escapes",
    ]


def test_a_body_too_long_to_be_searched_is_still_explained_where_that_is_cheap():
    body = b'{"a":"' + b"x" * MAX_BYTES + b'"}'

    assert reasons(signature=mac(f"v0:{TIMESTAMP}:".encode() + body), body=body + b"\n") == ["final-line-end"]
    assert reasons(signature=SIGNATURE, body=body) == ["other-secret-or-body"]


def test_every_mismatch_is_reached_by_some_test_above():
    reached = {
        *(
            id_
            for table in (CHANGED_BODIES, SIGNED_OTHERWISE, MISWRITTEN, TIMESTAMPS)
            for _, ids in table.values()
            for id_ in ids
        ),
        "swapped-headers",
        "other-timestamp",
        "normalised",
        "line-ends",
    }

    assert set(MISMATCHES) <= reached


@pytest.mark.parametrize("mistake", MISMATCHES.values(), ids=lambda mistake: mistake.id)
def test_each_mismatch_says_what_is_wrong_and_how_to_mend_it_in_clauses(mistake):
    assert mistake.title
    assert mistake.remedy
    assert not mistake.title.endswith(".")
    assert not mistake.remedy.endswith(".")


def test_the_ids_are_not_those_of_mistakes_with_a_challenge():
    assert not MISMATCHES.keys() & MISTAKES.keys()


def test_no_explanation_holds_the_secret_or_the_right_signature():
    for signature, _ in [*SIGNED_OTHERWISE.values(), *MISWRITTEN.values()]:
        headers = {"x-zm-signature": signature, "x-zm-request-timestamp": TIMESTAMP}
        shown = repr(explain(SECRET_TOKEN, headers=headers, body=BODY))

        assert SECRET not in shown
        assert DIGITS not in shown


@settings(max_examples=25)
@given(
    timestamp=st.one_of(
        st.text(), st.sampled_from([TIMESTAMP, f" {TIMESTAMP}", f"{TIMESTAMP}000", "٣", "9" * 5000])
    ),
    signature=st.one_of(
        st.text(),
        st.sampled_from([SIGNATURE, DIGITS, f"v0={DIGITS}\n"]),
        st.from_regex(r"v0=[0-9a-f]{60,70}"),
    ),
    body=st.one_of(
        st.binary(), st.just(BODY), st.sampled_from([b"[" * 5000, b'{"a":NaN}', b'"\\ud800"', b"[]"])
    ),
)
def test_something_is_explained_exactly_where_verifying_fails(timestamp, signature, body):
    headers = {"x-zm-request-timestamp": timestamp, "x-zm-signature": signature}
    try:
        verify(SECRET_TOKEN, headers=headers, body=body)
        verifies = True
    except VerificationError:
        verifies = False

    assert bool(explain(SECRET_TOKEN, headers=headers, body=body)) != verifies


values = st.dictionaries(
    st.text(st.characters(codec="utf-8"), max_size=4),
    st.one_of(st.text(st.characters(codec="utf-8"), max_size=6), st.integers(), st.lists(st.booleans())),
    min_size=1,
    max_size=3,
)


@settings(max_examples=25)
@given(value=values)
def test_any_body_pretty_printed_is_explained_by_its_spelling(value):
    body, pretty = compact(value, ensure_ascii=False), json.dumps(value, indent=2).encode()
    signature = sign(SECRET_TOKEN, timestamp_s=TIMESTAMP, body=body)

    assert set(reasons(signature=signature, body=pretty)) <= {"white-space", "escapes"}
