from __future__ import annotations

import re

import pytest

from emitter.catalog.events import Catalog, Document, bundled
from emitter.catalog.validation import validate
from emitter.errors import UnknownNameError
from emitter.faking.pacing import times_of
from emitter.faking.people import Account
from emitter.faking.stories import STORIES, Step, Story, find_story, stories_of
from emitter.faking.streams import Stream
from tests.support.documents import document, envelope, operation

CATALOG = Catalog.bundled()
START_MS = 1_763_888_888_000
EVERY_EVENT = STORIES["playlist-and-conversation"]
LONG = Story(
    "long",
    "Everything, more than once",
    (
        Step("conversation_analysis_completed"),
        Step("playlist_create", after_s=(0, 5)),
        Step("playlist_add_moment", after_s=(0, 1), times=(1, 6)),
        Step("post_comment_completed", times=(2, 4)),
        Step("conversation_crm_associations_changed", times=(3, 9)),
        Step("playlist_remove_moment", times=(1, 3)),
        Step("playlist_delete"),
        Step("playlist_create"),
        Step("playlist_add_moment"),
    ),
)
TIMES = ("create_time", "update_time", "delete_time")


def events_of(story, index, **given):
    given = {"start_ms": START_MS, "catalog": CATALOG} | given
    return story.events("seed", index, **given)


def payloads(events, *names):
    return [event.envelope["payload"] for event in events if event.name.rpartition(".")[2] in names]


def objects(events, *names):
    return [payload["object"] for payload in payloads(events, *names)]


@pytest.mark.parametrize("story", [*STORIES.values(), LONG], ids=lambda story: story.name)
def test_every_event_of_a_story_fits_its_schema_and_times_never_run_backwards(story):
    for index in range(25):
        fits_and_runs_forwards(events_of(story, index))


def fits_and_runs_forwards(events):
    assert events[0].event_ts_ms == START_MS
    for event in events:
        validate(CATALOG.find(event.name), event.envelope)
        assert event.envelope["event_ts"] == event.event_ts_ms
    told = [
        (event.envelope["payload"]["object"][key], event.event_ts_ms)
        for event in events
        if isinstance(event.envelope["payload"]["object"], dict)
        for key in TIMES
        if key in event.envelope["payload"]["object"]
    ]
    assert all(happened_ms <= event_ts_ms for happened_ms, event_ts_ms in told)
    assert [happened_ms for happened_ms, _ in told] == sorted(happened_ms for happened_ms, _ in told)
    stamps = [event.event_ts_ms for event in events]
    assert stamps == sorted(stamps)


def test_the_story_of_everything_tells_of_all_seven_events_in_a_natural_order():
    assert [event.name.rpartition(".")[2] for event in events_of(EVERY_EVENT, 0)] == [
        "conversation_analysis_completed",
        "playlist_create",
        "playlist_add_moment",
        "post_comment_completed",
        "conversation_crm_associations_changed",
        "playlist_remove_moment",
        "playlist_delete",
    ]
    assert {event.name for event in events_of(EVERY_EVENT, 0)} == set(CATALOG.names())


def test_ids_names_and_people_agree_throughout():
    for index in range(25):
        agrees_throughout(events_of(EVERY_EVENT, index))


def agrees_throughout(events):
    people = {person.id: person for person in Account.numbered(0, seed="seed").people}

    of_playlist = objects(
        events, "playlist_create", "playlist_add_moment", "playlist_remove_moment", "playlist_delete"
    )
    assert len({(each["playlist_id"], each["playlist_name"]) for each in of_playlist}) == 1
    added, removed = objects(events, "playlist_add_moment", "playlist_remove_moment")
    moment = ("playlist_detail_id", "moment_id", "moment_name")
    assert [added[key] for key in moment] == [removed[key] for key in moment]
    conversations = [
        *objects(events, "conversation_analysis_completed", "post_comment_completed"),
        *objects(events, "conversation_crm_associations_changed")[0],
    ]
    assert len({each["conversation_id"] for each in conversations}) == 1
    assert conversations[0]["host_id"] in people
    everything = [event.envelope["payload"] for event in events]
    assert len({payload["account_id"] for payload in everything}) == 1
    operators = [payload for payload in everything if "operator" in payload]
    assert len(operators) == 5
    assert all(people[payload["operator_id"]].email == payload["operator"] for payload in operators)


def test_crm_changes_are_increments_of_what_was_there():
    for index in range(40):
        are_increments(objects(events_of(LONG, index), "conversation_crm_associations_changed"))


def are_increments(changes):
    there: list[dict[str, str]] = []
    for item in [each for items in changes for each in items]:
        assert item["old_associations"] or item["new_associations"]
        for gone in item["old_associations"]:
            there.remove(gone)
        assert not any(new in there for new in item["new_associations"])
        there += item["new_associations"]


def test_crm_changes_add_replace_and_remove():
    changes = [
        (bool(item["old_associations"]), bool(item["new_associations"]))
        for index in range(40)
        for items in objects(events_of(LONG, index), "conversation_crm_associations_changed")
        for item in items
    ]

    assert set(changes) == {(False, True), (True, True), (True, False)}


def test_moments_are_added_once_and_removed_after_they_were_added():
    for index in range(40):
        are_added_once_and_removed_later(events_of(LONG, index))


def are_added_once_and_removed_later(events):
    inside, first = [], objects(events, "playlist_create")[0]["playlist_id"]
    for event in events:
        each = event.envelope["payload"]["object"]
        if event.name.endswith("add_moment") and each["playlist_id"] == first:
            assert each["moment_id"] not in inside
            inside.append(each["moment_id"])
        elif event.name.endswith("remove_moment") and inside:
            inside.remove(each["moment_id"])


def test_a_second_playlist_is_another_and_what_follows_is_about_it():
    created = objects(events_of(LONG, 0), "playlist_create")
    added = objects(events_of(LONG, 0), "playlist_add_moment")

    assert created[0]["playlist_id"] != created[1]["playlist_id"]
    assert added[-1]["playlist_id"] == created[1]["playlist_id"]


def test_comments_of_a_story_are_different_ones():
    ids = [each["comment_id"] for each in objects(events_of(LONG, 3), "post_comment_completed")]

    assert len(set(ids)) == len(ids) >= 2


def test_a_story_is_a_pure_function_of_its_arguments():
    bodies = [event.body() for event in events_of(LONG, 7)]
    for other in range(5):
        events_of(LONG, other)

    assert bodies == [event.body() for event in events_of(LONG, 7)]
    assert bodies != [event.body() for event in events_of(LONG, 8)]


def test_steps_happen_as_often_as_they_say_and_as_late():
    counts = {
        len(objects(events_of(LONG, index), "conversation_crm_associations_changed")) for index in range(80)
    }
    gaps = [
        (later.event_ts_ms - earlier.event_ts_ms) / 1000
        for index in range(20)
        for earlier, later in zip(
            events_of(EVERY_EVENT, index), events_of(EVERY_EVENT, index)[1:], strict=False
        )
    ]

    assert counts == set(range(3, 10))
    assert min(gaps) >= 10
    assert max(gaps) <= 3600


def test_a_story_may_happen_in_another_account():
    account = Account.numbered(5, seed="other")

    assert {
        each["account_id"] for each in payloads(events_of(EVERY_EVENT, 0, account=account), "playlist_create")
    } == {account.id}


def test_a_story_whose_events_the_catalog_lacks_is_refused():
    with pytest.raises(UnknownNameError, match="unknown event 'no_such_event'"):
        events_of(Story("s", "t", (Step("no_such_event"),)), 0)


@pytest.mark.parametrize("story", STORIES.values(), ids=STORIES)
def test_a_story_has_a_name_for_the_command_line_and_a_title_of_one_line(story):
    assert STORIES[story.name] is story
    assert re.fullmatch(r"[a-z]+(-[a-z]+)*", story.name)
    assert story.title
    assert "\n" not in story.title
    assert all(CATALOG.find(step.event) for step in story.steps)


@pytest.mark.parametrize("index", range(200))
def test_a_moment_leaves_a_playlist_only_after_it_came(index):
    inside: list[str] = []
    for event in events_of(STORIES["playlist-life"], index):
        moment = event.envelope["payload"]["object"].get("moment_id")
        if event.name.endswith("add_moment"):
            inside.append(moment)
        elif event.name.endswith("remove_moment"):
            inside.remove(moment)


def test_a_playlist_lives_with_and_without_an_end():
    lives = [[event.name for event in events_of(STORIES["playlist-life"], index)] for index in range(60)]

    assert all(life[0].endswith("playlist_create") for life in lives)
    assert 10 < sum(life[-1].endswith("playlist_delete") for life in lives) < 50
    assert {len(life) for life in lives} >= {4, 6, 8}


def test_a_conversation_is_analysed_before_anything_else_happens_to_it():
    lives = [[event.name for event in events_of(STORIES["conversation-life"], index)] for index in range(60)]

    assert all(life[0].endswith("analysis_completed") for life in lives)
    assert {1, 3, 5} <= {len(life) for life in lives}


def test_some_people_of_an_account_do_more_than_others():
    account = Account.numbered(0, seed="seed")
    operators = [
        event.envelope["payload"]["operator_id"]
        for index in range(300)
        for event in events_of(STORIES["playlist-life"], index)[:1]
    ]
    often = [operators.count(person.id) for person in account.people]

    assert min(often) > 0
    assert sum(often[: len(often) // 2]) > 1.5 * sum(often[len(often) // 2 :])


def test_a_story_that_would_go_on_too_long_is_told_faster():
    beats = LONG.course(Stream("course"), CATALOG)
    gaps = [Stream("gap", number).below(2**32) for number in range(len(beats))]
    usual = times_of(gaps, beats, start_ms=START_MS)
    hurried = times_of(gaps, beats, start_ms=START_MS, end_ms=START_MS + 1000)

    assert usual[-1] > START_MS + 1000
    assert hurried == sorted(hurried)
    assert (hurried[0], hurried[-1]) == (START_MS, START_MS + 1000)
    assert times_of(gaps, beats, start_ms=START_MS, end_ms=usual[-1]) == usual


def test_an_unknown_story_is_refused_with_the_nearest_name():
    with pytest.raises(UnknownNameError) as caught:
        find_story("playlist-live", CATALOG)

    assert caught.value.suggestions == ("playlist-life",)


def test_an_event_that_is_in_no_story_of_several_is_one_of_its_own():
    item = operation(envelope({"type": "string"}, name="room.opened"), summary="A room is open.")
    both = Catalog.of([bundled(), Document("rooms.json", document(room__opened=item))])

    assert [story.name for story in stories_of(both)] == [*STORIES, "room.opened"]
    assert [story.name for story in stories_of(Catalog.from_document(document(room__opened=item)))] == [
        "room.opened"
    ]
    (event,) = find_story("room.opened", both).events("s", 0, start_ms=START_MS, catalog=both)
    assert (event.name, event.event_ts_ms) == ("room.opened", START_MS)
