"""Answers that go wrong on request: by a call's own header, or for a subscription's events."""

from __future__ import annotations

import re

import pytest
import requests

from emitter.core.api_faults import ApiFault
from emitter.delivery.clock import monotonic_ms
from emitter.errors import InvalidSettingError, UnknownNameError
from tests.support.zoom_calls import CLIENT, TIMEOUT_S

FAULT = "x-zoom-emitter-fault"


def spoilt(side, fault, path="/zra/deals"):
    return side.zoom.ask(path, headers={FAULT: fault})


def test_too_many_calls_in_a_second(side):
    answer = spoilt(side, "rate-limit")

    assert answer.status_code == 429
    assert answer.json() == {
        "code": 429,
        "message": "You have reached the maximum per-second rate limit for this API. Try again later.",
    }
    assert answer.headers["x-ratelimit-type"] == "QPS"
    assert answer.headers["x-ratelimit-category"] == "Medium"
    assert answer.headers["x-ratelimit-limit"] == "60"
    assert answer.headers["x-ratelimit-remaining"] == "0"
    assert answer.headers["retry-after"] == "1"


def test_too_many_calls_in_a_day_end_at_midnight(side):
    answer = spoilt(side, "daily-limit")

    assert answer.status_code == 429
    assert answer.headers["x-ratelimit-type"] == "Daily-limit"
    assert answer.headers["retry-after"].endswith("T00:00:00Z")


def test_answers_that_are_right_say_how_much_may_still_be_asked(side):
    answer = side.zoom.ask("/zra/deals")

    assert answer.headers["x-ratelimit-category"] == "Medium"
    assert answer.headers["x-ratelimit-remaining"] == "59"
    assert answer.headers["x-zm-trackingid"].startswith("v=2.0;")


@pytest.mark.parametrize(
    ("fault", "status", "code"), [("expired-token", 401, 124), ("server-error", 500, 500)]
)
def test_other_faults(side, fault, status, code):
    answer = spoilt(side, fault)

    assert (answer.status_code, answer.json()["code"]) == (status, code)


def test_a_slow_answer_is_right_all_the_same(side):
    started_ms = monotonic_ms()
    answer = spoilt(side, "slow=300ms")

    assert answer.status_code == 200
    assert monotonic_ms() - started_ms >= 300


def test_not_ready_hides_a_conversation_and_nothing_else(side):
    side.send("conversation_analysis_completed", overrides={"conversation_id": "not-yet"})

    answer = spoilt(side, "not-ready", "/zra/conversations/not-yet")

    assert (answer.status_code, answer.json()["code"]) == (404, 1005)
    assert spoilt(side, "not-ready").status_code == 200
    assert side.zoom.conversation("not-yet")


def test_a_fault_there_is_not_is_told_with_the_nearest_name(side):
    answer = spoilt(side, "rate-limits")

    assert answer.status_code == 400
    assert "did you mean 'rate-limit'?" in answer.json()["message"]


def test_the_token_endpoint_can_be_spoilt_too(side):
    answer = requests.post(
        f"{side.api.base}/oauth/token", auth=CLIENT, headers={FAULT: "server-error"}, timeout=TIMEOUT_S
    )

    assert answer.status_code == 500


def test_a_subscriptions_fault_spoils_the_first_calls_of_each_of_its_events(side):
    number = side.subscription["id"]
    assert side.api.patch(f"/api/subscriptions/{number}", {"api_faults": ["rate-limit=2"]}).ok
    try:
        statuses = []
        for id_ in "spoilt-1", "spoilt-2":
            side.send("conversation_analysis_completed", overrides={"conversation_id": id_})
            path = f"/zra/conversations/{id_}"
            statuses += [side.zoom.ask(path).status_code for _ in range(3)]
        calls = side.api.get("/api/calls?limit=3").json()["calls"]
        page = side.api.get(f"/deliveries/{calls[0]['delivery']['id']}").text
    finally:
        side.api.patch(f"/api/subscriptions/{number}", {"api_faults": []})

    assert statuses == [429, 429, 200] * 2
    assert [call["fault"] for call in calls] == ["", "rate-limit", "rate-limit"]
    assert '<span class="tag fault">rate-limit</span>' in page


def test_the_form_of_a_subscription_sets_its_faults_and_says_what_is_wrong(side):
    browser = requests.Session()
    number = side.subscription["id"]
    url = f"{side.api.base}/subscriptions/{number}"
    page = browser.get(url, timeout=20).text
    (token, *_) = re.findall(r'name="form_token" value="([^"]+)"', page)
    form = {"form_token": token, "url": side.receiver.url, "verifies_tls": "on", "mode": "none"}
    wrong = browser.post(f"{url}/edit", data=form | {"api_faults": "rate-limits"}, timeout=20)
    right = browser.post(f"{url}/edit", data=form | {"api_faults": "slow=2s, not-ready"}, timeout=20)
    kept = side.api.get(f"/api/subscriptions/{number}").json()["api_faults"]
    browser.post(f"{url}/edit", data=form | {"api_faults": ""}, timeout=20)

    assert wrong.status_code == 422
    assert "did you mean &#39;rate-limit&#39;?" in wrong.text
    assert right.status_code == 200
    assert kept == ["slow=2s", "not-ready"]
    assert side.api.get(f"/api/subscriptions/{number}").json()["api_faults"] == []


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("rate-limit", ApiFault("rate-limit", 1)),
        ("not-ready=3", ApiFault("not-ready", 3)),
        ("server-error=always", ApiFault("server-error", None)),
        ("slow=250ms", ApiFault("slow", None, 0.25)),
    ],
)
def test_a_fault_is_read_and_written(text, fault):
    assert ApiFault.parse(text) == fault
    assert str(fault) == text


@pytest.mark.parametrize("text", ["rate-limit=0", "rate-limit=x", "rate-limit=1001", "slow=2h", "slow=0s"])
def test_a_number_that_does_not_fit_is_told(text):
    with pytest.raises(InvalidSettingError):
        ApiFault.parse(text)


def test_an_unknown_fault_is_told():
    with pytest.raises(UnknownNameError, match="there are rate-limit, daily-limit"):
        ApiFault.parse("fire")
