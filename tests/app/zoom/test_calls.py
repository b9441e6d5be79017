"""The calls receivers make, recorded beside the deliveries that led to them."""

from __future__ import annotations

import json

import requests

from tests.support.api import SECRET_TOKEN, running_app
from tests.support.receiving import Receiver
from tests.support.zoom_calls import CLIENT, TIMEOUT_S, ZoomClient, twice


def test_calls_are_listed_newest_first_page_by_page(side):
    for number in range(3):
        side.zoom.ask(f"/zra/deals/listed-{number}")

    first = side.api.get("/api/calls?limit=2").json()
    second = side.api.get(first["next"]).json()
    paths = [call["path"] for call in (*first["calls"], *second["calls"])]

    assert paths[:3] == [f"/v2/zra/deals/listed-{number}" for number in (2, 1, 0)]
    assert first["calls"][0]["status"] == 404
    assert first["calls"][0]["code"] == 1005


def test_a_call_is_tied_to_the_event_that_named_the_id_else_to_the_last_one_sent(side):
    (named,) = side.api.emit(event="conversation_analysis_completed", overrides={"conversation_id": "tied"})
    side.api.settled(named)
    (last,) = side.api.emit(event="playlist_create")
    side.api.settled(last)
    for path in "/zra/conversations/tied", "/zra/deals":
        side.zoom.got(path)
    side.zoom.token()

    calls = side.api.get("/api/calls?limit=3").json()["calls"]

    assert [call["delivery"]["id"] for call in calls] == [last, last, named]
    assert [call["id"] for call in side.api.get(f"/api/calls?delivery={named}").json()["calls"]] == [
        calls[2]["id"]
    ]


def test_paths_are_kept_as_they_were_sent_and_secrets_are_not(side):
    id_ = "/a+b==,1790000000000"
    side.zoom.ask(f"/zra/conversations/{twice(id_)}")
    query = "grant_type=refresh_token&refresh_token=sesame&client_secret=sesame&code=sesame"
    requests.post(f"{side.api.base}/oauth/token?{query}", auth=CLIENT, timeout=TIMEOUT_S)

    calls = side.api.get("/api/calls?limit=2").json()["calls"]

    assert calls[1]["path"] == f"/v2/zra/conversations/{twice(id_)}"
    assert "sesame" not in json.dumps(calls)
    assert calls[0]["path"] == "/oauth/token?grant_type=refresh_token refresh_token"


def test_without_an_event_a_call_is_tied_to_nothing(tmp_path):
    with Receiver(SECRET_TOKEN), running_app(tmp_path) as api:
        ZoomClient(api.base).ask("/zra/deals")
        calls = api.get("/api/calls").json()["calls"]

    assert {call["delivery"] for call in calls} == {None}


def test_pages_that_follow_live_are_told_of_each_call(tmp_path):
    with (
        running_app(tmp_path) as api,
        requests.get(f"{api.base}/api/live", stream=True, timeout=TIMEOUT_S) as live,
    ):
        lines = live.iter_lines()
        next(lines)
        ZoomClient(api.base).ask("/zra/deals/told-live")
        data = next(line for line in lines if b"told-live" in line)

    assert json.loads(data.removeprefix(b"data: "))["status"] == 404
