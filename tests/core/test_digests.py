import base64
import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from emitter.core.digests import key_choices, read_digest, recognise, token_choices
from emitter.core.mistakes import MISTAKES
from emitter.core.secrets import Secret, SecretToken

# The answer Zoom expected to a challenge of July 2024.
KEYS = key_choices(SecretToken("4fv1RkqGQUq5sWbEz6hA5A"))
MESSAGES = token_choices("xys8n8PGS7mAU0m5-YJjRA", timestamp_s=1720705455, body=b"{}")
DIGITS = "2fffc6a967dde4f68024025a5bd991c5ae1e5313b4e6365be4883e3e81d479b3"
DIGEST = bytes.fromhex(DIGITS)


def ids(choice):
    return [mistake.id for mistake in choice.mistakes]


@pytest.mark.parametrize(
    ("spelt", "mistakes"),
    [
        (DIGITS, []),
        (DIGITS.upper(), ["upper-case-digest"]),
        (base64.b64encode(DIGEST).decode(), ["base64-digest"]),
        (base64.urlsafe_b64encode(DIGEST).decode(), ["base64-digest"]),
        (base64.b64encode(DIGEST).decode().rstrip("="), ["base64-digest"]),
        (base64.b64encode(DIGITS.encode()).decode(), ["twice-encoded-digest"]),
        (f"\t{DIGITS}\r\n", ["padded-digest"]),
        (f"v0={DIGITS}", ["prefixed-digest"]),
        (f"sha256={DIGITS}", ["prefixed-digest"]),
        (f"SHA-256: {DIGITS.upper()}", ["prefixed-digest", "upper-case-digest"]),
        (f"SHA2-256(stdin)= {DIGITS}\n", ["padded-digest", "prefixed-digest"]),
        (repr(DIGEST), ["raw-digest"]),
        (DIGEST, ["raw-digest"]),
        ({"type": "Buffer", "data": [*DIGEST]}, ["raw-digest"]),
    ],
    ids=[
        "right",
        "upper case",
        "base64",
        "base64 for URLs",
        "base64 without padding",
        "base64 of hex",
        "white space",
        "version",
        "algorithm",
        "algorithm and upper case",
        "openssl",
        "printed bytes",
        "bytes",
        "Node's buffer",
    ],
)
def test_a_digest_is_read_in_every_common_spelling(spelt, mistakes):
    read = read_digest(spelt)

    assert read is not None
    assert read.value == DIGEST
    assert ids(read) == mistakes


@pytest.mark.parametrize(
    "given",
    [
        "",
        DIGITS[:-1],
        f"{DIGITS}00",
        "b'unfinished",
        "b'short'",
        "no digest",
        "é" * 64,
        "٣" * 64,
        None,
        7,
        [*DIGEST],
        {},
        {"data": "text"},
        {"data": [256] * 32},
        {"data": [None] * 32},
        {"data": 10**12},
    ],
    ids=repr,
)
def test_what_is_no_digest_is_not_read(given):
    assert read_digest(given) is None


def test_the_right_digest_has_no_mistake():
    assert recognise(DIGITS, keys=KEYS, messages=MESSAGES) == ()


def test_what_nothing_tried_gives_is_not_recognised():
    assert recognise("0" * 64, keys=KEYS, messages=MESSAGES) is None


def test_the_fewest_mistakes_win_where_several_ways_lead_to_one_digest():
    # SHA-256 of the token alone is also SHA-256 of an empty key and the token.
    digits = hashlib.sha256(b"xys8n8PGS7mAU0m5-YJjRA").hexdigest()

    assert recognise(digits, keys=KEYS, messages=MESSAGES) == (MISTAKES["plain-sha256"].seen("of the token"),)


def test_the_right_choices_come_first_and_all_others_name_a_mistake():
    for choices in (KEYS, MESSAGES):
        right, *wrong = choices

        assert right.mistakes == ()
        assert all(len(choice.mistakes) == 1 for choice in wrong)


def test_a_secret_token_that_is_no_base64_is_not_decoded():
    assert "decoded-secret" not in {id_ for choice in key_choices(SecretToken("a b")) for id_ in ids(choice)}


def test_a_verification_token_is_one_more_key():
    more = key_choices(SecretToken("x"), Secret("verification"))

    assert more[-1].value == b"verification"
    assert ids(more[-1]) == ["verification-token"]


@given(st.recursive(st.one_of(st.none(), st.text(), st.integers(), st.binary()), st.lists))
def test_reading_junk_raises_nothing(junk):
    read_digest(junk)
    read_digest({"data": junk})
