from __future__ import annotations

import json
import threading
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from random import Random

import pytest

from emitter.core.deliveries import DeliveryState
from emitter.core.events import Event
from emitter.core.outcome import OutcomeKind
from emitter.core.schedule import NO_RETRIES, ZOOM_RETRIES
from emitter.core.secrets import Secret, SecretToken
from emitter.core.signing import verify
from emitter.core.subscription import OAuth, Subscription
from emitter.delivery.clock import ManualClock, SystemClock
from emitter.delivery.courier import Courier
from emitter.delivery.endpoints import open_endpoint, stored_endpoints
from emitter.delivery.secret_sources import FromEnvironment
from emitter.delivery.store import Store
from emitter.delivery.vault import Vault, key_file_beside
from emitter.errors import SecretTokenError
from tests.support.receiving import Receiver
from tests.support.sockets import RawPeer, answers

SECRET = SecretToken("4fv1RkqGQUq5sWbEz6hA5A")
NOW_MS = 1_800_000_000_000
EVENT = Event("a.b", NOW_MS, {"event": "a.b", "event_ts": NOW_MS, "payload": {"n": 1}})


class House:
    """A store, a receiver, a manual clock and a courier between them."""

    def __init__(self, store, receiver):
        self.store = store
        self.receiver = receiver
        self.clock = ManualClock(NOW_MS)
        self.made = []

    def subscribe(self, **changes):
        subscription = Subscription(url=self.receiver.url, client_id="c", retry_schedule=ZOOM_RETRIES)
        subscription = replace(subscription, **changes)
        return self.store.add_subscription(
            subscription,
            secret_source=FromEnvironment("ZOOM_WEBHOOK_SECRET_TOKEN"),
            origin="command",
            now_ms=self.clock.now_ms(),
        )

    def endpoint(self, subscription_id):
        return open_endpoint(self.store.get_subscription(subscription_id).subscription, SECRET)

    def courier(self, **changes):
        vault = Vault(key_file_beside(Path("record.sqlite")))
        arguments = {
            "store": self.store,
            "clock": self.clock,
            "rng": Random(1),  # noqa: S311 - no secrets
            "endpoint_for": stored_endpoints(self.store, vault),
            "on_attempt": lambda delivery, attempt: self.made.append((delivery, attempt)),
        }
        return Courier(**arguments | changes)


@pytest.fixture
def house(monkeypatch):
    monkeypatch.setenv("ZOOM_WEBHOOK_SECRET_TOKEN", SECRET.reveal())
    with ExitStack() as stack:
        receiver = stack.enter_context(Receiver(SECRET))
        vault = Vault(key_file_beside(Path("record.sqlite")))
        store = stack.enter_context(Store.open(Path("record.sqlite"), vault=vault))
        yield House(store, receiver)


def test_zooms_whole_schedule_takes_85_virtual_minutes(house):
    house.receiver.answer_with(*[503] * 4)
    courier = house.courier()
    courier.accept(house.subscribe(), [EVENT])

    courier.run_until_settled()

    arrived_s = [int(arrival.headers["x-zm-request-timestamp"]) for arrival in house.receiver.arrivals]
    assert [time_s - NOW_MS // 1000 for time_s in arrived_s] == [0, 300, 1500, 5100]
    assert [attempt.next_retry_s for _, attempt in house.made] == [300, 1200, 3600, None]
    assert house.made[-1][0].state is DeliveryState.FAILED


def test_a_retry_is_a_new_signature_over_the_same_bytes(house):
    house.receiver.answer_with(500, 204)
    courier = house.courier()
    courier.accept(house.subscribe(), [EVENT])

    courier.run_until_settled()

    first, second = house.receiver.arrivals
    changed = {name for name in first.headers if first.headers[name] != second.headers[name]}
    assert changed == {"x-zm-request-timestamp", "x-zm-signature"}
    assert first.body == second.body
    for arrival in (first, second):
        verify(SECRET, headers=arrival.headers, body=arrival.body)


@pytest.mark.parametrize("status", [302, 400, 401, 404, 410, 429])
def test_what_zoom_does_not_retry_is_settled_at_once(house, status):
    house.receiver.answer_with(status)
    courier = house.courier()
    courier.accept(house.subscribe(), [EVENT])

    courier.run_until_settled()

    assert len(house.receiver.arrivals) == 1
    assert house.made[-1][0].state is DeliveryState.FAILED


def test_every_attempt_is_recorded_with_both_sides(house):
    house.receiver.answer_with(503)
    courier = house.courier()
    (delivery,) = courier.accept(house.subscribe(), [EVENT])

    courier.run_until_settled()

    attempts = house.store.attempts(delivery.id)
    assert [attempt.outcome.kind for attempt in attempts] == [OutcomeKind.FAILED, OutcomeKind.ACCEPTED]
    for attempt, arrival in zip(attempts, house.receiver.arrivals, strict=True):
        assert dict(attempt.request_headers) == arrival.headers
        assert attempt.answer.status in {503, 204}
        assert attempt.timing.total_ms > 0
    assert house.store.get_delivery(delivery.id).body == house.receiver.arrivals[0].body


def test_a_tampered_body_is_recorded_as_it_was_sent(house):
    courier = house.courier()
    (delivery,) = courier.accept(house.subscribe(), [EVENT], faults=["tampered-body"])

    courier.run_until_settled()

    (attempt,) = house.store.attempts(delivery.id)
    assert attempt.sent_body == house.receiver.arrivals[0].body != delivery.body


def test_a_time_scale_changes_when_and_not_what(house):
    house.receiver.answer_with(503)
    courier = house.courier()
    courier.accept(house.subscribe(time_scale=1000.0), [EVENT])

    courier.run_until_settled()

    first, second = (int(arrival.headers["x-zm-request-timestamp"]) for arrival in house.receiver.arrivals)
    assert second - first <= 1
    assert house.made[1][1].virtual_ms >= 300_000


def test_an_attempt_cut_by_death_is_unknown_and_made_again(house):
    subscription_id = house.subscribe()
    dying = house.courier(endpoint_for=lambda _: dead_endpoint(house))
    dying.accept(subscription_id, [EVENT])
    with pytest.raises(KeyboardInterrupt):
        dying.attempt_next()

    house.store.release_dead_leases(lambda _: False)
    house.courier().run_until_settled()

    attempts = house.store.attempts(1)
    assert [attempt.outcome.kind for attempt in attempts] == [OutcomeKind.UNKNOWN, OutcomeKind.ACCEPTED]
    assert [(attempt.number, attempt.retry_number) for attempt in attempts] == [(1, 0), (2, 0)]


def test_a_lease_that_ran_out_is_due_again(house):
    dying = house.courier(endpoint_for=lambda _: dead_endpoint(house))
    dying.accept(house.subscribe(), [EVENT])
    with pytest.raises(KeyboardInterrupt):
        dying.attempt_next()

    assert house.courier().attempt_next() is None
    house.courier().run_until_settled()

    assert len(house.receiver.arrivals) == 1
    assert house.clock.now_ms() > NOW_MS + 3000


def test_a_long_deadline_keeps_its_lease_as_long(house):
    dying = house.courier(endpoint_for=lambda _: dead_endpoint(house))
    dying.accept(house.subscribe(timeout_s=600.0), [EVENT])
    with pytest.raises(KeyboardInterrupt):
        dying.attempt_next()

    assert house.store.next_due_ms() >= NOW_MS + 600_000


def test_threads_make_each_attempt_once(house):
    courier = house.courier(clock=SystemClock())
    courier.accept(house.subscribe(retry_schedule=NO_RETRIES), [EVENT] * 40)

    threads = [threading.Thread(target=courier.run_until_settled) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    request_ids = [arrival.headers["x-zm-request-id"] for arrival in house.receiver.arrivals]
    assert len(request_ids) == len(set(request_ids)) == 40


def test_a_stop_leaves_the_rest_pending_and_untouched(house):
    stop = threading.Event()
    courier = house.courier(on_attempt=lambda *_: stop.set())
    subscription_id = house.subscribe()
    courier.accept(subscription_id, [EVENT] * 3)

    courier.run_until_settled(stop=stop)

    assert len(house.receiver.arrivals) == 1
    assert house.store.pending() == {subscription_id: 2}
    assert [len(house.store.attempts(number)) for number in (1, 2, 3)] == [1, 0, 0]
    assert house.store.next_due_ms() == NOW_MS


def test_all_that_is_due_is_attempted_in_turn_with_one_row_an_attempt(house):
    house.receiver.answer_with(204, 503)
    recorded = []
    courier = house.courier(
        on_attempt=lambda delivery, attempt: recorded.append(
            (delivery.id, house.store.attempts(delivery.id) == [attempt])
        )
    )
    courier.accept(house.subscribe(), [EVENT] * 3)

    assert courier.attempt_due() == 3
    assert courier.attempt_due() == 0

    assert recorded == [(1, True), (2, True), (3, True)]
    assert [house.store.attempts(number)[0].outcome.status for number in (1, 2, 3)] == [204, 503, 204]
    assert house.store.next_due_ms() == NOW_MS + 300_000


def test_death_between_two_of_many_leaves_one_attempt_unknown(house):
    subscription_id = house.subscribe()
    dying = house.courier(endpoint_for=lambda _: dead_endpoint(house, after=1))
    dying.accept(subscription_id, [EVENT] * 3)
    with pytest.raises(KeyboardInterrupt):
        dying.attempt_due()

    outcomes = [[one.outcome.kind for one in house.store.attempts(number)] for number in (1, 2, 3)]
    assert outcomes == [[OutcomeKind.ACCEPTED], [OutcomeKind.UNKNOWN], []]

    house.store.release_dead_leases(lambda _: False)
    house.courier().run_until_settled()

    assert [len(house.store.attempts(number)) for number in (1, 2, 3)] == [1, 2, 1]
    assert house.store.pending() == {}


def test_what_fails_while_an_attempt_is_shown_leaves_the_next_one_untouched(house):
    def broken_pipe(delivery, attempt):
        raise BrokenPipeError

    courier = house.courier(on_attempt=broken_pipe)
    courier.accept(house.subscribe(), [EVENT] * 2)
    with pytest.raises(BrokenPipeError):
        courier.attempt_due()

    assert [len(house.store.attempts(number)) for number in (1, 2)] == [1, 0]
    assert house.store.next_due_ms() == NOW_MS


def test_a_request_is_signed_for_its_own_second_however_long_the_one_before_is_shown(house):
    def slow_terminal(delivery, attempt):
        house.clock.wait_until_ms(house.clock.now_ms() + 600_000)

    courier = house.courier(on_attempt=slow_terminal)
    courier.accept(house.subscribe(), [EVENT] * 2)

    assert courier.attempt_due() == 2

    signed_s = [int(arrival.headers["x-zm-request-timestamp"]) for arrival in house.receiver.arrivals]
    assert [time_s - NOW_MS // 1000 for time_s in signed_s] == [0, 600]
    assert [len(house.store.attempts(number)) for number in (1, 2)] == [1, 1]


def test_an_endpoint_that_cannot_be_opened_does_not_undo_the_attempt_before(house):
    first_id, second_id = house.subscribe(), house.subscribe()
    courier = house.courier()
    courier.accept(first_id, [EVENT])
    courier.accept(second_id, [EVENT])
    endpoint = house.endpoint(first_id)

    def only_the_first(subscription_id):
        if subscription_id == second_id:
            raise SecretTokenError("no secret token")
        return endpoint

    with pytest.raises(SecretTokenError):
        house.courier(endpoint_for=only_the_first).run_until_settled()

    assert [delivery.id for delivery, _ in house.made] == [1]
    assert [one.outcome.kind for one in house.store.attempts(1)] == [OutcomeKind.ACCEPTED]
    assert house.store.attempts(2) == []


def test_an_attempt_with_a_token_is_recorded_as_it_was_signed_with_the_token(house):
    house.clock = TickingClock(NOW_MS)
    answer = json.dumps({"access_token": "eyJ0b2tlbg", "token_type": "bearer", "expires_in": 3599}).encode()
    with RawPeer(answers(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s" % (len(answer), answer))) as peer:
        auth = OAuth("id", Secret("s"), f"{peer.url}token")
        courier = house.courier()
        (delivery,) = courier.accept(house.subscribe(auth=auth), [EVENT])
        courier.attempt_next()

    (arrival,) = house.receiver.arrivals
    (attempt,) = house.store.attempts(delivery.id)
    assert arrival.headers["authorization"] == "Bearer eyJ0b2tlbg"
    assert dict(attempt.request_headers) == arrival.headers | {"authorization": "********"}
    assert attempt.timestamp_s == arrival.headers["x-zm-request-timestamp"]


def test_a_token_that_cannot_be_had_is_an_outcome_of_its_own_and_retried(house):
    auth = OAuth("id", Secret("s"), f"{house.receiver.url}token")
    courier = house.courier()
    courier.accept(house.subscribe(auth=auth), [EVENT])

    courier.attempt_next()

    delivery, attempt = house.made[0]
    assert (attempt.outcome.kind, int(attempt.outcome.code)) == (OutcomeKind.NO_TOKEN, -14)
    assert delivery.state is DeliveryState.PENDING
    assert [arrival.path for arrival in house.receiver.arrivals] == ["/token"]


def test_an_address_that_may_not_be_sent_to_is_settled_and_recorded(house):
    courier = house.courier()
    courier.accept(house.subscribe(url="http://169.254.169.254/"), [EVENT])

    courier.run_until_settled()

    delivery, attempt = house.made[0]
    assert (attempt.outcome.kind, delivery.state) == (OutcomeKind.FORBIDDEN, DeliveryState.FAILED)


def test_a_redelivery_is_the_same_body_and_request_id(house):
    subscription_id = house.subscribe()
    courier = house.courier()
    (delivery,) = courier.accept(subscription_id, [EVENT])
    courier.run_until_settled()

    courier.redeliver(subscription_id, delivery)
    courier.run_until_settled()

    one, other = house.receiver.arrivals
    assert one.body == other.body
    assert one.headers["x-zm-request-id"] == other.headers["x-zm-request-id"]


class TickingClock(ManualClock):
    """A clock on which every look takes a second."""

    def now_ms(self):
        self.wait_until_ms(super().now_ms() + 1000)
        return super().now_ms()


def dead_endpoint(house, *, after=0):
    """An endpoint whose transport dies while a request is under way, after some that go well."""
    endpoint = house.endpoint(1)
    left = iter(range(after))

    class Dying:
        def send(self, request, *, timeout_s):
            if next(left, None) is None:
                raise KeyboardInterrupt
            return endpoint.transport.send(request, timeout_s=timeout_s)

    return replace(endpoint, transport=Dying())
