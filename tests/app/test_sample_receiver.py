from __future__ import annotations

import json
import queue
from contextlib import ExitStack
from dataclasses import dataclass, field

import pytest
import requests
from hypothesis import given
from hypothesis import strategies as st

from emitter.app import sample_receiver
from emitter.app.sample_receiver import (
    Arrival,
    ReceiverScript,
    Step,
    create_sample_receiver,
    parse_answers,
    reply_to,
)
from emitter.core.secrets import SecretToken
from emitter.core.signing import sign
from emitter.errors import InvalidSettingError
from tests.support.servers import serve

# Two requests captured from live Zoom, published in Jericho/ZoomNet.
SECRET_TOKEN = SecretToken("4fv1RkqGQUq5sWbEz6hA5A")
CHALLENGE_S = 1720705455
CHALLENGE_BODY = (
    b'{"payload":{"plainToken":"xys8n8PGS7mAU0m5-YJjRA"},"event_ts":1720705455858,'
    b'"event":"endpoint.url_validation"}'
)
CHALLENGE_SIGNATURE = "v0=93a1a675965ceb9c5a50c5dfb31f20e50f763be37a54ef74cd2d16a1a8e5c0d6"
CHALLENGE_ANSWER = {
    "plainToken": "xys8n8PGS7mAU0m5-YJjRA",
    "encryptedToken": "2fffc6a967dde4f68024025a5bd991c5ae1e5313b4e6365be4883e3e81d479b3",
}
EVENT_S = 1720707175
EVENT_BODY = (
    rb'{"event":"meeting.started","payload":{"account_id":"VjZoEArIT5y-HlWxkV-tVA","object":{"duration":60,'
    rb'"start_time":"2024-07-11T14:12:55Z","timezone":"America/New_York","topic":"Test \uD83D\uDE92'
    rb"\uD83D\uDE92 ? - "
    b"\xe2\x80\x99 - \xe2\x80\x93"
    rb' \uD83D\uDE97 HOLA","id":"85393847045","type":2,"uuid":"jUh5o3dKQIytvcsfTtKBlg==",'
    rb'"host_id":"8lzIwvZTSOqjndWPbPqzuA"}},"event_ts":1720707175904}'
)
EVENT_SIGNATURE = "v0=1a14e79349318fa1bead50ebbd3c185ae078e182d3bbd30ab8010fcb7f4357c7"
NOW_S = 1_750_000_000


def signed_headers(body, *, timestamp_s=NOW_S, request_id="one"):
    return {
        "x-zm-request-timestamp": str(timestamp_s),
        "x-zm-signature": sign(SECRET_TOKEN, timestamp_s=timestamp_s, body=body),
        "x-zm-request-id": request_id,
    }


def event_body(event):
    return json.dumps({"event": event, "event_ts": NOW_S * 1000, "payload": {}}).encode()


@dataclass
class Running:
    """A served receiver, what it reported, and how long it would have waited."""

    url: str = ""
    arrivals: queue.SimpleQueue[Arrival] = field(default_factory=queue.SimpleQueue)
    waits: list[float] = field(default_factory=list)

    def request(self, method, path="", *, body=b"", headers=None):
        return requests.request(method, self.url + path, data=body, headers=headers, timeout=10)

    def post(self, body, *, path="", headers=None, **signing):
        headers = signed_headers(body, **signing) if headers is None else headers
        return self.request("POST", path, body=body, headers=headers)

    def post_event(self, event):
        return self.post(event_body(event)).status_code


@pytest.fixture
def start():
    with ExitStack() as servers:

        def start_receiver(**script):
            receiver = Running()
            app = create_sample_receiver(
                SECRET_TOKEN,
                now_s=lambda: NOW_S + 0.9,
                script=ReceiverScript(**script),
                on_arrival=receiver.arrivals.put,
                wait=receiver.waits.append,
            )
            receiver.url = servers.enter_context(serve(app)).rstrip("/") + "/"
            return receiver

        yield start_receiver


@pytest.fixture
def receiver(start):
    return start()


def test_a_captured_challenge_gets_the_captured_answer():
    headers = {"X-Zm-Request-Timestamp": str(CHALLENGE_S), "X-Zm-Signature": CHALLENGE_SIGNATURE}

    reply = reply_to(headers=headers, body=CHALLENGE_BODY, secret_token=SECRET_TOKEN, now_s=CHALLENGE_S)

    assert reply.status == 200
    assert json.loads(reply.text) == CHALLENGE_ANSWER


@pytest.mark.parametrize(
    ("age_s", "status"),
    [(0, 204), (300, 204), (301, 401), (-300, 204), (-301, 401)],
    ids=["fresh", "oldest", "too old", "furthest ahead", "too far ahead"],
)
def test_a_captured_event_is_acknowledged_within_five_minutes_on_both_sides(age_s, status):
    headers = {"x-zm-request-timestamp": str(EVENT_S), "x-zm-signature": EVENT_SIGNATURE}

    reply = reply_to(headers=headers, body=EVENT_BODY, secret_token=SECRET_TOKEN, now_s=EVENT_S + age_s)

    assert reply.status == status


def test_a_body_that_was_serialised_again_is_refused():
    headers = {"x-zm-request-timestamp": str(EVENT_S), "x-zm-signature": EVENT_SIGNATURE}
    body = json.dumps(json.loads(EVENT_BODY), ensure_ascii=False, separators=(",", ":")).encode()

    reply = reply_to(headers=headers, body=body, secret_token=SECRET_TOKEN, now_s=EVENT_S)

    assert reply.status == 401


def test_an_unsigned_challenge_is_not_answered(receiver):
    answer = receiver.post(CHALLENGE_BODY, headers={})

    assert answer.status_code == 401
    assert "encryptedToken" not in answer.text
    assert CHALLENGE_ANSWER["encryptedToken"] not in answer.text


def test_a_signed_challenge_is_answered_as_json_over_http(receiver):
    answer = receiver.post(CHALLENGE_BODY)

    assert answer.status_code == 200
    assert answer.headers["content-type"] == "application/json"
    assert answer.json() == CHALLENGE_ANSWER


def test_an_event_is_acknowledged_with_an_empty_204(receiver):
    answer = receiver.post(EVENT_BODY)

    assert (answer.status_code, answer.content) == (204, b"")
    assert "content-type" not in answer.headers


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"no JSON",
        b"null",
        b"[]",
        b"7",
        b"{}",
        b'{"event":7}',
        b'{"event":""}',
        b'{"event":"endpoint.url_validation"}',
        b'{"event":"endpoint.url_validation","payload":[]}',
        b'{"event":"endpoint.url_validation","payload":{"plainToken":7}}',
        b'{"event":"endpoint.url_validation","payload":{"plainToken":"\\ud800"}}',
        b"\xff\xfe\xff",
        b"[" * 100_000,
        b'{"event":' + b"9" * 10_000 + b"}",
    ],
    ids=lambda body: repr(body[:70]),
)
def test_signed_bytes_that_are_no_event_are_refused_as_the_senders_mistake(receiver, body):
    answer = receiver.post(body)

    assert answer.status_code == 400
    assert answer.text.startswith("refused: signed, but no event: ")


@given(headers=st.dictionaries(st.sampled_from(["x-zm-signature", "x-zm-request-timestamp"]), st.text()))
def test_junk_in_the_headers_is_refused_and_never_an_error(headers):
    reply = reply_to(headers=headers, body=EVENT_BODY, secret_token=SECRET_TOKEN, now_s=NOW_S)

    assert reply.status == 401


@given(
    body=st.binary()
    | st.text().map(str.encode)
    | st.recursive(
        st.none() | st.integers() | st.text(), lambda inner: st.dictionaries(st.text(), inner)
    ).map(lambda value: json.dumps(value).encode())
)
def test_signed_junk_is_never_an_error(body):
    headers = signed_headers(body)

    reply = reply_to(headers=headers, body=body, secret_token=SECRET_TOKEN, now_s=NOW_S)

    assert reply.status in {204, 400}


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"x-zm-request-timestamp": str(NOW_S)},
        {"x-zm-request-timestamp": "9" * 5000, "x-zm-signature": EVENT_SIGNATURE},
        {"x-zm-request-timestamp": "-1", "x-zm-signature": EVENT_SIGNATURE},
        {"x-zm-request-timestamp": str(NOW_S), "x-zm-signature": b"v0=\xe9\xff"},
        {"x-zm-request-timestamp": str(NOW_S), "x-zm-signature": EVENT_SIGNATURE},
    ],
    ids=["none", "no signature", "endless timestamp", "negative timestamp", "not ASCII", "another signature"],
)
def test_a_request_without_a_right_signature_gets_401_and_learns_nothing(receiver, headers):
    right_signature = sign(SECRET_TOKEN, timestamp_s=NOW_S, body=EVENT_BODY)

    answer = receiver.post(EVENT_BODY, headers=headers)

    assert answer.status_code == 401
    assert SECRET_TOKEN.reveal() not in answer.text
    assert right_signature[3:] not in answer.text


@pytest.mark.parametrize("path", ["", "webhooks/zoom", "a//b/", "%2e%2e/%ff?token=1&token=2"])
def test_any_path_will_do(receiver, path):
    assert receiver.post(EVENT_BODY, path=path).status_code == 204


@pytest.mark.parametrize("method", ["GET", "HEAD", "OPTIONS", "PUT", "PATCH", "DELETE"])
def test_only_post_is_answered(receiver, method):
    answer = receiver.request(method, "webhooks/zoom", body=EVENT_BODY, headers=signed_headers(EVENT_BODY))

    assert answer.status_code == 405
    assert answer.headers["allow"] == "POST"


@pytest.mark.parametrize(("extra_bytes", "status"), [(0, 204), (1, 413)], ids=["at the limit", "beyond"])
def test_a_body_may_have_one_mebibyte(receiver, extra_bytes, status):
    body = EVENT_BODY.ljust(1_048_576 + extra_bytes)

    answer = receiver.post(body)

    assert answer.status_code == status
    assert receiver.arrivals.get_nowait().status == status


def test_each_request_is_reported_with_its_exact_body_and_answer(receiver):
    receiver.post(EVENT_BODY)
    receiver.post(EVENT_BODY, headers={})

    trusted, untrusted = receiver.arrivals.get_nowait(), receiver.arrivals.get_nowait()

    assert trusted.body == untrusted.body == EVENT_BODY
    assert (trusted.status, trusted.reply.event, trusted.reply.refusal) == (204, "meeting.started", "")
    assert (untrusted.status, untrusted.reply.event) == (401, "")
    assert untrusted.reply.refusal == "the x-zm-request-timestamp header is missing or empty"
    assert trusted.arrived_at_s == NOW_S + 0.9


def test_the_first_events_fail_when_told_to_and_challenges_do_not_count(start):
    receiver = start(fail_first=2)

    statuses = [
        receiver.post(CHALLENGE_BODY).status_code,
        receiver.post(EVENT_BODY, headers={}).status_code,
        *(receiver.post_event("meeting.started") for _ in range(3)),
    ]

    assert statuses == [200, 401, 503, 503, 204]


def test_answers_to_events_are_slow_when_told_to(start):
    receiver = start(slow_s=4.0)

    receiver.post(CHALLENGE_BODY)
    receiver.post(EVENT_BODY, headers={})
    receiver.post_event("meeting.started")

    assert receiver.waits == [4.0]


def test_one_events_successive_requests_are_answered_by_its_script_then_rightly(start):
    receiver = start(answers=(parse_answers("playlist_create=503,4s,302"),))

    scripted = [receiver.post_event("revenue_accelerator.playlist_create") for _ in range(4)]
    other = receiver.post_event("revenue_accelerator.playlist_delete")

    assert scripted == [503, 204, 302, 204]
    assert receiver.waits == [4.0]
    assert other == 204


@pytest.mark.parametrize(
    ("name", "status"),
    [
        ("revenue_accelerator.playlist_create", 500),
        ("playlist_create", 500),
        ("create", 204),
        ("accelerator.playlist_create", 204),
    ],
)
def test_a_script_names_its_event_whole_or_from_a_dot_on(start, name, status):
    receiver = start(answers=(parse_answers(f"{name}=500"),))

    assert receiver.post_event("revenue_accelerator.playlist_create") == status


def test_retries_are_known_by_their_request_id(receiver):
    receiver.post(EVENT_BODY, headers={"x-zm-request-id": "one"})  # untrusted: not remembered
    receiver.post(EVENT_BODY, request_id="one")
    receiver.post(EVENT_BODY, request_id="two")
    receiver.post(EVENT_BODY, request_id="one", timestamp_s=NOW_S + 1)

    assert [receiver.arrivals.get_nowait().earlier for _ in range(4)] == [0, 0, 0, 1]


def test_only_so_many_request_ids_are_remembered(receiver, monkeypatch):
    monkeypatch.setattr(sample_receiver, "REMEMBERED_REQUEST_IDS", 2)

    for request_id in ("one", "two", "one", "three", "two", "one"):
        receiver.post(EVENT_BODY, request_id=request_id)

    assert [receiver.arrivals.get_nowait().earlier for _ in range(6)] == [0, 0, 1, 0, 0, 0]


@pytest.mark.parametrize(
    ("text", "answers"),
    [
        ("a.b=503", ("a.b", (Step(status=503),))),
        ("b=503, 250ms", ("b", (Step(status=503), Step(delay_s=0.25)))),
    ],
)
def test_scripts_are_read_from_text(text, answers):
    assert parse_answers(text) == answers


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("503", "'503' is not EVENT=ANSWER,…"),
        ("=503", "'=503' is not EVENT=ANSWER,…"),
        ("a=", "'' is neither a status nor a duration"),
        ("a=503,soon", "'soon' is neither a status nor a duration"),
        ("a=199", "199 is not a status from 200 to 599"),
        ("a=600", "600 is not a status from 200 to 599"),
        ("a=٥٠٣", "'٥٠٣' is neither a status nor a duration"),
    ],
)
def test_a_script_that_cannot_be_read_is_named(text, part):
    with pytest.raises(InvalidSettingError) as caught:
        parse_answers(text)

    assert str(caught.value).startswith(part)
