"""Stories, and events at a rate for a while."""

from __future__ import annotations

import pytest

from emitter.delivery.clock import monotonic_ms
from emitter.faking.stories import STORIES
from tests.support.api import SECRET_TOKEN, running_app
from tests.support.receiving import Receiver
from tests.support.waiting import wait_for

STORY = "playlist-and-conversation"


@pytest.fixture
def receiver():
    with Receiver(SECRET_TOKEN) as receiver:
        yield receiver


@pytest.fixture
def api(tmp_path, receiver):
    with running_app(tmp_path) as api:
        api.subscribe(receiver.url)
        yield api


def ended(api, number):
    def look():
        stream = api.get(f"/api/streams/{number}").json()
        return stream if stream["state"] != "running" else None

    return wait_for(look, what="the end of the stream")


def test_the_events_of_a_story_arrive_and_agree(api, receiver):
    told = api.do("/api/stories", story=STORY, seed=7)
    again = api.do("/api/stories", story=STORY, seed=7)
    for delivery in told["deliveries"] + again["deliveries"]:
        api.settled(delivery["id"])

    wanted = [step.event for step in STORIES[STORY].steps]
    assert told["seed"] == "7"
    assert [each["event"].rpartition(".")[2] for each in told["deliveries"]] == wanted
    events = [arrival.value for arrival in receiver.arrivals[1:]]
    assert len({event["payload"]["account_id"] for event in events}) == 1


def test_a_subscription_gets_the_events_of_a_story_that_it_wants(api, receiver):
    api.delete("/api/subscriptions/1")
    api.subscribe(receiver.url, events=["*.playlist_*"])

    told = api.do("/api/stories", story=STORY)

    assert {each["event"].rpartition(".")[2][:8] for each in told["deliveries"]} == {"playlist"}


def test_a_story_comes_in_the_order_and_over_the_wire_that_a_fault_says(api, receiver):
    told = api.do("/api/stories", story=STORY, faults=["reorder", "slow-body"])
    for delivery in told["deliveries"]:
        assert api.settled(delivery["id"])["state"] == "delivered"

    wanted = [step.event for step in STORIES[STORY].steps]
    assert [each["event"].rpartition(".")[2] for each in told["deliveries"]] == wanted[::-1]


def test_a_stream_sends_one_by_one_and_refuses_faults_of_several(api):
    answer = api.post("/api/streams", {"rate": 5, "duration": "1s", "faults": ["reorder"]})

    assert answer.status_code == 409
    assert "a stream sends them one by one" in answer.json()["detail"]


def test_an_unknown_story_gets_the_nearest(api):
    answer = api.post("/api/stories", {"story": "playlist-and-conversations"})

    assert answer.status_code == 409
    assert answer.json()["suggestions"] == [STORY]


def test_the_stories_are_listed(api):
    stories = api.get("/api/stories").json()["stories"]

    assert STORY in [story["name"] for story in stories]
    assert stories[0]["events"]


def test_a_stream_sends_at_its_rate_for_its_while(api, receiver):
    began_ms = monotonic_ms()
    started = api.do("/api/streams", status=201, rate=50, duration="1s", events=["playlist_*"])
    stream = ended(api, started["id"])
    took_ms = monotonic_ms() - began_ms

    assert (started["state"], stream["state"]) == ("running", "done")
    assert (stream["events_made"], stream["deliveries_made"]) == (50, 50)
    assert took_ms > 900
    wait_for(lambda: not api.deliveries(state="pending", limit=1))
    events = [arrival.event for arrival in receiver.arrivals[1:]]
    assert len(events) == 50
    assert {event.rpartition(".")[2][:8] for event in events} == {"playlist"}


def test_a_stream_may_be_of_a_story_for_one_subscription_with_faults(api, receiver):
    fields = {"rate": 100, "duration": "100ms", "story": STORY, "subscription": 1, "faults": ["duplicate"]}
    stream = ended(api, api.do("/api/streams", status=201, **fields)["id"])

    assert (stream["events_made"], stream["deliveries_made"], stream["events"]) == (10, 20, None)


def test_a_stream_is_stopped_before_its_end(api):
    number = api.do("/api/streams", status=201, rate=10, duration="1h")["id"]

    stopped = api.do(f"/api/streams/{number}/stop", status=200)

    assert stopped["state"] == "stopped"
    assert api.get("/api/streams").json()["streams"][0] == stopped


def test_only_so_many_streams_run_at_once(api):
    for _ in range(4):
        api.do("/api/streams", status=201, rate=1, duration="1h")
    answer = api.post("/api/streams", {"rate": 1, "duration": "1h"})

    assert answer.status_code == 409
    assert answer.json()["detail"] == "4 streams run; stop one with POST /api/streams/1/stop"


IMPOSSIBLE = [
    ({"rate": 1, "duration": "1h", "events": ["nonsense"]}, 409),
    ({"rate": 1, "duration": "1h", "story": "nonsense"}, 409),
    ({"rate": 1, "duration": "1h", "subscription": 99}, 409),
    ({"rate": 1, "duration": "1h", "story": STORY, "events": ["*"]}, 422),
    ({"rate": 0, "duration": "1h"}, 422),
    ({"rate": 1001, "duration": "1h"}, 422),
    ({"rate": 1, "duration": "25h"}, 422),
    ({"rate": 1}, 422),
]


def test_a_stream_that_cannot_be_is_refused_and_not_begun(api):
    for fields, status in IMPOSSIBLE:
        assert api.post("/api/streams", fields).status_code == status, fields
    assert api.get("/api/streams").json() == {"streams": []}


def test_a_stream_ends_with_the_app_and_what_it_made_is_delivered(tmp_path, receiver):
    with running_app(tmp_path) as api:
        api.subscribe(receiver.url)
        number = api.do("/api/streams", status=201, rate=100, duration="1h")["id"]
        wait_for(lambda: api.get(f"/api/streams/{number}").json()["deliveries_made"] > 10)
    with running_app(tmp_path) as api:
        assert api.get(f"/api/streams/{number}").status_code == 404
        wait_for(lambda: not api.deliveries(state="pending", limit=1))
        assert len(api.deliveries(state="delivered")) > 10
