"""Which deliveries mention a thing: looked up by index, of what was sent; tokens and calls beside them."""

from __future__ import annotations

import json
import sqlite3
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing

import pytest
from sqlalchemy.dialects import sqlite

from emitter.delivery.store import Store
from emitter.delivery.store.calls import Call, add_call, count_faults, find_calls
from emitter.delivery.store.mentions import (
    catch_up,
    cause_about,
    cause_since,
    events_about,
    is_begun,
    is_caught_up,
    is_mentioned,
    things,
)
from emitter.delivery.store.mentions_statements import ABOUT, ALL, CAUSE_ABOUT, CAUSE_SINCE, SOME
from emitter.delivery.store.zoom_subscriptions import (
    ZoomSubscription,
    add_zoom_subscription,
    change_users,
    zoom_subscriptions_by_number,
)
from emitter.delivery.store.zoom_tokens import Granted, TokenKind, add_tokens, find_token, spend_token
from tests.support.recorded import NOW_MS, a_delivery, accepted, lease, subscribed

ID = "conversation_id"


@pytest.fixture
def store(record):
    with Store.open(record) as store:
        yield store


def body(*ids, host="h", **more):
    objects = [{"conversation_id": id_, "host_id": host, **more} for id_ in ids]
    return json.dumps({"payload": {"account_id": "a", "object": objects}}).encode()


def accept(store, *bodies):
    number = subscribed(store)
    return [each.id for each in store.accept([a_delivery(number, body=each) for each in bodies])]


def number_of(cause):
    return cause and cause.delivery_id


def send(store, *bodies):
    numbers = accept(store, *bodies)
    for _ in numbers:
        store.finish(*accepted(*lease(store)))
    assert catch_up(store)
    return numbers


def test_nothing_is_looked_up_before_someone_asks(store):
    accept(store, body("x"))

    assert not is_begun(store)
    assert not is_caught_up(store)
    assert catch_up(store)
    assert is_begun(store)
    assert is_caught_up(store)


def test_it_is_looked_up_in_small_transactions(store):
    accept(store, *[body(str(number)) for number in range(501)])

    assert not catch_up(store, most=1)
    assert catch_up(store, most=1)


def test_only_what_was_sent_counts(store):
    (number,) = accept(store, body("x"))
    catch_up(store)
    before = is_mentioned(store, ID, "x"), things(store, ID, limit=9), events_about(store, ID, ["x"])
    lease(store)
    after = is_mentioned(store, ID, "x"), things(store, ID, limit=9), events_about(store, ID, ["x"])

    assert before == (False, [], [])
    assert after[:2] == (True, [(number, "x")])
    assert [event.body for event in after[2]] == [body("x")]


def test_events_about_things_are_told_oldest_first(store):
    first, second, third = send(store, body("x", n=1), body("y"), body("x", "y", n=2))

    assert [event.delivery_id for event in events_about(store, ID, ["x"])] == [first, third]
    assert [(event.delivery_id, event.about) for event in events_about(store, ID, ["x", "y"])] in (
        [(first, "x"), (second, "y"), (third, "x"), (third, "y")],
        [(first, "x"), (second, "y"), (third, "y"), (third, "x")],
    )


def test_things_are_listed_once_newest_first_from_any_place(store):
    one, two, _ = send(store, body("a"), body("b", "c", "d"), body("a"))

    whole = things(store, ID, limit=9)
    assert whole == [(two, "b"), (two, "c"), (two, "d"), (one, "a")]
    assert things(store, ID, limit=2) == whole[:2]
    for at, place in enumerate(whole):
        assert things(store, ID, limit=9, after=place) == whole[at + 1 :]


def test_things_beside_another_are_listed_once_too(store):
    _, two, three, _ = send(
        store, body("a", host="g"), body("b", host="g"), body("a", host="g"), body("c", host="h")
    )

    assert things(store, ID, limit=9, beside=("host_id", "g")) == [(three, "a"), (two, "b")]
    assert things(store, ID, limit=9, beside=("host_id", "g"), after=(three, "a")) == [(two, "b")]
    assert things(store, ID, limit=9, beside=("host_id", "nobody")) == []


def test_pruning_forgets_what_was_mentioned(store):
    send(store, body("x"))
    store.prune(None)

    assert not is_mentioned(store, ID, "x")
    assert is_caught_up(store)


def test_a_call_is_caused_by_what_is_under_way_or_was_sent_last(store):
    first, second, third = accept(store, body("x"), body("x"), body("y"))
    catch_up(store)
    assert cause_about(store, ID, "x") is None
    leased = lease(store)
    store.finish(*accepted(*lease(store)))

    assert leased[0].id == first
    assert number_of(cause_about(store, ID, "x")) == first
    assert number_of(cause_since(store, NOW_MS)) == first
    store.finish(*accepted(*leased))
    assert number_of(cause_about(store, ID, "x")) == second
    assert number_of(cause_since(store, NOW_MS)) == second
    assert cause_since(store, NOW_MS + 1) is None
    assert third


def test_a_body_that_is_no_event_mentions_nothing_and_is_passed(store):
    send(store, b"not JSON", b'{"payload": 1}', body("x"))

    assert [value for _, value in things(store, ID, limit=9)] == ["x"]


@pytest.mark.parametrize("statement", [ABOUT, ALL, SOME, CAUSE_ABOUT, CAUSE_SINCE])
def test_every_look_goes_by_an_index(tmp_path, statement):
    path = tmp_path / "record.sqlite"
    with Store.open(path) as store:
        send(store, body("x"))
    sql = statement._text(sqlite.dialect(paramstyle="qmark")).sql
    with closing(sqlite3.connect(path)) as connection:
        rows = connection.execute(f"EXPLAIN QUERY PLAN {sql}", [0] * sql.count("?")).fetchall()
    plan = [row[3] for row in rows]

    assert any(step.startswith("SEARCH") for step in plan), plan
    scanned = [step for step in plan if step.startswith("SCAN") and "attempts" not in step]
    assert [step for step in scanned if "anon" not in step and "subquery" not in step.lower()] == [], plan


def test_calls_are_kept_with_their_deliveries(store):
    (number,) = send(store, body("x"))
    call = Call(
        delivery_id=number,
        at_ms=NOW_MS,
        method="GET",
        path="/v2/zra/deals?x=\0" + "y" * 3000,
        status=429,
        code=429,
        message="Too many",
        fault="rate-limit",
        took_ms=0.5,
    )
    numbers = [add_call(store, call) for _ in range(3)]

    assert [each.id for each in find_calls(store, limit=2)] == numbers[:0:-1]
    assert [each.id for each in find_calls(store, limit=9, before_id=numbers[1])] == numbers[:1]
    assert find_calls(store, delivery_id=number + 1, limit=9) == []
    assert count_faults(store, delivery_id=number, fault="rate-limit") == 3
    assert find_calls(store, delivery_id=number, limit=1)[0].path.startswith(
        "/v2/zra/deals?x=\N{REPLACEMENT CHARACTER}y"
    )
    store.prune(None)
    assert find_calls(store, limit=9) == []


def test_tokens_are_found_until_they_are_spent_or_forgotten(store):
    granted = Granted(
        kind=TokenKind.REFRESH, client_id="c", account_id="a", scope="s t", expires_at_ms=NOW_MS
    )
    add_tokens(store, {"one": granted, "two": granted}, before_ms=0)

    assert find_token(store, "one", TokenKind.REFRESH) == granted
    assert find_token(store, "one", TokenKind.ACCESS) is None
    assert spend_token(store, "one")
    assert not spend_token(store, "one")
    add_tokens(store, {}, before_ms=NOW_MS + 1)
    assert find_token(store, "two", TokenKind.REFRESH) is None


def test_what_zooms_api_calls_a_subscription_is_kept(store):
    number = subscribed(store)
    new = ZoomSubscription(id="i" * 22, subscription_id=number, scope="user", account_id="a", user_ids=("u",))
    add_zoom_subscription(store, new)
    change_users(store, new.id, ("u", "v"))

    assert zoom_subscriptions_by_number(store)[number].user_ids == ("u", "v")


def test_of_two_that_look_at_once_each_finds_all(record):
    with Store.open(record) as one, Store.open(record) as other:
        numbers = send(one, *[body(str(number)) for number in range(40)])
        accept(one, *[body(f"new {number}") for number in range(1200)])
        with ThreadPoolExecutor(4) as pool:
            assert all(pool.map(catch_up, (one, other) * 2))

        assert len(things(other, ID, limit=100)) == len(numbers)
        assert is_caught_up(one)
