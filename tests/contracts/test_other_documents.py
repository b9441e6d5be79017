"""Receivers of other events than the bundled ones are judged by the document that describes these."""

from __future__ import annotations

import json
import shlex
from pathlib import Path

import pytest

from tests.support.command import zoom_emitter
from tests.support.documents import document, envelope, operation
from tests.support.receivers.reference import SECRET_TOKEN, Answer, right

SPECS = Path(__file__).parents[2].parent / "shared" / "specs"
TICKET = {
    "type": "object",
    "required": ["id", "status"],
    "properties": {
        "id": {"type": "string"},
        "status": {"type": "string", "enum": ["open", "done"]},
        "opened_at": {"type": "string", "format": "date-time"},
        "tags": {"type": "array", "items": {"type": "string"}},
        "priority": {"type": "integer", "minimum": 1, "maximum": 5},
    },
}


@pytest.fixture(autouse=True)
def secret(monkeypatch):
    monkeypatch.setenv("ZOOM_WEBHOOK_SECRET_TOKEN", SECRET_TOKEN.reveal())


@pytest.fixture
def own():
    """A document of two events about tickets."""
    opened, closed = (operation(envelope(TICKET, name=f"acme.{name}")) for name in ("opened", "closed"))
    value = document(acme__opened=opened, acme__closed=closed)
    Path("own.json").write_text(json.dumps(value), encoding="utf-8")
    return "own.json"


def judge(url, spec, *arguments):
    result = zoom_emitter("check", url, "--spec", spec, "--no-cache", "--json", *arguments)
    report = json.loads(result.text)
    return report, {finding["code"]: finding for finding in report["findings"]}


def unverifying(asked):
    return right(asked.signed_anew())


def test_a_right_receiver_of_own_events_is_found_right(own, receivers):
    seen = []

    def seeing(asked):
        seen.append(asked.event)
        return right(asked)

    report, found = judge(receivers.add(seeing), own, "--events", "acme.*", "--depth", "quick")

    assert found == {}
    assert report["summary"]["cases"] > 40
    assert {"acme.opened", "acme.closed"} <= {*seen}
    assert [event for event in seen if event.startswith("revenue_accelerator.")] == []


def test_one_without_a_signature_check_is_found(own, receivers):
    _, found = judge(receivers.add(unverifying), own, "--events", "acme.*", "--depth", "quick")

    assert found["S01"]["severity"] == "error"
    again = shlex.split(found["S01"]["reproduce"]["command"])
    assert again[:3] == ["zoom-emitter", "emit", "acme.opened"]
    assert "204 accepted" in zoom_emitter(*again[1:]).text
    assert '"--spec", "own.json"' in found["S01"]["reproduce"]["pytest"]


def test_what_only_some_values_of_an_own_event_break_is_found(own, receivers):
    def failing(asked):
        is_done = isinstance(asked.object, dict) and asked.object.get("status") == "done"
        return Answer(500) if asked.is_signed and is_done else right(asked)

    _, found = judge(receivers.add(failing), own, "--events", "acme.closed", "--select", "A06,G01")

    assert "done" in found["A06"]["message"]


@pytest.mark.slow
@pytest.mark.skipif(not SPECS.is_dir(), reason="Zoom's other documents are not here")
def test_a_document_of_zooms_is_judged_by(receivers):
    spec = str(SPECS / "scheduler.webhooks.json")

    _, right_one = judge(receivers.add(right), spec, "--events", "scheduler.*", "--depth", "quick")
    _, careless = judge(receivers.add(unverifying), spec, "--events", "scheduler.*", "--depth", "quick")

    assert right_one == {}
    assert careless["S01"]["severity"] == "error"
