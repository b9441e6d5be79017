from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys

import pytest

from emitter.catalog.events import Catalog
from emitter.catalog.validation import validate
from emitter.errors import UnknownNameError
from emitter.faking import events_for

CATALOG = Catalog.bundled()
NOW_MS = 1_763_888_888_000
ALL_BODIES = """
import hashlib, sys
from emitter.catalog.events import Catalog
from emitter.faking import events_for
catalog = Catalog.bundled()
events = events_for(catalog.names(), catalog=catalog, seed="s", count=20, now_ms=1_763_888_888_000)
print(hashlib.sha256(b"".join(event.body() for event in events)).hexdigest())
"""


def made(*names, seed="s", count=1, now_ms=NOW_MS):
    return list(events_for(names, catalog=CATALOG, seed=seed, count=count, now_ms=now_ms))


def objects(events):
    return [event.envelope["payload"]["object"] for event in events]


def test_events_come_in_the_order_asked_for_as_often_as_asked_for():
    events = made("playlist_delete", "playlist_create", count=3)

    assert [event.name.rpartition(".")[2] for event in events] == ["playlist_delete", "playlist_create"] * 3


def test_the_first_event_is_made_now_and_each_other_a_millisecond_later():
    events = made(*CATALOG.names(), count=4)

    assert [event.event_ts_ms for event in events] == list(range(NOW_MS, NOW_MS + 28))
    for event in events:
        validate(CATALOG.find(event.name), event.envelope)


def test_the_events_of_a_round_are_about_the_same_playlist_and_rounds_are_not():
    events = made("playlist_create", "playlist_add_moment", "playlist_remove_moment", count=5)
    ids = [each["playlist_id"] for each in objects(events)]

    assert [len(set(ids[at : at + 3])) for at in range(0, 15, 3)] == [1] * 5
    assert len(set(ids)) == 5
    assert len({event.envelope["payload"]["account_id"] for event in events}) == 1


def test_an_event_is_about_the_same_things_whichever_others_come_with_it():
    together = objects(made("playlist_create", "playlist_add_moment", "post_comment_completed"))
    alone = [
        objects(made(name))[0]
        for name in ("playlist_create", "playlist_add_moment", "post_comment_completed")
    ]

    keys = ("playlist_id", "playlist_name", "moment_id", "comment_id", "conversation_id", "text")
    for one, other in zip(together, alone, strict=True):
        assert {key: one[key] for key in keys if key in one} == {
            key: other[key] for key in keys if key in other
        }


def test_an_event_that_comes_again_goes_on():
    comments = objects(made(*["post_comment_completed"] * 3))
    moments = objects(made("playlist_remove_moment", "playlist_remove_moment"))

    assert len({each["comment_id"] for each in comments}) == 3
    assert len({each["conversation_id"] for each in comments}) == 1
    assert len({each["moment_id"] for each in moments}) == 2


def test_a_playlist_that_is_created_again_is_another_one():
    created = objects(made("playlist_create", "playlist_create", "playlist_add_moment"))

    assert created[0]["playlist_id"] != created[1]["playlist_id"] == created[2]["playlist_id"]


def test_the_same_seed_and_time_give_the_same_bytes_and_others_others():
    bodies = [event.body() for event in made(*CATALOG.names(), count=2)]

    assert bodies == [event.body() for event in made(*CATALOG.names(), count=2)]
    assert set(bodies).isdisjoint(event.body() for event in made(*CATALOG.names(), count=2, seed="t"))
    assert bodies != [event.body() for event in made(*CATALOG.names(), count=2, now_ms=NOW_MS + 1)]


def test_a_number_and_its_text_are_the_same_seed():
    assert made("playlist_create", seed=5) == made("playlist_create", seed="5")


@pytest.mark.parametrize("hash_seed", ["0", "1", "random"])
def test_bytes_do_not_depend_on_the_process(hash_seed):
    environment = os.environ | {"PYTHONHASHSEED": hash_seed}
    output = subprocess.run(
        [sys.executable, "-c", ALL_BODIES], env=environment, capture_output=True, text=True, check=True
    ).stdout

    bodies = b"".join(event.body() for event in made(*CATALOG.names(), count=20))
    assert output.strip() == hashlib.sha256(bodies).hexdigest()


def test_an_unknown_name_is_refused_before_any_event_is_made():
    with pytest.raises(UnknownNameError) as caught:
        events_for(["playlist_created"], catalog=CATALOG, seed="s", count=1, now_ms=NOW_MS)

    assert caught.value.suggestions == ("revenue_accelerator.playlist_create",)


def test_no_rounds_are_no_events():
    assert made("playlist_create", count=0) == []


def test_events_are_made_one_at_a_time():
    events = events_for(["playlist_create"], catalog=CATALOG, seed="s", count=10**9, now_ms=NOW_MS)

    assert next(events).event_ts_ms == NOW_MS
    assert next(events).event_ts_ms == NOW_MS + 1


def test_an_event_no_story_knows_is_made_from_its_schema():
    properties = {
        "event": {"type": "string"},
        "event_ts": {"type": "string"},
        "operator_id": {"type": "string"},
    }
    schema = {"type": "object", "properties": properties}
    post = {"requestBody": {"content": {"application/json": {"schema": schema}}}}
    catalog = Catalog.from_document({"info": {"title": "T"}, "webhooks": {"room.opened": {"post": post}}})

    events = list(events_for(["opened"], catalog=catalog, seed="s", count=2, now_ms=NOW_MS))

    assert [event.envelope["event"] for event in events] == ["room.opened"] * 2
    assert [event.envelope["event_ts"] for event in events] == [str(NOW_MS), str(NOW_MS + 1)]
    assert all(event.envelope["operator_id"] for event in events)


def test_neither_faker_nor_a_validator_nor_a_client_is_imported_to_make_an_event():
    script = (
        "import sys, json\n"
        "from emitter.catalog.events import Catalog\n"
        "from emitter.faking import events_for\n"
        "names = ['playlist_create', 'post_comment_completed', 'conversation_crm_associations_changed']\n"
        "list(events_for(names, catalog=Catalog.bundled(), seed=1, count=3, now_ms=1_763_888_888_000))\n"
        "print(json.dumps(sorted({name.partition('.')[0] for name in sys.modules})))"
    )
    output = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True).stdout

    assert set(json.loads(output)).isdisjoint({"faker", "jsonschema_rs", "requests", "flask", "sqlalchemy"})
