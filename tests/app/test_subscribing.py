"""What one does to subscriptions beyond making and ending them."""

from __future__ import annotations

import stat
import sys
from pathlib import Path

import pytest

from emitter.core.secrets import SecretToken
from emitter.core.standing import SubscriptionState
from emitter.delivery.store.app_subscriptions import standing_of
from tests.support.api import SECRET_TOKEN, running_app
from tests.support.receiving import Receiver
from tests.support.waiting import wait_for

OTHER_TOKEN = SecretToken("another-secret-token")
HOUR_MS = 3600 * 1000


@pytest.fixture
def api(tmp_path):
    with running_app(tmp_path) as api:
        yield api


@pytest.fixture
def receiver():
    with Receiver(SECRET_TOKEN) as receiver:
        yield receiver


def test_a_draft_gets_nothing_until_it_is_validated(api, receiver):
    draft = api.subscribe(receiver.url, is_draft=True)
    nobody = api.post("/api/events", {"event": "playlist_create"})
    named = api.post("/api/events", {"event": "playlist_create", "subscription": 1})

    assert (draft["state"], draft["validated_at_ms"], draft["revalidate_at_ms"]) == (
        "unvalidated",
        None,
        None,
    )
    assert "handshake" not in draft
    assert (nobody.status_code, named.status_code) == (409, 409)
    assert "POST /api/subscriptions/1/validate makes it active" in named.json()["detail"]
    assert receiver.arrivals == []

    validated = api.do("/api/subscriptions/1/validate", status=200)

    assert validated["state"] == "active"
    assert validated["handshake"]["is_valid"] is True
    (number,) = api.emit(event="playlist_create")
    assert api.settled(number)["state"] == "delivered"


def test_a_draft_whose_endpoint_does_not_pass_stays_one(api, receiver):
    api.subscribe(receiver.url, is_draft=True, secret_token=OTHER_TOKEN.reveal())

    answer = api.post("/api/subscriptions/1/validate", {})

    assert answer.status_code == 409
    assert answer.json()["type"] == "/problems/handshake-failed"
    assert api.get("/api/subscriptions/1").json()["state"] == "unvalidated"
    (handshake,) = api.get("/api/subscriptions/1/handshakes").json()["handshakes"]
    assert (handshake["is_valid"], handshake["outcome"]["status"]) == (False, 401)


@pytest.mark.skipif(sys.platform == "win32", reason="there files have other modes")
def test_a_secret_token_that_is_made_lies_in_a_file_and_in_no_answer(api, tmp_path):
    made = api.post("/api/subscriptions", {"url": "http://localhost:9/", "makes_secret_token": True})

    path = Path(made.json()["secret_token_from"].removeprefix("the file "))
    token = path.read_text("utf-8").strip()
    assert made.json()["state"] == "unvalidated"
    assert path.parent == tmp_path / "record.sqlite.tokens"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    assert len(token) == 22
    assert token not in made.text
    with Receiver(SecretToken(token)) as receiver:
        assert api.patch("/api/subscriptions/1", {"url": receiver.url}).json()["state"] == "unvalidated"
        assert api.do("/api/subscriptions/1/validate", status=200)["state"] == "active"


def test_a_secret_token_may_come_from_a_file_or_a_variable(tmp_path, receiver):
    file = tmp_path / "token.txt"
    file.write_text(SECRET_TOKEN.reveal() + "\n", encoding="utf-8")
    environ = {"MY_TOKEN": SECRET_TOKEN.reveal()}
    with running_app(tmp_path, environ=environ) as api:
        from_file = api.subscribe(receiver.url, secret_token_file=str(file))
        from_variable = api.subscribe(receiver.url, secret_token_env="MY_TOKEN")
        missing = api.post("/api/subscriptions", {"url": receiver.url, "secret_token_env": "NO_TOKEN"})
        both = {"url": receiver.url, "secret_token_env": "MY_TOKEN", "secret_token": "x"}
        twice = api.post("/api/subscriptions", both)

    assert from_file["secret_token_from"] == f"the file {file}"
    assert from_variable["secret_token_from"] == "the environment variable MY_TOKEN"
    assert missing.status_code == 409
    assert "NO_TOKEN is not set" in missing.json()["detail"]
    assert twice.status_code == 422
    assert "is given already; leave one of them out" in twice.json()["detail"]


def test_an_edit_changes_what_is_given_and_nothing_else(api, receiver):
    before = api.subscribe(receiver.url, name="before", events=["playlist_create"], time_scale=10)

    after = api.patch("/api/subscriptions/1", {"name": "after", "time_scale": 20, "retry": "1s"}).json()

    changed = {"name": "after", "time_scale": 20.0, "retry": "1s"}
    assert after | {"revalidate_at_ms": 0} == {
        **{name: value for name, value in before.items() if name != "handshake"},
        **changed,
        "revalidate_at_ms": 0,
    }
    assert before["revalidate_at_ms"] - before["validated_at_ms"] == 72 * HOUR_MS / 10
    assert after["revalidate_at_ms"] - after["validated_at_ms"] == pytest.approx(72 * HOUR_MS / 20, abs=5000)
    assert len(receiver.arrivals) == 1


def test_a_new_url_needs_a_handshake_and_gets_what_is_pending(api, receiver):
    api.subscribe(receiver.url, time_scale=1)
    receiver.answer_with(503)
    (number,) = api.emit(event="playlist_create")
    api.attempted(number)
    with Receiver(SECRET_TOKEN) as other:
        answer = api.patch("/api/subscriptions/1", {"url": other.url})
        api.do(f"/api/deliveries/{number}/retry")
        delivery = api.settled(number)

    assert answer.json()["handshake"]["is_valid"] is True
    assert answer.json()["url"] == other.url
    assert delivery["state"] == "delivered"
    assert [arrival.event for arrival in other.arrivals][1:] == ["revenue_accelerator.playlist_create"]


@pytest.mark.parametrize(
    "change",
    [{"url": "elsewhere"}, {"secret_token": OTHER_TOKEN.reveal()}],
    ids=["another receiver", "another token"],
)
def test_an_edit_that_does_not_pass_changes_nothing(api, receiver, change):
    api.subscribe(receiver.url)
    before = api.get("/api/subscriptions/1").json()
    with Receiver(OTHER_TOKEN) as other:
        change = {name: other.url if value == "elsewhere" else value for name, value in change.items()}
        answer = api.patch("/api/subscriptions/1", {"name": "changed", **change})

    assert answer.status_code == 409
    assert answer.json()["detail"].endswith("; nothing was changed")
    assert api.get("/api/subscriptions/1").json() == before


def test_an_edit_that_does_not_fit_is_refused(api, receiver):
    api.subscribe(receiver.url)

    for fields, pointer in (
        ({}, ""),
        ({"url": "ftp://x"}, "/url"),
        ({"id": 5}, "/id"),
        ({"is_paused": True}, "/is_paused"),
    ):
        answer = api.patch("/api/subscriptions/1", fields)
        assert answer.status_code == 422, fields
        assert answer.json()["errors"][0]["pointer"] == pointer


def test_a_subscription_that_there_is_not_is_not_found(api):
    nine = "/api/subscriptions/9"
    answers = [api.patch(nine, {"name": "x"}), api.get(f"{nine}/handshakes")]
    answers += [api.post(f"{nine}/{action}", {}) for action in ("validate", "pause", "resume", "step")]

    assert [answer.status_code for answer in answers] == [404] * 6
    assert {answer.json()["detail"] for answer in answers} == {
        "there is no subscription 9; GET /api/subscriptions lists them"
    }


def test_a_paused_subscription_accepts_events_and_holds_them_back(api, receiver):
    api.subscribe(receiver.url, is_paused=True)
    api.subscribe(receiver.url, name="other")
    held, sent = api.emit(event="playlist_create")
    api.settled(sent)

    assert api.get(f"/api/deliveries/{held}").json()["attempts_made"] == 0
    subscription = api.get("/api/subscriptions/1").json()
    assert (subscription["is_paused"], subscription["pending"]) == (True, 1)
    assert subscription["next_due_at_ms"] == api.get(f"/api/deliveries/{held}").json()["due_at_ms"]

    assert api.do("/api/subscriptions/1/resume", status=200)["is_paused"] is False
    assert api.settled(held)["state"] == "delivered"


def test_a_step_makes_one_attempt_of_a_paused_subscription(api, receiver):
    api.subscribe(receiver.url)
    assert api.do("/api/subscriptions/1/pause", status=200)["is_paused"] is True
    first, second = api.emit(event="playlist_create", count=2)
    receiver.answer_with(503)

    assert api.do("/api/subscriptions/1/step")["id"] == first
    delivery = api.attempted(first)
    assert (delivery["state"], delivery["retry_number"]) == ("pending", 1)
    assert api.get(f"/api/deliveries/{second}").json()["attempts_made"] == 0
    assert api.do("/api/subscriptions/1/step")["id"] == second
    api.settled(second)
    retried = api.do("/api/subscriptions/1/step")  # the retry, five minutes before its time

    assert retried["id"] == first
    assert retried["virtual_ms"] < 60_000
    assert api.settled(first)["state"] == "delivered"
    assert api.post("/api/subscriptions/1/step", {}).json()["detail"].startswith("nothing is pending")


def test_only_a_paused_subscription_goes_by_steps(tmp_path, receiver):
    with running_app(tmp_path, worker_count=0) as api:
        api.subscribe(receiver.url)
        api.emit(event="playlist_create")
        answer = api.post("/api/subscriptions/1/step", {})

    assert answer.status_code == 409
    assert answer.json()["detail"] == "subscription 1 is not paused; only a paused one goes by steps"


def test_subscriptions_are_listed_a_page_at_a_time_and_by_what_is_known_of_them(api, receiver):
    api.subscribe(receiver.url, events=["playlist_*"], is_paused=True)
    api.subscribe(receiver.url, events=["revenue_accelerator.*"])
    api.subscribe(receiver.url, is_draft=True)

    def numbers(query):
        return [each["id"] for each in api.get(f"/api/subscriptions?{query}").json()["subscriptions"]]

    first = api.get("/api/subscriptions?limit=2").json()
    assert [each["id"] for each in first["subscriptions"]] == [1, 2]
    assert first["next"] == "/api/subscriptions?limit=2&after=2"
    rest = api.get(first["next"]).json()
    assert ([each["id"] for each in rest["subscriptions"]], rest["next"]) == ([3], None)
    assert numbers("state=active") == [1, 2]
    assert numbers("state=unvalidated") == [3]
    assert numbers("is_paused=true") == [1]
    assert numbers("event=revenue_accelerator.playlist_create") == [2, 3]
    assert api.get("/api/subscriptions?is_paused=yes").status_code == 422


def test_an_edit_and_a_pause_at_once_undo_nothing_of_each_other(api, receiver):
    api.subscribe(receiver.url)
    slow = Receiver(SECRET_TOKEN)
    with slow:
        api.do("/api/subscriptions/1/pause", status=200)
        assert api.patch("/api/subscriptions/1", {"url": slow.url}).status_code == 200

    assert api.get("/api/subscriptions/1").json()["is_paused"] is True


def test_subscriptions_of_an_earlier_version_are_taken_over(tmp_path, receiver):
    with running_app(tmp_path) as api:
        api.subscribe(receiver.url)
        with api.service.store.writing() as connection:
            connection.exec_driver_sql("DELETE FROM standings")
    with running_app(tmp_path) as api:
        standing = standing_of(api.service.store, 1)
        (number,) = api.emit(event="playlist_create")
        delivery = api.settled(number)

    assert standing.state is SubscriptionState.ACTIVE
    assert wait_for(lambda: delivery["state"] == "delivered")
