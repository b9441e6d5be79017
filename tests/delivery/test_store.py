from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from emitter.core.deliveries import Answer, DeliveryState, Timing
from emitter.core.handshake import ChallengeKind, Handshake, Verdict
from emitter.core.outcome import FailureCode, Outcome, OutcomeKind
from emitter.core.schedule import RetrySchedule
from emitter.core.subscription import Subscription
from emitter.delivery.secret_sources import FromEnvFile, FromFile, Sealed
from emitter.delivery.store import Counts, DeliveryFilter, Store
from emitter.errors import UnknownNameError
from tests.support.postgres import ON_SQLITE
from tests.support.recorded import (
    IDENTITY,
    NOW_MS,
    URL,
    a_delivery,
    accepted,
    begun,
    lease,
    subscribed,
    to_be_retried,
)

# What http.client gives for a header: text of characters below U+0100.
HEADERS = st.lists(
    st.tuples(st.text(st.characters(max_codepoint=255)), st.text(st.characters(max_codepoint=255)))
)
MILLISECONDS = st.floats(0, 1e9)
REUSED = settings(suppress_health_check=[HealthCheck.function_scoped_fixture])


@pytest.fixture
def store(record):
    with Store.open(record) as store:
        yield store


@pytest.fixture
def subscription_id(store):
    return subscribed(store)


def test_deliveries_are_numbered_in_their_order(store, subscription_id):
    first = store.accept([a_delivery(subscription_id, body=b"%d" % index) for index in range(3)])
    second = store.accept([a_delivery(subscription_id)])

    assert [delivery.id for delivery in first + second] == [1, 2, 3, 4]
    assert [store.get_delivery(delivery.id).body for delivery in first] == [b"0", b"1", b"2"]


def test_nothing_to_accept_is_nothing_accepted(store):
    assert store.accept([]) == []


def test_a_batch_is_committed_whole_or_not_at_all(store, subscription_id):
    no_such_subscription = a_delivery(subscription_id + 1)

    with pytest.raises(Exception, match=r"the record .* pruned meanwhile"):
        store.accept([a_delivery(subscription_id), no_such_subscription])

    assert store.find_deliveries() == []


@REUSED
@given(body=st.binary(), event=st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"])))
def test_a_delivery_is_read_as_it_was_accepted(store, subscription_id, body, event):
    (delivery,) = store.accept(
        [a_delivery(subscription_id, body=body, event=event, faults=("duplicate", "wire-raw"), virtual_ms=7)]
    )

    assert store.get_delivery(delivery.id) == delivery


@pytest.mark.parametrize(("event", "stored"), [("a\ud800b", "a�b"), ("a\0b", "a�b")], ids=["half", "nul"])
def test_an_event_name_no_database_takes_is_made_readable(store, subscription_id, event, stored):
    (delivery,) = store.accept([a_delivery(subscription_id, event=event)])

    assert store.get_delivery(delivery.id).event == stored


@REUSED
@given(
    request_headers=HEADERS,
    answer_headers=HEADERS,
    sent_body=st.none() | st.binary(),
    answer_body=st.binary(),
    times=st.tuples(st.none() | MILLISECONDS, st.none() | MILLISECONDS, MILLISECONDS),
    is_cut=st.booleans(),
)
def test_an_attempt_is_read_as_it_was_finished(
    store, subscription_id, request_headers, answer_headers, sent_body, answer_body, times, is_cut
):
    def begins(delivery, number):
        sent = {"request_headers": tuple(request_headers), "sent_body": sent_body}
        return replace(begun(delivery, number), **sent)

    store.accept([a_delivery(subscription_id)])
    delivery, attempt = accepted(*lease(store, prepare=begins))
    connect_ms, first_byte_ms, total_ms = times
    attempt = replace(
        attempt,
        answer=Answer(status=299, headers=tuple(answer_headers), body=answer_body, is_cut=is_cut),
        timing=Timing(connect_ms=connect_ms, first_byte_ms=first_byte_ms, total_ms=total_ms),
    )

    store.finish(delivery, attempt)

    assert store.attempts(delivery.id) == [attempt]
    assert store.get_delivery(delivery.id) == delivery


def test_every_value_of_a_delivery_has_its_own_place(store, subscription_id):
    (delivery,) = store.accept(
        [
            a_delivery(
                subscription_id,
                event="event",
                body=b"body",
                faults=("duplicate", "wire-raw"),
                created_at_ms=1,
                retry_number=2,
                due_at_ms=3,
                virtual_ms=4,
                lease_ms=5,
            )
        ]
    )

    leased, _ = lease(store)

    assert (leased.event, leased.body, leased.faults) == ("event", b"body", ("duplicate", "wire-raw"))
    assert (leased.created_at_ms, leased.retry_number, leased.due_at_ms) == (1, 2, 3)
    assert (leased.virtual_ms, leased.lease_ms, leased.identity) == (4, 5, IDENTITY)
    assert leased == delivery == store.get_delivery(delivery.id)


def test_an_attempt_that_was_signed_anew_is_read_as_it_was_signed_last(store, subscription_id):
    store.accept([a_delivery(subscription_id)])
    delivery, attempt = lease(store)
    again = replace(attempt, timestamp_s="1770000009", request_headers=(("a", "b"),), sent_body=b"c")

    store.sign_again(again)

    assert store.attempts(delivery.id) == [again]


@pytest.mark.parametrize(
    "outcome",
    [
        Outcome(OutcomeKind.UNRESOLVED, code=FailureCode.DNS_FAILURE, detail="no address for «näme»"),
        Outcome(OutcomeKind.TIMED_OUT, 200, FailureCode.READ_TIMEOUT, "too late"),
        Outcome(OutcomeKind.REFUSED, 429),
    ],
    ids=lambda outcome: outcome.kind,
)
def test_an_outcome_is_read_as_it_was_recorded(store, subscription_id, outcome):
    store.accept([a_delivery(subscription_id)])
    delivery, attempt = lease(store)

    store.finish(replace(delivery, state=DeliveryState.FAILED), replace(attempt, outcome=outcome))

    assert store.attempts(delivery.id)[0].outcome == outcome
    assert store.summary(delivery.id).last_outcome == outcome


def test_every_attempt_is_a_row_of_its_own(store, subscription_id):
    store.accept([a_delivery(subscription_id)])
    failed = to_be_retried(*lease(store), due_at_ms=NOW_MS + 300)
    store.finish(*failed)
    store.finish(*accepted(*lease(store, now_ms=NOW_MS + 300)))

    assert [
        (one.number, one.retry_number, one.outcome.kind, one.next_retry_s) for one in store.attempts(1)
    ] == [
        (1, 0, "failed", 300.0),
        (2, 1, "accepted", None),
    ]
    assert store.summary(1).attempts_made == 2


def test_attempts_made_without_a_lease_are_recorded_in_one_batch(store, subscription_id):
    new = store.accept([a_delivery(subscription_id) for _ in range(3)])

    store.finish_many(accepted(delivery, begun(delivery, 1)) for delivery in new)

    assert [store.attempts(delivery.id)[0].outcome.status for delivery in new] == [204] * 3
    assert [one.attempts_made for one in store.find_deliveries()] == [1] * 3
    assert store.next_due_ms() is None


def test_a_batch_is_read_as_it_was_recorded_whatever_is_rare_in_it(store, subscription_id):
    rare: list[dict[str, Any]] = [
        {},
        {"answer": None},
        {"outcome": Outcome(OutcomeKind.TIMED_OUT, code=FailureCode.READ_TIMEOUT, detail="too late")},
        {"sent_body": b"tampered"},
        {"next_retry_s": 300.0},
        {
            "answer": Answer(
                status=200, headers=(("a", 'b"c'), ("d", "\\"), ("e", "\x01")), body=b"", is_cut=True
            )
        },
        {"timing": Timing(total_ms=3000.0)},
    ]
    new = store.accept([a_delivery(subscription_id, body=b"%d" % index) for index in range(64)])
    ended = [accepted(delivery, begun(delivery, 1)) for delivery in new]
    ended = [
        (delivery, replace(attempt, **rare[index % 7 if index % 3 else 0]))
        for index, (delivery, attempt) in enumerate(ended)
    ]

    store.finish_many(ended)

    assert [store.attempts(delivery.id) for delivery, _ in ended] == [[attempt] for _, attempt in ended]
    assert [store.get_delivery(delivery.id) for delivery, _ in ended] == [delivery for delivery, _ in ended]


def test_a_batch_holds_settled_deliveries_and_ones_to_be_retried(store, subscription_id):
    one, other = store.accept([a_delivery(subscription_id) for _ in range(2)])

    store.finish_many(
        [accepted(one, begun(one, 1)), to_be_retried(other, begun(other, 1), due_at_ms=NOW_MS + 300)]
    )

    assert store.get_delivery(one.id).state is DeliveryState.DELIVERED
    assert store.next_due_ms() == NOW_MS + 300
    assert lease(store, now_ms=NOW_MS + 300)[0].retry_number == 1


def test_a_delivery_that_is_not_there_is_named(store):
    with pytest.raises(UnknownNameError, match="unknown delivery '7'"):
        store.get_delivery(7)


def test_a_subscription_is_read_as_it_was_added(store):
    subscription = Subscription(
        url="http://localhost:3000/a%20b",
        name="My app ☎",
        events=("meeting.*", "a.b"),
        client_id="LaZt7jcPTjGWV8SkEIWgUw",
        retry_schedule=RetrySchedule((0.0005, 300.0)),
        time_scale=1000.5,
        timeout_s=2.5,
        allowed_hosts=("example.com",),
        allows_private=False,
        ca_bundle="/certificates.pem",
        verifies_tls=False,
    )
    source = FromEnvFile("/somewhere/.env", "ZOOM_WEBHOOK_SECRET")

    new_id = store.add_subscription(subscription, secret_source=source, origin="app", now_ms=NOW_MS)

    stored = store.get_subscription(new_id)
    assert (stored.id, stored.subscription, stored.secret_source) == (new_id, subscription, source)
    assert (stored.origin, stored.created_at_ms, stored.validated_at_ms) == ("app", NOW_MS, None)
    assert store.list_subscriptions() == [stored]


@pytest.mark.parametrize("source", [FromFile("/a b/secret"), Sealed("gAAAAABk")], ids=["file", "sealed"])
def test_where_a_secret_comes_from_is_kept(store, source):
    new_id = store.add_subscription(
        Subscription(url=URL), secret_source=source, origin="command", now_ms=NOW_MS
    )

    assert store.get_subscription(new_id).secret_source == source


def test_a_subscription_that_is_not_there_is_named(store):
    with pytest.raises(UnknownNameError, match="unknown subscription '7'"):
        store.get_subscription(7)


def test_a_subscription_is_marked_validated(store, subscription_id):
    store.mark_validated(subscription_id, now_ms=NOW_MS + 5)

    assert store.get_subscription(subscription_id).validated_at_ms == NOW_MS + 5


def a_handshake(*, is_valid=True, kind=ChallengeKind.SIGNED, probes=()):
    return Handshake(
        url=f"{URL}?token=hidden",
        kind=kind,
        plain_token="qgg8vlvZRS6UYooatFL8Aw",
        started_at_ms=NOW_MS,
        timestamp_s=NOW_MS // 1000,
        request_headers=(("host", "localhost"),),
        body=b'{"payload":{}}',
        outcome=Outcome(OutcomeKind.ACCEPTED, 200),
        answer=Answer(status=200, headers=(("content-type", "application/json"),), body=b"\xff{}"),
        timing=Timing(total_ms=2.0),
        verdict=Verdict(is_valid=is_valid, reason="as it should be"),
        probes=probes,
    )


def test_a_handshake_is_recorded_with_its_probes_and_counts_as_validation(store, subscription_id):
    probe = a_handshake(is_valid=False, kind=ChallengeKind.UNSIGNED)

    store.add_handshake(a_handshake(probes=(probe,)), subscription_id=subscription_id)

    second, first = store.handshakes(subscription_id)
    assert (first.kind, first.is_valid, second.kind, second.is_valid) == ("signed", True, "unsigned", False)
    assert first.answer == a_handshake().answer
    assert first.outcome == a_handshake().outcome
    assert (first.body, first.reason, first.url) == (b'{"payload":{}}', "as it should be", f"{URL}?…")
    assert store.get_subscription(subscription_id).validated_at_ms == NOW_MS


def test_a_failed_handshake_validates_nothing(store, subscription_id):
    store.add_handshake(a_handshake(is_valid=False), subscription_id=subscription_id)

    assert store.get_subscription(subscription_id).validated_at_ms is None


def test_a_handshake_needs_no_subscription(store):
    store.add_handshake(a_handshake())

    assert [each.subscription_id for each in store.handshakes()] == [None]


@pytest.fixture
def several(store):
    """Five deliveries: 1 delivered, 2 failed, 3 pending after a failure, 4 not attempted, 5 elsewhere."""
    here = subscribed(store)
    there = subscribed(store, url="http://127.0.0.1:9/x%y")
    names = ["revenue_accelerator.playlist_create", "revenue_accelerator.playlist_delete", "meeting.started"]
    for index, event in enumerate([*names, "a_b.c", "aXb.c"]):
        subscription_id = there if index == 4 else here
        store.accept([a_delivery(subscription_id, event=event, created_at_ms=NOW_MS + index)])
        if index == 0:
            store.finish(*accepted(*lease(store)))
        if index == 1:
            delivery, attempt = lease(store)
            attempt = replace(attempt, outcome=Outcome(OutcomeKind.REFUSED, 404))
            store.finish(replace(delivery, state=DeliveryState.FAILED, due_at_ms=None), attempt)
        if index == 2:
            store.finish(*to_be_retried(*lease(store), due_at_ms=NOW_MS + 10**6))
    return store


@pytest.mark.parametrize(
    ("wanted", "ids"),
    [
        (DeliveryFilter(), [5, 4, 3, 2, 1]),
        (DeliveryFilter(event="revenue_accelerator.*"), [2, 1]),
        (DeliveryFilter(event="playlist_create"), [1]),
        (DeliveryFilter(event="playlist_*"), [2, 1]),
        (DeliveryFilter(event="create"), []),
        (DeliveryFilter(event="a_b.c"), [4]),
        (DeliveryFilter(event="a?b.c"), [5, 4]),
        (DeliveryFilter(event="%"), []),
        (DeliveryFilter(outcome=OutcomeKind.REFUSED), [2]),
        (DeliveryFilter(state=DeliveryState.PENDING), [5, 4, 3]),
        (DeliveryFilter(since_ms=NOW_MS + 1, until_ms=NOW_MS + 3), [3, 2]),
        (DeliveryFilter(subscription_id=2), [5]),
        (DeliveryFilter(url_contains="127.0.0.1"), [5]),
        (DeliveryFilter(url_contains="x%y"), [5]),
        (DeliveryFilter(url_contains="webhooks%zoom"), []),
        (DeliveryFilter(state=DeliveryState.PENDING, outcome=OutcomeKind.FAILED, event="m*"), [3]),
    ],
    ids=range(16),
)
def test_deliveries_are_found_by_what_is_asked(several, wanted, ids):
    assert [found.delivery.id for found in several.find_deliveries(wanted)] == ids
    assert several.delivery_ids(wanted) == ids[::-1]


def test_what_is_found_says_how_it_stands(several):
    five, _, three, *_ = several.find_deliveries()

    assert (five.url, five.attempts_made, five.last_outcome) == ("http://127.0.0.1:9/x%y", 0, None)
    assert (three.url, three.attempts_made, three.last_outcome) == (URL, 1, Outcome(OutcomeKind.FAILED, 503))


def test_pages_follow_each_other_without_gap_or_repetition(several):
    first = several.find_deliveries(limit=2)
    second = several.find_deliveries(limit=2, before_id=first[-1].delivery.id)
    third = several.find_deliveries(limit=2, before_id=second[-1].delivery.id)

    assert [found.delivery.id for found in first + second + third] == [5, 4, 3, 2, 1]


def test_pruning_deletes_what_it_said_and_leaves_the_rest(several):
    said = several.prunable(NOW_MS + 3)

    assert several.prune(NOW_MS + 3) == said
    assert said == Counts(deliveries=3, pending=1, attempts=3, handshakes=0, subscriptions=0)
    assert several.delivery_ids() == [4, 5]
    assert several.attempts(1) == []


def test_pruning_everything_keeps_the_subscriptions_of_the_app(several):
    subscribed(several, origin="app")
    several.add_handshake(a_handshake(), subscription_id=1)

    assert several.prune(None) == Counts(deliveries=5, pending=3, attempts=3, handshakes=1, subscriptions=2)
    assert several.handshakes() == []
    assert [stored.origin for stored in several.list_subscriptions()] == ["app"]


def test_numbers_of_pruned_deliveries_are_not_given_again(several):
    several.prune(None)

    (new,) = several.accept([a_delivery(subscribed(several))])

    assert new.id == 6


@ON_SQLITE
def test_pruning_makes_the_file_smaller(store, subscription_id):
    path = Path("record.sqlite")
    store.accept([a_delivery(subscription_id, body=b"x" * 100_000) for _ in range(20)])
    store.close()
    before = path.stat().st_size

    with Store.open(path) as again:
        again.prune(None)

    assert before > 2_000_000
    assert path.stat().st_size < 150_000
