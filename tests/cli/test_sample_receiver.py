from __future__ import annotations

import errno
import json
import os
import re
import signal
import socket
import subprocess
import sys
import threading
import time
from contextlib import contextmanager
from dataclasses import dataclass
from typing import IO

import pytest
import requests

from emitter.core.secrets import SecretToken
from emitter.core.signing import sign

SECRET_TOKEN = "4fv1RkqGQUq5sWbEz6hA5A"
LISTENING = re.compile(r"listening on (http://127\.0\.0\.1:\d+/)\n")
TIMEOUT_S = 20.0


@dataclass
class Running:
    """A sample receiver in a process of its own."""

    process: subprocess.Popen[str]
    out: IO[str]
    err: IO[str]
    url: str

    def line(self):
        return self.out.readline()

    def post(self, body, *, secret_token=SECRET_TOKEN, request_id="one"):
        headers = signed_headers(body, secret_token) | {"x-zm-request-id": request_id}
        return requests.post(self.url, data=body, headers=headers, timeout=TIMEOUT_S)

    def post_without_waiting(self, body):
        """Send an event over a connection that is returned with its answer still to come."""
        host, port = self.url.removeprefix("http://").rstrip("/").split(":")
        lines = "".join(f"{name}: {value}\r\n" for name, value in signed_headers(body).items())
        head = f"POST / HTTP/1.1\r\nhost: {host}\r\ncontent-length: {len(body)}\r\n{lines}\r\n"
        connection = socket.create_connection((host, int(port)), timeout=TIMEOUT_S)
        connection.sendall(head.encode() + body)
        return connection

    def stop(self, number=signal.SIGINT):
        """Interrupt the process and return its exit status, and what it still had to say."""
        self.process.send_signal(number)
        out, err = self.process.communicate(timeout=TIMEOUT_S)
        return self.process.returncode, out, err


def signed_headers(body, secret_token=SECRET_TOKEN):
    timestamp_s = time.time_ns() // 1_000_000_000
    signature = sign(SecretToken(secret_token), timestamp_s=timestamp_s, body=body)
    return {"x-zm-request-timestamp": str(timestamp_s), "x-zm-signature": signature}


def event_body(event):
    return json.dumps({"event": event}).encode()


@contextmanager
def running(*options, secret_token=SECRET_TOKEN):
    environ = {**os.environ, "PYTHONUTF8": "1"}
    environ.pop("PYTHONUNBUFFERED", None)  # unbuffered, a process leaves more easily than at a user's
    if secret_token:
        environ["ZOOM_WEBHOOK_SECRET_TOKEN"] = secret_token
    command = [sys.executable, "-m", "emitter", "sample-receiver", "--port", "0", *options]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, encoding="utf-8", env=environ
    ) as process:
        assert process.stdout
        assert process.stderr
        end_of_patience = threading.Timer(TIMEOUT_S * 3, process.kill)
        end_of_patience.start()
        try:
            first_line = process.stdout.readline()
            match = LISTENING.fullmatch(first_line)
            assert match, first_line + process.stderr.read()
            yield Running(process, process.stdout, process.stderr, match[1])
        finally:
            end_of_patience.cancel()
            process.kill()


def test_the_first_line_says_where_it_listens_and_each_request_gets_a_line():
    with running() as receiver:
        statuses = [
            receiver.post(event_body("revenue_accelerator.playlist_create")).status_code,
            receiver.post(event_body("revenue_accelerator.playlist_create")).status_code,
            receiver.post(event_body("meeting.started"), secret_token="another").status_code,
        ]
        lines = [receiver.line() for _ in statuses]

    assert statuses == [204, 204, 401]
    assert [re.sub(r"^\d\d:\d\d:\d\d", "TIME", line.rstrip("\n")) for line in lines] == [
        "TIME  204  revenue_accelerator.playlist_create  verified  48 bytes",
        "TIME  204  revenue_accelerator.playlist_create  verified  retry 1  48 bytes",
        "TIME  401  meeting.started  "
        "refused: the signature belongs to another secret token, time or body  28 bytes",
    ]


def test_without_any_secret_it_makes_one_and_says_how_to_use_it():
    with running(secret_token=None) as receiver:
        advice = [receiver.err.readline() for _ in range(3)]
        secret_token = advice[1].partition("ZOOM_WEBHOOK_SECRET_TOKEN")[2].strip(' ="\n')
        status = receiver.post(event_body("meeting.started"), secret_token=secret_token).status_code

    assert re.fullmatch(r"[A-Za-z0-9_-]{22}", secret_token)
    assert status == 204
    assert advice[2] == f"  zoom-emitter emit playlist_create --to {receiver.url}\n"


def test_a_secret_that_is_set_is_never_shown():
    with running("--bodies") as receiver:
        receiver.post(b"{}")
        receiver.post(b"{}", secret_token="another")
        _, out, err = receiver.stop()

    assert out
    assert err
    assert SECRET_TOKEN not in out + err


@pytest.mark.parametrize("place", ["flag", "settings"])
def test_the_secret_may_stand_in_a_file(tmp_path, place):
    (tmp_path / "token.txt").write_text("from-a-file\n", encoding="utf-8")
    (tmp_path / "zoom-emitter.toml").write_text(
        'secret-token-file = "token.txt"\n' if place == "settings" else "", encoding="utf-8"
    )
    options = ["--secret-token-file", "token.txt"] if place == "flag" else []

    with running(*options) as receiver:
        status = receiver.post(b'{"event":"meeting.started"}', secret_token="from-a-file").status_code

    assert status == 204


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM], ids=["Ctrl-C", "SIGTERM"])
@pytest.mark.skipif(sys.platform == "win32", reason="Windows ends a process without asking it")
def test_it_ends_at_once_when_asked_to_even_while_it_owes_an_answer(number):
    with running("--slow", "72h") as receiver, receiver.post_without_waiting(event_body("meeting.started")):
        line = receiver.line()
        status, _, err = receiver.stop(number)

    assert "meeting.started  verified  answered after 72h" in line
    assert status == 130
    assert err.splitlines()[1:] == ["", "interrupted"]


def test_slow_answers_do_not_hold_up_others():
    with running("--answer", "slow=" + ",".join(["72h"] * 20)) as receiver:
        owed = [receiver.post_without_waiting(event_body("slow")) for _ in range(20)]
        for _ in owed:
            receiver.line()
        status = receiver.post(event_body("meeting.started")).status_code
        for connection in owed:
            connection.close()

    assert status == 204


def test_answers_wait_for_no_one_who_reads_the_lines():
    with running("--bodies") as receiver:
        statuses = {receiver.post(b"x" * 9000, request_id=str(n)).status_code for n in range(30)}

    assert statuses == {400}


@pytest.mark.skipif(sys.platform == "win32", reason="Windows ends a process without asking it")
def test_it_ends_even_while_no_one_reads_its_lines():
    with running("--bodies") as receiver:
        for number in range(30):
            receiver.post(b"x" * 9000, request_id=str(number))
        receiver.process.send_signal(signal.SIGTERM)
        status = receiver.process.wait(TIMEOUT_S)

    assert status == 130


def test_it_goes_on_when_the_reader_of_its_lines_has_left():
    with running() as receiver:
        receiver.out.close()
        statuses = [receiver.post(event_body("meeting.started")).status_code for _ in range(5)]
        receiver.process.kill()
        said = receiver.err.read().splitlines()

    assert statuses == [204] * 5
    assert len(said) == 1


def test_it_misbehaves_as_told():
    with running("--fail-first", "1", "--answer", "b=500,200ms", "--slow", "1ms") as receiver:
        statuses = [receiver.post(event_body(event)).status_code for event in ("a.b", "a.c", "a.b", "a.c")]
        lines = [receiver.line() for _ in statuses]

    assert statuses == [500, 503, 204, 204]
    assert "answered 500 as told  16 bytes" in lines[0]
    assert "answered 503 as told  answered after 1ms" in lines[1]
    assert "answered after 200ms" in lines[2]


def test_bodies_are_shown_indented_and_cannot_steer_the_terminal():
    with running("--bodies") as receiver:
        receiver.post('{"event":"a\\u001b[2J\\nb","topic":"é 🚒 \x9b"}'.encode())
        receiver.post(b"\x1b[2J\xff")
        lines = [receiver.line().rstrip("\n") for _ in range(7)]

    assert "  a\\x1b[2J\\nb  verified" in lines[0]
    assert lines[1:5] == ["{", r'  "event": "a\u001b[2J\nb",', '  "topic": "é 🚒 \\x9b"', "}"]
    assert lines[6] == r"\x1b[2J\xff"


def refused(*options):
    """Run a receiver that is not to start, in a process of its own: one that starts would serve for ever."""
    command = [sys.executable, "-m", "emitter", "sample-receiver", *options]
    return subprocess.run(command, capture_output=True, encoding="utf-8", timeout=TIMEOUT_S, check=False)


def test_a_port_in_use_is_one_clear_line():
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        result = refused("--port", str(port))

    assert result.returncode == 2
    reason = os.strerror(errno.EADDRINUSE).lower()
    assert result.stderr == (
        f"error: cannot listen on 127.0.0.1 port {port}: {reason}; --port 0 takes a free port\n"
    )


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--host", "x" * 80], "has no address"),
        (["--slow", "soon"], "'soon' is not a duration"),
        (["--answer", "playlist_create"], "'playlist_create' is not EVENT=ANSWER"),
        (["--port", "65536"], "65536 is not in the range"),
        (["--secret-token-file", "missing.txt"], "cannot read"),
    ],
    ids=lambda value: value if isinstance(value, str) else " ".join(value)[:30],
)
def test_what_cannot_be_used_is_said_before_anything_listens(options, message):
    result = refused("--port", "0", *options)

    assert result.returncode == 2
    assert message in re.sub(r"[│\s]+", " ", result.stderr)
    assert result.stdout == ""


@pytest.mark.parametrize("value", ["", " padded "], ids=["empty", "padded"])
def test_a_secret_that_cannot_be_one_is_not_replaced_by_a_new_one(monkeypatch, value):
    monkeypatch.setenv("ZOOM_WEBHOOK_SECRET_TOKEN", value)

    result = refused("--port", "0")

    assert result.returncode == 2
    assert "ZOOM_WEBHOOK_SECRET_TOKEN" in result.stderr


def test_a_script_for_an_event_that_nothing_sends_is_noted():
    with running("--answer", "playlist_created=503") as receiver:
        note = receiver.err.readline()

    assert note == (
        "note: unknown event 'playlist_created'; did you mean 'revenue_accelerator.playlist_create'?\n"
    )
