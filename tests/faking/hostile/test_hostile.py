from __future__ import annotations

import hashlib
import hmac
import json
import os
import re
import shutil
import subprocess
import sys
from http import HTTPStatus

import pytest
from werkzeug.datastructures import Headers

from emitter.app.sample_receiver import create_sample_receiver, reply_to
from emitter.catalog.events import Catalog
from emitter.catalog.validation import problems
from emitter.core.secrets import SecretToken
from emitter.core.wire import encode
from emitter.errors import InvalidSpecError
from emitter.faking.hostile import Expected, hostile_cases

SECRET = "4fv1RkqGQUq5sWbEz6hA5A"
KEY = SECRET.encode()
TOKEN = SecretToken(SECRET)
NOW_S = 1_763_888_888
CATALOG = Catalog.bundled()
SIGNATURE = "x-zm-signature"
TIMESTAMP = "x-zm-request-timestamp"
REQUEST_ID = "x-zm-request-id"


def cases(seed=1, catalog=CATALOG):
    return {
        case.name: case for case in hostile_cases(secret_token=TOKEN, seed=seed, now_s=NOW_S, catalog=catalog)
    }


CASES = cases()
REQUESTS = [(case, request) for case in CASES.values() for request in case.requests]


def header(request, name):
    return next((value for key, value in request.headers if key.lower() == name), None)


def expected_signature(key, request):
    message = b"v0:" + (header(request, TIMESTAMP) or "").encode() + b":" + request.body
    return "v0=" + hmac.new(key, message, hashlib.sha256).hexdigest()


def is_genuine(request):
    return header(request, SIGNATURE) == expected_signature(KEY, request)


def test_the_sample_receiver_answers_as_a_careful_one_does():
    for case, request in REQUESTS:
        if request.method != "POST":
            continue
        reply = reply_to(
            headers=dict(request.headers), body=request.body, secret_token=TOKEN, now_s=request.now_s
        )
        assert request.is_right(reply.status, reply.text.encode()), (case.name, reply)
        assert request.is_preferred(reply.status, reply.text.encode()), (case.name, reply)


def test_the_sample_receivers_app_answers_as_a_careful_one_does():
    clock = iter([request.now_s for _, request in REQUESTS])
    client = create_sample_receiver(TOKEN, now_s=lambda: next(clock)).test_client()

    for case, request in REQUESTS:
        headers = Headers(
            (name, value) for name, value in request.headers if name.lower() not in {"host", "content-length"}
        )
        answer = client.open("/", method=request.method, headers=headers, data=request.body)
        assert request.is_preferred(answer.status_code, answer.data), (case.name, answer.status)


def test_every_case_says_what_it_is_about_and_every_request_its_length():
    for case, request in REQUESTS:
        assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", case.name)
        assert case.title
        assert case.provokes
        assert case.source
        assert header(request, "content-length") == str(len(request.body))
        assert all(ord(char) < 0x100 for pair in request.headers for text in pair for char in text)
        assert request.now_s >= NOW_S


def test_only_what_is_genuine_must_be_acknowledged_and_only_forgeries_must_be_refused():
    for case, request in REQUESTS:
        if request.expected in {Expected.ACKNOWLEDGE, Expected.ANSWER}:
            assert is_genuine(request), case.name
            assert abs(int(header(request, TIMESTAMP)) - request.now_s) <= 1
        elif request.expected is Expected.REFUSE:
            assert not is_genuine(request), case.name


def test_what_must_be_acknowledged_fits_the_schema_of_its_event():
    for case, request in REQUESTS:
        if request.expected is Expected.ACKNOWLEDGE:
            envelope = json.loads(request.body)
            assert problems(CATALOG.find(envelope["event"]), envelope) == [], case.name


def test_names_and_order_are_the_same_for_every_seed_and_bodies_are_not():
    others = cases(seed=2)

    assert [*others] == [*CASES]
    assert others["event"].requests[0].body != CASES["event"].requests[0].body


def test_bytes_are_the_same_whatever_the_hash_seed():
    script = (
        "import hashlib; from emitter.catalog.events import Catalog;"
        "from emitter.core.secrets import SecretToken;"
        "from emitter.faking.hostile import hostile_cases; digest = hashlib.sha256();"
        f"[digest.update(repr((c.name, r.headers, r.body)).encode()) for c in hostile_cases("
        f"secret_token=SecretToken('{SECRET}'), seed=1, now_s={NOW_S}, catalog=Catalog.bundled())"
        " for r in c.requests]; print(digest.hexdigest())"
    )
    digests = {
        subprocess.run(
            [sys.executable, "-c", script],
            env={**os.environ, "PYTHONHASHSEED": seed},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in ("0", "1", "4242")
    }
    assert len(digests) == 1


@pytest.mark.skipif(shutil.which("openssl") is None, reason="openssl is not installed")
@pytest.mark.parametrize(
    "name",
    [
        "event",
        "text-emoji",
        "stale-timestamp",
        "late-retry",
        "challenge",
        "wire-slashes",
        "signed-invalid-utf-8",
    ],
)
def test_signatures_are_those_that_openssl_makes(name):
    request = CASES[name].requests[0]

    message = f"v0:{header(request, TIMESTAMP)}:".encode() + request.body
    assert header(request, SIGNATURE) == f"v0={by_openssl(SECRET, message)}"


@pytest.mark.skipif(shutil.which("openssl") is None, reason="openssl is not installed")
def test_the_answer_to_a_challenge_is_the_one_that_openssl_makes():
    for request in (*CASES["challenge"].requests, *CASES["challenge-repeated"].requests):
        token = json.loads(request.body)["payload"]["plainToken"]
        assert request.answer == {
            "plainToken": token,
            "encryptedToken": by_openssl(SECRET, token.encode()),
        }


def by_openssl(key, message):
    output = subprocess.run(
        ["openssl", "dgst", "-sha256", "-hmac", key], input=message, capture_output=True, check=True
    ).stdout
    return output.decode().split()[-1]


def test_what_is_signed_with_an_empty_key_is_signed_with_an_empty_key():
    request = CASES["empty-secret"].requests[0]

    assert header(request, SIGNATURE) == expected_signature(b"", request)


def test_a_duplicate_is_the_same_event_under_a_new_signature():
    first, second = CASES["duplicate"].requests

    assert first.body == second.body
    assert header(first, REQUEST_ID) == header(second, REQUEST_ID)
    assert header(first, SIGNATURE) != header(second, SIGNATURE)
    assert second.now_s - first.now_s == int(header(second, TIMESTAMP)) - int(header(first, TIMESTAMP)) == 304
    assert CASES["duplicate"].distinct_events == 1


def test_twins_have_bodies_of_their_own_and_different_events_may_share_a_tracking_id():
    twins = CASES["twin-with-another-body"].requests
    shared = CASES["shared-tracking-id"].requests

    assert len({each.body for each in twins}) == len({header(each, REQUEST_ID) for each in twins}) == 2
    assert len({header(each, "x-zm-trackingid") for each in shared}) == 1
    assert len({each.body for each in shared}) == CASES["shared-tracking-id"].distinct_events == 2


def test_a_story_out_of_order_begins_with_its_end():
    times = [json.loads(each.body)["event_ts"] for each in CASES["story-out-of-order"].requests]

    assert times == sorted(times, reverse=True)
    assert len(times) == len(CATALOG)


def test_the_token_of_an_oracle_is_what_the_signature_of_an_event_covers():
    request = CASES["challenge-unsigned-oracle"].requests[0]
    token = json.loads(request.body)["payload"]["plainToken"]

    version, timestamp, body = token.split(":", 2)
    assert (version, timestamp) == ("v0", str(NOW_S))
    assert json.loads(body)["event"] in CATALOG
    assert header(request, SIGNATURE) is None


def test_big_bodies_are_big():
    assert 58_000 < len(CASES["body-of-60-kilobytes"].requests[0].body) < 62_000
    assert len(CASES["signed-one-megabyte"].requests[0].body) > 990_000


def answer_by_stringifying(headers, body):
    value = json.loads(body)
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "surrogatepass")
    return verdict(headers, text)


def answer_by_python_dumps(headers, body):
    return verdict(headers, json.dumps(json.loads(body), separators=(",", ":")).encode())


def answer_by_php(headers, body):
    return verdict(headers, json.dumps(json.loads(body), separators=(",", ":")).replace("/", r"\/").encode())


def answer_by_bare_hex(headers, body):
    return 204 if digest_of(headers, body) == headers.get(SIGNATURE, "").removeprefix("v0=") else 401


def answer_with_int(headers, body):
    age = NOW_S - int(headers.get(TIMESTAMP, "0"))
    return verdict(headers, body) if abs(age) < 300 else 401


def answer_one_sided(headers, body):
    return verdict(headers, body) if NOW_S - int(headers.get(TIMESTAMP, "0")) >= 0 else 401


def answer_throwing(headers, body):
    right, given = digest_of(headers, body).encode(), headers[SIGNATURE].encode("ascii")[3:]
    if len(right) != len(given):
        raise ValueError
    return 204 if right == given else 401


def answer_open(headers, body):
    return verdict(headers, body, key=b"")


def answer_parsing_first(headers, body):
    json.loads(body)["event"]
    return verdict(headers, body)


def answer_unsigned_challenge(headers, body):
    if b"endpoint.url_validation" in body:
        return 200
    return verdict(headers, body)


def answer_strictly(headers, body):
    name = json.loads(body).get("event") if verdict(headers, body) == 204 else None
    return 204 if name in CATALOG else 500 if name else 401


def answer_by_event_ts(headers, body):
    is_late = NOW_S * 1000 - json.loads(body)["event_ts"] > 300_000 if verdict(headers, body) == 204 else True
    return 401 if is_late else 204


def digest_of(headers, body, key=KEY):
    message = b"v0:" + headers.get(TIMESTAMP, "").encode("latin-1") + b":" + body
    return hmac.new(key, message, hashlib.sha256).hexdigest()


def verdict(headers, body, key=KEY):
    return 204 if headers.get(SIGNATURE) == "v0=" + digest_of(headers, body, key) else 401


@pytest.mark.parametrize(
    ("answer", "found_by"),
    [
        (answer_by_stringifying, {"text-emoji"}),
        (answer_by_python_dumps, {"text-basic-plane", "text-right-to-left"}),
        (answer_by_php, {"text-slashes-and-markup", "ids-with-slash-and-plus"}),
        (answer_with_int, {"timestamp-word", "timestamp-superscript", "timestamp-date"}),
        (answer_one_sided, {"clock-ahead-by-a-second"}),
        (answer_throwing, {"missing-signature", "short-signature", "non-ascii-signature", "unsigned"}),
        (answer_open, {"empty-secret", "event", "challenge"}),
        (answer_parsing_first, {"unsigned-no-json", "unsigned-json-null", "unsigned-invalid-utf-8"}),
        (answer_unsigned_challenge, {"challenge-unsigned-oracle", "challenge-wrongly-signed-oracle"}),
        (answer_strictly, {"unknown-event", "trailing-space-event", "signed-no-json", "event-named-proto"}),
        (answer_by_event_ts, {"late-retry", "delayed-event"}),
    ],
    ids=lambda value: value.__name__ if callable(value) else "",
)
def test_a_mistake_seen_in_real_receivers_is_found_by_its_case(answer, found_by):
    assert found_by <= {name for name, case in CASES.items() if not all_right(answer, case)}


def all_right(answer, case):
    return all(request.is_right(status_of(answer, request), b"") for request in case.requests)


def status_of(answer, request):
    try:
        return answer(dict(request.headers), request.body)
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return HTTPStatus.INTERNAL_SERVER_ERROR


def test_redirects_and_server_errors_are_never_right():
    for case, request in REQUESTS:
        assert not any(request.is_right(status, b"{}") for status in (302, 500, 503)), case.name


def test_a_challenge_wants_its_own_answer():
    request = CASES["challenge"].requests[0]
    right = json.dumps({**request.answer, "more": 1}).encode()

    assert request.is_right(200, right)
    assert not request.is_right(204, b"")
    assert not request.is_right(200, b"ok")
    assert not request.is_right(200, encode({**request.answer, "encryptedToken": "0" * 64}))


def test_another_catalog_has_a_hostile_set_of_its_own_events():
    schema = {
        "type": "object",
        "required": ["event", "event_ts", "payload"],
        "properties": {
            "event": {"const": "app.told"},
            "event_ts": {"type": "integer"},
            "payload": {
                "type": "object",
                "required": ["object"],
                "properties": {"object": {"type": "object", "properties": {"id": {"type": "string"}}}},
            },
        },
    }
    found = cases(catalog=catalog_of({"app.broken": {"not": {}}, "app.told": schema}))

    assert json.loads(found["event"].requests[0].body)["event"] == "app.told"
    assert {"event", "duplicate", "challenge", "tampered-body", "unknown-event"} <= found.keys()


def test_a_catalog_without_values_has_no_hostile_set():
    with pytest.raises(InvalidSpecError, match="no event of the catalog"):
        cases(catalog=catalog_of({"app.broken": {"not": {}}}))


def catalog_of(schemas):
    contents = {name: {"application/json": {"schema": schema}} for name, schema in schemas.items()}
    webhooks = {name: {"post": {"requestBody": {"content": each}}} for name, each in contents.items()}
    return Catalog.from_document({"info": {"title": "a test"}, "webhooks": webhooks})
