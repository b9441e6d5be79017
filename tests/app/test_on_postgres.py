"""The app on a record that machines share: one app, several at once, and what is told to the others."""

from __future__ import annotations

import json

import pytest

from emitter.delivery.places import DatabaseUrl
from emitter.errors import InvalidSettingError
from tests.support.api import ENVIRON, KEY, SECRET_TOKEN, running_app
from tests.support.postgres import ANYWHERE, connected
from tests.support.receiving import Receiver

pytestmark = ANYWHERE
SHARED = ENVIRON | {"ZOOM_EMITTER_KEY": KEY}


@pytest.fixture
def database(postgres_url):
    return DatabaseUrl(postgres_url)


@pytest.fixture
def receiver():
    with Receiver(SECRET_TOKEN) as receiver:
        yield receiver


@pytest.fixture
def app(tmp_path, database):
    with running_app(tmp_path, database=database, environ=SHARED) as app:
        yield app


def test_an_event_is_delivered_retried_and_listed(app, receiver):
    app.subscribe(receiver.url, time_scale=10_000)
    receiver.answer_with(503)

    delivery = app.settled(app.emit(event="playlist_create")[0])

    assert [attempt["outcome"] for attempt in delivery["attempts"]] == ["failed", "accepted"]
    assert [one["id"] for one in app.deliveries(state="delivered")] == [delivery["id"]]
    assert app.get("/readyz").status_code == 200
    assert b"zoom_emitter_attempts_total" in app.get("/metrics").content
    for page in ("/", "/deliveries", f"/deliveries/{delivery['id']}", "/charts", "/subscriptions/1"):
        assert app.get(page).status_code == 200


def test_secret_tokens_of_variables_and_files_are_sealed_for_other_machines(
    app, receiver, tmp_path, database
):
    (tmp_path / "token").write_text(SECRET_TOKEN.reveal())
    from_variable = app.subscribe(receiver.url)
    from_file = app.subscribe(receiver.url, secret_token_file=str(tmp_path / "token"))
    made = app.post("/api/subscriptions", {"url": receiver.url, "makes_secret_token": True}).json()

    assert from_variable["secret_token_from"] == "the record, encrypted"
    assert from_file["secret_token_from"] == f"the record, encrypted, a copy of the file {tmp_path / 'token'}"
    assert "a copy of the file " in str(made)
    with connected(database.reveal()) as connection:
        rows = connection.execute("SELECT secret_source FROM subscriptions").fetchall()
    assert {json.loads(row[0])["from"] for row in rows} == {"sealed"}
    assert SECRET_TOKEN.reveal() not in str(rows)


def test_without_a_key_for_all_machines_the_app_does_not_start(tmp_path, database):
    with (
        pytest.raises(InvalidSettingError, match="set ZOOM_EMITTER_KEY to the same on each"),
        running_app(tmp_path, database=database),
    ):
        pass
