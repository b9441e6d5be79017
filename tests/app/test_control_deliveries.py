from __future__ import annotations

import pytest

from tests.support.api import SECRET_TOKEN, running_app
from tests.support.receiving import Receiver

CREATE = "revenue_accelerator.playlist_create"
DELETE = "revenue_accelerator.playlist_delete"


@pytest.fixture(scope="module")
def api(tmp_path_factory):
    """An app with five settled deliveries: three accepted, one refused, one of a second subscription."""
    with (
        Receiver(SECRET_TOKEN) as receiver,
        running_app(tmp_path_factory.mktemp("deliveries")) as api,
    ):
        api.subscribe(receiver.url + "hook?token=canary")
        api.subscribe(receiver.url, events=["nothing.*"])
        for fields in (
            {"event": "playlist_create"},
            {"event": "playlist_delete"},
            {"event": "playlist_create"},
            {"event": "playlist_create", "faults": ["wrong-signature"]},
            {"event": "playlist_create", "subscription": 2},
        ):
            (number,) = api.emit(**fields)
            api.settled(number)
        yield api


def numbers(api, **query):
    return [delivery["id"] for delivery in api.deliveries(**query)]


def test_deliveries_are_listed_newest_first(api):
    listed = api.get("/api/deliveries").json()

    assert [delivery["id"] for delivery in listed["deliveries"]] == [5, 4, 3, 2, 1]
    assert listed["next"] is None
    first = listed["deliveries"][-1]
    assert (first["event"], first["state"], first["attempts_made"]) == (CREATE, "delivered", 1)
    assert first["last_outcome"] == {"kind": "accepted", "status": 204, "code": None, "detail": ""}
    assert first["url"].endswith("/hook?…")
    assert "body" not in first


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({"event": CREATE}, [5, 4, 3, 1]),
        ({"event": "playlist_delete"}, [2]),
        ({"event": "*delete"}, [2]),
        ({"outcome": "refused"}, [4]),
        ({"state": "delivered"}, [5, 3, 2, 1]),
        ({"state": "pending"}, []),
        ({"subscription": 2}, [5]),
        ({"since": "2020-01-01T00:00:00Z"}, [5, 4, 3, 2, 1]),
        ({"since": 4_000_000_000_000}, []),
        ({"until": "2020-01-01T00:00:00+02:00"}, []),
        ({"event": CREATE, "state": "delivered", "limit": 2}, [5, 3]),
        ({"before": 3}, [2, 1]),
    ],
    ids=lambda value: "-".join(map(str, value.values())) if isinstance(value, dict) else None,
)
def test_deliveries_are_found_by_what_is_known_of_them(api, query, expected):
    assert numbers(api, **query) == expected


def test_pages_follow_one_another_without_gap_or_repetition(api):
    pages, path = [], "/api/deliveries?limit=2&subscription=1"
    while path:
        page = api.get(path).json()
        pages.append([delivery["id"] for delivery in page["deliveries"]])
        path = page["next"]

    assert pages == [[4, 3], [2, 1]]


@pytest.mark.parametrize(
    ("query", "pointer", "detail"),
    [
        ("outcom=refused", "/outcom", "unknown field 'outcom'; did you mean 'outcome'?"),
        ("outcome=ok", "/outcome", "expected one of accepted, redirected, refused"),
        ("state=done", "/state", "expected one of pending, delivered, failed, cancelled, found 'done'"),
        ("limit=0", "/limit", "expected 1 to 200, found 0"),
        ("limit=201", "/limit", "expected 1 to 200, found 201"),
        ("limit=-1", "/limit", "expected a whole number, found '-1'"),
        ("limit=1&limit=2", "/limit", "given more than once"),
        ("before=1000000000000000000", "/before", "expected 1 to 999999999999999999"),
        ("since=yesterday", "/since", "a time like 2026-07-01T12:00:00Z, found 'yesterday'"),
        ("since=2026-07-01", "/since", "a time like 2026-07-01T12:00:00Z, found '2026-07-01'"),
        ("event=", "/event", "expected 1 to 200 characters, found 0"),
    ],
)
def test_a_query_that_does_not_fit_is_named(api, query, pointer, detail):
    answer = api.get(f"/api/deliveries?{query}")

    assert answer.status_code == 422
    (error,) = answer.json()["errors"]
    assert error["pointer"] == pointer
    assert detail in error["detail"]


def test_one_delivery_is_shown_with_both_sides_of_its_attempts(api):
    delivery = api.get("/api/deliveries/4").json()

    assert delivery["faults"] == ["wrong-signature"]
    (attempt,) = delivery["attempts"]
    assert attempt["outcome"] == "refused"
    assert attempt["answer"]["status"] == 401
    assert attempt["request"]["body"] == delivery["body"]
    headers = dict(attempt["request"]["headers"])
    assert headers["x-zm-request-id"] == delivery["request_id"]
    assert headers["x-zm-signature"].startswith("v0=")


def test_the_attempts_are_shown_alone(api):
    attempts = api.get("/api/deliveries/4/attempts").json()

    assert attempts == {"attempts": api.get("/api/deliveries/4").json()["attempts"]}


@pytest.mark.parametrize("path", ["deliveries/{}", "deliveries/{}/attempts", "subscriptions/{}"])
@pytest.mark.parametrize("number", ["99", "0", "-1", "abc", "1.0", "9223372036854775808", "1" * 400, "%00"])
def test_a_number_that_there_is_not_is_not_found(api, path, number):
    answer = api.get(f"/api/{path.format(number)}")

    assert answer.status_code == 404
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert answer.json()["title"] == "Not Found"


def test_a_missing_delivery_says_where_they_are(api):
    problem = api.get("/api/deliveries/99").json()

    assert problem["detail"] == "there is no delivery 99; GET /api/deliveries lists them"


def test_a_query_of_an_endpoint_is_nowhere(api):
    for path in ("/api/deliveries", "/api/deliveries/1", "/api/subscriptions", "/api/subscriptions/1"):
        assert "canary" not in api.get(path).text
