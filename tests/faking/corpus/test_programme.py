from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from emitter.errors import InvalidSettingError
from emitter.faking.corpus.programme import Programme
from tests.faking.corpus.sets import CATALOG, content, realistic

PROGRAMME = Programme(CATALOG, seed="p")


@given(story=st.integers(0, 10**9))
def test_the_events_before_a_story_are_counted_without_telling_it(story):
    assert PROGRAMME.events_before(story + 1) - PROGRAMME.events_before(story) == PROGRAMME.plan(story).events


@given(events=st.integers(1, 10**9))
def test_so_many_stories_have_so_many_events_and_one_fewer_has_not(events):
    stories = PROGRAMME.stories_for(events)

    assert PROGRAMME.events_before(stories) >= events > PROGRAMME.events_before(stories - 1)


def test_a_cycle_has_every_story_that_happens_and_every_event():
    assert {plan.story for plan in PROGRAMME.plans} == {
        "playlist-life",
        "conversation-life",
        "playlist-and-conversation",
    }
    assert {beat.event_type.name for plan in PROGRAMME.plans for beat in plan.beats} == set(CATALOG.names())


@pytest.mark.parametrize("events", [1, 5, 199, 200, 1000, 1001])
def test_there_are_exactly_as_many_events_as_asked_for(events):
    made = realistic(events=events)

    assert sum(piece.events for piece in made.pieces(made.stories)) == made.events == events


@pytest.mark.parametrize("stories", [1, 7, 300])
def test_there_are_exactly_as_many_stories_as_asked_for(stories):
    made = realistic(stories=stories)

    assert len(made.stories) == stories
    assert all(made.told(story).events for story in made.stories)


@pytest.mark.parametrize("wanted", ["playlist_create", "conversation_crm_associations_changed"])
def test_only_wanted_events_are_counted_and_made(wanted):
    name = CATALOG.find(wanted).name
    made = realistic(events=77, wanted=(name,))

    assert made.events == 77
    assert {event[0] for story in made.stories for event in made.told(story).events} == {name}


def test_wanted_events_that_are_nowhere_are_refused():
    with pytest.raises(InvalidSettingError, match="none of the wanted events"):
        Programme(CATALOG, seed="p", wanted=("no.such_event",))


@settings(max_examples=8, deadline=None)
@given(shards=st.integers(1, 9), amount=st.integers(1, 250), by_events=st.booleans())
def test_the_shards_one_after_the_other_are_the_whole(shards, amount, by_events):
    count = {"events": amount} if by_events else {"stories": amount}
    parts = [realistic(**count, shard=shard, shards=shards) for shard in range(1, shards + 1)]
    whole = realistic(**count)

    assert b"".join(map(content, parts)) == content(whole)
    assert sum(part.events for part in parts) == whole.events
