import json
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from emitter.core.deliveries import Answer, Timing
from emitter.core.diagnosis import Reply
from emitter.core.handshake import (
    ChallengeKind,
    Handshake,
    challenge_body,
    expected_answer,
    judge,
    plain_token_of,
    with_probes,
)
from emitter.core.handshake_forms import handshake_lines, handshake_value
from emitter.core.mistakes import MISTAKES
from emitter.core.outcome import FailureCode, Outcome, OutcomeKind, of_status
from emitter.core.secrets import SecretToken

# A challenge that Zoom sent in July 2024, and the answer it expected.
SECRET_TOKEN = SecretToken("4fv1RkqGQUq5sWbEz6hA5A")
PLAIN_TOKEN = "xys8n8PGS7mAU0m5-YJjRA"
BODY = (
    b'{"payload":{"plainToken":"xys8n8PGS7mAU0m5-YJjRA"},"event_ts":1720705455858,'
    b'"event":"endpoint.url_validation"}'
)
ANSWER = {
    "plainToken": PLAIN_TOKEN,
    "encryptedToken": "2fffc6a967dde4f68024025a5bd991c5ae1e5313b4e6365be4883e3e81d479b3",
}


def handshake(*, status=200, answer=ANSWER, kind=ChallengeKind.SIGNED, outcome=None):
    body = answer if isinstance(answer, bytes) else json.dumps(answer).encode()
    came = Answer(status=status, headers=(("content-type", "application/json"),), body=body)
    reply = Reply(
        plain_token=PLAIN_TOKEN,
        timestamp_s=1720705455,
        body=BODY,
        outcome=outcome or of_status(status),
        answer=None if outcome else came,
    )
    return Handshake(
        url="https://example.com/zoom?key=hidden",
        kind=kind,
        plain_token=PLAIN_TOKEN,
        started_at_ms=1720705455858,
        timestamp_s=1720705455,
        request_headers=(("host", "example.com"),),
        body=BODY,
        outcome=reply.outcome,
        answer=reply.answer,
        timing=Timing(total_ms=12.4),
        verdict=judge(reply, secret_token=SECRET_TOKEN),
    )


def test_the_captured_challenge_is_made_byte_for_byte():
    assert challenge_body(PLAIN_TOKEN, 1720705455858) == BODY
    assert len(BODY) == 110


def test_the_token_is_read_back_from_a_challenge():
    assert plain_token_of(BODY) == PLAIN_TOKEN


@pytest.mark.parametrize(
    "body",
    [b"", b"[]", b"{}", b'{"payload":1}', b'{"payload":{"plainToken":1}}', b"\xff", b"[" * 5000],
    ids=["empty", "list", "no payload", "number", "number as token", "no UTF-8", "deep"],
)
def test_a_body_that_is_no_challenge_has_no_token(body):
    assert plain_token_of(body) is None


def test_the_captured_answer_is_expected():
    assert expected_answer(SECRET_TOKEN, PLAIN_TOKEN) == ANSWER


@given(st.text(st.characters(codec="utf-8")))
def test_the_expected_answer_to_any_token_is_accepted(plain_token):
    answer = json.dumps(expected_answer(SECRET_TOKEN, plain_token)).encode()
    reply = Reply(
        plain_token=plain_token,
        timestamp_s=1,
        body=challenge_body(plain_token, 1000),
        outcome=of_status(200),
        answer=Answer(status=200, headers=(("content-type", "application/json"),), body=answer),
    )

    assert judge(reply, secret_token=SECRET_TOKEN).is_valid


def test_a_right_answer_is_valid_and_says_so():
    verdict = handshake().verdict

    assert verdict.is_valid
    assert verdict.reason == "the answer is what Zoom expects"


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"status": 204, "answer": b""}, "204 carries no body, so the answer is missing"),
        ({"status": 204}, "204 carries no body, so the answer is missing"),
        ({"status": 302}, "the answer is a redirect, which Zoom does not follow"),
        ({"status": 500}, "the receiver failed on the challenge"),
        ({"answer": {**ANSWER, "plainToken": "x"}}, "plainToken is not the one that was sent"),
        (
            {"answer": {**ANSWER, "encryptedToken": ANSWER["encryptedToken"].upper()}},
            "the digest is not lower-case hexadecimal but upper case",
        ),
        ({"answer": [ANSWER]}, "the answer is a list"),
    ],
    ids=[
        "204",
        "204 with the right body",
        "redirect with the right body",
        "500 with the right body",
        "token",
        "upper case",
        "list",
    ],
)
def test_anything_else_is_not_valid_and_the_reason_is_the_first_mistakes(changes, reason):
    verdict = handshake(**changes).verdict

    assert not verdict.is_valid
    assert verdict.reason == verdict.mistakes[0].title == reason


def test_a_right_answer_that_comes_late_is_not_valid():
    late = Outcome(OutcomeKind.TIMED_OUT, status=200, code=FailureCode.READ_TIMEOUT)
    shaken = handshake()
    reply = Reply(plain_token=PLAIN_TOKEN, timestamp_s=1, body=BODY, outcome=late, answer=shaken.answer)

    verdict = judge(reply, secret_token=SECRET_TOKEN)

    assert [mistake.id for mistake in verdict.mistakes] == ["late-answer"]


def test_warnings_are_told_in_order_and_leave_the_handshake_valid():
    verdict = handshake(
        status=202, answer=b"\xef\xbb\xbf" + json.dumps({**ANSWER, "ok": True}).encode() + b"\n"
    ).verdict

    assert verdict.is_valid
    assert [(warning.id, warning.found) for warning in verdict.warnings] == [
        ("other-success", "status 202"),
        ("extra-keys", '"ok"'),
        ("byte-order-mark", ""),
    ]


@pytest.mark.parametrize(
    ("kind", "warning"),
    [
        (ChallengeKind.UNSIGNED, "answered-unsigned"),
        (ChallengeKind.WRONGLY_SIGNED, "answered-wrong-signature"),
    ],
    ids=str,
)
def test_a_probe_that_is_answered_is_a_warning_and_zoom_would_still_accept(kind, warning):
    shaken = with_probes(handshake(), (handshake(kind=kind),))

    assert shaken.verdict.is_valid
    assert [each.id for each in shaken.verdict.warnings] == [warning]


def test_probes_that_are_refused_leave_no_warning_and_are_kept():
    refused = handshake(status=401, kind=ChallengeKind.UNSIGNED)

    shaken = with_probes(handshake(), (refused,))

    assert shaken.verdict.warnings == ()
    assert shaken.probes == (refused,)


@pytest.mark.parametrize("id_", ["another-request", "another-token"])
def test_a_probe_that_gets_the_first_hash_is_one_warning_for_both_probes(id_):
    probe = handshake(status=401)
    probe = replace(probe, verdict=replace(probe.verdict, mistakes=(MISTAKES[id_],)))

    shaken = with_probes(handshake(), (probe, probe))

    assert [each.id for each in shaken.verdict.warnings] == ["remembered-answer"]


def test_a_failure_is_told_with_what_was_seen_and_how_to_mend_it():
    lines = handshake_lines(handshake(status=404, answer=b"no such page"))

    assert lines == [
        "sent      POST https://example.com/zoom?…  challenge xys8n8PGS7mAU0m5-YJjRA",
        "answered  404 refused  12 ms  no such page",
        "verdict   not valid",
        "  not-found: nothing is routed at this path (status 404)",
        "    compare the URL's path with the receiver's routes",
    ]


def test_a_receiver_that_is_not_there_is_told_without_an_answer():
    nobody = Outcome(
        OutcomeKind.NOT_CONNECTED, code=FailureCode.CONNECTION_REFUSED, detail="connection refused"
    )

    lines = handshake_lines(handshake(outcome=nobody))

    assert lines[1] == "answered  not-connected (-2)  12 ms  connection refused"
    assert lines[3] == "  no-connection: nothing answers at the URL (connection refused)"


def test_an_answer_that_a_terminal_might_obey_is_shown_escaped():
    lines = handshake_lines(handshake(answer="\x1b[2J\r\n\u202eé".encode()))

    assert lines[1] == r'answered  200 accepted  12 ms  "\u001b[2J\r\n\u202e\u00e9"'


def test_warnings_are_listed_under_their_own_head():
    lines = handshake_lines(with_probes(handshake(), (handshake(kind=ChallengeKind.UNSIGNED),)))

    assert lines[2:5] == [
        "verdict   valid",
        "warnings",
        "  answered-unsigned: a challenge without a signature was answered",
    ]


def test_the_value_for_programs_is_json_without_the_query_of_the_url():
    value = json.loads(json.dumps(handshake_value(with_probes(handshake(), (handshake(status=401),)))))

    assert value["url"] == "https://example.com/zoom?…"
    assert (value["is_valid"], value["status"], value["outcome"]) == (True, 200, "accepted")
    assert value["request"]["body"] == BODY.decode()
    assert json.loads(value["answer"]["body"]) == ANSWER
    assert value["probes"][0]["mistakes"][0]["id"] == "not-authorised"
    assert "hidden" not in json.dumps(value)


def test_the_keys_of_the_value_are_these_and_stay():
    value = handshake_value(handshake())

    assert set(value) == {
        "url",
        "kind",
        "is_valid",
        "reason",
        "mistakes",
        "warnings",
        "started_at_ms",
        "outcome",
        "status",
        "code",
        "detail",
        "connect_ms",
        "first_byte_ms",
        "total_ms",
        "request",
        "answer",
        "probes",
    }
    assert value["request"] == {"headers": [["host", "example.com"]], "body": BODY.decode()}
    assert set(value["answer"]) == {"status", "headers", "body", "is_cut"}
    assert value["kind"] == "signed"


def test_an_answer_that_is_no_text_is_given_in_base64():
    value = handshake_value(handshake(answer=b"\xff"))

    assert value["answer"]["body_base64"] == "/w=="
