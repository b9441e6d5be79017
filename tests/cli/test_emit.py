from __future__ import annotations

import json
import re
import socket
from pathlib import Path

import pytest

from emitter.core.secrets import SecretToken
from emitter.core.signing import verify
from tests.support.command import zoom_emitter
from tests.support.receiving import Receiver

SECRET = "4fv1RkqGQUq5sWbEz6hA5A"


@pytest.fixture(autouse=True)
def secret(monkeypatch):
    monkeypatch.setenv("ZOOM_WEBHOOK_SECRET_TOKEN", SECRET)


@pytest.fixture
def receiver():
    with Receiver(SecretToken(SECRET)) as receiver:
        yield receiver


def test_an_event_is_delivered_after_the_handshake(receiver):
    result = zoom_emitter("emit", "playlist_create", "--to", receiver.url)

    assert result.status == 0, result.err
    assert [one.event for one in receiver.arrivals] == [
        "endpoint.url_validation",
        "revenue_accelerator.playlist_create",
    ]
    assert "204 accepted" in result.text


def test_without_validation_only_the_event_is_sent(receiver):
    zoom_emitter("emit", "playlist_create", "--to", receiver.url, "--no-validate")

    assert [one.event for one in receiver.arrivals] == ["revenue_accelerator.playlist_create"]


def test_a_pattern_sends_every_event_it_fits(receiver):
    zoom_emitter("emit", "playlist_*", "--to", receiver.url, "--no-validate")

    assert sorted(one.event.rpartition(".")[2] for one in receiver.arrivals) == [
        "playlist_add_moment",
        "playlist_create",
        "playlist_delete",
        "playlist_remove_moment",
    ]


def test_events_of_one_round_belong_together(receiver):
    zoom_emitter("emit", "playlist_create", "playlist_delete", "--to", receiver.url, "--no-validate")

    one, other = (arrival.value["payload"] for arrival in receiver.arrivals)
    assert one["account_id"] == other["account_id"]
    assert one["object"]["playlist_id"] == other["object"]["playlist_id"]


def test_a_count_sends_rounds(receiver):
    zoom_emitter("emit", "playlist_create", "--count", "3", "--to", receiver.url, "--no-validate")

    assert len({arrival.value["payload"]["object"]["playlist_id"] for arrival in receiver.arrivals}) == 3


def test_more_events_than_a_batch_are_all_delivered(receiver):
    result = zoom_emitter(
        "emit", "playlist_create", "--count", "230", "--to", receiver.url, "--no-validate", "--json"
    )

    assert (result.status, len(receiver.arrivals), len(result.json_lines)) == (0, 230, 230)


def test_the_same_seed_gives_the_same_values(receiver):
    for _ in range(2):
        zoom_emitter("emit", "playlist_create", "--seed", "7", "--to", receiver.url, "--no-validate")

    one, other = receiver.arrivals
    assert one.value["payload"]["object"]["playlist_id"] == other.value["payload"]["object"]["playlist_id"]
    assert one.headers["x-zm-request-id"] == other.headers["x-zm-request-id"]


def test_a_run_shows_the_seed_that_repeats_it(receiver):
    first = zoom_emitter("emit", "playlist_create", "--to", receiver.url, "--no-validate")
    (seed,) = re.findall(r"seed (\d+)", first.err)

    zoom_emitter("emit", "playlist_create", "--to", receiver.url, "--no-validate", "--seed", seed)

    one, other = receiver.arrivals
    assert one.value["payload"]["object"]["playlist_id"] == other.value["payload"]["object"]["playlist_id"]


def test_an_override_reaches_the_wire_in_zooms_form(receiver):
    result = zoom_emitter(
        "emit",
        "playlist_create",
        "--override",
        "playlist_name=Ré 🚒 a/b",
        "--to",
        receiver.url,
        "--no-validate",
    )

    assert result.status == 0
    assert '"playlist_name":"Ré \\uD83D\\uDE92 a/b"'.encode() in receiver.arrivals[0].body


def test_an_unset_field_is_left_out(receiver):
    zoom_emitter("emit", "playlist_create", "--unset", "create_time", "--to", receiver.url, "--no-validate")

    assert "create_time" not in receiver.arrivals[0].value["payload"]["object"]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--override", "playlist_nam=x"], "playlist_name"),
        (["--unset", "playlist_nam"], "playlist_name"),
        (["--override", "playlist_type=NEITHER"], "BASIC"),
        (["--unset", "playlist_id"], "playlist_id"),
        (["--override", "no-equals-sign"], "no-equals-sign"),
    ],
)
def test_a_change_that_does_not_fit_is_refused_and_nothing_sent(receiver, options, message):
    result = zoom_emitter("emit", "playlist_create", *options, "--to", receiver.url)

    assert result.status == 2
    assert message in result.err
    assert "Traceback" not in result.err
    assert receiver.arrivals == []


def test_force_sends_what_the_document_does_not_allow(receiver):
    options = ["--override", "payload.object.new_field=x", "--unset", "playlist_id", "--force"]
    result = zoom_emitter("emit", "playlist_create", *options, "--to", receiver.url, "--no-validate")

    assert result.status == 0, result.err
    sent = receiver.arrivals[0].value["payload"]["object"]
    assert sent["new_field"] == "x"
    assert "playlist_id" not in sent


def test_an_own_event_keeps_its_values(receiver):
    own = {
        "event": "revenue_accelerator.playlist_delete",
        "event_ts": 1720707175904,
        "payload": {"account_id": "mine", "object": {"playlist_id": "42"}},
    }
    Path("own.json").write_text(json.dumps(own, indent=2))

    result = zoom_emitter("emit", "--payload", "own.json", "--to", receiver.url, "--no-validate")

    assert result.status == 0, result.err
    assert receiver.arrivals[0].body == json.dumps(own, separators=(",", ":")).encode()


def test_a_payload_alone_is_put_into_the_envelope_of_the_event_named(receiver):
    payload = b'{"account_id":"mine","object":{"playlist_id":"42"}}'
    result = zoom_emitter(
        "emit", "playlist_delete", "--payload", "-", "--to", receiver.url, "--no-validate", stdin=payload
    )

    assert result.status == 0, result.err
    assert receiver.arrivals[0].value["event"] == "revenue_accelerator.playlist_delete"
    assert receiver.arrivals[0].value["payload"]["account_id"] == "mine"


def test_json_lines_are_one_event_each(receiver):
    lines = b"".join(
        b'{"event":"revenue_accelerator.playlist_delete","event_ts":%d,'
        b'"payload":{"account_id":"a","object":{"playlist_id":"1"}}}\n\n' % number
        for number in (1720707175904, 1720707175905)
    )
    zoom_emitter("emit", "--payload", "-", "--to", receiver.url, "--no-validate", stdin=lines)

    assert [arrival.value["event_ts"] for arrival in receiver.arrivals] == [1720707175904, 1720707175905]


def test_a_raw_payload_is_sent_byte_for_byte(receiver):
    body = b'\xff\x00 {"event": "x" , }\n'
    result = zoom_emitter(
        "emit", "--payload", "-", "--raw", "--to", receiver.url, "--no-validate", stdin=body
    )

    assert result.status == 0, result.err
    assert receiver.arrivals[0].body == body
    verify(SecretToken(SECRET), headers=receiver.arrivals[0].headers, body=body)


@pytest.mark.parametrize(
    ("payload", "message"),
    [
        (b"{", "not JSON"),
        (b"\xff", "not UTF-8"),
        (b"[]", "JSON object"),
        (b'{"payload":{}}', "names no event"),
        (b'{"event":"playlist_createe"}', "did you mean"),
        (b'{"event":"revenue_accelerator.playlist_delete","payload":{}}', "event_ts"),
        (b'{"event":"a"}\n{"event"\n', "line 2"),
        (b'{"event":"revenue_accelerator.playlist_create","event_ts":1,"payload":"\\ud800"}', ""),
        (b"[" * 100_000, "nested too deeply"),
        (b"", "not JSON"),
    ],
    ids=range(10),
)
def test_a_payload_that_is_no_event_is_refused(receiver, payload, message):
    result = zoom_emitter("emit", "--payload", "-", "--to", receiver.url, stdin=payload)

    assert result.status == 2
    assert message in result.err
    assert "Traceback" not in result.err
    assert receiver.arrivals == []


def test_one_attempt_is_made_and_the_rest_is_told(receiver):
    receiver.answer_with(503)

    result = zoom_emitter("emit", "playlist_create", "--to", receiver.url, "--no-validate")

    assert (result.status, len(receiver.arrivals)) == (1, 1)
    assert "503 failed" in result.text
    assert "after 5m, 20m and 1h" in result.err
    assert "--retry zoom --time-scale 1000" in result.err


def test_what_zoom_never_retries_is_told_as_lost(receiver):
    receiver.answer_with(404)

    result = zoom_emitter("emit", "playlist_create", "--to", receiver.url, "--no-validate")

    assert result.status == 1
    assert "does not try again after 404" in result.err


def test_zooms_schedule_is_followed_on_a_scaled_clock(receiver):
    receiver.answer_with(503, 503, 204)
    options = ["--retry", "zoom", "--time-scale", "10000", "--no-validate", "--json"]

    result = zoom_emitter("emit", "playlist_create", "--to", receiver.url, *options)

    assert result.status == 0, result.err
    assert [line["outcome"] for line in result.json_lines] == ["failed", "failed", "accepted"]
    assert [line["next_retry_s"] for line in result.json_lines] == [300, 1200, None]
    bodies = {arrival.body for arrival in receiver.arrivals}
    request_ids = {arrival.headers["x-zm-request-id"] for arrival in receiver.arrivals}
    assert (len(receiver.arrivals), len(bodies), len(request_ids)) == (3, 1, 1)


def test_each_attempt_is_signed_for_its_own_time(receiver):
    receiver.answer_with(503, 204)

    zoom_emitter("emit", "playlist_create", "--to", receiver.url, "--no-validate", "--retry", "1s")

    first, second = receiver.arrivals
    assert int(second.headers["x-zm-request-timestamp"]) > int(first.headers["x-zm-request-timestamp"])
    assert first.headers["x-zm-signature"] != second.headers["x-zm-signature"]
    for arrival in (first, second):
        verify(SecretToken(SECRET), headers=arrival.headers, body=arrival.body)


def test_a_used_up_schedule_is_a_failure(receiver):
    receiver.answer_with(*[500] * 4)

    result = zoom_emitter(
        "emit", "playlist_create", "--to", receiver.url, "--no-validate", "--retry", "1ms,1ms,1ms"
    )

    assert (result.status, len(receiver.arrivals)) == (1, 4)


def test_a_retry_does_not_hold_up_other_events(receiver):
    receiver.answer_with(503)

    zoom_emitter(
        "emit",
        "playlist_create",
        "playlist_delete",
        "--to",
        receiver.url,
        "--no-validate",
        "--retry",
        "200ms",
    )

    assert [arrival.event.rpartition("_")[2] for arrival in receiver.arrivals] == [
        "create",
        "delete",
        "create",
    ]


def test_a_receiver_that_is_not_there_is_status_3():
    with socket.socket() as bound:  # bound but not listening: connections are refused
        bound.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{bound.getsockname()[1]}/"

        with_handshake = zoom_emitter("emit", "playlist_create", "--to", url)
        without = zoom_emitter("emit", "playlist_create", "--to", url, "--no-validate")

    assert (with_handshake.status, without.status) == (3, 3)
    assert "not-connected" in without.text
    assert "Traceback" not in with_handshake.err + without.err


def test_a_name_that_does_not_resolve_is_status_3():
    result = zoom_emitter("emit", "playlist_create", "--to", "http://no-such-host.invalid/", "--no-validate")

    assert result.status == 3
    assert "unresolved (-13)" in result.text


def test_a_failed_handshake_sends_no_event(receiver):
    receiver.answer_with(500)

    result = zoom_emitter("emit", "playlist_create", "--to", receiver.url)

    assert result.status == 1
    assert [one.event for one in receiver.arrivals] == ["endpoint.url_validation"]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["playlist_created"], "did you mean 'revenue_accelerator.playlist_create'?"),
        (["nothing_*"], "events list"),
        (["playlist_create", "--fault", "wrong-signatur"], "did you mean 'wrong-signature'?"),
        (["playlist_create", "--retry", "soon"], "soon"),
        (["playlist_create", "--time-scale", "0"], "time scale"),
        (["playlist_create", "--count", "0"], "count"),
        (["playlist_create", "--timeout", "3"], "250ms"),
        (["playlist_create", "--timeout", "11m"], "10m"),
        (["playlist_create", "--auth", "digest:x"], "basic:USER:PASSWORD"),
        (["playlist_create", "--auth", "basic:nobody"], "USER:PASSWORD"),
        (["playlist_create", "--auth", "basic:env:NOT_SET"], "NOT_SET"),
        (["playlist_create", "--header", "x-key"], "colon"),
        (["playlist_create", "--header", "x-zm-signature: x"], "reserved"),
        (["playlist_create", "--header", "x: y", "--auth", "basic:a:b"], "exclude"),
        (["playlist_create", "--secret-token-file", "nowhere"], "nowhere"),
        (["playlist_create", "--ca-bundle", "nowhere.pem"], "nowhere.pem"),
        (["playlist_create", "--raw"], "--payload"),
        (["--payload", "nowhere.json"], "nowhere.json"),
        ([], "event name"),
    ],
    ids=lambda value: " ".join(value) or "nothing" if isinstance(value, list) else "",
)
def test_bad_input_is_one_clear_line_and_status_2(receiver, arguments, message):
    result = zoom_emitter("emit", *arguments, "--to", receiver.url)

    assert result.status == 2
    assert message in result.err
    assert "Traceback" not in result.err
    assert receiver.arrivals == []


@pytest.mark.parametrize(
    ("url", "message"),
    [
        ("ftp://localhost/", "not an http or https URL"),
        ("http://", "not an http or https URL"),
        ("nowhere", "unknown receiver 'nowhere'"),
        ("http://93.184.216.34/", "--allow-host 93.184.216.34"),
        ("http://169.254.169.254/", "never sent to"),
    ],
)
@pytest.mark.parametrize("options", [[], ["--no-validate"]], ids=["handshake", "no handshake"])
def test_a_target_that_may_not_be_sent_to_is_status_2(url, message, options):
    result = zoom_emitter("emit", "playlist_create", "--to", url, *options)

    assert result.status == 2
    assert message in result.err + result.text
    assert "Traceback" not in result.err


@pytest.mark.parametrize(
    ("secret", "message"),
    [("", "ZOOM_WEBHOOK_SECRET_TOKEN"), ("abc\n", "white space"), (" abc", "white space")],
)
def test_a_secret_that_cannot_be_used_is_status_2(monkeypatch, receiver, secret, message):
    monkeypatch.setenv("ZOOM_WEBHOOK_SECRET_TOKEN", secret)

    result = zoom_emitter("emit", "playlist_create", "--to", receiver.url)

    assert (result.status, receiver.arrivals) == (2, [])
    assert message in result.err


def test_a_dry_run_prints_the_exact_request_and_sends_nothing(receiver):
    result = zoom_emitter("emit", "playlist_create", "--to", f"{receiver.url}hook?a=%2F", "--dry-run")

    head, _, body = result.out.removesuffix(b"\n").partition(b"\r\n\r\n")
    first, *lines = head.decode().split("\r\n")
    headers = dict(line.split(": ", 1) for line in lines)
    assert first == "POST /hook?a=%2F HTTP/1.1"
    assert headers["content-length"] == str(len(body))
    verify(SecretToken(SECRET), headers=headers, body=body)
    assert receiver.arrivals == []


def test_a_dry_run_is_json_for_programs_and_masks_credentials(receiver):
    result = zoom_emitter(
        "emit", "playlist_create", "--to", receiver.url, "--dry-run", "--json", "--auth", "basic:me:canary"
    )

    (request,) = result.json_lines
    assert request["method"] == "POST"
    assert ["authorization", "********"] in request["headers"]
    assert json.loads(request["body"])["event"] == "revenue_accelerator.playlist_create"


def test_a_receiver_of_the_settings_is_found_by_name(receiver):
    Path("zoom-emitter.toml").write_text(
        f'[receivers.app]\nurl = "{receiver.url}"\nheader = "x-api-key: k"\n'
    )

    result = zoom_emitter("emit", "playlist_create", "--to", "app", "--no-validate")

    assert result.status == 0, result.err
    assert receiver.arrivals[0].headers["x-api-key"] == "k"


def test_faults_are_listed_and_sent(receiver):
    listed = zoom_emitter("emit", "--list-faults")
    result = zoom_emitter(
        "emit", "playlist_create", "--fault", "wrong-signature", "--to", receiver.url, "--no-validate"
    )

    names = [line.split()[0] for line in listed.text.splitlines()]
    assert len(names) == len(set(names))
    assert {*names} >= {
        "duplicate",
        "wrong-signature",
        "missing-signature",
        "short-signature",
        "non-ascii-signature",
        "bare-signature",
        "other-secret",
        "stale-timestamp",
        "future-timestamp",
        "millisecond-timestamp",
        "tampered-body",
        "unknown-event",
        "trailing-space-event",
        "extra-field",
        "null-field",
        "wire-raw",
        "wire-escaped",
        "wire-spaced",
        "wire-slashes",
        "header-title-case",
        "header-upper-case",
    }
    assert result.status == 1
    assert "401 refused" in result.text


def test_a_duplicate_arrives_twice_with_one_request_id(receiver):
    zoom_emitter("emit", "playlist_create", "--fault", "duplicate", "--to", receiver.url, "--no-validate")

    one, other = receiver.arrivals
    assert one.headers["x-zm-request-id"] == other.headers["x-zm-request-id"]
    assert one.body == other.body


def test_authentication_is_sent_with_handshake_and_event(receiver):
    zoom_emitter("emit", "playlist_create", "--auth", "basic:me:pa:ss", "--to", receiver.url)

    # base64 of me:pa:ss
    assert [arrival.headers["authorization"] for arrival in receiver.arrivals] == ["Basic bWU6cGE6c3M="] * 2


def test_no_secret_reaches_any_output_or_the_record(receiver, monkeypatch):
    monkeypatch.setenv("ZOOM_WEBHOOK_SECRET_TOKEN", SECRET)
    result = zoom_emitter(
        "emit",
        "playlist_create",
        "--to",
        f"{receiver.url}?token=querycanary",
        "--auth",
        "basic:me:authcanary",
    )
    files = b"".join(path.read_bytes() for path in Path.cwd().rglob("*") if path.is_file())

    assert result.status == 0, result.err
    assert SECRET.encode() not in files
    assert b"authcanary" not in files
    for canary in (SECRET, "authcanary", "querycanary"):
        assert canary not in result.text + result.err


def test_the_record_is_named_and_can_be_elsewhere(receiver):
    result = zoom_emitter(
        "emit", "playlist_create", "--to", receiver.url, "--no-validate", "--database", "here.sqlite"
    )

    assert "here.sqlite" in result.err
    assert Path("here.sqlite").exists()
