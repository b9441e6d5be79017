"""What apps do inside the process is told as a server with them would have shown it."""

from __future__ import annotations

import json

import pytest

from emitter.core.outcome import OutcomeKind
from emitter.core.request import SignedRequest
from emitter.delivery.inprocess.asgi import AsgiTransport
from emitter.delivery.inprocess.wsgi import WsgiTransport
from emitter.errors import UsageError
from tests.support.apps import plain_apps

URL = "http://localhost:8000/w%C3%A9b/zoom?tenant=a%20b"
REQUEST = SignedRequest(
    url=URL,
    headers=(
        ("host", "localhost:8000"),
        ("Content-Type", "application/json; charset=utf-8"),
        ("x-twice", "one"),
        ("x-twice", "two"),
    ),
    body=b'{"a":1}',
)


def wsgi(app, timeout_s=3.0):
    return WsgiTransport(app).send(REQUEST, timeout_s=timeout_s)


def asgi(app, timeout_s=3.0):
    transport = AsgiTransport(app)
    with transport.started():
        return transport.send(REQUEST, timeout_s=timeout_s)


@pytest.mark.parametrize(
    ("send", "app"),
    [(wsgi, plain_apps.wsgi_crashes), (asgi, plain_apps.asgi_crashes), (wsgi, plain_apps.wsgi_breaks_off)],
)
def test_an_exception_nobody_handles_is_a_500(send, app):
    exchange = send(app)

    assert (exchange.outcome.kind, exchange.outcome.status) == (OutcomeKind.FAILED, 500)
    assert "unhandled" in exchange.outcome.detail
    assert exchange.answer.body == b"Internal Server Error"


@pytest.mark.parametrize(
    ("send", "app"),
    [(wsgi, plain_apps.wsgi_hangs), (asgi, plain_apps.asgi_hangs), (asgi, plain_apps.asgi_blocks)],
)
def test_the_deadline_is_kept_with_an_app_that_hangs(send, app):
    exchange = send(app, timeout_s=0.2)

    assert exchange.outcome.kind is OutcomeKind.TIMED_OUT
    assert 200 <= exchange.timing.total_ms < 900


def test_an_answer_that_breaks_off_is_none():
    exchange = asgi(plain_apps.asgi_breaks_off)

    assert exchange.outcome.kind is OutcomeKind.BROKEN
    assert "ValueError: halfway" in exchange.outcome.detail


def test_an_app_that_says_nothing_has_closed_the_connection():
    assert asgi(plain_apps.asgi_says_nothing).outcome.kind is OutcomeKind.BROKEN


def test_what_an_app_does_after_its_answer_does_not_delay_it():
    exchange = asgi(plain_apps.asgi_works_later)

    assert exchange.outcome.status == 204
    assert exchange.timing.total_ms < 2000


def test_an_app_that_cannot_start_is_told_of_in_its_own_words():
    with pytest.raises(UsageError, match="no database at db:5432"):
        asgi(plain_apps.asgi_cannot_start)


def test_a_wsgi_app_sees_the_request_as_a_server_shows_it():
    seen = json.loads(wsgi(plain_apps.wsgi_sees).answer.body)

    assert seen == {
        "PATH_INFO": "/wéb/zoom".encode().decode("latin-1"),
        "QUERY_STRING": "tenant=a%20b",
        "HTTP_X_TWICE": "one,two",
        "CONTENT_LENGTH": "7",
        "CONTENT_TYPE": "application/json; charset=utf-8",
        "HTTP_HOST": "localhost:8000",
    }


def test_an_asgi_app_sees_the_request_as_a_server_shows_it():
    seen = json.loads(asgi(plain_apps.asgi_sees).answer.body)

    assert seen["path"] == "/wéb/zoom"
    assert seen["raw_path"] == "/w%C3%A9b/zoom"
    assert seen["query_string"] == "tenant=a%20b"
    assert seen["headers"] == [
        ["host", "localhost:8000"],
        ["content-type", "application/json; charset=utf-8"],
        ["x-twice", "one"],
        ["x-twice", "two"],
        ["content-length", "7"],
    ]
