"""The app with the events of another document than the bundled one."""

from __future__ import annotations

import json

import pytest

from emitter.catalog.events import Catalog, Document, bundled
from tests.support.api import SECRET_TOKEN, running_app
from tests.support.documents import document, envelope, operation
from tests.support.receiving import Receiver
from tests.support.serving import serving

PERSON = {
    "type": "object",
    "required": ["id"],
    "properties": {"id": {"type": "integer"}, "email": {"type": "string"}},
}
USERS = document(title="Users", user__created=operation(envelope(PERSON, name="user.created")))


@pytest.fixture
def api(tmp_path):
    with running_app(tmp_path, catalog=Catalog.of([bundled(), Document("users.json", USERS)])) as api:
        yield api


def test_its_events_are_listed_subscribed_to_and_sent(api):
    with Receiver(SECRET_TOKEN) as receiver:
        api.subscribe(receiver.url, events=["user.*"])
        (number,) = api.emit(event="user.created", overrides={"email": "a@example.com"})
        api.settled(number)
        sent = json.loads(receiver.arrivals[-1].body)

    assert [event["name"] for event in api.get("/api/events").json()["events"]][-1] == "user.created"
    assert sent["event"] == "user.created"
    assert isinstance(sent["payload"]["object"]["id"], int)
    assert sent["payload"]["object"]["email"] == "a@example.com"


def test_a_value_that_its_schema_refuses_is_told(api):
    answer = api.post("/api/events", {"event": "user.created", "overrides": {"id": "x"}})

    assert answer.status_code == 409
    assert "expected an integer, found" in answer.text


def test_serve_takes_the_document_from_the_command_line(tmp_path):
    (tmp_path / "users.json").write_text(json.dumps(USERS), encoding="utf-8")
    with serving(tmp_path, "--spec", str(tmp_path / "users.json")) as served:
        names = [event["name"] for event in served.api.get("/api/events").json()["events"]]

    assert names[-1] == "user.created"
    assert len(names) == 8
