"""What a person does to deliveries by hand."""

from __future__ import annotations

import threading

import pytest

from emitter.app.sample_receiver import ReceiverScript, Step, create_sample_receiver
from emitter.delivery.clock import SystemClock
from tests.support.api import SECRET_TOKEN, running_app
from tests.support.receiving import Receiver
from tests.support.servers import serve

MINUTE_MS = 60_000


@pytest.fixture
def receiver():
    with Receiver(SECRET_TOKEN) as receiver:
        yield receiver


@pytest.fixture
def api(tmp_path, receiver):
    with running_app(tmp_path) as api:
        api.subscribe(receiver.url)
        yield api


@pytest.fixture
def waiting(api, receiver):
    """Return the number of a delivery whose first attempt failed: the next is five minutes away."""
    receiver.answer_with(503)
    (number,) = api.emit(event="playlist_create")
    api.attempted(number)
    return number


def test_a_retry_is_made_now_instead_of_at_its_time(api, waiting):
    moved = api.do(f"/api/deliveries/{waiting}/retry")
    delivery = api.settled(waiting)

    assert moved["retry_number"] == 1
    assert moved["virtual_ms"] < MINUTE_MS
    assert [attempt["status"] for attempt in delivery["attempts"]] == [503, 204]
    assert delivery["attempts"][1]["virtual_ms"] == moved["virtual_ms"]


def test_a_retry_of_a_paused_subscription_goes_before_what_is_held_back(api, receiver, waiting):
    api.do("/api/subscriptions/1/pause", status=200)
    (held,) = api.emit(event="playlist_create")

    api.do(f"/api/deliveries/{waiting}/retry")

    assert api.settled(waiting)["state"] == "delivered"
    assert api.get(f"/api/deliveries/{held}").json()["attempts_made"] == 0


def test_a_skipped_retry_leaves_the_one_after_it(api, waiting):
    before = api.get(f"/api/deliveries/{waiting}").json()

    after = api.do(f"/api/deliveries/{waiting}/skip")

    assert (after["retry_number"], after["state"]) == (2, "pending")
    assert after["due_at_ms"] - before["due_at_ms"] == 20 * MINUTE_MS
    assert after["virtual_ms"] - before["virtual_ms"] == 20 * MINUTE_MS
    assert api.get(f"/api/deliveries/{waiting}").json()["attempts_made"] == 1


def test_without_a_retry_after_it_a_skipped_delivery_has_failed(api, waiting):
    states = [api.do(f"/api/deliveries/{waiting}/skip")["state"] for _ in range(3)]

    assert states == ["pending", "pending", "failed"]
    assert api.get(f"/api/deliveries/{waiting}").json()["due_at_ms"] is None


def test_a_first_attempt_cannot_be_skipped(tmp_path, receiver):
    with running_app(tmp_path) as api:
        api.subscribe(receiver.url, is_paused=True)
        (number,) = api.emit(event="playlist_create")
        answer = api.post(f"/api/deliveries/{number}/skip", {})

    assert answer.status_code == 409
    assert "has not been attempted yet, so there is no retry to skip" in answer.json()["detail"]


def test_a_cancelled_delivery_is_never_attempted_again(api, receiver, waiting):
    cancelled = api.do(f"/api/deliveries/{waiting}/cancel")

    assert (cancelled["state"], cancelled["due_at_ms"]) == ("cancelled", None)
    assert [each["id"] for each in api.deliveries(state="cancelled")] == [waiting]
    for path in ("retry", "skip", "cancel"):
        answer = api.post(f"/api/deliveries/{waiting}/{path}", {})
        assert answer.status_code == 409
        assert answer.json()["detail"] == (
            f"delivery {waiting} is cancelled, nothing of it is pending; replay it to send it again"
        )


def test_a_delivery_under_way_is_cancelled_when_its_attempt_has_failed(tmp_path):
    begun, may_end = threading.Event(), threading.Event()

    def wait(_):
        begun.set()
        may_end.wait(2)

    script = ReceiverScript(answers=(("playlist_create", (Step(status=503, delay_s=1),)),))
    clock = SystemClock()
    app = create_sample_receiver(SECRET_TOKEN, now_s=lambda: clock.now_ms() / 1000, script=script, wait=wait)
    with serve(app) as url, running_app(tmp_path) as api:
        api.subscribe(url)
        (number,) = api.emit(event="playlist_create")
        begun.wait(5)
        under_way = api.do(f"/api/deliveries/{number}/cancel")
        again = api.post(f"/api/deliveries/{number}/cancel", {}).status_code
        retry = api.post(f"/api/deliveries/{number}/retry", {})
        may_end.set()
        delivery = api.settled(number)

    assert (under_way["state"], again, retry.status_code) == ("pending", 202, 409)
    assert "an attempt of delivery 1 is under way" in retry.json()["detail"]
    assert delivery["state"] == "cancelled"
    assert [attempt["status"] for attempt in delivery["attempts"]] == [503]


def test_a_replay_sends_the_same_body_and_request_id_with_a_new_signature(api, receiver):
    (number,) = api.emit(event="playlist_create")
    api.settled(number)

    again = api.do(f"/api/deliveries/{number}/replay")

    assert again["id"] != number
    assert api.settled(again["id"])["state"] == "delivered"
    first, second = [each for each in receiver.arrivals if b"playlist_create" in each.body]
    assert first.body == second.body
    assert first.headers["x-zm-request-id"] == second.headers["x-zm-request-id"]


def test_a_replay_may_go_to_another_subscription(api, receiver):
    (number,) = api.emit(event="playlist_create")
    api.settled(number)
    with Receiver(SECRET_TOKEN) as other:
        other_id = api.subscribe(other.url, events=["nothing.*"])["id"]
        again = api.do(f"/api/deliveries/{number}/replay", subscription=other_id)
        api.settled(again["id"])

    assert again["subscription"] == other_id
    assert [each.event for each in other.arrivals][1:] == ["revenue_accelerator.playlist_create"]
    answer = api.post(f"/api/deliveries/{number}/replay", {"subscription": 99})
    assert (answer.status_code, answer.json()["type"]) == (409, "/problems/unknown-name")


def test_what_was_sent_to_an_ended_subscription_can_only_be_replayed_elsewhere(api, receiver):
    (number,) = api.emit(event="playlist_create")
    api.settled(number)
    api.delete("/api/subscriptions/1")

    assert api.post(f"/api/deliveries/{number}/replay", {}).status_code == 409
    other_id = api.subscribe(receiver.url)["id"]
    assert api.do(f"/api/deliveries/{number}/replay", subscription=other_id)["subscription"] == other_id


def test_a_delivery_that_there_is_not_is_not_found(api):
    for action in ("retry", "skip", "cancel", "replay"):
        answer = api.post(f"/api/deliveries/99/{action}", {})

        assert answer.status_code == 404, action
        assert answer.json()["detail"] == "there is no delivery 99; GET /api/deliveries lists them"
