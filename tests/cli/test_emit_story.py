from __future__ import annotations

import json

import pytest

from emitter.core.secrets import SecretToken
from tests.support.command import zoom_emitter
from tests.support.receiving import Receiver

SECRET = "4fv1RkqGQUq5sWbEz6hA5A"


@pytest.fixture(autouse=True)
def secret(monkeypatch):
    monkeypatch.setenv("ZOOM_WEBHOOK_SECRET_TOKEN", SECRET)


@pytest.fixture
def receiver():
    with Receiver(SecretToken(SECRET)) as receiver:
        yield receiver


def test_a_story_is_sent_from_its_first_event_to_its_last(receiver):
    result = zoom_emitter("emit", "--story", "playlist-life", "--to", receiver.url, "--no-validate")

    assert result.status == 0, result.err
    events = [one.event.rpartition(".")[2] for one in receiver.arrivals]
    assert events[0] == "playlist_create"
    assert events[1:3] == ["playlist_add_moment"] * 2
    assert len({one.value["payload"]["object"]["playlist_id"] for one in receiver.arrivals}) == 1


def test_a_story_that_is_sent_now_is_over_now(receiver):
    before = zoom_emitter("emit", "playlist_create", "--to", receiver.url, "--no-validate")
    zoom_emitter("emit", "--story", "conversation-life", "--to", receiver.url, "--no-validate", "--seed", "1")

    assert before.status == 0
    now_ms, *stamps = [one.value["event_ts"] for one in receiver.arrivals]
    assert stamps == sorted(stamps)
    assert 0 <= stamps[-1] - now_ms < 60_000


def test_count_tells_as_many_stories(receiver):
    line = ("emit", "--story", "playlist-life", "--count", "3", "--to", receiver.url, "--no-validate")
    zoom_emitter(*line, "--seed", "7")

    ids = [one.value["payload"]["object"]["playlist_id"] for one in receiver.arrivals]
    assert len(set(ids)) == 3
    assert ids == sorted(ids, key=list(dict.fromkeys(ids)).index)


def test_a_story_may_be_changed_on_its_way(receiver):
    line = ("emit", "--story", "playlist-life", "--override", "playlist_name=Q3", "--to", receiver.url)
    zoom_emitter(*line, "--no-validate")

    assert {one.value["payload"]["object"]["playlist_name"] for one in receiver.arrivals} == {"Q3"}


def test_an_unknown_story_is_refused_with_the_nearest(receiver):
    result = zoom_emitter("emit", "--story", "playlist-lif", "--to", receiver.url)

    assert result.status == 2
    assert "unknown story 'playlist-lif'; did you mean 'playlist-life'?" in result.err
    assert receiver.arrivals == []


@pytest.mark.parametrize("more", [["playlist_create"], ["--payload", "x.json"]])
def test_a_story_goes_without_event_names_and_payload(receiver, more):
    result = zoom_emitter("emit", *more, "--story", "playlist-life", "--to", receiver.url)

    assert result.status == 2
    assert "--story tells its own events" in result.err


def test_the_stories_are_listed_with_what_happens_in_them():
    result = zoom_emitter("events", "stories")

    names = [line.split()[0] for line in result.text.splitlines() if not line.startswith(" ")]
    assert names == ["playlist-life", "conversation-life", "playlist-and-conversation"]
    assert "A playlist is created" in result.text


def test_the_stories_are_listed_as_json_with_their_events():
    result = zoom_emitter("events", "stories", "--json")

    listed = json.loads(result.text)
    assert [one["name"] for one in listed] == [
        "playlist-life",
        "conversation-life",
        "playlist-and-conversation",
    ]
    assert listed[0]["events"][0] == "playlist_create"


def test_locales_reach_names_and_texts_of_what_is_sent(receiver):
    line = ("--locale", "ja_JP", "--locale", "ko-kr", "--seed", "1", "--to", receiver.url, "--no-validate")
    zoom_emitter("emit", "post_comment_completed", "--count", "12", *line)
    zoom_emitter("emit", "--story", "playlist-life", *line)

    comments = [one.value["payload"]["object"]["text"] for one in receiver.arrivals[:12]]
    names = {one.value["payload"]["object"]["playlist_name"] for one in receiver.arrivals[12:]}
    assert sum(not text.isascii() for text in comments) >= 6
    assert any("\uac00" <= char <= "\ud7a3" for text in comments for char in text)
    assert any("\u3040" <= char <= "\u30ff" for text in comments for char in text)
    assert len(names) == 1


def test_a_locale_that_is_not_there_is_one_clear_line():
    result = zoom_emitter("emit", "playlist_create", "--locale", "ja_JA", "--to", "http://localhost:1/")

    assert result.status == 2
    assert "unknown locale 'ja_JA'" in result.err
    assert "ja_JP" in result.err
    assert len(result.err.splitlines()) == 1
