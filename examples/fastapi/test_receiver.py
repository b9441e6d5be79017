"""The receiver's own tests, and the contract as one test for each check and event."""

from __future__ import annotations

import pytest
from fastapi.testclient import TestClient
from receiver import create_app

from emitter.testing import assert_acknowledged, assert_refused, assert_validated


@pytest.fixture
def app(zoom_secret_token):
    return create_app(zoom_secret_token)


@pytest.fixture
def zoom_receiver(app):
    with TestClient(app) as client:
        yield client


def test_the_url_is_validated(zoom_emitter):
    assert_validated(zoom_emitter.validate())


def test_a_story_is_kept_in_its_order(zoom_emitter, app):
    sent = zoom_emitter.story("playlist-life")

    assert_acknowledged(sent)
    assert app.state.zoom_events == [each.envelope for each in sent]


def test_a_forged_event_is_refused(zoom_emitter, app):
    assert_refused(zoom_emitter.faults("tampered-body").emit())

    assert app.state.zoom_events == []


class TestContract:
    """Judges the app itself, as a server would call it: the deadline is kept, whatever it does."""

    @pytest.fixture
    def zoom_receiver(self, app):
        return app

    @pytest.mark.zoom_contract
    def test_contract(self):
        """Nothing to prepare."""
