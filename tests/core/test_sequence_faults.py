from __future__ import annotations

import pytest

from emitter.core.faults import FAULTS, check_count, postings_with
from emitter.core.sequence_faults import twin_of
from emitter.errors import InvalidSettingError

BODIES = [("a", b'{"event":"a","event_ts":1700000000999}'), ("b", b'{"event_ts":5}'), ("c", b"[]")]


def posted(*names, bodies=BODIES):
    return postings_with([FAULTS[name] for name in names], bodies)


def test_without_faults_every_body_is_one_delivery_of_its_own():
    assert [tuple(posting) for posting in posted()] == [
        (event, body, number) for number, (event, body) in enumerate(BODIES)
    ]


def test_a_duplicate_is_the_same_delivery_twice():
    assert [(posting.event, posting.delivery) for posting in posted("duplicate")] == [
        ("a", 0), ("a", 0), ("b", 1), ("b", 1), ("c", 2), ("c", 2),
    ]  # fmt: skip


def test_a_twin_has_a_delivery_of_its_own_and_a_body_that_differs():
    postings = posted("twin")

    assert [posting.event for posting in postings] == ["a", "a", "b", "b", "c", "c"]
    assert len({posting.delivery for posting in postings}) == 6
    assert postings[0].body == BODIES[0][1]
    assert postings[1].body == b'{"event":"a","event_ts":1700000001000}'


def test_a_body_without_a_time_has_a_twin_that_is_the_same():
    assert twin_of(b"[]") == b"[]"


def test_reordered_events_come_the_last_one_first():
    assert [posting.event for posting in posted("reorder")] == ["c", "b", "a"]


def test_a_late_retry_is_the_first_delivery_again_after_all_others():
    postings = posted("late-retry")

    assert [posting.event for posting in postings] == ["a", "b", "c", "a"]
    assert postings[-1] == postings[0]


def test_faults_of_the_order_add_up():
    assert [posting.event for posting in posted("reorder", "late-retry")] == ["c", "b", "a", "c"]
    assert [posting.event for posting in posted("duplicate", "reorder", bodies=BODIES[:2])] == list("bbaa")


@pytest.mark.parametrize("name", ["reorder", "late-retry"])
def test_one_event_alone_cannot_be_out_of_order(name):
    check_count([FAULTS[name]], 2)
    with pytest.raises(InvalidSettingError, match=f"{name}.*at least 2 events"):
        check_count([FAULTS[name]], 1)


def test_nothing_posted_stays_nothing():
    assert posted("twin", "late-retry", bodies=[]) == []
