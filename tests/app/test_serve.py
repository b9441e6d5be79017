from __future__ import annotations

import json
import re
import signal
import socket
import sys

import pytest
import requests

from emitter.core.secrets import SecretToken
from tests.support.api import SECRET_TOKEN
from tests.support.command import zoom_emitter
from tests.support.receiving import Receiver
from tests.support.serving import serving
from tests.support.waiting import wait_for

PATHS = (
    *("", "openapi.json", "metrics", "healthz", "readyz", "sign-in"),
    *("api/subscriptions", "api/subscriptions/1", "api/subscriptions/1/handshakes", "api/notices"),
    *("api/deliveries", "api/deliveries/1", "api/deliveries/1/attempts", "api/events", "api/streams"),
)
CANARIES = {
    "secret_token": "canary-token-3f9a",
    "auth": "canary-auth-77b1",
    "query": "canary-query-c0de",
    "environment": "canary-environ-5e5e",
}


def test_it_says_where_it_serves_and_what_to_try(tmp_path):
    with serving(tmp_path) as served:
        root = served.api.get("/").json()
        status, rest = served.ended_by(signal.SIGINT)

    assert re.fullmatch(r"serving on http://127\.0\.0\.1:\d+/\n", served.line)
    assert "POST /api/events" in root["routes"]
    assert (status, rest) == (130, "")
    assert f"curl {served.api.base}/api/events" in served.log
    assert str(tmp_path / "record.sqlite") in served.log
    assert served.log.endswith("interrupted\n")
    assert "Traceback" not in served.log


@pytest.mark.skipif(sys.platform == "win32", reason="there SIGTERM ends a process unheard")
def test_it_ends_as_cleanly_when_it_is_told_to(tmp_path):
    with serving(tmp_path) as served:
        status, _ = served.ended_by(signal.SIGTERM)

    assert status == 130
    assert "Traceback" not in served.log


def test_the_commands_it_shows_work(tmp_path):
    with Receiver(SECRET_TOKEN) as receiver, serving(tmp_path) as served:
        lines = wait_for(lambda: re.findall(r"curl (\S+)(?: -H '(.*?): (.*?)' -d '(.*)')?", served.log))
        (_, name, value, subscription), (_, _, _, event), (listing, *_) = lines
        path = re.sub(r"http://localhost:3000/", receiver.url, subscription)

        assert (name, value) == ("content-type", "application/json")
        headers = {name: value}
        assert served.api.post("/api/subscriptions", None, data=path, headers=headers).status_code == 201
        assert served.api.post("/api/events", None, data=event, headers=headers).status_code == 202
        assert listing == f"{served.api.base}/api/deliveries"
        served.api.settled(1)


def test_each_attempt_is_one_line_of_the_log_whatever_the_event_is_called(tmp_path):
    with Receiver(SECRET_TOKEN) as receiver, serving(tmp_path, "--log", "text") as served:
        served.api.subscribe(receiver.url, time_scale=10_000)
        receiver.answer_with(503)
        (number,) = served.api.emit(event="playlist_create")
        served.api.settled(number)
        (number,) = served.api.emit(body="{}", event="forged\n12:00:00 #9 line\x1b[31m\u202e")
        served.api.settled(number)
        served.ended_by(signal.SIGINT)

    lines = [line for line in served.log.splitlines() if " #" in line]
    assert len(lines) == 3
    time, _, rest = lines[0].partition(" ")
    assert re.fullmatch(r"\d\d:\d\d:\d\d", time)
    name = r"revenue_accelerator\.playlist_create"
    assert re.fullmatch(rf"#1  {name}  attempt 1 at \+0:00:00  503 failed  \d+ ms  next in 5m", rest)
    assert "attempt 2 at +0:05:0" in lines[1]
    assert "204 accepted" in lines[1]
    assert r"#2  forged\n12:00:00 #9 line\x1b[31m\u202e  attempt 1" in lines[2]


def test_the_log_is_one_json_object_an_attempt(tmp_path):
    with Receiver(SECRET_TOKEN) as receiver, serving(tmp_path) as served:
        served.api.subscribe(receiver.url, time_scale=10_000)
        receiver.answer_with(503)
        (number,) = served.api.emit(event="playlist_create")
        served.api.settled(number)
        served.ended_by(signal.SIGINT)

    first, second = [json.loads(line) for line in served.log.splitlines() if line.startswith("{")]
    assert re.fullmatch(r"20\d\d-\d\d-\d\dT\d\d:\d\d:\d\d\.\d\d\dZ", first["time"])
    assert first | {"time": "", "total_ms": 0, "request_id": ""} == {
        "time": "",
        "level": "info",
        "message": "attempt",
        "delivery": 1,
        "subscription": 1,
        "event": "revenue_accelerator.playlist_create",
        "request_id": "",
        "state": "pending",
        "attempt": 1,
        "retry_number": 0,
        "virtual_ms": 0,
        "outcome": "failed",
        "status": 503,
        "code": None,
        "detail": "",
        "total_ms": 0,
        "next_retry_s": 300.0,
    }
    assert (second["attempt"], second["outcome"], second["state"]) == (2, "accepted", "delivered")


def told_of_everything(api, url, token):
    """Return what the API says to edits that hold canaries, and on every path that shows something."""
    auth = {"mode": "legacy", "verification_token": CANARIES["auth"]}
    said = [api.patch("/api/subscriptions/1", {"auth": auth, "url": url + "&more=1"}).text]
    said.append(api.patch("/api/subscriptions/1", {"secret_token": CANARIES["auth"]}).text)
    said.append(api.patch("/api/subscriptions/1", {"secret_token_env": CANARIES["auth"]}).text)
    said.append(api.post("/api/subscriptions/1/validate", {}).text)
    said.append(api.post("/api/deliveries/1/replay", {}).text)
    draft = {"url": url, "is_draft": True, "secret_token": token.reveal(), "name": "draft"}
    said.append(api.post("/api/subscriptions", draft).text)
    said += [api.get(f"/{path}").text for path in PATHS]
    live = {"Last-Event-ID": "0-1-1"}
    with requests.get(api.base + "/api/live", headers=live, stream=True, timeout=10) as feed:
        lines = feed.iter_lines()
        said += [next(lines).decode() for _ in range(9)]
    return said


@pytest.mark.slow
def test_no_secret_is_in_any_answer_log_or_file(tmp_path):
    token = SecretToken(CANARIES["secret_token"])
    environ = {"ZOOM_WEBHOOK_SECRET_TOKEN": CANARIES["environment"]}
    said = []
    with Receiver(token) as receiver, serving(tmp_path, environ=environ) as served:
        api, url = served.api, f"{receiver.url}hook?key={CANARIES['query']}"
        for auth in (
            {"mode": "basic", "username": "ann", "password": CANARIES["auth"]},
            {"mode": "header", "name": "x-key", "value": CANARIES["auth"]},
            {"mode": "oauth", "client_id": "c", "client_secret": CANARIES["auth"], "token_url": url},
            {"mode": "header", "name": "host", "value": CANARIES["auth"]},
            {"mode": "basic", "username": "a:b", "password": CANARIES["auth"]},
            {"mode": "basic", "password": [CANARIES["auth"]]},
        ):
            request = {"url": url, "secret_token": token.reveal(), "auth": auth, "time_scale": 100_000}
            said.append(api.post("/api/subscriptions", request).text)
        wrong = {"url": url, "secret_token": token.reveal() + "\n"}
        said.append(api.post("/api/subscriptions", wrong).text)
        said.append(api.post("/api/subscriptions", {"url": url}).text)
        said.append(api.post("/api/subscriptions", {"url": f"http://ann:{CANARIES['auth']}@127.0.0.1/"}).text)
        receiver.answer_with(503)
        said += [str(api.settled(number)) for number in api.emit(event="playlist_create")]
        said += told_of_everything(api, url, token)
        served.ended_by(signal.SIGINT)
    said.append(served.log)
    record = ("--database", str(tmp_path / "record.sqlite"))
    for form in ("jsonl", "har", "curl"):
        exported = zoom_emitter("deliveries", "export", "--format", form, *record)
        said += [exported.text, exported.err]
    said.append(zoom_emitter("deliveries", "list", *record).text)
    said += [path.read_bytes().decode("latin-1") for path in tmp_path.rglob("*") if path.is_file()]

    assert len([arrival for arrival in receiver.arrivals if b"playlist_create" in arrival.body]) >= 3
    assert [canary for canary in CANARIES.values() for text in said if canary in text] == []
    assert "YW5uOmNhbmFyeS" not in "".join(said)  # ann:canary… in base64


@pytest.mark.parametrize("host", ["192.0.2.1", "0.0.0.0", "::", "example.com"])  # noqa: S104 - to be refused
def test_it_listens_elsewhere_only_with_a_token(tmp_path, host):
    result = zoom_emitter(
        "serve", "--host", host, "--port", "0", "--database", str(tmp_path / "record.sqlite")
    )

    assert (result.status, result.text) == (2, "")
    assert result.err.startswith(f"error: serve listens on '{host}' only with a token")
    assert result.err.count("\n") == 1


def test_a_port_in_use_is_one_line(tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        result = zoom_emitter("serve", "--port", str(port), "--database", str(tmp_path / "record.sqlite"))

    assert (result.status, result.text) == (2, "")
    assert result.err == (
        f"error: cannot listen on 127.0.0.1 port {port}: address already in use; --port 0 takes a free port\n"
    )
    assert not (tmp_path / "record.sqlite").exists()


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--database", "nowhere/record.sqlite"], "does not exist; make it"),
        (["--secret-token-file", "missing"], "cannot read"),
        (["--env-file", "missing"], "cannot read "),
        (["--token", "short"], "the token wants 16 or more printable ASCII characters"),
        (["--token-file", "missing"], "cannot read missing"),
        (["--allow-host", "http://example.com/"], "a host is a name or an address"),
        (["--allow-host", " "], "a host is a name or an address"),
    ],
)
def test_what_it_cannot_start_with_is_one_line(options, message):
    result = zoom_emitter("serve", "--port", "0", *options)

    assert (result.status, result.text) == (2, "")
    assert result.err.startswith("error: ")
    assert message in result.err
    assert result.err.count("\n") == 1


def test_it_takes_its_secret_token_from_a_file(tmp_path):
    (tmp_path / "token").write_text(SECRET_TOKEN.reveal() + "\n", encoding="utf-8")
    options = ("--secret-token-file", str(tmp_path / "token"))
    with Receiver(SECRET_TOKEN) as receiver, serving(tmp_path, *options, environ={}) as served:
        subscription = served.api.subscribe(receiver.url)

    assert subscription["secret_token_from"] == f"the file {tmp_path / 'token'}"


def test_it_reads_the_settings_file(tmp_path):
    (tmp_path / "other.env").write_text(f"ZOOM_WEBHOOK_SECRET={SECRET_TOKEN.reveal()}\n", encoding="utf-8")
    (tmp_path / "zoom-emitter.toml").write_text(
        'env-file = "other.env"\nallow-host = ["Staging.Example"]\n', encoding="utf-8"
    )
    with Receiver(SECRET_TOKEN) as receiver, serving(tmp_path, environ={}) as served:
        subscription = served.api.subscribe(receiver.url)

    assert subscription["allowed_hosts"] == ["staging.example"]
    assert subscription["secret_token_from"].startswith("ZOOM_WEBHOOK_SECRET in the env-file ")
