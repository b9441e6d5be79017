"""The receiver's own tests, and the contract as one test for each check and event."""

from __future__ import annotations

import pytest
from receiver import create_app

from emitter.testing import assert_acknowledged, assert_refused, assert_validated


@pytest.fixture
def app(zoom_secret_token):
    return create_app(zoom_secret_token)


@pytest.fixture
def zoom_receiver(app):
    return app.test_client()


def test_the_url_is_validated(zoom_emitter):
    assert_validated(zoom_emitter.validate())


@pytest.mark.zoom_events("playlist_*")
def test_an_event_is_kept(zoom_emitter, zoom_event, app):
    assert_acknowledged(zoom_emitter.emit(zoom_event))

    assert app.extensions["zoom_events"] == [zoom_event]


def test_an_event_that_comes_again_is_kept_once(zoom_emitter, app):
    sent = zoom_emitter.emit("playlist_create")
    assert_acknowledged(zoom_emitter.replay(sent))

    assert len(app.extensions["zoom_events"]) == 1


def test_a_forged_event_is_refused(zoom_emitter, app):
    assert_refused(zoom_emitter.faults("wrong-signature").emit())

    assert app.extensions["zoom_events"] == []


def test_an_old_request_is_refused(zoom_emitter, zoom_clock):
    zoom_clock.move("-10m")

    assert_refused(zoom_emitter.emit())


@pytest.mark.zoom_contract
def test_contract():
    """Nothing to prepare."""
