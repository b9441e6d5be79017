from __future__ import annotations

import threading

import pytest

from contracts.bodies import PLAIN, ChallengeBody, EventBody, ExactBody
from contracts.expectations import Kind, kind_of
from contracts.pacing import MOST_OBEYED, OutOfTimeError
from contracts.sent import Recipe
from emitter.core.faults import FAULTS
from emitter.delivery.clock import monotonic_ms
from emitter.delivery.raw import wire_bytes
from emitter.faking.draw import required_only
from tests.support.receivers.judging import CATALOG, session_for
from tests.support.receivers.reference import Answer, Asked, right

EVENT = "revenue_accelerator.playlist_create"
PLAIN_EVENT = Recipe(body=EventBody(event=EVENT))


def keeping(asked_for: list[Asked], respond=right):
    def receiver(asked):
        asked_for.append(asked)
        return respond(asked)

    return receiver


def test_an_event_is_signed_when_it_is_sent(receivers):
    session = session_for(receivers.add(right))

    assert kind_of(session.send(PLAIN_EVENT).exchange) is Kind.ACKNOWLEDGED


def test_what_is_sent_is_kept_with_the_check_and_the_case(receivers):
    session = session_for(receivers.add(right))

    with session.labelled("S01", "wrong"):
        sent = session.send(Recipe(body=EventBody(event=EVENT), faults=(FAULTS["wrong-signature"],)))

    assert session.traffic == [sent]
    assert (sent.check, sent.case, sent.event) == ("S01", "wrong", EVENT)
    assert sent.exchange.outcome.status == 401


@pytest.mark.parametrize("name", CATALOG.names())
@pytest.mark.parametrize("number", range(3))
def test_plain_events_are_what_every_serialiser_writes_alike(name, number):
    workshop = session_for("http://127.0.0.1:9/").workshop

    made = EventBody(event=name, number=number).make(workshop, (), now_ms=1_785_369_686_000)

    assert PLAIN.fullmatch(made.body)


def test_the_same_seed_gives_the_same_bodies_and_another_number_others():
    first, again = (session_for("http://127.0.0.1:9/").workshop for _ in range(2))
    body = EventBody(event=EVENT)

    assert body.make(first, (), now_ms=1) == body.make(again, (), now_ms=1)
    assert body.make(first, (), now_ms=1) != EventBody(event=EVENT, number=1).make(first, (), now_ms=1)


def test_only_an_event_as_emit_makes_it_has_a_seed():
    workshop = session_for("http://127.0.0.1:9/").workshop

    assert EventBody(event=EVENT).make(workshop, (), now_ms=1).seed
    assert not EventBody(event=EVENT, wants=required_only).make(workshop, (), now_ms=1).seed
    assert not ExactBody(body=b"{}").make(workshop, (), now_ms=1).seed


def test_challenges_have_a_fresh_token_each():
    session = session_for("http://127.0.0.1:9/")

    bodies = {ChallengeBody().make(session.workshop, (), now_ms=1).body for _ in range(5)}

    assert len(bodies) == 5


def test_a_429_is_obeyed_and_sent_again_with_a_new_signature(receivers):
    asked: list[Asked] = []

    def busy_at_first(request):
        return Answer(429, headers=(("retry-after", "1"),)) if len(asked) == 1 else right(request)

    session = session_for(receivers.add(keeping(asked, busy_at_first)))
    began_ms = monotonic_ms()
    sent = session.send(PLAIN_EVENT)

    assert sent.exchange.outcome.status == 204
    assert monotonic_ms() - began_ms >= 1000
    assert asked[0].timestamp != asked[1].timestamp
    assert session.pacer.obeyed == 1


def test_a_receiver_that_says_429_to_everything_is_not_obeyed_for_ever(receivers):
    session = session_for(receivers.add(lambda _: Answer(429, headers=(("retry-after", "0"),))))

    assert session.send(PLAIN_EVENT).exchange.outcome.status == 429
    assert len(session.traffic) == MOST_OBEYED + 1


def test_a_rate_limit_holds_requests_back(receivers):
    session = session_for(receivers.add(right), per_second=20.0)

    began_ms = monotonic_ms()
    for _ in range(5):
        session.send(PLAIN_EVENT)

    assert monotonic_ms() - began_ms >= 200


def test_nothing_is_sent_once_the_time_is_up(receivers):
    asked: list[Asked] = []
    session = session_for(receivers.add(keeping(asked)), budget_s=-1.0)

    with pytest.raises(OutOfTimeError):
        session.send(PLAIN_EVENT)

    assert asked == []


def test_requests_that_are_sent_together_meet_each_other(receivers):
    meeting = threading.Barrier(4, timeout=5)

    def waiting_for_all(request):
        meeting.wait()
        return right(request)

    session = session_for(receivers.add(waiting_for_all))
    identity = session.new_identity()
    sent = session.send_together([PLAIN_EVENT] * 4, identity=identity)

    assert [each.exchange.outcome.status for each in sent] == [204] * 4
    assert {each.request.header("x-zm-request-id") for each in sent} == {identity.request_id}


def test_raw_bytes_may_have_another_method(receivers):
    asked: list[Asked] = []
    session = session_for(receivers.add(keeping(asked)))

    sent = session.send(
        Recipe(body=EventBody(event=EVENT), pieces=lambda request: (wire_bytes(request, method="PUT"),))
    )

    assert asked[0].method == "PUT"
    assert asked[0].is_signed
    assert sent.exchange.outcome.status == 405


def test_raw_bytes_may_come_slowly(receivers):
    session = session_for(receivers.add(right))

    def in_halves(request):
        content = wire_bytes(request)
        return content[:300], 0.2, content[300:]

    sent = session.send(Recipe(body=EventBody(event=EVENT), pieces=in_halves))

    assert sent.exchange.outcome.status == 204
    assert sent.exchange.timing.total_ms >= 200
