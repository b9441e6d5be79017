from __future__ import annotations

import base64
import hashlib
import hmac
import json
import re
from typing import Any

import pytest

from emitter.core.faults import FAULTS, body_with, copies_with, request_with, timestamp_with
from emitter.core.request import Identity, build_request
from emitter.core.secrets import SecretToken
from emitter.core.signing import verify
from emitter.errors import (
    MalformedHeaderError,
    MissingHeaderError,
    SignatureMismatchError,
    StaleTimestampError,
    VerificationError,
)

SECRET = SecretToken("4fv1RkqGQUq5sWbEz6hA5A")
IDENTITY = Identity(request_id="r", tracking_id="t", traceparent="p", client_id="c")
NOW_S = 1_720_707_175
ENVELOPE: dict[str, Any] = {
    "event": "revenue_accelerator.playlist_create",
    "event_ts": 1720707175904,
    "payload": {
        "account_id": "a/b",
        "object": {"playlist_id": "1", "playlist_name": "é 🚒", "create_time": 5},
    },
}
ZOOM_BODY = (
    '{"event":"revenue_accelerator.playlist_create","event_ts":1720707175904,"payload":{"account_id":"a/b",'
    r'"object":{"playlist_id":"1","playlist_name":"é \uD83D\uDE92","create_time":5}}}'
).encode()


BASIC = (("authorization", "Basic em9vbTpvcGVuIHNlc2FtZQ=="),)  # zoom:open sesame


def faulty_request(*names, auth_headers=BASIC):
    faults = [FAULTS[name] for name in names]
    _, body = body_with(faults, ENVELOPE["event"], ENVELOPE)
    clean = build_request(
        url="http://localhost/",
        host="localhost",
        body=body,
        identity=IDENTITY,
        secret_token=SECRET,
        timestamp_s=timestamp_with(faults, NOW_S),
        auth_headers=auth_headers,
    )
    return request_with(faults, clean)


def check(request):
    verify(SECRET, headers=dict(request.headers), body=request.body, now_s=NOW_S)


def test_without_faults_the_request_verifies_in_zooms_form():
    request = faulty_request()

    check(request)
    assert request.body == ZOOM_BODY


@pytest.mark.parametrize(
    ("name", "error"),
    [
        ("wrong-signature", SignatureMismatchError),
        ("missing-signature", MissingHeaderError),
        ("short-signature", MalformedHeaderError),
        ("non-ascii-signature", MalformedHeaderError),
        ("bare-signature", MalformedHeaderError),
        ("other-secret", SignatureMismatchError),
        ("tampered-body", SignatureMismatchError),
        ("last-digit-wrong", SignatureMismatchError),
        ("empty-signature", MissingHeaderError),
        ("unsigned", MissingHeaderError),
        ("stale-timestamp", VerificationError),
        ("future-timestamp", VerificationError),
        ("millisecond-timestamp", VerificationError),
        ("day-old-timestamp", StaleTimestampError),
        ("day-ahead-timestamp", StaleTimestampError),
        ("missing-timestamp", MissingHeaderError),
        ("empty-timestamp", MissingHeaderError),
        ("text-timestamp", MalformedHeaderError),
        ("negative-timestamp", MalformedHeaderError),
        ("huge-timestamp", MalformedHeaderError),
        ("infinite-timestamp", MalformedHeaderError),
        ("superscript-timestamp", MalformedHeaderError),
        ("cut-signature", MalformedHeaderError),
        ("one-digit-signature", MalformedHeaderError),
        ("prefix-only-signature", MalformedHeaderError),
        ("long-signature", MalformedHeaderError),
        ("duplicate-signature", SignatureMismatchError),
        ("empty-secret", SignatureMismatchError),
        ("upper-case-signature", MalformedHeaderError),
        ("upper-case-version", MalformedHeaderError),
        ("other-version", MalformedHeaderError),
        ("padded-signature", MalformedHeaderError),
        ("listed-signature", MalformedHeaderError),
        ("foreign-body", SignatureMismatchError),
        ("spaced-body", SignatureMismatchError),
        ("body-with-newline", SignatureMismatchError),
    ],
)
def test_a_correct_receiver_refuses(name, error):
    with pytest.raises(error):
        check(faulty_request(name))


def test_only_the_last_digit_is_wrong():
    right, wrong = (faulty_request(*names).header("x-zm-signature") for names in ((), ("last-digit-wrong",)))

    assert wrong[:-1] == right[:-1]
    assert wrong[-1] != right[-1]


def test_a_stranger_sends_neither_signature_nor_timestamp():
    names = {name for name, _ in faulty_request("unsigned").headers}

    assert {name for name, _ in faulty_request().headers} - names == {
        "x-zm-signature",
        "x-zm-request-timestamp",
    }


@pytest.mark.parametrize(
    ("name", "timestamp"),
    [
        ("stale-timestamp", "1720703575"),
        ("future-timestamp", "1720710775"),
        ("millisecond-timestamp", "1720707175000"),
    ],
)
def test_a_wrong_time_is_correctly_signed(name, timestamp):
    request = faulty_request(name)

    assert request.header("x-zm-request-timestamp") == timestamp
    if name != "millisecond-timestamp":
        verify(SECRET, headers=dict(request.headers), body=request.body)


@pytest.mark.parametrize(
    ("name", "signature"),
    [
        ("bare-signature", "[0-9a-f]{64}"),
        ("short-signature", "v0=[0-9a-f]{16}"),
        ("non-ascii-signature", "v0=é{64}"),
        ("wrong-signature", "v0=[0-9a-f]{64}"),
        ("other-secret", "v0=[0-9a-f]{64}"),
    ],
)
def test_a_wrong_signature_has_the_shape_its_name_says(name, signature):
    assert re.fullmatch(signature, faulty_request(name).header("x-zm-signature"))


def test_every_digit_of_the_wrong_signature_is_wrong():
    right, wrong = (r.header("x-zm-signature") for r in (faulty_request(), faulty_request("wrong-signature")))

    assert all(one != other for one, other in zip(right[3:], wrong[3:], strict=True))


@pytest.mark.parametrize("name", [name for name in FAULTS if "signature" in name or name == "other-secret"])
def test_a_fault_of_the_signature_changes_nothing_else(name):
    clean, faulty = faulty_request(), faulty_request(name)

    def others(request):
        return [pair for pair in request.headers if pair[0] != "x-zm-signature"]

    assert (others(faulty), faulty.body) == (others(clean), clean.body)


def test_a_tampered_body_is_one_digit_away_and_still_json():
    clean, faulty = faulty_request(), faulty_request("tampered-body")

    assert sum(one != other for one, other in zip(clean.body, faulty.body, strict=True)) == 1
    assert faulty.headers == clean.headers
    json.loads(faulty.body)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("unknown-event", {**ENVELOPE, "event": "revenue_accelerator.event_zoom_may_add_one_day"}),
        ("trailing-space-event", {**ENVELOPE, "event": "revenue_accelerator.playlist_create "}),
        (
            "extra-field",
            {
                **ENVELOPE,
                "payload": {
                    "account_id": "a/b",
                    "object": {**ENVELOPE["payload"]["object"], "field_zoom_may_add_one_day": "new"},
                },
            },
        ),
        (
            "null-field",
            {
                **ENVELOPE,
                "payload": {
                    "account_id": "a/b",
                    "object": {**ENVELOPE["payload"]["object"], "create_time": None},
                },
            },
        ),
    ],
)
def test_a_fault_of_the_event_is_correctly_signed_and_says_what_it_names(name, expected):
    request = faulty_request(name)

    check(request)
    assert json.loads(request.body) == expected


@pytest.mark.parametrize(
    ("name", "fragment"),
    [
        ("wire-raw", '"é 🚒"'.encode()),
        ("wire-escaped", rb'"\u00e9 \ud83d\ude92"'),
        ("wire-spaced", b'"account_id": "a/b", '),
        ("wire-slashes", rb'"a\/b"'),
    ],
)
def test_another_spelling_is_the_same_json_correctly_signed(name, fragment):
    request = faulty_request(name)

    check(request)
    assert fragment in request.body
    assert request.body != ZOOM_BODY
    assert json.loads(request.body) == ENVELOPE


@pytest.mark.parametrize(
    ("name", "header"), [("header-title-case", "X-Zm-Signature"), ("header-upper-case", "X-ZM-SIGNATURE")]
)
def test_header_names_change_their_case_only(name, header):
    clean, faulty = faulty_request(), faulty_request(name)

    assert header in dict(faulty.headers)
    assert [(key.lower(), value) for key, value in faulty.headers] == [*clean.headers]


def test_a_duplicate_is_two_deliveries():
    assert copies_with([FAULTS["duplicate"]]) == 2
    assert copies_with([]) == 1


def test_faults_add_up():
    request = faulty_request("wire-spaced", "extra-field", "header-upper-case", "other-secret")

    assert b'"field_zoom_may_add_one_day": "new"' in request.body
    with pytest.raises(SignatureMismatchError):
        check(request)


def test_every_fault_does_something_and_says_what():
    for name, fault in FAULTS.items():
        assert fault.description, name
        does_more = fault.copies > 1 or fault.sequence or fault.pieces
        assert does_more or faulty_request(name) != faulty_request(), name


@pytest.mark.parametrize(
    "envelope",
    [
        {},
        {"event": "a"},
        {"event": "a", "payload": None},
        {"event": "a.b", "payload": {"object": [1, {}, {"x": 1}]}},
    ],
)
def test_odd_envelopes_survive_every_fault(envelope):
    for fault in FAULTS.values():
        body_with([fault], "a.b", envelope)


def test_a_timestamp_one_second_ahead_verifies():
    request = faulty_request("ahead-timestamp")

    check(request)
    assert request.header("x-zm-request-timestamp") == "1720707176"


@pytest.mark.parametrize(
    "name",
    ["text-timestamp", "negative-timestamp", "huge-timestamp", "infinite-timestamp", "superscript-timestamp"],
)
def test_what_is_no_timestamp_is_signed_all_the_same(name):
    request = faulty_request(name)
    timestamp = request.header("x-zm-request-timestamp")
    message = f"v0:{timestamp}:".encode() + request.body

    digest = hmac.new(SECRET.key(), message, hashlib.sha256).hexdigest()

    assert request.header("x-zm-signature") == f"v0={digest}"


@pytest.mark.parametrize("name", ["spaced-body", "body-with-newline", "foreign-body"])
def test_a_body_changed_on_the_way_is_still_json_under_the_old_signature(name):
    clean, faulty = faulty_request(), faulty_request(name)

    assert faulty.header("content-length") == str(len(faulty.body))
    assert faulty.header("x-zm-signature") == clean.header("x-zm-signature")
    assert (json.loads(faulty.body) == json.loads(clean.body)) is (name != "foreign-body")


def test_an_empty_secret_signs_as_openssl_does_with_an_empty_key():
    # printf 'v0:1720707175:x' | openssl dgst -sha256 -hmac ''
    clean = build_request(
        url="http://localhost/", host="localhost", body=b"x", identity=IDENTITY, secret_token=SECRET,
        timestamp_s=NOW_S,
    )  # fmt: skip

    signed = request_with([FAULTS["empty-secret"]], clean).header("x-zm-signature")

    assert signed == "v0=2cfad384b796ddce0c4a03915c6495abc4b1b3ace5dfdabfee38130470d22976"


@pytest.mark.parametrize(
    ("name", "basic", "bearer"),
    [
        ("missing-credentials", None, None),
        ("wrong-credentials", "zoom:open sesamex", "Bearer tokenx"),
        ("wrong-user", "xzoom:open sesame", "xBearer token"),
        ("password-with-colon", "zoom:open sesame:x", "Bearer token:x"),
    ],
)
def test_credentials_are_changed_and_nothing_else_is(name, basic, bearer):
    encoded = basic and "Basic " + base64.b64encode(basic.encode()).decode()
    for given, expected in ((BASIC, encoded), ((("authorization", "Bearer token"),), bearer)):
        clean, faulty = faulty_request(auth_headers=given), faulty_request(name, auth_headers=given)

        def others(request):
            return [pair for pair in request.headers if pair[0] != "authorization"]

        assert faulty.header("authorization") == expected
        assert (others(faulty), faulty.body) == (others(clean), clean.body)


@pytest.mark.parametrize("value", ["Basic %%%", "Basic /w==", "Basic", ""])
@pytest.mark.parametrize("name", [name for name in FAULTS if "credentials" in name or "user" in name])
def test_odd_credentials_survive_every_fault(name, value):
    faulty_request(name, auth_headers=(("authorization", value),))


def test_a_custom_header_is_a_credential():
    headers = (("x-webhook-key", "open-sesame"),)

    assert faulty_request("missing-credentials", auth_headers=headers).header("x-webhook-key") is None


@pytest.mark.parametrize("body", [b"", b"{}", b"x", b"[]"])
def test_a_body_without_digits_is_still_tampered_with(body):
    clean = build_request(
        url="http://localhost/",
        host="localhost",
        body=body,
        identity=IDENTITY,
        secret_token=SECRET,
        timestamp_s=NOW_S,
    )

    assert request_with([FAULTS["tampered-body"]], clean).body != body
