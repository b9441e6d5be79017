from __future__ import annotations

import http.client
import json

import pytest

from tests.support.api import running_app


@pytest.fixture(scope="module")
def api(tmp_path_factory):
    with running_app(tmp_path_factory.mktemp("guard")) as api:
        yield api


def ask(api, method="GET", path="/api/subscriptions", *, headers=None, body=None):
    """Send exactly these headers, and return status, headers and problem."""
    connection = http.client.HTTPConnection("127.0.0.1", api.port, timeout=10)
    try:
        connection.putrequest(method, path, skip_host=True, skip_accept_encoding=True)
        for name, value in (headers or {}).items():
            connection.putheader(name, value.replace("PORT", str(api.port)))
        if body is not None:
            connection.putheader("content-length", str(len(body)))
        connection.endheaders(body)
        answer = connection.getresponse()
        text = answer.read()
        return answer.status, answer.headers, json.loads(text) if text else None
    finally:
        connection.close()


@pytest.mark.parametrize("host", ["localhost:PORT", "127.0.0.1:PORT", "[::1]:PORT", "LocalHost:PORT"])
def test_a_request_to_this_machine_by_its_own_name_is_answered(api, host):
    status, _, _ = ask(api, headers={"Host": host})

    assert status == 200


@pytest.mark.parametrize(
    "host",
    [
        "evil.example:PORT",
        "localhost",
        "127.0.0.1:1",
        "localhost.evil.example:PORT",
        "localhost:PORT.evil.example",
        "localhost@evil.example:PORT",
        "127.0.0.1.evil.example:PORT",
        "0.0.0.0:PORT",
        "::1:PORT",
        "",
    ],
)
def test_a_request_by_any_other_name_is_misdirected(api, host):
    status, headers, problem = ask(api, headers={"Host": host})

    assert status == 421
    assert headers["Content-Type"] == "application/problem+json"
    assert problem["type"] == "about:blank"
    assert problem["title"] == "Misdirected Request"
    assert problem["status"] == 421
    assert "ask for localhost, 127.0.0.1 or [::1] with its port" in problem["detail"]


def test_a_request_without_a_host_is_misdirected(api):
    status, _, problem = ask(api)

    assert (status, problem["status"]) == (421, 421)


def test_a_foreign_host_is_refused_where_there_is_nothing_either(api):
    status, _, _ = ask(api, path="/nothing", headers={"Host": "evil.example"})

    assert status == 421


@pytest.mark.parametrize("origin", ["http://localhost:PORT", "http://127.0.0.1:PORT", "http://[::1]:PORT"])
def test_its_own_pages_may_ask(api, origin):
    status, _, _ = ask(api, headers={"Host": "localhost:PORT", "Origin": origin})

    assert status == 200


FOREIGN_ORIGINS = [
    "http://evil.example",
    "http://localhost:3000",
    "https://localhost:PORT",
    "http://localhost:PORT.evil.example",
    "null",
    "localhost:PORT",
    "",
]


@pytest.mark.parametrize("origin", FOREIGN_ORIGINS)
@pytest.mark.parametrize("method", ["GET", "POST", "DELETE", "OPTIONS"])
def test_a_page_of_another_site_may_do_nothing(api, method, origin):
    headers = {"Host": "localhost:PORT", "Origin": origin, "Content-Type": "application/json"}

    status, answer_headers, problem = ask(api, method, headers=headers, body=b"{}")

    assert status == 403
    assert "may not use this server" in problem["detail"]
    assert not [name for name in answer_headers if name.lower().startswith("access-control")]


@pytest.mark.parametrize(
    "content_type",
    [
        "text/plain",
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=x",
        "text/plain; application/json",
        "application/jsonp",
        None,
    ],
)
def test_what_a_form_can_send_changes_nothing(api, content_type):
    headers = {"Host": "localhost:PORT"} | ({"Content-Type": content_type} if content_type else {})

    status, _, problem = ask(
        api, "POST", "/api/events", headers=headers, body=b'{"event": "playlist_create"}'
    )

    assert status == 415
    assert problem["title"] == "Unsupported Media Type"
    assert "send JSON with 'content-type: application/json'" in problem["detail"]


def test_json_may_say_its_charset(api):
    headers = {"Host": "localhost:PORT", "Content-Type": "application/json; charset=utf-8"}

    status, _, _ = ask(api, "POST", "/api/events", headers=headers, body=b"{}")

    assert status == 422


@pytest.mark.parametrize("path", ["/", "/api/deliveries", "/nothing"])
def test_every_answer_is_kept_from_caches_frames_and_other_sites(api, path):
    _, headers, _ = ask(api, path=path, headers={"Host": "localhost:PORT"})

    assert headers["Cache-Control"] == "no-store"
    assert headers["Content-Security-Policy"] == "default-src 'none'; frame-ancestors 'none'"
    assert headers["Cross-Origin-Resource-Policy"] == "same-origin"
    assert headers["Referrer-Policy"] == "no-referrer"
    assert headers["X-Content-Type-Options"] == "nosniff"
