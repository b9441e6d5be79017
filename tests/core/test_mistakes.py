import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from werkzeug.test import Client

from emitter.core.deliveries import Answer
from emitter.core.diagnosis import Reply, Suspects, diagnose
from emitter.core.handshake import challenge_body, is_accepted, judge
from emitter.core.mistakes import MISTAKES, WARNINGS, Mistake
from emitter.core.outcome import FailureCode, Outcome, OutcomeKind, of_status
from emitter.core.secrets import Secret, SecretToken
from emitter.core.signing import sign
from tests.support.receivers.challenged import VERIFICATION_TOKEN
from tests.support.receivers.handshake_mistakes import (
    CORRECT,
    MISTAKEN,
    TOLERATED,
    TWICE_MISTAKEN,
    id_of,
    remembered,
)

SECRET_TOKEN = SecretToken("4fv1RkqGQUq5sWbEz6hA5A")
# A challenge that Zoom sent in July 2024, and the answer it expected.
PLAIN_TOKEN = "xys8n8PGS7mAU0m5-YJjRA"
TIMESTAMP = 1720705455
BODY = (
    b'{"payload":{"plainToken":"xys8n8PGS7mAU0m5-YJjRA"},"event_ts":1720705455858,'
    b'"event":"endpoint.url_validation"}'
)
ENCRYPTED_TOKEN = "2fffc6a967dde4f68024025a5bd991c5ae1e5313b4e6365be4883e3e81d479b3"
SUSPECTS = Suspects(verification_token=Secret(VERIFICATION_TOKEN))

WITHOUT_AN_ANSWER = {
    "no-connection": Outcome(OutcomeKind.NOT_CONNECTED, code=FailureCode.CONNECTION_REFUSED),
    "untrusted-certificate": Outcome(OutcomeKind.UNTRUSTED, code=FailureCode.CERTIFICATE_ERROR),
    "no-access-token": Outcome(OutcomeKind.NO_TOKEN, code=FailureCode.NO_ACCESS_TOKEN),
    "broken-answer": Outcome(OutcomeKind.BROKEN, code=FailureCode.REMOTE_ERROR),
    "late-answer": Outcome(OutcomeKind.TIMED_OUT, code=FailureCode.READ_TIMEOUT),
}


def reply_of(app, plain_token=PLAIN_TOKEN, body=BODY):
    """Ask a receiver without a network: a late answer comes all the same."""
    headers = {
        "x-zm-request-timestamp": str(TIMESTAMP),
        "x-zm-signature": sign(SECRET_TOKEN, timestamp_s=TIMESTAMP, body=body),
    }
    with Client(app).post("/", data=body, headers=headers) as response:
        answer = Answer(status=response.status_code, headers=tuple(response.headers), body=response.data)
    is_cut = len(answer.body) > 65_536
    answer = Answer(status=answer.status, headers=answer.headers, body=answer.body[:65_536], is_cut=is_cut)
    return Reply(
        plain_token=plain_token,
        timestamp_s=TIMESTAMP,
        body=body,
        outcome=of_status(response.status_code),
        answer=answer,
    )


def reply_with(body, *, outcome=None):
    answer = Answer(status=200, headers=(("content-type", "application/json"),), body=body)
    return Reply(
        plain_token=PLAIN_TOKEN,
        timestamp_s=TIMESTAMP,
        body=BODY,
        outcome=outcome or of_status(200),
        answer=None if outcome else answer,
    )


def ids(mistakes):
    return tuple(mistake.id for mistake in mistakes)


@pytest.mark.parametrize("name", [name for name in MISTAKEN if name != "late-answer"])
def test_each_mistaken_receiver_yields_its_own_mistake_alone(name):
    mistakes = diagnose(reply_of(MISTAKEN[name]), secret_token=SECRET_TOKEN, suspects=SUSPECTS)

    assert ids(mistakes) == (id_of(name),)


@pytest.mark.parametrize("id_", WITHOUT_AN_ANSWER)
def test_each_way_to_get_no_answer_yields_its_own_mistake(id_):
    reply = reply_with(b"", outcome=WITHOUT_AN_ANSWER[id_])

    assert ids(diagnose(reply, secret_token=SECRET_TOKEN, suspects=SUSPECTS)) == (id_,)


@pytest.mark.parametrize("expected", TWICE_MISTAKEN, ids=" and ".join)
def test_several_mistakes_are_told_together(expected):
    mistakes = diagnose(reply_of(TWICE_MISTAKEN[expected]), secret_token=SECRET_TOKEN, suspects=SUSPECTS)

    assert ids(mistakes) == expected


@pytest.mark.parametrize("name", CORRECT)
def test_correct_receivers_yield_nothing(name):
    verdict = judge(reply_of(CORRECT[name]), secret_token=SECRET_TOKEN)

    assert verdict.is_valid
    assert (verdict.mistakes, verdict.warnings) == ((), ())


@pytest.mark.parametrize("name", [name for name in TOLERATED if not id_of(name).startswith("answered-")])
def test_each_tolerated_receiver_yields_its_own_warning_alone(name):
    verdict = judge(reply_of(TOLERATED[name]), secret_token=SECRET_TOKEN)

    assert verdict.is_valid
    assert ids(verdict.warnings) == (id_of(name),)


def test_every_mistake_has_a_receiver_or_an_outcome_that_makes_it():
    assert {*map(id_of, MISTAKEN), *WITHOUT_AN_ANSWER} == set(MISTAKES)


def test_every_warning_has_a_receiver_that_deserves_it():
    assert {*map(id_of, TOLERATED), "remembered-answer"} == set(WARNINGS)


def test_each_mistake_says_what_is_wrong_and_how_to_mend_it_in_clauses():
    for mistake in [*MISTAKES.values(), *WARNINGS.values()]:
        for text in (mistake.title, mistake.remedy):
            assert text, mistake.id
            assert not text.endswith("."), mistake.id
            assert "\n" not in text, mistake.id
        assert mistake.title != mistake.remedy, mistake.id


def test_no_id_is_both_a_mistake_and_a_warning():
    assert not MISTAKES.keys() & WARNINGS.keys()


def test_what_was_seen_is_told():
    (mistake,) = diagnose(reply_of(MISTAKEN["redirect"]), secret_token=SECRET_TOKEN, suspects=SUSPECTS)

    assert mistake == MISTAKES["redirect"].seen('302 to "https://example.com/log-in"')


def test_the_verification_token_is_only_recognised_when_it_is_given():
    mistakes = diagnose(
        reply_of(MISTAKEN["verification-token"]), secret_token=SECRET_TOKEN, suspects=Suspects()
    )

    assert ids(mistakes) == ("other-secret",)


@pytest.mark.parametrize(
    ("name", "expected"),
    [("hash", "another-token"), ("whole answer", "another-request")],
    ids=["hash", "whole"],
)
def test_an_earlier_challenges_hash_is_recognised_by_its_token(name, expected):
    app = remembered()[name]
    earlier = "aB3_-fGhIjKlMnOpQrStUw"
    reply_of(app, earlier, challenge_body(earlier, 1720705455858))

    mistakes = diagnose(
        reply_of(app), secret_token=SECRET_TOKEN, suspects=Suspects(earlier_plain_tokens=(earlier,))
    )

    assert ids(mistakes) == (expected,)


@pytest.mark.parametrize(
    "body",
    [
        b"[" * 60_000,
        b'{"plainToken":' * 60,
        b'{"plainToken": "\\ud800", "encryptedToken": "\\ud800"}',
        b'{"plainToken": {}, "encryptedToken": {"type": "Buffer", "data": 99999999999}}',
        b'{"plainToken": [], "encryptedToken": {"data": [300' + b", 1" * 31 + b"]}}",
        b"9" * 5000,
        b"\xff\xfe{\x00}\x00",
        b"{'plainToken': 1j, 'encryptedToken': b'x', (1, 2): {3}}",
        b"\x1b[31mred\x1b[0m",
        ("{'a':" * 500 + "1" + "}" * 500).encode(),
    ],
    ids=[
        "deep list",
        "deep object",
        "lone surrogates",
        "huge buffer",
        "buffer of no bytes",
        "long number",
        "UTF-16",
        "strange literal",
        "terminal colours",
        "deep literal",
    ],
)
def test_hostile_answers_are_diagnosed_in_short_printable_words(body):
    mistakes = diagnose(reply_with(body), secret_token=SECRET_TOKEN, suspects=SUSPECTS)

    assert mistakes
    for mistake in mistakes:
        assert len(mistake.found) <= 160
        assert mistake.found.isascii() or "…" in mistake.found
        assert mistake.found.isprintable()


def test_no_mistake_ever_holds_the_secret_or_the_right_answer():
    for app in [*MISTAKEN.values(), *TWICE_MISTAKEN.values()]:
        reply = reply_of(app)
        shown = repr(diagnose(reply, secret_token=SECRET_TOKEN, suspects=SUSPECTS))

        assert SECRET_TOKEN.reveal() not in shown
        assert VERIFICATION_TOKEN not in shown


jsons = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text()),
    lambda inner: st.one_of(
        st.lists(inner),
        st.dictionaries(
            st.one_of(st.text(), st.sampled_from(["plainToken", "encryptedToken", "body"])), inner
        ),
    ),
    max_leaves=8,
)
tokens = st.one_of(
    jsons, st.sampled_from([PLAIN_TOKEN, ENCRYPTED_TOKEN, ENCRYPTED_TOKEN.upper(), f"{PLAIN_TOKEN} "])
)
answers = st.one_of(
    st.binary(),
    st.text().map(str.encode),
    jsons.map(lambda value: json.dumps(value).encode()),
    st.fixed_dictionaries({}, optional={"plainToken": tokens, "encryptedToken": tokens, "more": jsons}).map(
        lambda value: json.dumps(value).encode()
    ),
)


@given(body=answers, status=st.sampled_from([200, 201, 204, 302, 401, 500]))
def test_whatever_is_answered_is_either_accepted_or_has_a_mistake(body, status):
    reply = reply_with(body)
    reply = Reply(
        plain_token=reply.plain_token,
        timestamp_s=reply.timestamp_s,
        body=reply.body,
        outcome=of_status(status),
        answer=reply.answer,
    )

    mistakes = diagnose(reply, secret_token=SECRET_TOKEN, suspects=SUSPECTS)

    assert is_accepted(reply, secret_token=SECRET_TOKEN) == (not mistakes)
    assert all(isinstance(mistake, Mistake) for mistake in mistakes)
