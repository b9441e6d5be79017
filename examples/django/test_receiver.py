"""The receiver's own tests, and the contract as one test for each check and event."""

from __future__ import annotations

import pytest
import receiver
from django.conf import settings
from django.test import Client

from emitter.testing import assert_acknowledged, assert_refused, assert_validated


@pytest.fixture
def zoom_receiver(zoom_secret_token, monkeypatch):
    monkeypatch.setattr(settings, "ZOOM_WEBHOOK_SECRET_TOKEN", zoom_secret_token)
    receiver.events.clear()
    return Client(enforce_csrf_checks=True)  # as the middleware does outside of tests


def test_the_url_is_validated(zoom_emitter):
    assert_validated(zoom_emitter.validate())


def test_an_event_is_kept(zoom_emitter):
    sent = zoom_emitter.emit("playlist_create", {"playlist_name": "Q3 🚒"})

    assert_acknowledged(sent)
    assert receiver.events == [sent.envelope]


def test_a_forged_event_is_refused(zoom_emitter):
    assert_refused(zoom_emitter.faults("missing-signature").emit())

    assert receiver.events == []


@pytest.mark.zoom_contract
def test_contract():
    """Nothing to prepare."""
