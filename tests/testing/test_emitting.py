from __future__ import annotations

import json

import pytest

from emitter.core.secrets import SecretToken
from emitter.core.signing import verify
from emitter.errors import InvalidPayloadError, InvalidSettingError, UnknownNameError
from emitter.testing import ZoomClock, ZoomEmitter, assert_acknowledged, assert_refused
from tests.support.apps.plain_apps import wsgi_app

SECRET = "4fv1RkqGQUq5sWbEz6hA5A"


@pytest.fixture
def arrived():
    return []


@pytest.fixture
def emitter(monkeypatch, arrived):
    monkeypatch.setenv("ZOOM_WEBHOOK_SECRET_TOKEN", SECRET)

    def app(environ, start_response):
        body = environ["wsgi.input"].read()
        arrived.append((environ["HTTP_X_ZM_REQUEST_ID"], environ["HTTP_X_ZM_REQUEST_TIMESTAMP"], body))
        environ["wsgi.input"] = type(environ["wsgi.input"])(body)
        return wsgi_app(environ, start_response)

    with ZoomEmitter(app, secret_token=SECRET) as made:
        yield made


def test_events_of_one_emitter_belong_together_and_those_of_a_seed_are_alike(emitter):
    created, added = emitter.event("playlist_create"), emitter.event("playlist_add_moment")
    other = ZoomEmitter(wsgi_app, secret_token=SECRET)
    another = ZoomEmitter(wsgi_app, secret_token=SECRET, seed="7")

    assert created["payload"]["object"]["playlist_id"] == added["payload"]["object"]["playlist_id"]
    assert (
        other.event("playlist_create")["payload"]["object"]["playlist_id"]
        == (created["payload"]["object"]["playlist_id"])
    )
    assert another.event("playlist_create")["payload"]["object"] != created["payload"]["object"]
    assert emitter.event("playlist_create")["payload"]["object"] != created["payload"]["object"]


def test_a_replay_has_the_same_body_and_id(emitter, arrived):
    sent = emitter.emit("playlist_create")
    emitter.clock.move("1m")
    again = emitter.replay(sent)

    assert [each[0] for each in arrived] == [sent.request_id] * 2
    assert arrived[0][2] == arrived[1][2] == again.body
    assert int(arrived[1][1]) - int(arrived[0][1]) in {60, 61}


def test_a_fault_that_sends_twice_is_asserted_of_both(emitter, arrived):
    sent = emitter.faults("twin").emit("playlist_create")

    assert_acknowledged(sent)
    assert len({each[0] for each in arrived}) == 2
    assert [each.request_id for each in (*sent.before, sent)] == [each[0] for each in arrived]


def test_faults_of_a_story_change_its_order(emitter):
    told = emitter.faults("reorder").story("playlist-life")
    times = [each.envelope["event_ts"] for each in told]

    assert times == sorted(times, reverse=True)
    assert times[0] > times[-1]


def test_a_request_is_signed_and_not_sent(emitter, arrived):
    request = emitter.request("playlist_create")

    verify(SecretToken(SECRET), headers=request.headers, body=request.body, now_s=emitter.clock.now_s)
    assert json.loads(request.body)["event"] == "revenue_accelerator.playlist_create"
    assert (request.method, request.path) == ("POST", "/webhooks/zoom")
    assert arrived == []


def test_the_clock_follows_the_machines_and_moves():
    clock = ZoomClock()
    before = clock.now_ms()
    clock.move("-10m")
    clock.move(1.5)

    assert clock.moved_s == -598.5
    assert -598.6 < (clock.now_ms() - before) / 1000 < -590


def test_a_refusal_of_what_zoom_sends_is_no_success(emitter):
    with pytest.raises(AssertionError, match="nothing is wrong with it") as caught:
        assert_refused(emitter.emit("playlist_create"))

    assert SECRET not in str(caught.value)


def test_names_that_there_are_not_are_refused_with_the_nearest(emitter):
    with pytest.raises(UnknownNameError, match="did you mean 'wrong-signature'"):
        emitter.faults("wrong-signatur")
    with pytest.raises(UnknownNameError, match="playlist_create"):
        emitter.emit("playlist_creat")
    with pytest.raises(UnknownNameError, match="playlist_name"):
        emitter.emit("playlist_create", {"playlist_nam": "x"})
    with pytest.raises(InvalidPayloadError):
        emitter.emit("playlist_create", {"playlist_type": "NO SUCH TYPE"})
    with pytest.raises(InvalidSettingError, match="events by name"):
        emitter.emit({"event": "own"}, {"a": 1})


def test_credentials_come_beside_the_signature_in_every_request(monkeypatch):
    seen = []
    monkeypatch.setenv("ZOOM_WEBHOOK_SECRET_TOKEN", SECRET)
    monkeypatch.setenv("API_KEY", "one that only Zoom has")

    def app(environ, start_response):
        seen.append((environ.get("HTTP_AUTHORIZATION"), environ.get("HTTP_X_API_KEY")))
        if not any(seen[-1]):
            start_response("401 Unauthorized", [])
            return [b""]
        return wsgi_app(environ, start_response)

    for auth in ("basic:zoom:secret", "header:x-api-key: env:API_KEY"):
        with ZoomEmitter(app, secret_token=SECRET, auth=auth) as emitter:
            assert emitter.validate().verdict.is_valid
            assert_acknowledged(emitter.emit())
            assert_refused(emitter.faults("missing-credentials").emit())

    basic, key = ("Basic em9vbTpzZWNyZXQ=", None), (None, "one that only Zoom has")
    assert seen == [basic, basic, (None, None), key, key, (None, None)]
    with pytest.raises(InvalidSettingError, match="oauth takes a token endpoint"):
        ZoomEmitter(app, secret_token=SECRET, auth="oauth:id:secret@http://localhost/token")
