"""Every kind of receiver that `ZoomEmitter` takes: events arrive byte for byte, and answers come back."""

from __future__ import annotations

import httpx2
import pytest
from django.test import AsyncClient, Client
from fastapi.testclient import TestClient

from emitter.core.outcome import OutcomeKind
from emitter.errors import InvalidSettingError
from emitter.testing import ZoomEmitter, assert_acknowledged, assert_refused, assert_validated
from tests.support.apps import django_app, fastapi_app, flask_app, plain_apps
from tests.support.servers import serve

SECRET = "4fv1RkqGQUq5sWbEz6hA5A"
PATH = "/webhooks/zoom"


@pytest.fixture(autouse=True)
def secret(monkeypatch):
    monkeypatch.setenv("ZOOM_WEBHOOK_SECRET_TOKEN", SECRET)


def emitter_to(receiver, **options):
    return ZoomEmitter(receiver, secret_token=SECRET, **options)


@pytest.fixture(
    params=[
        flask_app.app.test_client,
        lambda: Client(enforce_csrf_checks=True, HTTP_HOST="localhost"),
        lambda: httpx2.Client(
            transport=httpx2.WSGITransport(app=flask_app.app), base_url="http://localhost"
        ),
        lambda: flask_app.app,
        lambda: django_app.application,
        lambda: django_app.asgi_application,
        lambda: fastapi_app.app,
        lambda: plain_apps.wsgi_app,
        lambda: plain_apps.asgi_app,
        lambda: "tests.support.apps.flask_app:app/webhooks/zoom",
    ],
    ids=[
        "flask client", "django client", "httpx client", "flask", "django wsgi", "django asgi", "fastapi",
        "wsgi", "asgi", "name",
    ],
)  # fmt: skip
def receiver(request):
    return request.param()


def test_it_is_validated_and_takes_events_and_refuses_forged_ones(receiver):
    with emitter_to(receiver) as emitter:
        assert_validated(emitter.validate())
        assert_acknowledged(emitter.emit("playlist_create", {"playlist_name": "Café 東京 🚒 a/b"}))
        assert_refused(emitter.faults("tampered-body").emit("playlist_create"))


def test_the_client_of_starlette_is_called_within_its_lifespan():
    with TestClient(fastapi_app.app) as client, emitter_to(client) as emitter:
        assert_acknowledged(emitter.emit())


def test_a_url_is_sent_to_over_http():
    with serve(flask_app.app) as base_url, emitter_to(base_url + PATH) as emitter:
        assert_acknowledged(emitter.emit())
        assert_acknowledged(emitter.faults("slow-body").emit())


def test_what_an_app_raises_is_a_500_and_the_cause_of_the_failure():
    app = flask_app.create_app()
    app.testing = True  # as most do in tests: what a view raises reaches the client

    @app.before_request
    def fail():
        raise LookupError("no such customer")

    with emitter_to(app.test_client()) as emitter, pytest.raises(AssertionError) as caught:
        assert_acknowledged(emitter.emit("playlist_create"))

    assert "was not acknowledged: 500 failed" in str(caught.value)
    assert "the app raised LookupError" in str(caught.value)
    assert isinstance(caught.value.__cause__, LookupError)


def test_a_client_that_answers_late_is_late(monkeypatch):
    app = flask_app.create_app()
    with emitter_to(app.test_client(), timeout_s=0.000_001) as emitter:
        sent = emitter.emit()

    assert sent.outcome.kind is OutcomeKind.TIMED_OUT


@pytest.mark.parametrize(
    ("thing", "says"),
    [
        (7, "a builtins.int is no receiver; expected a WSGI or ASGI app"),
        ("shop", "'shop' is no receiver"),
        (AsyncClient(), "waits for an event loop"),
        ("ftp://localhost/", "is not an http or https URL"),
    ],
    ids=["a number", "a word", "an asynchronous client", "another scheme"],
)
def test_what_is_no_receiver_is_refused_with_what_is_one(thing, says):
    with pytest.raises(InvalidSettingError, match=says):
        emitter_to(thing)


def test_a_fault_of_the_connection_wants_a_connection():
    with (
        emitter_to(flask_app.app) as emitter,
        pytest.raises(InvalidSettingError, match="'slow-body' is about a connection"),
    ):
        emitter.faults("slow-body")
