from __future__ import annotations

import re

import pytest

from emitter.faking.people import Account
from emitter.faking.world import World

START_MS = 1_763_888_888_000


def a_world(index=0, **given):
    return World.numbered(index, seed="s", story="test", start_ms=START_MS, **given)


@pytest.mark.parametrize("number", range(20))
def test_an_account_has_people_with_one_domain_and_addresses_that_go_with_their_names(number):
    account = Account.numbered(number, seed=1)

    addresses = [person.email for person in account.people]
    assert 5 <= len(account.people) <= 16
    assert len(set(addresses)) == len(addresses)
    assert len({address.partition("@")[2] for address in addresses}) == 1
    assert all(re.fullmatch(r"[a-z0-9.]+@example\.(com|org|net)", address) for address in addresses)
    assert all(re.fullmatch(r"[A-Za-z0-9_-]{22}", each) for each in (account.id, account.people[0].id))
    for person in account.people:
        if person.name.isascii():
            assert person.email.startswith(person.given.split()[0].lower())


def test_accounts_of_a_seed_differ_and_are_the_same_every_time():
    accounts = [Account.numbered(number, seed=1) for number in range(30)]

    assert len({account.id for account in accounts}) == 30
    assert accounts == [Account.numbered(number, seed="1") for number in range(30)]
    assert accounts[0] != Account.numbered(0, seed=2)


def test_what_a_world_holds_does_not_depend_on_what_was_asked_for_before():
    asked = a_world()
    assert asked.comment(3)
    assert asked.moment(9)
    assert asked.conversation

    assert asked.playlist(1) == a_world().playlist(1)
    assert asked.association(2) == a_world().association(2)


def test_worlds_of_other_indices_share_the_account_only():
    one, two = a_world(0), a_world(1)

    assert one.account == two.account
    assert one.playlist(0).id != two.playlist(0).id
    assert one.conversation.id != two.conversation.id


def test_a_conversation_is_over_when_the_story_begins_and_its_id_goes_with_its_source():
    shapes = {
        "ZOOM_MEETING": r"[A-Za-z0-9+/]{22}==,\d{13}",
        "ZOOM_PHONE": r"[0-9a-f]{32}",
        "ZOOM_CONTACT_CENTER": r"[0-9a-f]{32}",
        "MICROSOFT_TEAMS": r"[A-Za-z0-9_-]{22}",
        "GOOGLE_MEET": r"[A-Za-z0-9_-]{22}",
        "OTHERS": r"[A-Za-z0-9_-]{22}",
    }
    seen = set()
    for index in range(300):
        world = a_world(index)
        conversation = world.conversation
        seen.add(conversation.source)
        assert re.fullmatch(shapes[conversation.source], conversation.id)
        assert conversation.start_ms < START_MS
        assert conversation.start_ms % 1000 == 0
        assert conversation.host in world.account.people
        assert (conversation.engagement_id is not None) == (conversation.source == "ZOOM_CONTACT_CENTER")
        if conversation.source == "ZOOM_MEETING":
            assert conversation.id.endswith(f",{conversation.start_ms}")

    assert seen == shapes.keys()


def test_a_comment_mentions_nobody_but_a_colleague_of_its_author():
    names = {person.name for person in a_world().account.people}
    mentioned = 0
    for index in range(300):
        comment = a_world(index).comment(0)
        assert "{" not in comment.text
        found = [name for name in names if f"@{name}" in comment.text]
        mentioned += bool(found)
        assert comment.author.name not in found

    assert mentioned > 30


def test_an_account_of_one_person_still_makes_comments():
    person = Account.numbered(0, seed=1).people[0]

    assert a_world(account=Account("a" * 22, (person,))).comment(0).author == person


def test_the_first_association_of_a_conversation_has_every_kind_of_record():
    first = a_world().association(0)

    assert [each[:3] for each in (first.deal_id, first.account_id, first.lead_id) if each] == [
        "006",
        "001",
        "00Q",
    ]
    assert any(a_world().association(number).lead_id is None for number in range(1, 30))
    assert any(a_world().association(number).deal_id is None for number in range(1, 30))
