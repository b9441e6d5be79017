"""The repetition of the handshake every 72 virtual hours, and what follows when it keeps failing."""

from __future__ import annotations

import pytest

from tests.support.api import SECRET_TOKEN, running_app
from tests.support.receiving import Receiver
from tests.support.waiting import wait_for

SCALE = 1_000_000
"""72 hours are a quarter of a second."""


@pytest.fixture
def receiver():
    with Receiver(SECRET_TOKEN) as receiver:
        yield receiver


def kinds(api):
    return [notice["kind"] for notice in api.get("/api/notices").json()["notices"]]


def handshakes(api):
    return api.get("/api/subscriptions/1/handshakes").json()["handshakes"]


def test_an_endpoint_is_validated_again_and_again(tmp_path, receiver):
    with running_app(tmp_path) as api:
        first = api.subscribe(receiver.url, time_scale=SCALE)
        wait_for(lambda: len(handshakes(api)) >= 3)
        later = api.get("/api/subscriptions/1").json()

    assert {arrival.event for arrival in receiver.arrivals} == {"endpoint.url_validation"}
    assert later["validated_at_ms"] > first["validated_at_ms"]
    assert later["state"] == "active"


def test_six_failures_in_a_row_give_two_notices_and_disable_the_subscription(tmp_path, receiver):
    with running_app(tmp_path) as api:
        api.subscribe(receiver.url, time_scale=SCALE)
        receiver.answer_with(*[500] * 6)
        wait_for(lambda: api.get("/api/subscriptions/1").json()["state"] == "disabled", within_s=20)
        subscription = api.get("/api/subscriptions/1").json()
        refused = api.post("/api/events", {"event": "playlist_create"})
        seen = [each["is_valid"] for each in handshakes(api)]
        said = kinds(api)
        enabled = api.do("/api/subscriptions/1/validate", status=200)
        (number,) = api.emit(event="playlist_create")
        delivery = api.settled(number)

    assert said == ["disabled", "second-notice", "first-notice"]
    assert seen == [False] * 6 + [True]
    assert (subscription["failures_in_a_row"], subscription["revalidate_at_ms"]) == (6, None)
    assert refused.status_code == 409
    assert (enabled["state"], enabled["failures_in_a_row"]) == ("active", 0)
    assert delivery["state"] == "delivered"


def test_one_success_between_the_failures_begins_the_ladder_anew(tmp_path, receiver):
    with running_app(tmp_path) as api:
        api.subscribe(receiver.url, time_scale=SCALE)
        receiver.answer_with(500)
        wait_for(lambda: api.get("/api/subscriptions/1").json()["failures_in_a_row"] == 1)
        wait_for(lambda: api.get("/api/subscriptions/1").json()["failures_in_a_row"] == 0)

        assert kinds(api) == []


def test_a_notice_says_whom_it_is_about_and_why(tmp_path, receiver):
    with running_app(tmp_path) as api:
        api.subscribe(receiver.url, time_scale=SCALE)
        receiver.answer_with(*[404] * 6)
        wait_for(lambda: len(kinds(api)) == 3, within_s=20)
        newest, *_ = api.get("/api/notices?subscription=1&limit=1").json()["notices"]
        link = api.get("/api/notices?limit=2").json()["next"]
        rest = api.get(link).json()["notices"]

    assert newest["subscription"] == 1
    assert newest["detail"]
    assert [notice["kind"] for notice in rest] == ["first-notice"]


def test_where_it_stands_survives_a_restart(tmp_path, receiver):
    with running_app(tmp_path) as api:
        api.subscribe(receiver.url, time_scale=SCALE)
        receiver.answer_with(*[500] * 6)
        wait_for(lambda: api.get("/api/subscriptions/1").json()["failures_in_a_row"] >= 3)
    with running_app(tmp_path, worker_count=0) as api:
        subscription = api.get("/api/subscriptions/1").json()

    assert subscription["failures_in_a_row"] >= 3
    assert subscription["revalidate_at_ms"]


def test_a_paused_subscription_is_not_validated_again(tmp_path, receiver):
    with running_app(tmp_path) as api:
        api.subscribe(receiver.url, time_scale=SCALE, is_paused=True)
        api.subscribe(receiver.url, time_scale=SCALE)
        wait_for(lambda: len(api.get("/api/subscriptions/2/handshakes").json()["handshakes"]) >= 3)

        assert len(handshakes(api)) == 1
