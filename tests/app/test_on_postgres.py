"""The app on a record that machines share: one app, several at once, and what is told to the others."""

from __future__ import annotations

import json
from contextlib import ExitStack
from itertools import pairwise

import pytest

from emitter.delivery.places import DatabaseUrl
from emitter.errors import InvalidSettingError
from tests.support.api import ENVIRON, KEY, SECRET_TOKEN, running_app
from tests.support.following import following
from tests.support.forwarding import Forwarder
from tests.support.postgres import ANYWHERE, connected
from tests.support.receiving import Receiver
from tests.support.waiting import wait_for

pytestmark = ANYWHERE
PASSWORD = "hunter2-of-the-database"
PAGES = ("/", "/deliveries", "/charts", "/subscriptions/1")
SHARED = ENVIRON | {"ZOOM_EMITTER_KEY": KEY}


@pytest.fixture
def database(postgres_url):
    """The record by a URL with a password, which the server here does not ask for."""
    return DatabaseUrl(postgres_url.replace("postgres@", f"postgres:{PASSWORD}@"))


@pytest.fixture
def receiver():
    with Receiver(SECRET_TOKEN) as receiver:
        yield receiver


@pytest.fixture
def app(tmp_path, database):
    with running_app(tmp_path, database=database, environ=SHARED) as app:
        yield app


def test_an_event_is_delivered_retried_and_listed(app, receiver):
    app.subscribe(receiver.url, time_scale=10_000)
    receiver.answer_with(503)

    delivery = app.settled(app.emit(event="playlist_create")[0])

    assert [attempt["outcome"] for attempt in delivery["attempts"]] == ["failed", "accepted"]
    assert [one["id"] for one in app.deliveries(state="delivered")] == [delivery["id"]]
    assert app.get("/readyz").status_code == 200
    assert b"zoom_emitter_attempts_total" in app.get("/metrics").content
    for path in (*PAGES, f"/deliveries/{delivery['id']}", "/api/subscriptions", "/metrics", "/openapi.json"):
        answer = app.get(path)
        assert answer.status_code == 200
        assert PASSWORD not in answer.text


def test_secret_tokens_of_variables_and_files_are_sealed_for_other_machines(
    app, receiver, tmp_path, database
):
    (tmp_path / "token").write_text(SECRET_TOKEN.reveal())
    from_variable = app.subscribe(receiver.url)
    from_file = app.subscribe(receiver.url, secret_token_file=str(tmp_path / "token"))
    made = app.post("/api/subscriptions", {"url": receiver.url, "makes_secret_token": True}).json()

    assert from_variable["secret_token_from"] == "the record, encrypted"
    assert from_file["secret_token_from"] == f"the record, encrypted, a copy of the file {tmp_path / 'token'}"
    assert "a copy of the file " in str(made)
    with connected(database.reveal()) as connection:
        rows = connection.execute("SELECT secret_source FROM subscriptions").fetchall()
    assert {json.loads(row[0])["from"] for row in rows} == {"sealed"}
    assert SECRET_TOKEN.reveal() not in str(rows)


def test_without_a_key_for_all_machines_the_app_does_not_start(tmp_path, database):
    with (
        pytest.raises(InvalidSettingError, match="set ZOOM_EMITTER_KEY to the same on each"),
        running_app(tmp_path, database=database),
    ):
        pass


@pytest.fixture
def two(tmp_path, database):
    """Two apps on one record."""
    with ExitStack() as stack:
        yield [
            stack.enter_context(running_app(tmp_path, database=database, environ=SHARED)) for _ in range(2)
        ]


def told_of(read, kind):
    """What is told next of a kind; the subscription may be told of late."""
    while (found := read()) and found[1] != kind:
        pass
    return found[2]


def test_what_one_app_does_the_other_shows_and_counts(two, receiver):
    here, there = two
    here.subscribe(receiver.url)
    with following(there) as read:
        wait_for(lambda: there.service.feed.followers == 1)
        (number,) = here.emit(event="playlist_create")
        told = [told_of(read, "delivery"), told_of(read, "attempt")]
        here.settled(number)
        here.do("/api/subscriptions/1/pause", status=200)
        subscription = told_of(read, "subscription")

    assert [told[0]["id"], told[1]["delivery"]["id"]] == [number, number]
    assert subscription["is_paused"]
    counted = b'zoom_emitter_attempts_total{outcome="accepted"} 1.0'
    for app in two:
        wait_for(lambda app=app: counted in app.get("/metrics").content, what="counting")


def test_a_follower_who_comes_back_is_told_that_much_was_missed(two, receiver):
    here, there = two
    here.subscribe(receiver.url)
    with following(there) as read:
        wait_for(lambda: there.service.feed.followers == 1)
        here.do("/api/subscriptions/1/pause", status=200)
        last_id, *_ = next(found for found in iter(read, None) if found[1] == "subscription")
    # The app sees that a follower is gone when it tells it something.
    wait_for(lambda: here.emit(event="playlist_create") and there.service.feed.followers == 0)
    last = here.emit(event="playlist_create")[0]
    wait_for(lambda: f"deliveries_accepted_total {last}.0" in there.get("/metrics").text)

    with following(there, last_id) as read:
        assert told_of(read, "missed") == {}


def test_a_subscription_edited_at_one_app_is_read_anew_by_the_other(two, receiver):
    here, there = two
    here.subscribe(receiver.url, name="before")
    assert there.get("/api/subscriptions/1").json()["name"] == "before"

    here.patch("/api/subscriptions/1", {"name": "after"})

    wait_for(lambda: there.get("/api/subscriptions/1").json()["name"] == "after")


def test_apps_that_share_a_record_send_nothing_twice_and_one_of_them_revalidates(two, receiver):
    two[0].subscribe(receiver.url, time_scale=500_000)  # 72 hours are half a second
    wait_for(lambda: len(two[1].get("/api/subscriptions/1/handshakes").json()["handshakes"]) >= 3)
    numbers = [
        number for _ in range(10) for app in two for number in app.emit(event="playlist_create", count=5)
    ]
    wait_for(lambda: not two[0].deliveries(state="pending", limit=1), within_s=30, what="the last delivery")

    handshakes = two[0].get("/api/subscriptions/1/handshakes").json()["handshakes"]
    times = sorted(each["started_at_ms"] for each in handshakes)
    events = [each for each in receiver.arrivals if each.event != "endpoint.url_validation"]
    assert len(events) == len(numbers) == len({each.headers["x-zm-request-id"] for each in events}) == 100
    assert min(later - earlier for earlier, later in pairwise(times)) >= 400


def test_what_an_app_that_is_gone_left_the_other_does(tmp_path, database, receiver):
    with running_app(tmp_path, database=database, environ=SHARED) as there:
        with running_app(tmp_path, database=database, environ=SHARED) as here:
            here.subscribe(receiver.url, retry="10s", time_scale=10)
            receiver.answer_with(503)
            (number,) = here.emit(event="playlist_create")
            here.attempted(number)

        assert there.settled(number)["state"] == "delivered"


def test_an_app_whose_database_is_away_says_so_and_goes_on_when_it_is_back(tmp_path, postgres_url, receiver):
    with (
        Forwarder(postgres_url) as way,
        running_app(tmp_path, database=DatabaseUrl(way.url), environ=SHARED) as app,
    ):
        app.subscribe(receiver.url, retry="10s", time_scale=10)
        receiver.answer_with(503)
        (number,) = app.emit(event="playlist_create")
        app.attempted(number)
        way.cut()
        refused = app.post("/api/events", {"event": "playlist_create"})
        unready = app.get("/readyz")
        page = app.get("/deliveries")
        way.mend()
        delivery = app.settled(number)
        (later,) = app.emit(event="playlist_create")
        assert app.settled(later)["state"] == "delivered"

    assert (refused.status_code, unready.status_code, page.status_code) == (503, 503, 503)
    assert "cannot be reached" in refused.json()["detail"]
    assert [attempt["outcome"] for attempt in delivery["attempts"]][-1] == "accepted"
