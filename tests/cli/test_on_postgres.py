"""The commands on a record in PostgreSQL; its URL has a password that nothing shows."""

from __future__ import annotations

import pytest

from tests.support.api import KEY, SECRET_TOKEN
from tests.support.command import zoom_emitter
from tests.support.postgres import ANYWHERE, connected
from tests.support.receiving import Receiver

PASSWORD = "hunter2-of-the-database"


@pytest.fixture
def url(postgres_url, monkeypatch):
    monkeypatch.setenv("ZOOM_WEBHOOK_SECRET_TOKEN", SECRET_TOKEN.reveal())
    return postgres_url.replace("postgres@", f"postgres:{PASSWORD}@")


@pytest.fixture
def receiver():
    with Receiver(SECRET_TOKEN) as receiver:
        yield receiver


def ran(*arguments, url):
    result = zoom_emitter(*arguments, "--database", url)
    assert PASSWORD not in result.text + result.err
    return result


@ANYWHERE
def test_what_one_command_sends_others_list_show_resume_and_prune(url, receiver):
    sent = ran("emit", "playlist_create", "--to", receiver.url, url=url)
    listed = ran("deliveries", "list", "--json", url=url)
    shown = ran("deliveries", "show", "1", url=url)
    replayed = ran("deliveries", "replay", "1", url=url)
    with connected(url) as connection:
        connection.execute("UPDATE deliveries SET state = 'pending', due_at_ms = 0 WHERE id = 1")
    resumed = ran("deliveries", "resume", "1", url=url)
    pruned = ran("deliveries", "prune", "--all", "--yes", url=url)

    assert [each.status for each in (sent, listed, shown, replayed, resumed, pruned)] == [0] * 6
    assert "recording in postgresql://postgres@" in sent.err
    assert [line["event"] for line in listed.json_lines] == ["revenue_accelerator.playlist_create"]
    assert len(receiver.arrivals) == 1 + 3  # the handshake, and three times the event


@ANYWHERE
def test_what_is_secret_wants_the_key_that_all_machines_have(url, receiver, monkeypatch):
    arguments = ("emit", "playlist_create", "--to", f"{receiver.url}?token=secret")
    without = ran(*arguments, url=url)
    monkeypatch.setenv("ZOOM_EMITTER_KEY", KEY)
    with_key = ran(*arguments, url=url)

    assert (without.status, with_key.status) == (2, 0)
    assert "set ZOOM_EMITTER_KEY to the same on each" in without.err


@ANYWHERE
def test_the_settings_file_may_name_it(url, receiver, tmp_path):
    (tmp_path / "zoom-emitter.toml").write_text(f'database = "{url}"\n')

    sent = zoom_emitter("emit", "playlist_create", "--to", receiver.url)

    assert sent.status == 0
    assert "recording in postgresql://postgres@" in sent.err
    assert PASSWORD not in sent.err


@pytest.mark.parametrize(
    "command", ["serve", "worker", "deliveries list", "emit playlist_create --to http://[::1]:9/"]
)
def test_a_database_that_is_away_is_one_clear_line(monkeypatch, command):
    monkeypatch.setenv("ZOOM_WEBHOOK_SECRET_TOKEN", SECRET_TOKEN.reveal())
    monkeypatch.setenv("ZOOM_EMITTER_KEY", KEY)
    away = f"postgresql+psycopg://me:{PASSWORD}@127.0.0.1:9/zoom"
    more = ["--broker", "redis://127.0.0.1:9/0"] if command == "worker" else []
    more += ["--port", "0"] if command == "serve" else []

    result = ran(*command.split(), *more, url=away)

    assert result.status == 2
    assert result.err.splitlines()[-1].startswith(
        "error: the record postgresql://me@127.0.0.1:9/zoom cannot be reached: Connection refused; see that"
    )
    assert "Traceback" not in result.err


@ANYWHERE
def test_a_worker_whose_broker_is_away_ends_with_one_clear_line(url, monkeypatch):
    monkeypatch.setenv("ZOOM_EMITTER_KEY", KEY)

    result = ran("worker", "--broker", f"redis://:{PASSWORD}@127.0.0.1:9/0", url=url)

    assert result.status == 2
    assert result.err.startswith("error: the queue at redis://127.0.0.1:9/0 cannot be reached: ")
    assert len(result.err.splitlines()) == 1
