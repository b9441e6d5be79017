from __future__ import annotations

import json

import pytest
import requests

from tests.support.api import SECRET_TOKEN, TIMEOUT_S, running_app
from tests.support.clocks import RetriesClock
from tests.support.receiving import Receiver

NOW_MS = 1_790_000_000_000
CREATE = "revenue_accelerator.playlist_create"


@pytest.fixture(scope="module")
def api(tmp_path_factory):
    with running_app(tmp_path_factory.mktemp("events")) as api:
        yield api


@pytest.fixture(scope="module")
def receiver(api):
    with Receiver(SECRET_TOKEN) as receiver:
        api.subscribe(receiver.url)
        yield receiver


@pytest.fixture
def received(api, receiver):
    """Send an event and return what the receiver got."""

    def send(**fields):
        deliveries = [api.settled(number) for number in api.emit(**fields)]
        request_ids = {delivery["request_id"] for delivery in deliveries}
        return [each for each in receiver.arrivals if each.headers["x-zm-request-id"] in request_ids]

    return send


def refused(api, status=409, **fields):
    before = api.deliveries(limit=1)
    answer = api.post("/api/events", fields)
    assert answer.status_code == status, answer.text
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert api.deliveries(limit=1) == before
    return answer.json()


def test_an_event_is_accepted_generated_signed_and_delivered(api, received):
    answer = api.post("/api/events", {"event": "playlist_create", "seed": 7})

    assert answer.status_code == 202
    (delivery,) = answer.json()["deliveries"]
    assert answer.json()["seed"] == "7"
    assert (delivery["event"], delivery["state"], delivery["faults"]) == (CREATE, "pending", [])
    assert api.settled(delivery["id"])["last_outcome"]["status"] == 204


def test_the_seed_in_the_answer_makes_the_same_payload_again(api, received):
    first = api.post("/api/events", {"event": "playlist_create"}).json()
    (again,) = received(event="playlist_create", seed=first["seed"])

    body = json.loads(api.get(f"/api/deliveries/{first['deliveries'][0]['id']}").json()["body"])
    assert again.value["payload"]["account_id"] == body["payload"]["account_id"]


def test_so_many_are_sent_as_are_asked_for(received):
    arrivals = received(event="playlist_create", count=3)

    assert [arrival.event for arrival in arrivals] == [CREATE] * 3
    assert len({arrival.body for arrival in arrivals}) == 3


def test_fields_are_overridden_and_unset_by_path(received):
    (arrival,) = received(
        event="playlist_create",
        overrides={"playlist_name": "Q3 calls ☎", "event_ts": 5},
        unset=["account_id"],
        force=True,
    )

    assert arrival.value["payload"]["object"]["playlist_name"] == "Q3 calls ☎"
    assert arrival.value["event_ts"] == 5
    assert "account_id" not in arrival.value["payload"]


def test_a_payload_of_ones_own_is_put_into_the_envelope(received):
    (arrival,) = received(event="meeting.started", payload={"object": {"id": 1}}, force=True)

    assert (arrival.event, arrival.value["payload"]) == ("meeting.started", {"object": {"id": 1}})
    assert isinstance(arrival.value["event_ts"], int)


def test_a_body_is_sent_byte_for_byte(received):
    body = '{ "event" : "x.y",\n "n": 1.0, "u": "\\u00e9 é 🚒" }'

    (arrival,) = received(body=body)

    assert arrival.body == body.encode()


@pytest.mark.parametrize(
    ("body", "event"),
    [
        ('{"event": "x.y"}', "x.y"),
        ("not JSON", "raw"),
        ("[]", "raw"),
        ('{"event": 5}', "raw"),
        ('{"event": ""}', "raw"),
        ('{"event": "\\ud800"}', "?"),
        (json.dumps({"event": "x" * 201}), "raw"),
    ],
)
def test_a_body_goes_by_the_name_it_states(api, receiver, body, event):
    (number,) = api.emit(body=body)

    assert api.settled(number)["event"] == event


def test_a_body_goes_by_the_name_the_request_states_first(api, receiver):
    (number,) = api.emit(body='{"event": "x.y"}', event="a.b")

    assert api.settled(number)["event"] == "a.b"


def test_a_fault_deviates_on_purpose(received):
    arrivals = received(event="playlist_create", faults=["duplicate", "header-title-case"])

    assert len(arrivals) == 2
    assert len({arrival.headers["x-zm-request-id"] for arrival in arrivals}) == 1


def test_faults_of_order_and_wire_are_sent_too(received):
    arrivals = received(event="playlist_create", count=2, faults=["late-retry", "slow-body"])

    ids = [arrival.headers["x-zm-request-id"] for arrival in arrivals]
    assert len(ids) == 3
    assert len({*ids}) == 2


def test_a_wrong_signature_is_refused_by_the_receiver_and_not_retried(api, receiver):
    (number,) = api.emit(event="playlist_create", faults=["wrong-signature"])

    delivery = api.settled(number)

    assert (delivery["state"], delivery["last_outcome"]["status"]) == ("failed", 401)
    assert delivery["attempts_made"] == 1


@pytest.mark.parametrize(
    ("fields", "detail"),
    [
        ({"event": "playlist_created"}, "did you mean 'revenue_accelerator.playlist_create'?"),
        ({"event": "playlist_create", "overrides": {"playlist_nam": "x"}}, "payload.object.playlist_name"),
        ({"event": "playlist_create", "overrides": {"": 1}}, "cannot read the path ''"),
        ({"event": "playlist_create", "unset": ["acount_id"]}, "payload.account_id"),
        ({"event": "playlist_create", "unset": ["account_id"]}, 'send it all the same with "force": true'),
        (
            {"event": "playlist_create", "overrides": {"playlist_name": 5}},
            "/payload/object/playlist_name: expected a string",
        ),
        ({"event": "playlist_create", "payload": {}}, "/payload: the required property"),
        ({"event": "playlist_create", "faults": ["reorder"]}, "takes at least 2 events"),
        ({"event": "playlist_create", "subscription": 99}, "unknown subscription '99'"),
    ],
)
def test_what_fits_but_not_what_is_here_is_a_conflict_and_nothing_is_accepted(api, receiver, fields, detail):
    problem = refused(api, **fields)

    assert detail in problem["detail"]


@pytest.mark.parametrize(
    ("fields", "detail"),
    [
        ({"event": "playlist_create", "faults": ["duplicates"]}, "did you mean 'duplicate'?"),
        ({"event": "playlist_create", "faults": ["twin"] * 30}, "/faults: expected each item once"),
        ({"event": "playlist_create", "count": 1001}, "expected 1 to 1000, found 1001"),
        ({"event": "playlist_create", "count": "2"}, "expected a whole number, found a string"),
        ({"event": "playlist_create", "evnt": 1}, "did you mean 'event'?"),
        ({"event": ["playlist_create"]}, "expected text, found an array"),
        ({}, "/event: this field is required unless a body is given"),
        ({"body": "{}", "payload": {"a": 1}}, "/payload: body is sent exactly as it is"),
        ({"body": "{}", "payload": {}}, "/payload: body is sent exactly as it is"),
        ({"body": "{}", "unset": ["a"]}, "/unset: body is sent exactly as it is"),
        ({"body": {}}, "/body: expected text, found an object"),
    ],
)
def test_what_does_not_fit_is_told_and_nothing_is_accepted(api, receiver, fields, detail):
    problem = refused(api, 422, **fields)

    assert detail in problem["detail"]


def test_an_invalid_value_is_pointed_at(api, receiver):
    problem = refused(api, event="playlist_create", overrides={"playlist_name": 5})

    assert problem["type"] == "/problems/invalid-payload"
    assert problem["pointer"] == "/payload/object/playlist_name"


def test_a_deeply_nested_payload_is_sent_or_a_problem_and_never_a_defect(api, received):
    def nested(depth):
        return '{"a":' * depth + "{}" + "}" * depth

    (sent,) = received(event="x", payload=json.loads(nested(900)), force=True)
    body = f'{{"event": "x", "force": true, "payload": {nested(100_000)}}}'
    answer = requests.post(
        api.base + "/api/events", data=body, headers={"content-type": "application/json"}, timeout=TIMEOUT_S
    )

    assert nested(900).encode() in sent.body
    assert answer.status_code == 400
    assert "nested too deeply" in answer.json()["detail"]


def test_an_event_nobody_wants_says_how_to_subscribe(tmp_path):
    with running_app(tmp_path) as api:
        problem = refused(api, event="playlist_create")

    assert problem["detail"] == (
        f"no subscription that can be sent to wants '{CREATE}'; "
        "GET /api/subscriptions lists those there are, POST makes one"
    )


def test_one_event_fans_out_to_every_subscription_that_wants_it(tmp_path):
    with Receiver(SECRET_TOKEN) as receiver, running_app(tmp_path) as api:
        for events in (["*"], ["playlist_create"], ["*.playlist_delete"]):
            api.subscribe(receiver.url, events=events)

        numbers = api.emit(event="playlist_create")
        deliveries = [api.settled(number) for number in numbers]

    assert [delivery["subscription"] for delivery in deliveries] == [1, 2]
    bodies = {arrival.body for arrival in receiver.arrivals if arrival.event == CREATE}
    assert len(bodies) == 1
    assert len({delivery["request_id"] for delivery in deliveries}) == 2


def test_a_subscription_that_is_named_gets_what_it_does_not_want(tmp_path):
    with Receiver(SECRET_TOKEN) as receiver, running_app(tmp_path) as api:
        api.subscribe(receiver.url, events=["playlist_delete"])

        (number,) = api.emit(event="playlist_create", subscription=1)

        assert api.settled(number)["state"] == "delivered"


def test_refused_deliveries_are_retried_on_zooms_schedule(tmp_path):
    with (
        Receiver(SECRET_TOKEN) as receiver,
        running_app(tmp_path, clock=RetriesClock(NOW_MS), worker_count=1) as api,
    ):
        api.subscribe(receiver.url)
        receiver.answer_with(503, 500, 503, 503)
        (number,) = api.emit(event="playlist_create")
        delivery = api.settled(number)

    assert delivery["state"] == "failed"
    assert [attempt["next_retry_s"] for attempt in delivery["attempts"]] == [300, 1200, 3600, None]
    headers = [dict(attempt["request"]["headers"]) for attempt in delivery["attempts"]]
    signed_s = [int(each["x-zm-request-timestamp"]) - NOW_MS // 1000 for each in headers]
    assert signed_s == pytest.approx([0, 300, 1500, 5100], abs=2)
    events = [arrival for arrival in receiver.arrivals if arrival.event == CREATE]
    assert len({arrival.body for arrival in events}) == 1
    assert len({arrival.headers["x-zm-request-id"] for arrival in events}) == 1
    assert len({arrival.headers["x-zm-signature"] for arrival in events}) == 4


def test_the_events_are_listed(api):
    events = api.get("/api/events").json()["events"]

    assert len(events) == 7
    assert events[0].keys() == {"name", "title"}
    assert CREATE in [event["name"] for event in events]
