from __future__ import annotations

import json
import os
import re
import shutil
import socket
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from emitter.core.deliveries import Answer, DeliveryState
from emitter.core.schedule import ZOOM_RETRIES
from emitter.core.secrets import SecretToken
from emitter.core.signing import verify
from emitter.core.subscription import Subscription
from emitter.delivery.clock import SystemClock
from emitter.delivery.secret_sources import FromEnvironment
from emitter.delivery.store import Store
from tests.support.command import zoom_emitter
from tests.support.receiving import Receiver
from tests.support.recorded import a_delivery, lease, subscribed

SECRET = "4fv1RkqGQUq5sWbEz6hA5A"
RECORD = Path("record.sqlite")
CREATE = "revenue_accelerator.playlist_create"
DELETE = "revenue_accelerator.playlist_delete"
NOW_MS = SystemClock().now_ms()


@pytest.fixture(autouse=True)
def surroundings(monkeypatch):
    monkeypatch.setenv("ZOOM_WEBHOOK_SECRET_TOKEN", SECRET)
    monkeypatch.setenv("ZOOM_EMITTER_DATABASE", str(RECORD.absolute()))


@pytest.fixture
def receiver():
    with Receiver(SecretToken(SECRET)) as receiver:
        yield receiver


def emit(receiver, event="playlist_create", *options, path=""):
    return zoom_emitter("emit", event, "--to", f"{receiver.url}{path}", "--no-validate", *options)


def deliveries(*arguments):
    return zoom_emitter("deliveries", *arguments)


def table(text):
    heading, *rows = [re.split(r"\s{2,}", line.strip()) for line in text.splitlines()]
    return [dict(zip(heading, row, strict=True)) for row in rows]


def test_a_list_shows_what_was_sent_newest_first(receiver):
    emit(receiver, path="hook?key=hidden")
    receiver.answer_with(503)
    emit(receiver, "playlist_delete")

    result = deliveries("list")

    second, first = table(result.text)
    assert (first["ID"], first["EVENT"], first["STATE"], first["OUTCOME"]) == (
        "1",
        CREATE,
        "delivered",
        "204 accepted",
    )
    assert (second["ID"], second["EVENT"], second["STATE"], second["OUTCOME"]) == (
        "2",
        DELETE,
        "failed",
        "503 failed",
    )
    assert (first["ATTEMPTS"], first["URL"]) == ("1", f"{receiver.url}hook?…")
    assert re.fullmatch(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d", first["TIME"])
    assert str(RECORD.absolute()) in result.err


def test_a_list_for_programs_has_one_line_a_delivery(receiver):
    emit(receiver, "playlist_create", "--fault", "wrong-signature")

    (line,) = deliveries("list", "--json").json_lines

    assert line["delivery"] == 1
    assert line["event"] == CREATE
    assert line["request_id"] == receiver.arrivals[0].headers["x-zm-request-id"]
    assert (line["state"], line["attempts"], line["outcome"], line["status"]) == ("failed", 1, "refused", 401)
    assert (line["faults"], line["url"], line["due_at_ms"]) == (["wrong-signature"], receiver.url, None)


@pytest.mark.parametrize("columns", ["40", "80", "200"])
def test_event_names_are_whole_at_any_width(receiver, monkeypatch, columns):
    emit(receiver)
    monkeypatch.setenv("COLUMNS", columns)

    lines = deliveries("list").text.splitlines()

    assert any(CREATE in line for line in lines)
    assert any(receiver.url in line for line in lines)


@pytest.mark.parametrize(
    ("options", "ids"),
    [
        ([], [2, 1]),
        (["--event", "playlist_create"], [1]),
        (["--event", "revenue_*"], [2, 1]),
        (["--outcome", "failed"], [2]),
        (["--state", "delivered"], [1]),
        (["--since", "1h"], [2, 1]),
        (["--until", "1h"], []),
        (["--since", "2020-01-01", "--until", "2020-01-01T00:00:00Z"], []),
        (["--subscription", "2"], [2]),
        (["--to", "127.0.0.1"], [2, 1]),
        (["--to", "elsewhere"], []),
        (["--limit", "1"], [2]),
    ],
    ids=lambda value: " ".join(value) if value and isinstance(value[0], str) else "",
)
def test_a_list_can_be_narrowed_down(receiver, options, ids):
    emit(receiver)
    receiver.answer_with(503)
    emit(receiver, "playlist_delete")

    result = deliveries("list", "--json", *options)

    assert [line["delivery"] for line in result.json_lines] == ids


def test_an_empty_record_says_what_to_do_first():
    result = deliveries("list")

    assert (result.status, result.text) == (0, "")
    assert "no deliveries yet: `zoom-emitter emit playlist_create --to URL` makes one" in result.err
    assert not RECORD.exists()


def test_a_filter_that_nothing_fits_says_so(receiver):
    emit(receiver)

    result = deliveries("list", "--event", "meeting.*")

    assert (result.status, result.text) == (0, "")
    assert "no delivery fits" in result.err


def test_the_settings_name_the_record(receiver, monkeypatch):
    emit(receiver)
    monkeypatch.delenv("ZOOM_EMITTER_DATABASE")
    Path("zoom-emitter.toml").write_text('database = "record.sqlite"\n')

    assert len(deliveries("list", "--json").json_lines) == 1


def test_a_delivery_is_shown_from_both_sides(receiver):
    receiver.answer_with(503)
    emit(receiver, "playlist_create", "--auth", "basic:me:canary", path="hook?key=canary")

    text = deliveries("show", "1").text

    headers = receiver.arrivals[0].headers
    assert text.splitlines()[0] == f"delivery 1  {CREATE}  failed"
    assert "attempt 1" in text
    assert "503 failed" in text
    assert "> POST /hook?… HTTP/1.1" in text
    assert f"> x-zm-signature: {headers['x-zm-signature']}" in text
    assert "> authorization: ********" in text
    assert '    "account_id": ' in text
    assert "< 503" in text
    assert "canary" not in text


def test_a_delivery_with_retries_shows_each_attempt_and_the_next(receiver):
    receiver.answer_with(503)
    emit(receiver, "playlist_create", "--retry", "zoom", "--time-scale", "100000")

    text = deliveries("show", "1").text

    assert "next retry in 5m" in text
    assert "attempt 2" in text
    assert "+0:05:00" in text
    assert text.count('"account_id"') == 1
    assert "the same body" in text


def test_a_delivery_for_programs_has_all_attempts(receiver):
    receiver.answer_with(503)
    emit(receiver, "playlist_create", "--retry", "1ms")

    (value,) = deliveries("show", "1", "--json").json_lines

    assert value["body"].encode() == receiver.arrivals[0].body
    assert value["request_id"] == receiver.arrivals[0].headers["x-zm-request-id"]
    assert [(one["attempt"], one["status"]) for one in value["attempts"]] == [(1, 503), (2, 204)]
    assert ["x-zm-signature", receiver.arrivals[1].headers["x-zm-signature"]] in value["attempts"][1][
        "request"
    ]["headers"]


def test_the_exact_body_comes_out_alone(receiver):
    body = b'\xff\x00 {"event": "x" , }\r\n'
    Path("body").write_bytes(body)
    zoom_emitter("emit", "--payload", "body", "--raw", "--to", receiver.url, "--no-validate")

    assert deliveries("show", "1", "--body", "raw").out == body


def test_the_body_of_a_fault_is_the_one_that_was_sent(receiver):
    emit(receiver, "playlist_create", "--fault", "tampered-body")

    assert deliveries("show", "1", "--body", "raw").out == receiver.arrivals[0].body


def test_the_exact_answer_comes_out_alone():
    with Store.open(RECORD) as store:
        store.accept([a_delivery(subscribed(store))])
        delivery, attempt = lease(store)
        answer = Answer(status=200, headers=(), body=b"\xfe\n")
        store.finish(replace(delivery, due_at_ms=None), replace(attempt, answer=answer))

    assert deliveries("show", "1", "--body", "answer").out == b"\xfe\n"
    assert deliveries("show", "1", "--body", "answer", "--attempt", "1").out == b"\xfe\n"


def test_what_a_receiver_answers_cannot_steer_the_terminal():
    with Store.open(RECORD) as store:
        store.accept([a_delivery(subscribed(store), body=b'{"a":"\x1b[2J\\ud800"}', event="a\x1b[2J")])
        delivery, attempt = lease(store)
        answer = Answer(status=200, headers=(("x", "\x1b]0;owned\x07"),), body="\x1b[31m\u202e".encode())
        store.finish(replace(delivery, due_at_ms=None), replace(attempt, answer=answer))

    shown = deliveries("show", "1").out + deliveries("list").out

    assert b"\x1b" not in shown
    assert b"\\x1b[31m\\u202e" in shown


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["show", "7"], "unknown delivery '7'"),
        (["show", "0"], "1<=x"),
        (["show", "99999999999999999999"], "1<=x"),
        (["show", "x"], "not a valid integer"),
        (["show", "1", "--attempt", "2"], "no attempt 2"),
        (["replay", "7"], "unknown delivery '7'"),
        (["resume", "7"], "unknown delivery '7'"),
        (["export", "--format", "har", "7"], "unknown delivery '7'"),
        (["export", "--format", "xml"], "xml"),
        (["export"], "--format"),
        (["export", "--format", "har", "1", "--state", "failed"], "not both"),
        (["export", "--format", "har", "--output", "nowhere/x"], "cannot write nowhere/x"),
        (["list", "--since", "yesterday"], "'yesterday' is neither a duration such as 2h"),
        (["list", "--since", "0001-01-01"], "neither a duration"),
        (["list", "--limit", "0"], "limit"),
        (["list", "--state", "lost"], "pending"),
        (["list", "--database", "nowhere/x.sqlite"], ""),
        (["replay", "1", "--timeout", "1s"], "--timeout goes with --to"),
        (["replay", "1", "--to", "nowhere"], "unknown receiver 'nowhere'"),
        (["prune"], "--before 30d"),
        (["prune", "--all", "--before", "1d"], "either"),
        (["prune", "--all"], "would delete 1 delivery, 1 attempt, 0 handshakes; say --yes"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_bad_input_is_one_clear_line(receiver, arguments, message):
    emit(receiver)

    result = deliveries(*arguments)

    assert result.status == (0 if "nowhere/x.sqlite" in arguments else 2)
    assert message in result.err
    assert "Traceback" not in result.err
    assert len(receiver.arrivals) == 1


@pytest.mark.parametrize(
    "command", ["list", "show 1", "replay 1", "resume", "export --format har", "prune --all"]
)
def test_a_damaged_record_is_one_clear_line(command):
    RECORD.write_bytes(b"not a database, but a long text" * 100)

    result = deliveries(*command.split())

    assert result.status == 2
    assert "is not a database" in result.err
    assert "Traceback" not in result.err


@pytest.mark.parametrize("command", [["show", "1"], ["replay", "1"], ["resume", "1"]], ids=" ".join)
def test_without_a_record_no_delivery_is_known_and_none_is_made(command):
    result = deliveries(*command)

    assert result.status == 2
    assert "nothing is recorded yet" in result.err
    assert not RECORD.exists()


def test_a_replay_sends_the_same_body_and_identity_freshly_signed(receiver):
    emit(receiver)

    result = deliveries("replay", "1")

    first, again = receiver.arrivals
    assert result.status == 0, result.err
    assert "#2" in result.text
    assert (again.body, again.path) == (first.body, first.path)
    assert again.headers["x-zm-request-id"] == first.headers["x-zm-request-id"]
    assert int(again.headers["x-zm-request-timestamp"]) >= int(first.headers["x-zm-request-timestamp"])
    verify(SecretToken(SECRET), headers=again.headers, body=again.body)
    assert [line["delivery"] for line in deliveries("list", "--json").json_lines] == [2, 1]


def test_a_replay_can_go_elsewhere(receiver, monkeypatch):
    emit(receiver)
    monkeypatch.setenv("ZOOM_WEBHOOK_SECRET_TOKEN", "another-secret")

    with Receiver(SecretToken("another-secret")) as elsewhere:
        result = deliveries("replay", "1", "--to", f"{elsewhere.url}x", "--header", "x-key: k", "--json")

    assert [line["status"] for line in result.json_lines] == [204]
    assert [(one.path, one.headers["x-key"]) for one in elsewhere.arrivals] == [("/x", "k")]
    assert len(receiver.arrivals) == 1


def test_a_replay_authenticates_as_the_delivery_did(receiver):
    emit(receiver, "playlist_create", "--auth", "basic:me:canary")

    deliveries("replay", "1")

    first, again = receiver.arrivals
    assert again.headers["authorization"] == first.headers["authorization"]


@pytest.mark.parametrize(("status", "exit_status"), [(503, 1), (404, 1), (204, 0)])
def test_a_replay_ends_as_emit_does(receiver, status, exit_status):
    emit(receiver)
    receiver.answer_with(status)

    assert deliveries("replay", "1").status == exit_status


def test_a_replay_to_no_one_is_status_3(receiver):
    emit(receiver)
    with socket.socket() as bound:  # bound but not listening: connections are refused
        bound.bind(("127.0.0.1", 0))

        result = deliveries("replay", "1", "--to", f"http://127.0.0.1:{bound.getsockname()[1]}/")

    assert result.status == 3


def test_a_replay_without_the_secret_says_where_it_was(receiver, monkeypatch):
    emit(receiver)
    monkeypatch.delenv("ZOOM_WEBHOOK_SECRET_TOKEN")

    result = deliveries("replay", "1")

    assert result.status == 2
    assert "the environment variable ZOOM_WEBHOOK_SECRET_TOKEN is not set any more" in result.err
    assert "or say --to URL" in result.err


def test_nothing_to_resume_is_said(receiver):
    assert "nothing is pending" in deliveries("resume").err
    emit(receiver)

    result = deliveries("resume")

    assert (result.status, len(receiver.arrivals)) == (0, 1)
    assert "nothing is pending" in result.err
    assert "nothing is pending" in deliveries("resume", "1").err


def pending_at(*urls):
    with Store.open(RECORD) as store:
        for url in urls:
            store.accept([a_delivery(subscribed(store, url=url), due_at_ms=NOW_MS)])


def test_resuming_sends_what_is_pending_everywhere(receiver):
    pending_at(f"{receiver.url}a", f"{receiver.url}b", f"{receiver.url}c")

    result = deliveries("resume")

    assert result.status == 0, result.err
    assert "3 pending" in result.err
    assert sorted(one.path for one in receiver.arrivals) == ["/a", "/b", "/c"]
    assert {line["state"] for line in deliveries("list", "--json").json_lines} == {"delivered"}


def test_resuming_can_be_limited_to_one_delivery(receiver):
    pending_at(f"{receiver.url}a", f"{receiver.url}b", f"{receiver.url}c")

    result = deliveries("resume", "2", "--json")

    assert [line["delivery"] for line in result.json_lines] == [2]
    assert [one.path for one in receiver.arrivals] == ["/b"]


def test_resuming_follows_the_retry_schedule(receiver):
    with Store.open(RECORD) as store:
        subscription_id = subscribed(
            store, url=receiver.url, retry_schedule=ZOOM_RETRIES, time_scale=100_000.0
        )
        store.accept([a_delivery(subscription_id, due_at_ms=NOW_MS)])
    receiver.answer_with(503, 503)

    result = deliveries("resume", "--json")

    assert [line["status"] for line in result.json_lines] == [503, 503, 204]
    assert result.status == 0


def test_resuming_repeats_the_attempt_of_a_dead_sender_at_once(receiver):
    ended = subprocess.Popen([sys.executable, "-c", ""])
    ended.wait()
    pending_at(receiver.url)
    with Store.open(RECORD) as store:
        lease(store, now_ms=SystemClock().now_ms(), worker=f"{socket.gethostname()}:{ended.pid}")

    result = deliveries("resume", "--json")

    assert [(line["attempt"], line["retry_number"]) for line in result.json_lines] == [(2, 0)]
    (shown,) = deliveries("show", "1", "--json").json_lines
    assert [one["outcome"] for one in shown["attempts"]] == ["unknown", "accepted"]


def test_resuming_goes_on_where_one_secret_is_gone(receiver, monkeypatch):
    with Store.open(RECORD) as store:
        gone = store.add_subscription(
            Subscription(url=receiver.url),
            secret_source=FromEnvironment("GONE"),
            origin="command",
            now_ms=NOW_MS,
        )
        store.accept([a_delivery(gone, due_at_ms=NOW_MS)])
    pending_at(receiver.url)

    result = deliveries("resume")

    assert (result.status, len(receiver.arrivals)) == (2, 1)
    assert "subscription 1 stays pending" in result.err
    assert "GONE is not set any more" in result.err
    states = [line["state"] for line in deliveries("list", "--json").json_lines]
    assert states == [DeliveryState.DELIVERED, DeliveryState.PENDING]


def exported(name, *arguments):
    return deliveries("export", "--format", name, *arguments)


def test_json_lines_hold_one_attempt_each(receiver):
    receiver.answer_with(503)
    emit(receiver, "playlist_create", "--retry", "1ms")
    emit(receiver, "playlist_delete", path="x?key=canary")

    lines = exported("jsonl").json_lines

    assert [(line["delivery"], line["attempt"], line["status"]) for line in lines] == [
        (1, 1, 503),
        (1, 2, 204),
        (2, 1, 204),
    ]
    assert lines[2]["url"] == f"{receiver.url}x?…"
    assert lines[0]["request"]["body"].encode() == receiver.arrivals[0].body


def test_json_lines_hold_bytes_that_are_no_text_in_base64(receiver):
    Path("body").write_bytes(b"\xff")
    zoom_emitter("emit", "--payload", "body", "--raw", "--to", receiver.url, "--no-validate")

    (line,) = exported("jsonl").json_lines

    assert line["request"]["body_base64"] == "/w=="


def test_a_har_holds_one_entry_an_attempt(receiver):
    receiver.answer_with(503)
    emit(receiver, "playlist_create", "--retry", "1ms", "--auth", "basic:me:canary", path="x?key=canary")

    result = exported("har")

    log = json.loads(result.out)["log"]
    first, second = log["entries"]
    assert (log["version"], log["creator"]["name"]) == ("1.2", "zoom-emitter")
    assert (first["response"]["status"], second["response"]["status"]) == (503, 204)
    assert first["request"]["method"] == "POST"
    assert first["request"]["postData"]["text"].encode() == receiver.arrivals[0].body
    assert {"name": "authorization", "value": "********"} in first["request"]["headers"]
    phases = [first["timings"][name] for name in ("connect", "send", "wait", "receive")]
    assert min(phases) >= 0
    assert sum(phases) == pytest.approx(first["time"])
    assert first["startedDateTime"].endswith("+00:00")
    assert "attempt 1: 503 failed" in first["comment"]
    assert b"canary" not in result.out


def test_a_har_holds_what_got_no_answer_and_what_is_no_text():
    with Store.open(RECORD) as store:
        store.accept([a_delivery(subscribed(store), body=b"\xff")])
        lease(store)

    (entry,) = json.loads(exported("har").out)["log"]["entries"]

    assert (entry["response"]["status"], entry["response"]["statusText"]) == (0, "unknown")
    assert (entry["request"]["postData"]["text"], entry["request"]["postData"]["comment"]) == (
        "/w==",
        "in base64",
    )
    assert entry["timings"]["connect"] == -1


BODIES = {
    "plain": b'{"event":"a.b"}',
    "quotes": b'{"it\'s":"\\"$HOME `id` !! \\\\ %s %% "}\n\n',
    "beyond ASCII": '{"a":"é☎🚒"}'.encode(),
    "no text": bytes(range(256)),
    "zero": b'{"a":"\0"}',
}


@pytest.mark.skipif(not shutil.which("curl") or os.name != "posix", reason="curl and a shell are not here")
@pytest.mark.parametrize("body", BODIES.values(), ids=BODIES)
def test_a_curl_command_sends_the_recorded_request_again(receiver, body):
    Path("body").write_bytes(body)
    zoom_emitter("emit", "--payload", "body", "--raw", "--to", f"{receiver.url}it's", "--no-validate")

    script = exported("curl").out
    ran = subprocess.run(["sh"], input=script, capture_output=True, check=True)

    first, again = receiver.arrivals
    assert b"HTTP/1.1 204" in ran.stdout
    assert again.body == body
    assert again.path == first.path
    assert again.headers == first.headers
    verify(SecretToken(SECRET), headers=again.headers, body=again.body)


@pytest.mark.skipif(not shutil.which("curl") or os.name != "posix", reason="curl and a shell are not here")
def test_a_curl_command_keeps_header_values_that_are_no_text(receiver):
    emit(receiver, "playlist_create", "--fault", "non-ascii-signature")

    subprocess.run(["sh"], input=exported("curl").out, capture_output=True, check=True)

    first, again = receiver.arrivals
    assert again.headers["x-zm-signature"] == first.headers["x-zm-signature"]


def test_a_curl_command_says_what_it_cannot_show(receiver):
    emit(receiver, "playlist_create", "--auth", "basic:me:canary", path="x?key=canary")
    pending_at(receiver.url)

    text = exported("curl").text

    assert "# ******** stands for credentials" in text
    assert "# the URL had a query" in text
    assert "zoom-emitter deliveries replay 1" in text
    assert "# delivery 2, 'a.b': not attempted yet" in text
    assert "canary" not in text


def test_an_export_goes_to_a_file_and_takes_ids_or_filters(receiver):
    emit(receiver)
    emit(receiver, "playlist_delete")

    to_file = exported("jsonl", "--output", "out.jsonl", "2")
    filtered = exported("jsonl", "--event", "playlist_create")

    assert to_file.out == b""
    assert "exported 1 delivery" in to_file.err
    assert [json.loads(line)["delivery"] for line in Path("out.jsonl").read_text().splitlines()] == [2]
    assert [line["delivery"] for line in filtered.json_lines] == [1]


def test_an_export_of_nothing_is_still_a_file_of_its_kind():
    assert json.loads(exported("har").out)["log"]["entries"] == []
    assert exported("jsonl").out == b""


def test_pruning_says_what_it_deleted(receiver):
    zoom_emitter("emit", "playlist_create", "--to", receiver.url)
    pending_at(receiver.url)

    result = deliveries("prune", "--all", "--yes")

    assert result.status == 0
    assert "deleted 2 deliveries (1 still pending), 1 attempt, 1 handshake" in result.err
    assert deliveries("list", "--json").json_lines == []


def test_pruning_can_leave_what_is_new(receiver):
    with Store.open(RECORD) as store:
        old_ms = NOW_MS - 31 * 86_400_000
        subscription_id = subscribed(store, now_ms=old_ms)
        store.accept([a_delivery(subscription_id, created_at_ms=at_ms) for at_ms in (old_ms, NOW_MS)])

    deliveries("prune", "--before", "30d", "--yes")

    assert [line["delivery"] for line in deliveries("list", "--json").json_lines] == [2]


def test_nothing_to_prune_is_said():
    result = deliveries("prune", "--all")

    assert (result.status, "nothing to delete" in result.err) == (0, True)


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="a terminal of one's own is asked for as on Linux")
@pytest.mark.parametrize(("answer", "left"), [("n", 1), ("y", 0)])
def test_pruning_asks_on_a_terminal(receiver, answer, left):
    emit(receiver)
    ours, theirs = os.openpty()
    os.write(ours, f"{answer}\n".encode())
    ran = subprocess.run(
        [sys.executable, "-m", "emitter", "deliveries", "prune", "--all"],
        stdin=theirs,
        capture_output=True,
        text=True,
        check=False,
    )
    os.close(ours)
    os.close(theirs)

    assert ran.returncode == 0
    assert "delete 1 delivery, 1 attempt, 0 handshakes?" in ran.stderr
    assert len(deliveries("list", "--json").json_lines) == left


def test_help_shows_every_command_without_the_record():
    result = zoom_emitter("deliveries", "--help")

    assert all(name in result.text for name in ("list", "show", "replay", "resume", "export", "prune"))
