from __future__ import annotations

import json

import pytest

from emitter.core.faults import FAULTS
from emitter.core.secrets import SecretToken
from emitter.core.signing import verify
from emitter.core.socket_faults import METHODS
from tests.support.command import zoom_emitter
from tests.support.receiving import Receiver
from tests.support.sockets import OK, RawPeer, answers_and_closes

SECRET = "4fv1RkqGQUq5sWbEz6hA5A"


@pytest.fixture(autouse=True)
def secret(monkeypatch):
    monkeypatch.setenv("ZOOM_WEBHOOK_SECRET_TOKEN", SECRET)


@pytest.fixture
def receiver():
    with Receiver(SecretToken(SECRET)) as receiver:
        yield receiver


@pytest.fixture
def peer():
    with RawPeer(answers_and_closes(OK)) as peer:
        yield peer


def emit(*arguments, to):
    return zoom_emitter("emit", *arguments, "--to", to, "--no-validate")


def request_ids(receiver):
    return [arrival.headers["x-zm-request-id"] for arrival in receiver.arrivals]


def test_every_fault_is_listed():
    listed = zoom_emitter("emit", "--list-faults").text

    assert [line.split()[0] for line in listed.splitlines()] == [*FAULTS]


def test_a_twin_arrives_under_another_request_id(receiver):
    result = emit("playlist_create", "--fault", "twin", to=receiver.url)

    one, other = receiver.arrivals
    assert result.status == 0, result.err
    assert len({*request_ids(receiver)}) == 2
    assert other.value["event_ts"] == one.value["event_ts"] + 1
    assert other.value["payload"] == one.value["payload"]
    verify(SecretToken(SECRET), headers=other.headers, body=other.body)


def test_reordered_events_arrive_the_last_one_first(receiver):
    emit("playlist_create", "playlist_add_moment", "playlist_delete", "--fault", "reorder", to=receiver.url)

    times = [arrival.value["event_ts"] for arrival in receiver.arrivals]
    assert [arrival.event.rpartition(".")[2] for arrival in receiver.arrivals] == [
        "playlist_delete",
        "playlist_add_moment",
        "playlist_create",
    ]
    assert times == sorted(times, reverse=True)


def test_a_late_retry_arrives_after_newer_state_with_its_old_body(receiver):
    emit("playlist_create", "playlist_delete", "--fault", "late-retry", to=receiver.url)

    first, newer, again = receiver.arrivals
    ids = request_ids(receiver)
    assert first.body == again.body != newer.body
    assert ids[0] == ids[2] != ids[1]


def test_the_order_of_one_event_is_refused_before_anything_is_sent(receiver):
    result = emit("playlist_create", "--fault", "reorder", to=receiver.url)

    assert result.status == 2
    assert "at least 2 events" in result.err
    assert receiver.arrivals == []


@pytest.mark.parametrize("method", METHODS)
def test_other_methods_are_sent_and_recorded_as_any_attempt(peer, method):
    result = emit("playlist_create", "--fault", f"method-{method.lower()}", "--json", to=peer.url)

    (request,) = peer.requests
    assert request.startswith(f"{method} / HTTP/1.1\r\n".encode())
    assert json.loads(result.text)["outcome"] == "accepted"


def test_a_slow_body_arrives_whole(receiver):
    result = emit("playlist_create", "--fault", "slow-body", to=receiver.url)

    assert result.status == 0, result.err
    assert receiver.arrivals[0].event.endswith("playlist_create")


def test_a_chunked_body_arrives_in_chunks(peer):
    emit("playlist_create", "--fault", "chunked", to=peer.url)

    (request,) = peer.requests
    assert b"\r\ntransfer-encoding: chunked\r\n" in request
    assert b"content-length" not in request


@pytest.mark.parametrize("name", ["aborted-body", "half-request", "hang-up"])
def test_a_connection_that_is_cut_on_purpose_is_a_broken_attempt(peer, name):
    result = emit("playlist_create", "--fault", name, to=peer.url)

    assert result.status == 1
    assert "broken" in result.text


def test_a_receiver_with_several_faults_gets_them_all(peer):
    emit("playlist_create", "--fault", "unsigned", "--fault", "method-put", to=peer.url)

    (request,) = peer.requests
    assert request.startswith(b"PUT ")
    assert b"x-zm-signature" not in request


def test_a_record_shows_what_was_sent_of_an_aborted_body(peer, tmp_path):
    database = str(tmp_path / "record.sqlite")
    emit("playlist_create", "--fault", "aborted-body", "--database", database, to=peer.url)

    shown = zoom_emitter("deliveries", "list", "--database", database, "--json")

    line = json.loads(shown.text.splitlines()[0])
    assert line["faults"] == ["aborted-body"]
    assert len(peer.requests) == 1


@pytest.mark.parametrize(("name", "beginning"), [("method-put", "PUT / "), ("slow-body", "POST / ")])
def test_a_dry_run_shows_the_bytes_that_would_cross_the_wire(receiver, name, beginning):
    result = emit("playlist_create", "--fault", name, "--dry-run", to=receiver.url)

    assert result.text.startswith(beginning)
    assert receiver.arrivals == []


def test_a_dry_run_shows_both_twins(receiver):
    result = emit("playlist_create", "--fault", "twin", "--dry-run", "--json", to=receiver.url)

    lines = [json.loads(line) for line in result.text.splitlines()]
    assert len(lines) == 2
    assert lines[0]["body"] != lines[1]["body"]
