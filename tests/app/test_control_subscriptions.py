from __future__ import annotations

import json
from typing import Any

import pytest
from flask import Flask

from emitter.core.secrets import SecretToken
from emitter.core.subscription import Subscription
from emitter.delivery.secret_sources import FromEnvironment, Sealed
from tests.support.api import ENVIRON, SECRET_TOKEN, running_app
from tests.support.receiving import Receiver
from tests.support.servers import serve
from tests.support.waiting import wait_for

OWN_SECRET = SecretToken("another-secret-token")


@pytest.fixture
def api(tmp_path):
    with running_app(tmp_path) as api:
        yield api


@pytest.fixture
def receiver():
    with Receiver(SECRET_TOKEN) as receiver:
        yield receiver


def errors_of(answer):
    assert answer.status_code == 422, answer.text
    assert answer.headers["Content-Type"] == "application/problem+json"
    return {error["pointer"]: error["detail"] for error in answer.json()["errors"]}


def test_an_endpoint_that_passes_the_handshake_is_subscribed(api, receiver):
    answer = api.post("/api/subscriptions", {"url": receiver.url, "name": "mine"})

    assert answer.status_code == 201
    assert answer.headers["Location"] == "/api/subscriptions/1"
    subscription = answer.json()
    assert subscription.pop("handshake")["is_valid"] is True
    assert subscription.pop("validated_at_ms") > 1_700_000_000_000
    assert subscription.pop("created_at_ms") > 1_700_000_000_000
    in_72_hours_ms = 72 * 3600 * 1000
    assert subscription.pop("revalidate_at_ms") - in_72_hours_ms == answer.json()["validated_at_ms"]
    assert subscription == {
        "id": 1,
        "name": "mine",
        "url": receiver.url,
        "secret_token_from": "the environment variable ZOOM_WEBHOOK_SECRET_TOKEN",
        "events": ["*"],
        "auth": {"mode": "none"},
        "retry": "zoom",
        "time_scale": 1.0,
        "timeout": "3s",
        "verifies_tls": True,
        "allowed_hosts": [],
        "api_faults": [],
        "state": "active",
        "is_paused": False,
        "failures_in_a_row": 0,
        "pending": 0,
        "next_due_at_ms": None,
        "last_outcome": None,
        "stuck": None,
    }
    assert [arrival.event for arrival in receiver.arrivals] == ["endpoint.url_validation"]


def test_an_endpoint_that_fails_the_handshake_is_not_subscribed_and_told_why(api, receiver):
    answer = api.post("/api/subscriptions", {"url": receiver.url, "secret_token": OWN_SECRET.reveal()})

    assert answer.status_code == 409
    problem = answer.json()
    assert problem["type"] == "/problems/handshake-failed"
    assert problem["title"] == "the endpoint did not pass URL validation"
    assert problem["handshake"]["is_valid"] is False
    assert problem["handshake"]["status"] == 401
    assert problem["handshake"]["mistakes"][0]["remedy"]
    assert problem["handshake"]["reason"] in problem["detail"]
    assert api.get("/api/subscriptions").json() == {"subscriptions": [], "next": None}
    assert api.service.store.list_subscriptions() == []
    assert [handshake.is_valid for handshake in api.service.store.handshakes()] == [False]


def test_a_secret_token_of_its_own_is_sealed_and_signs(api):
    with Receiver(OWN_SECRET) as receiver:
        subscription = api.subscribe(receiver.url, secret_token=OWN_SECRET.reveal())
        (number,) = api.emit(event="playlist_create")
        delivery = api.settled(number)

    assert subscription["secret_token_from"] == "the record, encrypted"
    assert delivery["last_outcome"]["status"] == 204
    source = api.service.store.get_subscription(subscription["id"]).secret_source
    assert isinstance(source, Sealed)
    assert OWN_SECRET.reveal() not in source.ciphertext


def test_without_any_secret_token_the_way_out_is_told(tmp_path, receiver):
    with running_app(tmp_path, environ={}) as api:
        answer = api.post("/api/subscriptions", {"url": receiver.url})

    assert answer.status_code == 409
    assert answer.json()["type"] == "/problems/no-secret-token"
    assert "ZOOM_WEBHOOK_SECRET_TOKEN" in answer.json()["detail"]
    assert receiver.arrivals == []


def test_one_subscription_is_shown_and_listed(api, receiver):
    subscription = api.subscribe(receiver.url)
    api.subscribe(receiver.url, name="second")

    shown = api.get("/api/subscriptions/1").json()
    listed = api.get("/api/subscriptions").json()["subscriptions"]

    assert shown == {name: value for name, value in subscription.items() if name != "handshake"}
    assert [each["id"] for each in listed] == [1, 2]
    assert listed[0] == shown


def test_an_ended_subscription_gets_nothing_more_and_its_record_stays(api, receiver):
    receiver_id = api.subscribe(receiver.url)["id"]
    (number,) = api.emit(event="playlist_create")
    api.settled(number)

    answer = api.delete(f"/api/subscriptions/{receiver_id}")

    assert (answer.status_code, answer.content) == (204, b"")
    assert api.get(f"/api/subscriptions/{receiver_id}").status_code == 404
    assert api.get("/api/subscriptions").json() == {"subscriptions": [], "next": None}
    assert api.delete(f"/api/subscriptions/{receiver_id}").status_code == 404
    assert api.post("/api/events", {"event": "playlist_create"}).status_code == 409
    assert [delivery["id"] for delivery in api.deliveries()] == [number]


def test_what_is_pending_at_an_ended_subscription_is_cancelled(api, receiver):
    subscription_id = api.subscribe(receiver.url)["id"]
    receiver.answer_with(503)
    (number,) = api.emit(event="playlist_create")
    wait_for_attempts(api, number, 1)

    api.delete(f"/api/subscriptions/{subscription_id}")

    delivery = api.get(f"/api/deliveries/{number}").json()
    assert (delivery["state"], delivery["due_at_ms"]) == ("cancelled", None)
    assert delivery["last_outcome"]["status"] == 503


def wait_for_attempts(api, number, count):
    def look():
        attempts = api.get(f"/api/deliveries/{number}/attempts").json()["attempts"]
        return len(attempts) >= count and attempts[-1]["outcome"] != "unknown"

    wait_for(look, what=f"attempt {count}")


AUTHS = [
    ({"mode": "none"}, {"mode": "none"}),
    ({"mode": "legacy", "verification_token": "canary-1"}, {"mode": "legacy"}),
    ({"mode": "basic", "username": "ann", "password": "canary-1"}, {"mode": "basic", "username": "ann"}),
    ({"mode": "header", "name": "x-key", "value": "canary-1"}, {"mode": "header", "name": "x-key"}),
]


@pytest.mark.parametrize(("given", "shown"), AUTHS, ids=[shown["mode"] for _, shown in AUTHS])
def test_authentication_is_sent_and_its_secret_never_shown(api, receiver, given, shown):
    subscription = api.subscribe(receiver.url, auth=given)

    assert subscription["auth"] == shown
    assert "canary-1" not in json.dumps(subscription)
    sent = json.dumps(receiver.arrivals[0].headers)
    assert ("canary-1" in sent) == (given["mode"] in {"legacy", "header"})
    assert ("Basic YW5uOmNhbmFyeS0x" in sent) == (given["mode"] == "basic")


def test_oauth_fetches_its_token_first(api, receiver):
    tokens = Flask("tokens")
    tokens.post("/token")(lambda: {"access_token": "bearer-1", "token_type": "bearer", "expires_in": 3600})
    with serve(tokens) as base:
        auth = {
            "mode": "oauth",
            "client_id": "client",
            "client_secret": "canary-1",
            "token_url": f"{base}/token?key=canary-2",
            "client_authentication": "body",
        }
        subscription = api.subscribe(receiver.url, auth=auth)

    assert subscription["auth"] == {
        "mode": "oauth",
        "client_id": "client",
        "token_url": f"{base}/token?…",
        "scope": "",
        "client_authentication": "body",
    }
    assert receiver.arrivals[0].headers["authorization"] == "Bearer bearer-1"


def test_short_names_become_full_ones_and_patterns_stay(api, receiver):
    subscription = api.subscribe(receiver.url, events=["playlist_create", "meeting.*"])

    assert subscription["events"] == ["revenue_accelerator.playlist_create", "meeting.*"]


def test_settings_are_kept_as_they_were_given(api, receiver):
    subscription = api.subscribe(
        receiver.url + "hook?token=canary",
        retry="1s,2s",
        time_scale=1000,
        timeout="250ms",
        verifies_tls=False,
    )

    assert subscription["url"] == receiver.url + "hook?…"
    assert (subscription["retry"], subscription["time_scale"]) == ("1s,2s", 1000.0)
    assert (subscription["timeout"], subscription["verifies_tls"]) == ("250ms", False)
    assert receiver.arrivals[0].path == "/hook"


WRONG_FIELDS: list[tuple[dict[str, Any], str, str]] = [
    ({}, "/url", "this field is required"),
    ({"url": 5}, "/url", "expected text, found an integer"),
    ({"url": "ftp://x"}, "/url", "'ftp://x' is not an http or https URL"),
    ({"url": "http://u:p@localhost/"}, "/url", "the URL holds a user name or password"),
    ({"url": "http://localhost/#x"}, "/url", "has a fragment"),
    ({"retries": "zoom"}, "/retries", "unknown field 'retries'; did you mean 'retry'?"),
    ({"retry": "often"}, "/retry", "retry schedule 'often'"),
    ({"retry": ["1s"]}, "/retry", "expected text, found an array"),
    ({"time_scale": 0}, "/time_scale", "expected 0.001 to 1000000, found 0"),
    ({"timeout": "20m"}, "/timeout", "expected 1ms to 10m, found '20m'"),
    ({"timeout": 3}, "/timeout", "expected text, found an integer"),
    ({"events": []}, "/events", "expected 1 to 1000 items, found 0"),
    ({"auth": "basic:a:b"}, "/auth", "expected an object, found a string"),
    ({"auth": {}}, "/auth", "expected as mode one of none, legacy, basic, oauth, header, found null"),
    ({"auth": {"mode": ["basic"]}}, "/auth", "found an array"),
    ({"auth": {"mode": "basic", "username": "a"}}, "/auth/password", "this field is required"),
    ({"auth": {"mode": "header", "name": "host", "value": "x"}}, "/auth", "reserved by Zoom"),
    ({"verifies_tls": "no"}, "/verifies_tls", "expected true or false, found a string"),
    ({"secret_token": " x"}, "/secret_token", "the secret token has white space at its ends"),
    ({"name": "x" * 201}, "/name", "expected 0 to 200 characters, found 201"),
]


def test_a_field_that_does_not_fit_is_named(api, receiver):
    for fields, pointer, detail in WRONG_FIELDS:
        given = {"url": receiver.url} | fields if fields else {}
        errors = errors_of(api.post("/api/subscriptions", given))

        assert list(errors) == [pointer], fields
        assert detail in errors[pointer], fields
    assert receiver.arrivals == []
    assert api.get("/api/subscriptions").json() == {"subscriptions": [], "next": None}


def test_an_unknown_event_gets_the_nearest(api, receiver):
    answer = api.post("/api/subscriptions", {"url": receiver.url, "events": ["playlist_created"]})

    assert answer.status_code == 409
    assert answer.json()["suggestions"] == ["revenue_accelerator.playlist_create"]


@pytest.mark.parametrize("host", ["10.1.2.3", "93.184.216.34", "169.254.169.254", "[fd00::1]"])
def test_a_target_beyond_this_machine_is_refused(api, host):
    answer = api.post("/api/subscriptions", {"url": f"http://{host}/"})

    assert answer.status_code == 403
    assert answer.json()["type"] == "/problems/forbidden-target"
    assert api.service.store.list_subscriptions() == []


def test_a_redirect_is_not_followed(api, receiver):
    receiver.answer_with(307)

    answer = api.post("/api/subscriptions", {"url": receiver.url})

    assert answer.status_code == 409
    assert answer.json()["handshake"]["outcome"] == "redirected"
    assert len(receiver.arrivals) == 1


def test_what_the_starter_allowed_is_kept_with_the_subscription(tmp_path, receiver):
    with running_app(tmp_path, allowed_hosts=("staging.example",)) as api:
        subscription = api.subscribe(receiver.url)

        stored = api.service.store.get_subscription(subscription["id"]).subscription
    assert subscription["allowed_hosts"] == ["staging.example"]
    assert (stored.allowed_hosts, stored.allows_private) == (("staging.example",), False)


def test_subscriptions_of_commands_are_none_of_the_apps(api, receiver):
    store = api.service.store
    number = store.add_subscription(
        Subscription(url=receiver.url), secret_source=FromEnvironment("X"), origin="command", now_ms=1
    )
    store.mark_validated(number, now_ms=2)

    assert api.get("/api/subscriptions").json() == {"subscriptions": [], "next": None}
    assert api.get(f"/api/subscriptions/{number}").status_code == 404
    assert api.delete(f"/api/subscriptions/{number}").status_code == 404
    assert api.post("/api/events", {"event": "playlist_create", "subscription": number}).status_code == 409
    assert ENVIRON["ZOOM_WEBHOOK_SECRET_TOKEN"] == SECRET_TOKEN.reveal()
