from __future__ import annotations

import json

import pytest

from emitter.core.mentions import MOST, Mention, mentions_of, snake


def mentioned(event, payload):
    return {tuple(each) for each in mentions_of(event, json.dumps({"payload": payload}).encode())}


def test_ids_are_called_as_the_event_calls_them_and_people_users_too():
    payload = {"account_id": "acc", "operator_id": "o", "object": {"conversation_id": "c", "host_id": "h"}}

    assert mentioned("revenue_accelerator.x", payload) == {
        ("operator_id", "o"),
        ("user_id", "o"),
        ("conversation_id", "c"),
        ("host_id", "h"),
        ("user_id", "h"),
        # By these, lists of conversations are narrowed down.
        ("host_id beside conversation_id", "h"),
        ("user_id beside conversation_id", "h"),
        ("user_id beside conversation_id", "o"),
    }


def test_the_id_of_the_object_is_called_by_the_event_and_others_by_what_holds_them():
    payload = {"object": {"id": 85393847045, "uuid": "u==", "participant": {"id": "p"}, "hostId": "h"}}

    assert mentioned("meeting.started", payload) == {
        ("meeting_id", "85393847045"),
        ("meeting_uuid", "u=="),
        ("participant_id", "p"),
        ("host_id", "h"),
        ("user_id", "h"),
    }


def test_every_object_of_a_list_is_looked_at():
    records = [{"deal_id": "d", "lead_id": None}]
    payload = {"object": [{"conversation_id": "a", "new_associations": records}, {"conversation_id": "b"}]}

    assert mentioned("x", payload) == {
        ("conversation_id", "a"),
        ("conversation_id", "b"),
        ("deal_id", "d"),
        ("deal_id beside conversation_id", "d"),
    }


@pytest.mark.parametrize(
    "body",
    [b"", b"{", b"[]", b"null", b"\xff", b"{}", b'{"payload": 1}', b'{"payload": null}', b"[" * 100_000],
)
def test_what_is_no_event_mentions_nothing(body):
    assert mentions_of("x", body) == []


@pytest.mark.parametrize("value", ["", None, True, 1.5, "a\0b", "x" * 256, {}, []])
def test_what_cannot_be_asked_for_is_passed_over(value):
    assert mentioned("x", {"object": {"deal_id": value}}) == set()


def test_half_a_surrogate_pair_does_no_harm():
    assert mentions_of("x", b'{"payload": {"object": {"deal_id": "\\ud83d"}}}') == [Mention("deal_id", "?")]


def test_there_is_an_end_to_it():
    many = [{"deal_id": str(number)} for number in range(10_000)]

    assert len(mentions_of("x", json.dumps({"payload": {"object": many}}).encode())) == MOST


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("conversationId", "conversation_id"),
        ("host_id", "host_id"),
        ("id", "id"),
        ("meetingUUID", "meeting_uuid"),
    ],
)
def test_names_are_written_with_underscores(written, meant):
    assert snake(written) == meant
