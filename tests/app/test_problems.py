from __future__ import annotations

import json
import socket
from pathlib import Path

import pytest
import requests

from tests.support.api import TIMEOUT_S, running_app

JSON = {"Content-Type": "application/json"}


@pytest.fixture(scope="module")
def api(tmp_path_factory):
    with running_app(tmp_path_factory.mktemp("problems")) as api:
        yield api


def problem_of(answer, status):
    assert answer.status_code == status, answer.text
    assert answer.headers["Content-Type"] == "application/problem+json"
    problem = answer.json()
    assert problem.keys() >= {"type", "title", "status", "detail"}
    assert problem["status"] == status
    assert "Traceback" not in answer.text
    return problem


@pytest.mark.parametrize(
    ("body", "detail"),
    [
        (b"", "the body is empty; send a JSON object"),
        (b"{", "the body is not JSON: Expecting property name"),
        (b"{'event': 1}", "the body is not JSON"),
        (b'{"count": NaN}', "the body is not JSON: NaN is not JSON"),
        (b'{"count": 1e999}', "the body is not JSON: the number 1e999 is too big"),
        (b'{"count": ' + b"1" * 5000 + b"}", "the body is not JSON"),
        (b'{"event": "\xff"}', "the body is not UTF-8 at byte 11"),
        (b'{"event": "\\ud83d"}', "the body holds half of a surrogate pair"),
        (b"[" * 100_000, "the body is nested too deeply"),
    ],
    ids=[
        "empty",
        "cut",
        "single quotes",
        "NaN",
        "infinite",
        "huge integer",
        "latin-1",
        "half a pair",
        "deep",
    ],
)
def test_a_body_that_is_no_json_is_a_bad_request(api, body, detail):
    answer = requests.post(f"{api.base}/api/events", data=body, headers=JSON, timeout=TIMEOUT_S)

    assert detail in problem_of(answer, 400)["detail"]


@pytest.mark.parametrize("value", [None, [], "text", 5, True], ids=repr)
@pytest.mark.parametrize("path", ["/api/events", "/api/subscriptions"])
def test_json_that_is_no_object_does_not_fit(api, path, value):
    answer = requests.post(api.base + path, data=json.dumps(value), headers=JSON, timeout=TIMEOUT_S)

    problem = problem_of(answer, 422)
    assert problem["type"] == "/problems/invalid-fields"
    assert problem["errors"][0]["pointer"] == ""
    assert problem["detail"].startswith("expected an object, found ")


def test_a_body_beyond_the_limit_is_too_large(api):
    body = b'{"body": "' + b"x" * (2 * 1024 * 1024) + b'"}'

    answer = requests.post(f"{api.base}/api/events", data=body, headers=JSON, timeout=TIMEOUT_S)

    problem = problem_of(answer, 413)
    assert problem["detail"] == f"the body has {len(body)} bytes; at most 2097152 are read"


@pytest.mark.parametrize("path", ["/nothing", "/api", "/api/deliveries/", "/static/x"])
def test_a_path_that_leads_nowhere_is_not_found(api, path):
    problem = problem_of(api.get(path), 404)

    assert problem["type"] == "about:blank"
    assert "GET / lists the routes" in problem["detail"]


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [("PUT", "/api/events", {"GET", "HEAD", "OPTIONS", "POST"}), ("DELETE", "/", {"GET", "HEAD", "OPTIONS"})],
)
def test_a_method_that_does_not_fit_says_which_do(api, method, path, allowed):
    answer = requests.request(method, api.base + path, headers=JSON, timeout=TIMEOUT_S)

    problem = problem_of(answer, 405)
    assert set(answer.headers["Allow"].split(", ")) == allowed
    assert problem["detail"] == f"{method} does not fit here; allowed are {', '.join(sorted(allowed))}"


def test_every_type_of_problem_is_explained_at_its_address(api):
    problem = problem_of(api.post("/api/events", {"event": "nonsense"}), 409)

    explained = api.get(problem["type"]).json()
    assert explained == {"type": problem["type"], "title": problem["title"]}
    assert api.get("/problems/nonsense").status_code == 404


def test_the_root_says_what_there_is_and_its_links_lead_somewhere(api):
    root = api.get("/").json()

    assert "POST /api/events" in root["routes"]
    assert len(root["links"]) == 12
    for link in root["links"]:
        assert requests.get(link, timeout=TIMEOUT_S).status_code == 200


def test_the_app_says_that_it_is_well(api):
    assert api.get("/healthz").json() == {"status": "ok"}


def test_a_damaged_record_is_a_problem_with_the_way_out(tmp_path):
    with running_app(tmp_path) as api:
        for path in Path(tmp_path).glob("record.sqlite*"):
            if path.suffix != ".key":
                path.write_bytes(b"nonsense" * 4096)

        answer = api.get("/api/deliveries")

    problem = problem_of(answer, 503)
    assert problem["type"] == "/problems/record-unavailable"
    assert "record.sqlite" in problem["detail"]
    assert answer.headers["Retry-After"] == "1"


def test_a_request_that_is_cut_short_harms_nothing(api):
    with socket.create_connection(("127.0.0.1", api.port)) as peer:
        peer.sendall(b"POST /api/events HTTP/1.1\r\nHost: localhost:%d\r\n" % api.port)
        peer.sendall(b"Content-Type: application/json\r\nContent-Length: 100\r\n\r\n{")

    assert api.get("/healthz").json() == {"status": "ok"}
    assert api.deliveries() == []
