from __future__ import annotations

import pytest

from emitter.core.events import Event
from emitter.core.wire import WireStyle
from emitter.errors import UnencodableError

ENVELOPE = {"payload": {"text": "ü 🚒"}, "event_ts": 1, "event": "meeting.started"}


def test_the_body_has_the_key_order_and_the_spelling_of_zoom():
    event = Event("meeting.started", 1, ENVELOPE)

    expected = '{"event":"meeting.started","payload":{"text":"ü \\uD83D\\uDE92"},"event_ts":1}'
    assert event.body() == expected.encode()


def test_the_order_is_that_of_the_event_made_also_when_the_envelope_says_another_name():
    event = Event("meeting.started", 1, {**ENVELOPE, "event": "meeting.started "})

    assert list(event.body()[:28]) == list(b'{"event":"meeting.started ",')


def test_another_style_spells_the_same_envelope_otherwise():
    event = Event("meeting.started", 1, ENVELOPE)

    assert event.body(WireStyle.ESCAPED).isascii()


def test_an_envelope_without_a_json_form_is_refused():
    with pytest.raises(UnencodableError):
        Event("a.b", 1, {"payload": float("nan")}).body()
