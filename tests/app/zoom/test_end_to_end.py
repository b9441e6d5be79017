"""A receiver that takes the id from an event and asks Zoom for the rest, as real ones do."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

import requests
from flask import Flask, request

from emitter.core.handshake import expected_answer
from emitter.core.signing import verify
from tests.support.api import SECRET_TOKEN, running_app
from tests.support.servers import serve
from tests.support.waiting import wait_for

TIMEOUT_S = 10


def calling_receiver(zoom_url, kept):
    """Return a receiver that fetches each conversation it is told of, with a token it gets for itself."""
    app = Flask("a receiver")

    @app.post("/webhooks/zoom")
    def receive():
        verify(SECRET_TOKEN, headers=dict(request.headers), body=request.get_data())
        event = request.get_json()
        if event["event"] == "endpoint.url_validation":
            return expected_answer(SECRET_TOKEN, event["payload"]["plainToken"])
        granted = requests.post(
            f"{zoom_url()}/oauth/token?grant_type=account_credentials&account_id=mine",
            auth=("id", "secret"),
            timeout=TIMEOUT_S,
        ).json()
        objects = event["payload"]["object"]
        objects = objects if isinstance(objects, list) else [objects]
        for told in objects:
            id_ = quote(quote(told["conversation_id"], safe=""), safe="")
            path = f"{zoom_url()}/v2/zra/conversations/{id_}"
            headers = {"authorization": f"Bearer {granted['access_token']}"}
            answer = requests.get(path, headers=headers, timeout=TIMEOUT_S)
            comments = requests.get(f"{path}/comments", headers=headers, timeout=TIMEOUT_S)
            kept.append((event, answer, comments))
        return "", 204

    return app


def test_a_receiver_that_calls_back_on_an_event_gets_what_the_event_announced(tmp_path):
    kept: list[Any] = []
    base: list[str] = []
    with serve(calling_receiver(lambda: base[0], kept)) as receiver, running_app(tmp_path) as api:
        base.append(api.base)
        api.subscribe(f"{receiver}/webhooks/zoom")
        numbers = []
        for event in "conversation_analysis_completed", "post_comment_completed":
            numbers += api.emit(event=event, seed="called back")
            api.settled(numbers[-1])
        calls = [api.get(f"/api/calls?delivery={number}").json()["calls"] for number in numbers]
        page = api.get(f"/deliveries/{numbers[0]}").text

    (announced, conversation, _), (commented, _, comments) = kept
    told, shown = announced["payload"]["object"], conversation.json()
    assert {name: shown[name] for name in told} == told
    (comment,) = comments.json()["comments"]
    assert comment["id"] == commented["payload"]["object"]["comment_id"]
    for ofone in calls:
        assert [(call["method"], call["status"]) for call in ofone] == [("GET", 200)] * 2 + [("POST", 200)]
    assert "This event led to 3 calls" in page
    assert "/v2/zra/conversations/" in page


def test_each_event_of_a_story_finds_what_was_told_before_it(tmp_path):
    kept: list[Any] = []
    base: list[str] = []
    with serve(calling_receiver(lambda: base[0], kept)) as receiver, running_app(tmp_path) as api:
        base.append(api.base)
        api.subscribe(f"{receiver}/webhooks/zoom")
        told = api.do("/api/stories", story="conversation-life", seed="called back")
        for delivery in told["deliveries"]:
            api.settled(delivery["id"])
        calls = wait_for(lambda: api.get("/api/calls").json()["calls"], what="the recorded calls")

    assert len(kept) == len(told["deliveries"]) > 2
    assert {answer.status_code for _, answer, _ in kept} == {200}
    for event, _, comments in kept:
        if event["event"].endswith("post_comment_completed"):
            shown = {each["id"] for each in comments.json()["comments"]}
            assert event["payload"]["object"]["comment_id"] in shown
    assert {call["delivery"]["id"] for call in calls} <= {each["id"] for each in told["deliveries"]}
