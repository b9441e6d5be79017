import pytest
from hypothesis import given
from hypothesis import strategies as st

from emitter.core.secrets import SecretToken
from emitter.core.signing import SIGNATURE_CHARS, hex_hmac, sign, verify
from emitter.errors import (
    MalformedHeaderError,
    MissingHeaderError,
    SignatureMismatchError,
    StaleTimestampError,
    VerificationError,
)

# A challenge that Zoom sent in July 2024, and the answer it expected.
SECRET_TOKEN = SecretToken("4fv1RkqGQUq5sWbEz6hA5A")
TIMESTAMP = 1720705455
BODY = (
    b'{"payload":{"plainToken":"xys8n8PGS7mAU0m5-YJjRA"},"event_ts":1720705455858,'
    b'"event":"endpoint.url_validation"}'
)
SIGNATURE = "v0=93a1a675965ceb9c5a50c5dfb31f20e50f763be37a54ef74cd2d16a1a8e5c0d6"
# A meeting.started that Zoom sent the same day: a raw apostrophe and dash, emoji as upper-case pairs.
EMOJI_TIMESTAMP = 1720707175
EMOJI_BODY = (
    r'{"event":"meeting.started","payload":{"account_id":"VjZoEArIT5y-HlWxkV-tVA","object":{"duration":60,'
    r'"start_time":"2024-07-11T14:12:55Z","timezone":"America/New_York","topic":"Test '
    r'\uD83D\uDE92\uD83D\uDE92 ? - ’ - – \uD83D\uDE97 HOLA","id":"85393847045","type":2,'  # noqa: RUF001
    r'"uuid":"jUh5o3dKQIytvcsfTtKBlg==","host_id":"8lzIwvZTSOqjndWPbPqzuA"}},"event_ts":1720707175904}'
).encode()
EMOJI_SIGNATURE = "v0=1a14e79349318fa1bead50ebbd3c185ae078e182d3bbd30ab8010fcb7f4357c7"

CAPTURES = pytest.mark.parametrize(
    ("timestamp_s", "body", "signature"),
    [(TIMESTAMP, BODY, SIGNATURE), (EMOJI_TIMESTAMP, EMOJI_BODY, EMOJI_SIGNATURE)],
    ids=["challenge", "emoji"],
)


def headers(*, timestamp=str(TIMESTAMP), signature=SIGNATURE):
    return {"x-zm-request-timestamp": timestamp, "x-zm-signature": signature}


@CAPTURES
def test_a_captured_request_is_signed_as_zoom_signed_it(timestamp_s, body, signature):
    assert sign(SECRET_TOKEN, timestamp_s=timestamp_s, body=body) == signature


@CAPTURES
def test_a_captured_request_verifies(timestamp_s, body, signature):
    verify(SECRET_TOKEN, headers=headers(timestamp=str(timestamp_s), signature=signature), body=body)


def test_the_captured_challenges_answer_is_the_hmac_of_its_token():
    digest = hex_hmac(SECRET_TOKEN.key(), b"xys8n8PGS7mAU0m5-YJjRA")

    assert digest == "2fffc6a967dde4f68024025a5bd991c5ae1e5313b4e6365be4883e3e81d479b3"


def test_a_timestamp_given_as_text_is_signed_as_it_stands():
    as_number = sign(SECRET_TOKEN, timestamp_s=17, body=BODY)

    assert sign(SECRET_TOKEN, timestamp_s="17", body=BODY) == as_number
    assert sign(SECRET_TOKEN, timestamp_s="017", body=BODY) != as_number


def test_header_names_are_matched_without_regard_to_case():
    verify(
        SECRET_TOKEN,
        headers={"X-Zm-Request-Timestamp": str(TIMESTAMP), "X-ZM-SIGNATURE": SIGNATURE},
        body=BODY,
    )


@pytest.mark.parametrize("name", ["x-zm-signature", "x-zm-request-timestamp"])
@pytest.mark.parametrize("is_empty", [False, True], ids=["absent", "empty"])
def test_a_missing_header_is_named(name, is_empty):
    incomplete = headers()
    incomplete[name] = ""
    if not is_empty:
        del incomplete[name]

    with pytest.raises(MissingHeaderError, match=f"the {name} header is missing or empty") as refused:
        verify(SECRET_TOKEN, headers=incomplete, body=BODY)

    assert refused.value.header == name


@pytest.mark.parametrize(
    "signature",
    [
        SIGNATURE.removeprefix("v0="),
        SIGNATURE.upper(),
        SIGNATURE[:-1],
        f"{SIGNATURE}0",
        f"{SIGNATURE}\n",
        f" {SIGNATURE}",
        SIGNATURE.replace("v0=", "v1="),
        "v0=" + "é" * 64,
        "v0=" + "٣" * 64,
        "v0=",
    ],
    ids=[
        "no version",
        "upper case",
        "a digit short",
        "a digit long",
        "line feed",
        "space",
        "other version",
        "accents",
        "arabic digits",
        "no digits",
    ],
)
def test_an_unreadable_signature_is_refused(signature):
    with pytest.raises(MalformedHeaderError) as refused:
        verify(SECRET_TOKEN, headers=headers(signature=signature), body=BODY)

    assert refused.value.header == "x-zm-signature"


@pytest.mark.parametrize(
    "timestamp",
    ["1720705455858", "1720705455.0", "-1", "+1720705455", " 1720705455", "1720705455\n", "1e9", "٣", "now"],
    ids=["milliseconds", "fraction", "negative", "sign", "space", "line feed", "exponent", "arabic", "word"],
)
def test_an_unreadable_timestamp_is_refused(timestamp):
    signature = sign(SECRET_TOKEN, timestamp_s=timestamp, body=BODY)

    with pytest.raises(MalformedHeaderError) as refused:
        verify(SECRET_TOKEN, headers=headers(timestamp=timestamp, signature=signature), body=BODY)

    assert refused.value.header == "x-zm-request-timestamp"


@pytest.mark.parametrize("age_s", [-300, -1, 0, 300], ids=["300 s ahead", "1 s ahead", "now", "300 s old"])
def test_a_timestamp_within_the_tolerance_is_fresh_on_both_sides(age_s):
    verify(SECRET_TOKEN, headers=headers(), body=BODY, now_s=TIMESTAMP + age_s)


@pytest.mark.parametrize(
    ("age_s", "words"),
    [
        (301, "the timestamp is 301 s old; at most 300 s are allowed"),
        (-301, "the timestamp is 301 s ahead; at most 300 s are allowed"),
    ],
    ids=["old", "ahead"],
)
def test_a_stale_timestamp_is_refused_with_its_age(age_s, words):
    with pytest.raises(StaleTimestampError, match=words) as refused:
        verify(SECRET_TOKEN, headers=headers(), body=BODY, now_s=TIMESTAMP + age_s)

    assert (refused.value.age_s, refused.value.tolerance_s) == (age_s, 300)


def test_freshness_is_not_checked_unless_the_time_is_given():
    verify(SECRET_TOKEN, headers=headers(), body=BODY, now_s=None, tolerance_s=0)


def test_another_secret_does_not_verify_and_the_error_holds_no_signature():
    with pytest.raises(SignatureMismatchError) as refused:
        verify(SecretToken("qgg8vlvZRS6UYooatFL8Aw"), headers=headers(), body=BODY)

    assert str(refused.value) == "the signature belongs to another secret token, time or body"
    assert set(vars(refused.value)) == set()


printable = st.text(st.characters(codec="utf-8", exclude_categories=["Z", "C"]), min_size=1)


@given(secret=printable, timestamp_s=st.integers(0, 10**12 - 1), body=st.binary())
def test_what_is_signed_verifies(secret, timestamp_s, body):
    secret_token = SecretToken(secret)
    signature = sign(secret_token, timestamp_s=timestamp_s, body=body)

    assert len(signature) == SIGNATURE_CHARS
    verify(secret_token, headers=headers(timestamp=str(timestamp_s), signature=signature), body=body)


@given(body=st.binary(min_size=1), data=st.data())
def test_one_flipped_bit_of_the_body_is_refused(body, data):
    signature = sign(SECRET_TOKEN, timestamp_s=TIMESTAMP, body=body)
    bit = data.draw(st.integers(0, len(body) * 8 - 1))
    flipped = bytearray(body)
    flipped[bit // 8] ^= 1 << bit % 8

    with pytest.raises(SignatureMismatchError):
        verify(SECRET_TOKEN, headers=headers(signature=signature), body=bytes(flipped))


@given(bit=st.integers(0, 255))
def test_one_flipped_bit_of_the_signature_is_refused(bit):
    flipped = f"v0={int(SIGNATURE[3:], 16) ^ 1 << bit:064x}"

    with pytest.raises(SignatureMismatchError):
        verify(SECRET_TOKEN, headers=headers(signature=flipped), body=BODY)


@given(moved_s=st.integers(1, 10**6))
def test_another_timestamp_is_refused(moved_s):
    with pytest.raises(SignatureMismatchError):
        verify(SECRET_TOKEN, headers=headers(timestamp=str(TIMESTAMP + moved_s)), body=BODY)


@given(
    timestamp=st.one_of(st.text(), st.from_regex(r"[0-9]{1,13}", fullmatch=True)),
    signature=st.one_of(st.text(), st.from_regex(r"v0=[0-9a-f]{60,70}", fullmatch=True)),
    body=st.binary(),
    now_s=st.one_of(st.none(), st.integers()),
    name=st.sampled_from(["x-zm-signature", "X-Zm-Signature", "x-zm-signatur"]),
)
def test_junk_raises_nothing_but_what_is_documented(timestamp, signature, body, now_s, name):
    junk = {"x-zm-request-timestamp": timestamp, name: signature}

    with pytest.raises(VerificationError):
        verify(SECRET_TOKEN, headers=junk, body=body, now_s=now_s)
