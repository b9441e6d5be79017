"""The live feed: server-sent events, resumed where one left off."""

from __future__ import annotations

import json
from contextlib import ExitStack

import pytest

from emitter.app.feed import KEPT, MAX_FOLLOWERS, Feed
from emitter.delivery.clock import ManualClock
from emitter.delivery.store.happenings import MOST
from tests.support.api import SECRET_TOKEN, running_app
from tests.support.following import following
from tests.support.receiving import Receiver
from tests.support.serving import serving
from tests.support.waiting import wait_for


@pytest.fixture
def receiver():
    with Receiver(SECRET_TOKEN) as receiver:
        yield receiver


@pytest.fixture
def api(tmp_path, receiver):
    with running_app(tmp_path) as api:
        api.subscribe(receiver.url)
        yield api


def read_until(read, kind):
    while (found := read()) and found[1] != kind:
        pass
    return found


def test_what_happens_is_told_as_it_happens(api):
    with following(api) as read:
        wait_for(lambda: b"feed_followers 1.0" in api.get("/metrics").content)
        (number,) = api.emit(event="playlist_create")
        _, kind, delivery = read()
        _, next_kind, attempt = read()

    assert (kind, delivery["id"], delivery["state"]) == ("delivery", number, "pending")
    assert next_kind == "attempt"
    assert attempt["delivery"]["state"] == "delivered"
    assert attempt["outcome"]["status"] == 204
    assert "body" not in json.dumps(attempt)


def test_changes_of_subscriptions_and_streams_are_told(api):
    with following(api) as read:
        wait_for(lambda: api.service.feed.followers == 1)
        api.do("/api/subscriptions/1/pause", status=200)
        assert read()[2]["is_paused"] is True
        number = api.do("/api/streams", status=201, rate=1, duration="1h")["id"]
        assert read_until(read, "stream")[2]["state"] == "running"
        api.do(f"/api/streams/{number}/stop", status=200)
        assert read_until(read, "stream")[2]["state"] == "stopped"


def test_whoever_comes_back_gets_what_was_missed(api):
    with following(api) as read:
        wait_for(lambda: api.service.feed.followers == 1)
        (first,) = api.emit(event="playlist_create")
        last_id, _, _ = read_until(read, "attempt")
    (second,) = api.emit(event="playlist_create")
    api.settled(second)

    with following(api, last_id) as read:
        kinds = [read()[1:] for _ in range(2)]

    assert [(kind, value.get("id") or value["delivery"]["id"]) for kind, value in kinds] == [
        ("delivery", second),
        ("attempt", second),
    ]
    assert first != second


def test_whoever_comes_back_to_another_run_gets_it_from_the_record(tmp_path, receiver):
    with running_app(tmp_path) as api:
        api.subscribe(receiver.url)
        with following(api) as read:
            wait_for(lambda: api.service.feed.followers == 1)
            (first,) = api.emit(event="playlist_create")
            last_id, _, _ = read_until(read, "attempt")
        (second,) = api.emit(event="playlist_create")
        api.settled(second)
    with running_app(tmp_path, worker_count=0) as api, following(api, last_id) as read:
        told = [read() for _ in range(2)]
        api.emit(event="playlist_create")
        goes_on = read_until(read, "delivery")

    assert [(kind, value.get("id") or value["delivery"]["id"]) for _, kind, value in told[-2:]] in (
        [("delivery", second), ("attempt", second)],
        [("attempt", first), ("attempt", second)],  # what ended in the same millisecond is told twice
    )
    assert goes_on[2]["id"] in {second, second + 1}


def test_who_was_away_too_long_is_told_to_look_at_the_lists_again(api):
    with api.service.store.writing() as connection:
        connection.exec_driver_sql(
            "INSERT INTO deliveries (subscription_id, event, created_at_ms, state, retry_number, virtual_ms,"
            " lease_ms, attempts_made, request_id, tracking_id, traceparent, client_id, faults, body)"
            " WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?) SELECT 1, 'a',"
            " 2000000000000, 'delivered', 0, 0, 0, 0, 'r', 't', 'p', 'c', '[]', x'7b7d' FROM n",
            (MOST,),
        )

    with following(api, "1-1-1") as read:
        assert read()[1] == "missed"


@pytest.mark.parametrize("last_id", ["nonsense", "1-2", "99999999999999999999-1-1"])
def test_an_id_that_is_none_begins_with_now(api, last_id):
    with following(api, last_id) as read:
        wait_for(lambda: api.service.feed.followers == 1)
        (number,) = api.emit(event="playlist_create")
        assert read()[2]["id"] == number


def test_a_page_that_leaves_gives_its_place_back(tmp_path, receiver):
    with running_app(tmp_path) as api:
        api.subscribe(receiver.url)
        with following(api):
            wait_for(lambda: api.service.feed.followers == 1)

        def left():
            api.emit(event="playlist_create")  # what is written to nobody shows that nobody is there
            return api.service.feed.followers == 0

        wait_for(left)


@pytest.mark.slow
def test_with_every_feed_taken_the_app_answers_and_refuses_one_more(tmp_path):
    with serving(tmp_path) as served, ExitStack() as feeds:
        for _ in range(MAX_FOLLOWERS):
            feeds.enter_context(following(served.api))
        refused = served.api.get("/api/live")
        others = [served.api.get(path).status_code for path in ("/healthz", "/api/deliveries", "/metrics")]

    assert (refused.status_code, refused.headers["Retry-After"]) == (503, "1")
    assert refused.json()["type"] == "/problems/busy"
    assert others == [200, 200, 200]


def test_more_than_is_kept_is_asked_from_the_record():
    asked = []

    def since(at_ms):
        asked.append(at_ms)
        return [("attempt", {"n": 1})]

    feed = Feed(clock=ManualClock(5), since=since)
    for number in range(KEPT + 2):
        feed.tell("delivery", {"n": number})

    again = feed.follow("5-5-1")
    told = next(again)
    again.close()

    assert told is not None
    assert (told.kind, asked, feed.followers) == ("attempt", [5], 0)


def test_a_closed_feed_ends_its_followers():
    feed = Feed(clock=ManualClock(5), since=lambda _: [])
    followed = feed.follow()
    feed.close()

    assert list(followed) == []
    assert feed.followers == 0
