"""`emit --via`: a running app sends."""

from __future__ import annotations

import json
import socket

import pytest
from flask import Flask

from emitter.app.tokens import hash_of
from emitter.core.secrets import Secret
from tests.support.api import SECRET_TOKEN, running_app
from tests.support.command import zoom_emitter
from tests.support.receiving import Receiver
from tests.support.servers import serve

TOKEN = "a-token-for-the-app"
CREATE = "revenue_accelerator.playlist_create"


@pytest.fixture
def receiver():
    with Receiver(SECRET_TOKEN) as receiver:
        yield receiver


@pytest.fixture
def api(tmp_path, receiver):
    with running_app(tmp_path) as api:
        api.subscribe(receiver.url)
        yield api


def test_the_app_signs_sends_and_records_it(api, receiver):
    result = zoom_emitter("emit", "playlist_create", "--override", "playlist_name=Q3 🚒", "--via", api.base)

    assert (result.status, result.text) == (0, f"#1  {CREATE}  for subscription 1\n")
    assert api.settled(1)["state"] == "delivered"
    assert receiver.arrivals[-1].value["payload"]["object"]["playlist_name"] == "Q3 🚒"
    assert rb"\uD83D\uDE92" in receiver.arrivals[-1].body


def test_patterns_counts_and_faults_go_along(api, receiver):
    result = zoom_emitter(
        "emit",
        "playlist_*",
        "--count",
        "2",
        "--seed",
        "7",
        "--fault",
        "duplicate",
        "--json",
        "--via",
        api.base,
    )

    deliveries = result.json_lines
    assert (result.status, len(deliveries)) == (0, 16)
    assert {tuple(delivery["faults"]) for delivery in deliveries} == {("duplicate",)}


def test_an_exact_body_arrives_as_it_is(api, receiver, tmp_path):
    (tmp_path / "own.json").write_bytes(b'{"event": "mine",  "a": 1}\n')

    result = zoom_emitter("emit", "--payload", "own.json", "--raw", "--via", api.base + "/")

    assert result.status == 0, result.err
    api.settled(1)
    assert receiver.arrivals[-1].body == b'{"event": "mine",  "a": 1}\n'


def test_a_token_is_read_from_the_environment_or_a_file(tmp_path, receiver, monkeypatch):
    with running_app(tmp_path, token_hash=hash_of(Secret(TOKEN))) as api:
        bearer = {"authorization": f"Bearer {TOKEN}"}
        api.post("/api/subscriptions", {"url": receiver.url}, headers=bearer)
        without = zoom_emitter("emit", "playlist_create", "--via", api.base)
        (tmp_path / "token").write_text(TOKEN + "\n", encoding="utf-8")
        by_file = zoom_emitter("emit", "playlist_create", "--via", api.base, "--via-token-file", "token")
        monkeypatch.setenv("ZOOM_EMITTER_TOKEN", TOKEN)
        by_variable = zoom_emitter("emit", "playlist_create", "--via", api.base)

    assert without.status == 2
    assert "set ZOOM_EMITTER_TOKEN" in without.err
    assert (by_file.status, by_variable.status) == (0, 0)


@pytest.mark.parametrize(
    "options",
    [
        ["--to", "http://localhost:9/"],
        ["--retry", "zoom"],
        ["--no-validate"],
        ["--timeout", "1s"],
        ["--dry-run"],
    ],
    ids=lambda options: options[0],
)
def test_what_the_app_decides_does_not_go_along(options):
    result = zoom_emitter("emit", "playlist_create", "--via", "http://localhost:9", *options)

    assert (result.status, result.text) == (2, "")
    assert f"{options[0]} does not go with --via" in result.err


def test_what_the_app_refuses_is_one_line(tmp_path, receiver):
    with running_app(tmp_path) as api:
        result = zoom_emitter("emit", "playlist_create", "--via", api.base)

    assert (result.status, result.err.count("\n")) == (2, 1)
    assert result.err.startswith("error: the app refused it: no subscription that can be sent to wants")


def test_where_no_app_is_there_is_no_connection():
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    result = zoom_emitter("emit", "playlist_create", "--via", f"http://127.0.0.1:{port}")

    assert (result.status, result.text) == (3, "")
    assert "start one with `zoom-emitter serve`" in result.err


def test_another_server_is_no_app():
    other = Flask("other")
    other.post("/api/events")(lambda: json.dumps({"ok": True}))
    with serve(other) as url:
        result = zoom_emitter("emit", "playlist_create", "--via", url)

    assert result.status == 2
    assert "is no zoom-emitter app" in result.err


@pytest.mark.parametrize("url", ["localhost:4050", "ftp://x", "http://a:b@localhost/"])
def test_a_url_that_is_none_is_one_line(url):
    result = zoom_emitter("emit", "playlist_create", "--via", url)

    assert (result.status, result.err.count("\n")) == (2, 1)


def test_a_story_goes_along(api, receiver):
    result = zoom_emitter("emit", "--story", "playlist-life", "--seed", "7", "--via", api.base)

    assert result.status == 0
    assert result.text.startswith(f"#1  {CREATE}  for subscription 1\n")


def test_a_fault_of_several_events_does_not_go_along(api, receiver):
    result = zoom_emitter("emit", "playlist_*", "--fault", "reorder", "--via", api.base)

    assert result.status == 2
    assert "--via hands them over one by one" in result.err
    assert api.deliveries() == []
