"""A receiver's set-up script: it creates its subscription by Zoom's API, and reads Zoom's log."""

from __future__ import annotations

import json

import pytest

from tests.support.api import SECRET_TOKEN
from tests.support.receiving import Receiver
from tests.support.sockets import not_listening

PATH = "/marketplace/app/event_subscription"
LIST = f"{PATH}?user_id=a-user&account_id=an-account"
CREATE = "revenue_accelerator.playlist_create"


@pytest.fixture(scope="module")
def nobody():
    """A URL where nobody listens."""
    with not_listening() as bound:
        yield f"http://127.0.0.1:{bound.getsockname()[1]}/"


def body(side, **changed):
    value = {
        "events": [CREATE],
        "event_subscription_name": "made by a script",
        "event_webhook_url": side.receiver.url + "made",
        "subscription_scope": "account",
        "account_id": "an-account",
    } | changed
    return {name: each for name, each in value.items() if each is not None}


def created(side, **changed):
    answer = side.zoom.ask(PATH, "POST", json=body(side, **changed))
    assert answer.status_code == 201, answer.text
    return answer.json()["event_subscription_id"]


def shown(side, id_, query=""):
    found = side.zoom.got(LIST + query)["event_subscriptions"]
    return next((each for each in found if each["event_subscription_id"] == id_), None)


def test_a_subscription_is_created_validated_listed_and_deleted(side):
    id_ = created(side)
    challenged = side.receiver.arrivals[-1].value
    number = side.api.emit(event="playlist_create")[-1]
    side.api.settled(number)
    there = shown(side, id_)
    gone = side.zoom.ask(f"{PATH}/{id_}", "DELETE")

    assert challenged["event"] == "endpoint.url_validation"
    assert len(id_) == 22
    assert there == {
        "event_subscription_id": id_,
        "events": [CREATE],
        "event_subscription_name": "made by a script",
        "event_webhook_url": side.receiver.url + "made",
        "subscription_scope": "account",
        "created_source": "openapi",
        "subscriber_id": "an-account",
        "custom_header": {"custom_header_type": 0},
    }
    assert any(arrival.path == "/made" and arrival.event == CREATE for arrival in side.receiver.arrivals)
    assert (gone.status_code, gone.content) == (204, b"")
    assert shown(side, id_) is None
    assert side.zoom.refused(f"{PATH}/{id_}", 404, method="DELETE")[0] == 1601


def test_those_of_the_apps_own_pages_are_listed_and_not_changed_here(side):
    (own,) = [
        each for each in side.zoom.got(LIST)["event_subscriptions"] if each["created_source"] == "default"
    ]

    assert own["event_webhook_url"] == side.receiver.url
    refused = side.zoom.refused(f"{PATH}/{own['event_subscription_id']}", 404, method="DELETE")
    assert refused == (1601, f"App event subscription is invalid: {own['event_subscription_id']}")


def test_users_join_and_leave_and_with_the_last_one_it_ends(side):
    id_ = created(side, subscription_scope="user", user_ids=["first,second"])
    joined = side.zoom.ask(f"{PATH}/{id_}", "PATCH", json={"account_id": "a", "user_ids": ["a-user"]})
    there = shown(side, id_)
    left = side.zoom.ask(f"{PATH}?event_subscription_id={id_}&account_id=a&user_ids=a-user", "DELETE")
    hidden = shown(side, id_)
    query = f"?event_subscription_id={id_}&account_id=a&user_ids=first,second"
    last = side.zoom.ask(PATH + query, "DELETE")

    assert [each.status_code for each in (joined, left, last)] == [204, 204, 204]
    assert there["subscriber_id"] == "a-user"
    assert hidden is None
    assert side.zoom.refused(PATH + query, 404, method="DELETE")[0] == 1601


def test_an_endpoint_that_does_not_pass_is_not_subscribed(side, nobody):
    before = side.zoom.got(LIST)["event_subscriptions"]
    side.receiver.answer_with(200)
    failed = side.zoom.ask(PATH, "POST", json=body(side))
    silent = side.zoom.ask(PATH, "POST", json=body(side, event_webhook_url=nobody))
    public = side.zoom.ask(PATH, "POST", json=body(side, event_webhook_url="https://8.8.8.8/"))

    for answer in failed, silent, public:
        assert (answer.status_code, answer.json()["code"]) == (404, 1701)
    assert silent.json()["message"] == f"The event webhook url validate failed: {nobody}."
    assert "--allow-host" in public.json()["errors"][0]["message"]
    assert side.zoom.got(LIST)["event_subscriptions"] == before


@pytest.mark.parametrize(
    ("changed", "status", "code", "message"),
    [
        ({"events": []}, 400, 1500, "The events list is empty."),
        ({"events": None}, 400, 1500, "The events list is empty."),
        ({"event_webhook_url": ""}, 400, 1500, "The event webhook url is empty."),
        ({"subscription_scope": "all"}, 400, 1500, "The subscription scope is invalid."),
        ({"subscription_scope": None}, 400, 1500, "The subscription scope is invalid."),
        ({"events": ["meeting.sneezed"]}, 404, 1601, "App event not exists: meeting.sneezed"),
        ({"event_webhook_url": "ftp://x/"}, 404, 1701, "The event webhook url validate failed: ftp://x/."),
        ({"user_ids": ["u"] * 11}, 400, 1500, "At most 10 user ids are allowed."),
    ],
)
def test_what_does_not_fit_has_zooms_code_and_words(side, changed, status, code, message):
    assert side.zoom.refused(PATH, status, method="POST", json=body(side, **changed)) == (code, message)


@pytest.mark.parametrize(
    ("header", "status", "code", "message"),
    [
        ({"custom_header_type": 9}, 404, 1801, "The custom header type validate failed: 9."),
        ({"custom_header_type": 1}, 400, 1500, "The username is required."),
        ({"custom_header_type": 1, "username": "a"}, 400, 1500, "The password is required."),
        (
            {"custom_header_type": 1, "username": "a" * 257, "password": "b"},
            400,
            1500,
            "The length of username exceeds the limit of 256.",
        ),
        (
            {"custom_header_type": 1, "username": "a\n", "password": "b"},
            400,
            1500,
            "The input value can't contain line feed.",
        ),
        ({"custom_header_type": 3}, 400, 1500, "The custom header key is required."),
        (
            {"custom_header_type": 3, "custom_header_key": "a b"},
            400,
            1500,
            "The input value can't contain space.",
        ),
        (
            {"custom_header_type": 3, "custom_header_key": "a_b"},
            400,
            1500,
            "The custom header key can only contain letters, numbers, and -.",
        ),
        (
            {"custom_header_type": 3, "custom_header_key": "Authorization"},
            400,
            1500,
            "The custom header key is reserved by Zoom.",
        ),
        (
            {"custom_header_type": 3, "custom_header_key": "x-key"},
            400,
            1500,
            "The custom header value is required.",
        ),
        ({"custom_header_type": 2, "client_id": "a"}, 400, 1500, "The client secret is required."),
        (
            {"custom_header_type": 2, "client_authentication": "hat"},
            400,
            1500,
            "Client authentication must be 'header' or 'body'.",
        ),
    ],
)
def test_a_custom_header_that_does_not_fit_has_zooms_words(side, header, status, code, message):
    refused = side.zoom.refused(PATH, status, method="POST", json=body(side, custom_header=header))

    assert refused == (code, message)


def test_a_custom_header_is_sent_with_the_challenge_and_its_value_never_shown(side):
    header = {"custom_header_type": 3, "custom_header_key": "x-key", "custom_header_value": "sesame"}
    id_ = created(side, custom_header=header)
    challenged = side.receiver.arrivals[-1]
    listed = side.zoom.ask(LIST)
    side.zoom.ask(f"{PATH}/{id_}", "DELETE")

    assert challenged.headers["x-key"] == "sesame"
    assert "sesame" not in listed.text
    assert '"custom_header_key":"x-key"' in listed.text


def test_a_token_url_that_gives_no_token_has_a_code_of_its_own(side, nobody):
    token_url = f"{nobody}token"
    header = {"custom_header_type": 2, "client_id": "a", "client_secret": "b", "token_url": token_url}
    refused = side.zoom.refused(PATH, 404, method="POST", json=body(side, custom_header=header))

    assert refused == (1702, f"The Oauth token url validate failed: {token_url}.")


def logs(side, query=""):
    return side.zoom.got(f"/marketplace/apps/a-client-id/webhook_logs{query}")["webhook_logs"]


def test_the_log_shows_failed_attempts_unless_it_is_asked_for_others(side):
    side.receiver.answer_with(410)
    (number,) = side.api.emit(event="playlist_delete")
    delivery = side.api.settled(number)
    side.send("playlist_create")

    line = logs(side)[0]
    accepted = logs(side, "?type=3")[0]
    everything = logs(side, "?type=1")

    assert line["event"] == "revenue_accelerator.playlist_delete"
    assert line["status"] == 410
    assert line["endpoint"] == side.receiver.url
    assert line["retry_num"] == 0
    assert line["request_id"] == delivery["request_id"]
    assert line["trace_id"] in delivery["tracking_id"]
    assert line["request_body"] == delivery["body"]
    assert json.loads(line["request_headers"])["x-zm-request-id"] == delivery["request_id"]
    assert line["user_id"] == json.loads(delivery["body"])["payload"]["operator_id"]
    assert "failed_reason_type" not in line
    assert accepted["status"] == 204
    assert everything[:2] == [accepted, line]
    assert logs(side, "?event=revenue_accelerator.playlist_delete&type=3") == []
    assert logs(side, "?retry_num=2&type=1") == []


def test_an_attempt_without_an_answer_is_in_the_log_with_zooms_number(side):
    with Receiver(SECRET_TOKEN) as soon_gone:
        number = side.api.subscribe(soon_gone.url, retry="none")["id"]
    try:
        (delivery,) = side.api.emit(event="playlist_create", subscription=number)
        side.api.settled(delivery)
        line = logs(side)[0]
    finally:
        side.api.delete(f"/api/subscriptions/{number}")

    assert (line["status"], line["failed_reason_type"]) == (-1, 2)
    assert line["response_headers"] == "N/A"
    assert line["response_body"]


@pytest.mark.parametrize(
    ("query", "status", "code"),
    [
        ("?from=2020-01-01T00:00:00Z", 404, 1502),
        ("?from=2200-01-01T00:00:00Z", 404, 1504),
        ("?to=2020-01-01T00:00:00Z", 404, 1501),
        ("?from=today", 400, 1001),
        ("?retry_num=4", 400, 1001),
        ("?type=0", 400, 1001),
    ],
)
def test_dates_and_numbers_that_do_not_fit_have_zooms_codes(side, query, status, code):
    refused = side.zoom.refused(f"/marketplace/apps/a-client-id/webhook_logs{query}", status)

    assert refused[0] == code


def test_the_log_of_an_app_is_that_of_its_subscriptions(side):
    sent = side.send("playlist_create")
    client_id = side.receiver.arrivals[-1].headers["clientid"]
    found = side.zoom.got(f"/marketplace/apps/{client_id}/webhook_logs?type=1")["webhook_logs"]

    assert json.loads(found[0]["request_body"]) == sent


def test_the_log_goes_on_with_its_token(side):
    for _ in range(3):
        side.send("playlist_create")
    first = side.zoom.got("/marketplace/apps/a-client-id/webhook_logs?type=1&page_size=2")
    query = f"?type=1&page_size=2&next_page_token={first['next_page_token']}"
    second = logs(side, query)

    ids = [line["request_id"] for line in (*first["webhook_logs"], *second)]
    assert len(ids) == len(set(ids)) == 4
