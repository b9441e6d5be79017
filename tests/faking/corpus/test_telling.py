from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
from collections import Counter, defaultdict

import pytest

from emitter.catalog.validation import validate
from emitter.faking.pools import EMAIL_DOMAINS
from tests.faking.corpus.sets import CATALOG, bodies, foreign_catalog, realistic

DIGEST = """
import hashlib
from tests.faking.corpus.sets import content, realistic
print(hashlib.sha256(content(realistic(stories=200, seed="s"))).hexdigest())
"""


def values_of(made):
    return [json.loads(body) for body in bodies(made)]


@pytest.mark.parametrize(
    "wanted", [(), ("playlist_add_moment", "post_comment_completed")], ids=["all", "some"]
)
def test_a_script_says_what_the_played_story_says(wanted):
    names = tuple(CATALOG.find(name).name for name in wanted)
    teller = realistic(stories=2000, seed="both", wanted=names)._teller

    for story in range(2000):
        assert teller.told(story) == teller.played(story)
    assert all(teller._scripts.values())


@pytest.mark.parametrize("most", [1, 2, 3])
def test_a_script_breaks_off_where_the_played_story_does(most):
    teller = realistic(stories=200)._teller

    for story in range(200):
        told = teller.told(story, most=most)
        assert told == teller.played(story, most=most)
        assert len(told.events) <= most


def test_every_event_fits_its_schema():
    for value in values_of(realistic(stories=1500, seed="valid")):
        validate(CATALOG.find(value["event"]), value)


def test_ids_people_and_times_of_a_story_agree():
    made = realistic(stories=600)
    for story in made.stories:
        told = made.told(story)
        values = [json.loads(body) for _, _, _, body, *_ in told.events]
        stamps = [value["event_ts"] for value in values]
        assert stamps == sorted(stamps)
        assert {value["payload"]["account_id"] for value in values} == {told.account_id}
        objects = [value["payload"]["object"] for value in values]
        flat = [each for one in objects for each in (one if isinstance(one, list) else [one])]
        for key in ("playlist_id", "conversation_id"):
            assert len({each[key] for each in flat if key in each}) <= 1
        happened = [
            each[key] for each in flat for key in ("create_time", "update_time", "delete_time") if key in each
        ]
        assert happened == sorted(happened)
        assert all(at_ms <= stamps[-1] for at_ms in happened)


def test_who_does_something_is_one_of_the_accounts_people_with_their_own_address():
    address_of: dict[str, str] = {}
    accounts_of = defaultdict(set)
    for value in values_of(realistic(stories=800)):
        payload = value["payload"]
        if "operator_id" in payload and "operator" in payload:
            assert address_of.setdefault(payload["operator_id"], payload["operator"]) == payload["operator"]
            accounts_of[payload["operator_id"]].add(payload["account_id"])

    assert len(address_of) > 40
    assert all(len(accounts) == 1 for accounts in accounts_of.values())
    assert {address.rpartition("@")[2] for address in address_of.values()} <= set(EMAIL_DOMAINS)


def test_optional_fields_are_there_mostly_and_sometimes_not():
    created = [
        value["payload"]
        for value in values_of(realistic(stories=3000))
        if value["event"].endswith("playlist_create")
    ]

    for is_there in (
        ["operator" in payload for payload in created],
        ["create_time" in payload["object"] for payload in created],
    ):
        assert 0.85 < sum(is_there) / len(is_there) < 0.99
    assert any(set(payload) == {"account_id", "object"} for payload in created)


def test_accounts_differ_in_size_and_people_come_back():
    counts = Counter(
        value["payload"]["account_id"] for value in values_of(realistic(stories=2000, accounts=20))
    )
    sizes = [count for _, count in counts.most_common()]

    assert len(sizes) == 20
    assert sizes[0] > 4 * sizes[9] > 0
    assert sizes[0] < 0.5 * sum(sizes)


def test_one_account_and_ten_thousand_are_enough():
    for accounts in (1, 10_000):
        values = values_of(realistic(stories=300, accounts=accounts))
        assert len({value["payload"]["account_id"] for value in values}) == 1 or accounts > 1


def test_a_story_is_a_pure_function_of_seed_and_number():
    one, other = realistic(stories=100, seed="pure"), realistic(stories=100, seed="pure")
    backwards = [other._teller.told(story) for story in reversed(other.stories)]

    assert [one._teller.told(story) for story in one.stories] == backwards[::-1]
    assert bodies(realistic(stories=100, seed="impure")) != bodies(one)


@pytest.mark.parametrize("hash_seed", ["0", "1", "random"])
def test_bytes_do_not_depend_on_the_process(hash_seed):
    environment = os.environ | {"PYTHONHASHSEED": hash_seed, "TZ": "Asia/Kolkata", "LC_ALL": "C"}
    output = subprocess.run(
        [sys.executable, "-c", DIGEST], env=environment, capture_output=True, text=True, check=True
    ).stdout

    made = realistic(stories=200, seed="s")
    whole = b"".join(piece.data for piece in made.pieces(made.stories))
    assert output.strip() == hashlib.sha256(whole).hexdigest()


def test_no_two_events_share_an_id():
    comments = [
        value["payload"]["object"]["comment_id"]
        for value in values_of(realistic(stories=3000))
        if value["event"].endswith("comment_completed")
    ]

    assert len(set(comments)) == len(comments) > 1000


def test_events_that_are_in_no_story_are_stories_of_their_own():
    made = realistic(catalog=foreign_catalog("room.opened", "room.closed"), stories=200)
    told = [made.told(story) for story in made.stories]
    values = [json.loads(each.events[0][3]) for each in told]

    assert {each.name for each in told} == {"room.opened", "room.closed"}
    assert all(len(each.events) == 1 for each in told)
    assert {value["event"] for value in values} == {"room.opened", "room.closed"}
    assert all(
        3 <= value["payload"]["object"]["size"] <= 9
        for value in values
        if "size" in value["payload"].get("object", {})
    )
    assert len({value["payload"].get("object", {}).get("id") for value in values}) > 150


def test_an_event_of_another_shape_than_a_plot_knows_is_left_to_the_generator():
    name = "revenue_accelerator.playlist_delete"
    made = realistic(catalog=foreign_catalog(name), stories=50)

    assert all(script is None for script in [made._teller._script(plan) for plan in made._teller._plans[:20]])
    for value in values_of(made):
        validate(foreign_catalog(name).find(name), value)
