"""The app with the events of another document than the bundled one."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from emitter.catalog.events import Catalog, Document, bundled
from emitter.catalog.reading import read_document
from tests.support.api import SECRET_TOKEN, running_app
from tests.support.documents import document, envelope, operation
from tests.support.receiving import Receiver
from tests.support.serving import serving
from tests.support.visitor import Visitor

PUBLISHED = sorted((Path(__file__).parents[2].parent / "shared" / "specs").glob("*.json"))
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


def test_an_event_of_no_story_of_several_is_a_story_of_its_own(api):
    with Receiver(SECRET_TOKEN) as receiver:
        api.subscribe(receiver.url, events=["user.*"])
        told = api.do("/api/stories", story="user.created")
        api.settled(told["deliveries"][0]["id"])

        assert [arrival.value["event"] for arrival in receiver.arrivals[1:]] == ["user.created"]
    assert api.get("/api/stories").json()["stories"][-1]["events"] == ["user.created"]


def test_its_event_is_sent_from_the_form_and_refused_there(api):
    visitor = Visitor(api.base)
    with Receiver(SECRET_TOKEN) as receiver:
        api.subscribe(receiver.url, events=["user.*"])
        home = visitor.get("/?event=user.created").text
        refused = visitor.submit("/send", home, "/send", **{"at:payload.object.id": "x"})
        sent = visitor.submit("/send", home, "/send", **{"at:payload.object.id": "17"})
        api.settled(1)

        assert (refused.status_code, "expected an integer" in refused.text) == (422, True)
        assert "sent=1" in sent.url
        assert receiver.arrivals[-1].value["payload"]["object"]["id"] == 17


@pytest.mark.slow
@pytest.mark.skipif(not PUBLISHED, reason="the published documents are not beside the repository")
def test_every_event_of_every_published_document_is_sent_from_the_form_as_it_was_filled_in(tmp_path):
    documents = [Document(path.name, read_document(path.read_bytes())) for path in PUBLISHED]
    catalog = Catalog.of(documents)
    with running_app(tmp_path, catalog=catalog) as api, Receiver(SECRET_TOKEN) as receiver:
        visitor = Visitor(api.base)
        api.subscribe(receiver.url, events=["*"], retry="none")
        refused = {}
        for name in catalog.names():
            answer = visitor.submit("/send", visitor.get(f"/?event={name}").text, "/send")
            if answer.status_code != 200:
                refused[name] = re.findall(r'<p class="mistake[^>]*>([^<]*)', answer.text)
        assert refused == {}
        for number in range(1, len(catalog.names()) + 1):
            api.settled(number)
        arrived = [arrival.value["event"] for arrival in receiver.arrivals[1:]]

    assert sorted(arrived) == sorted(catalog.names())
