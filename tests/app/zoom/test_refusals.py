"""Bad input: Zoom's shape and code, whatever comes; ids that have to be encoded twice; who may ask at all."""

from __future__ import annotations

import http.client
import json
from urllib.parse import quote

import pytest
import requests

from tests.support.zoom_calls import TIMEOUT_S, twice

SLASHED = "/yyl7BGoSnyvxu0GJ3E4CA==,1790000000000"
PLUSSED = "a+b+c7BGoSnyvxu0GJ3E4A==,1790000000000"


@pytest.mark.parametrize(
    ("method", "path", "status", "code"),
    [
        ("GET", "/nothing", 404, 2300),
        ("GET", "/zra", 404, 2300),
        ("GET", "/", 404, 2300),
        ("GET", "//zra/deals", 404, 2300),
        ("GET", "/zra/deals/", 404, 1005),
        ("GET", "/zra/deals/%00", 404, 1005),
        ("GET", "/zra/deals/%E4", 404, 1005),
        ("GET", "/zra/deals/%FF%FE", 404, 1005),
        ("GET", "/zra/deals/" + "x" * 3000, 404, 1005),
        ("GET", "/zra/deals/%25", 404, 1005),
        ("DELETE", "/zra/deals", 405, 405),
        ("POST", "/zra/conversations/x/comments", 405, 405),
        ("GET", "/zra/conversations/x/content_analysis", 400, 1001),
        ("GET", "/zra/conversations/x/content_analysis?analysis_type=moods", 400, 1001),
        ("GET", "/zra/conversations/x/content_analysis?analysis_type=all&analysis_type=all", 400, 1001),
        ("GET", "/zra/deals?min_deal_amount=lots", 400, 1001),
        ("GET", "/zra/conversations?scored=perhaps", 400, 1001),
        ("GET", "/zra/conversations?from=2026-13-01T00:00:00Z", 400, 1001),
        ("POST", "/marketplace/app/event_subscription", 400, 300),
        ("PATCH", "/marketplace/app/event_subscription/x", 400, 1500),
        ("GET", "/marketplace/app/event_subscription", 400, 1001),
        ("GET", "/marketplace/apps/nobody/webhook_logs", 404, 1401),
    ],
)
def test_what_does_not_fit_is_told_in_zooms_shape(side, method, path, status, code):
    answer = side.zoom.ask(path, method)

    assert answer.status_code == status, answer.text
    assert answer.json()["code"] == code
    assert isinstance(answer.json()["message"], str)


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b'"x"', b"\xff", b"[" * 100_000, b"null"])
def test_a_body_that_is_no_object_is_refused(side, body):
    answer = side.zoom.ask("/marketplace/app/event_subscription", "POST", data=body)

    assert (answer.status_code, answer.json()["code"]) == (400, 300)


def test_a_body_that_is_too_long_is_refused(side):
    answer = side.zoom.ask("/marketplace/app/event_subscription", "POST", data=b" " * (2 * 1024 * 1024 + 1))

    assert answer.status_code == 413
    assert set(answer.json()) == {"code", "message"}


def test_other_methods_are_told_which_there_are(side):
    answer = side.zoom.ask("/marketplace/app/event_subscription/x", "PUT")

    assert answer.status_code == 405
    assert answer.headers["allow"] == "DELETE, PATCH"
    assert requests.get(f"{side.api.base}/oauth/token", timeout=TIMEOUT_S).status_code == 405
    assert requests.post(f"{side.api.base}/oauth/other", timeout=TIMEOUT_S).json()["code"] == 2300


@pytest.mark.parametrize("id_", [SLASHED, PLUSSED, "a//b==,1790000000000", "hex-810a2556dc9f48a0"])
def test_an_id_that_is_encoded_twice_is_found(side, id_):
    side.send("conversation_analysis_completed", overrides={"conversation_id": id_})

    assert side.zoom.conversation(id_)["conversation_id"] == id_


def test_an_id_with_a_slash_that_is_encoded_once_leads_nowhere(side):
    side.send("conversation_analysis_completed", overrides={"conversation_id": SLASHED})

    assert side.zoom.refused(f"/zra/conversations/{quote(SLASHED, safe='')}", 404)[0] == 2300
    (call,) = side.api.get("/api/calls?limit=1").json()["calls"]
    assert "URL-encoded twice" in call["message"]


def test_an_id_with_a_plus_that_is_encoded_once_is_not_found_and_the_record_says_why(side):
    side.send("conversation_analysis_completed", overrides={"conversation_id": PLUSSED})

    for written in PLUSSED, quote(PLUSSED, safe=""):
        assert side.zoom.refused(f"/zra/conversations/{written}", 404)[0] == 1005
        (call,) = side.api.get("/api/calls?limit=1").json()["calls"]
        assert "has to be URL-encoded twice" in call["message"]


def test_other_ids_may_be_encoded_once_or_not_at_all(side):
    id_ = "egLSRuj2SlWet0wLi87LNA==,1667893163000"
    side.send("conversation_analysis_completed", overrides={"conversation_id": id_})

    for written in id_, quote(id_, safe=""), twice(id_):
        assert side.zoom.got(f"/zra/conversations/{written}")["conversation_id"] == id_


@pytest.mark.parametrize(
    ("headers", "status"), [({"Host": "evil.example"}, 421), ({"Origin": "http://evil.example"}, 403)]
)
@pytest.mark.parametrize("path", ["/v2/zra/deals", "/oauth/token"])
def test_foreign_pages_and_names_are_refused_in_zooms_shape(side, path, headers, status):
    connection = http.client.HTTPConnection("127.0.0.1", side.api.port, timeout=TIMEOUT_S)
    connection.request("POST", path, headers=headers)
    answer = connection.getresponse()
    value = json.loads(answer.read())
    connection.close()

    assert answer.status == status
    assert set(value) == {"code", "message"}
    assert value["code"] == status


def test_no_page_is_shown_to_a_browser_that_asks(side):
    answer = side.zoom.ask("/nothing", headers={"accept": "text/html"})

    assert answer.headers["content-type"].startswith("application/json")
