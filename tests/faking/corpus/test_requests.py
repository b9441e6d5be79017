from __future__ import annotations

import hashlib
import hmac
import json
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from emitter.core.secrets import SecretToken
from emitter.core.signing import Signer, verify
from emitter.core.zoom import RETRY_DELAYS_S
from emitter.faking.corpus.requests import Delivery, Sender
from tests.faking.corpus.sets import SECRET, realistic

ACTED_ON = {"content-type", "x-zm-request-id", "x-zm-request-timestamp", "x-zm-signature"}


@given(
    key=st.text(st.characters(codec="utf-8", exclude_categories=["Z", "C"]), min_size=1, max_size=200),
    body=st.binary(),
    at_s=st.integers(0, 10**10),
)
def test_a_signer_gives_what_the_standard_library_gives(key, body, at_s):
    expected = hmac.new(key.encode(), b"v0:%d:%b" % (at_s, body), hashlib.sha256).hexdigest()

    assert Signer(SecretToken(key)).digits(b"%d" % at_s, body).decode() == expected


def test_nothing_of_the_secret_token_shows_in_a_signer():
    assert "not-a-secret" not in repr(Signer(SECRET))


def test_the_headers_of_a_line_are_those_of_the_whole_request():
    made = realistic(stories=50)
    sender = Sender(seed="1", secret_token=SECRET)
    for story in made.stories:
        for delivery in made.deliveries(story):
            line = sender.line(delivery, b"{")
            whole = dict(sender.request(delivery).headers)
            assert json.loads(line) == {
                "headers": {name: whole[name] for name in ACTED_ON},
                "body": delivery.body.decode(),
            }


def test_every_request_is_signed_a_moment_after_its_event():
    made = realistic(stories=200)
    for story in made.stories:
        for delivery in made.deliveries(story):
            assert 40 <= delivery.sent_ms - delivery.event_ts_ms < 70_000
            request = Sender(seed="1", secret_token=SECRET).request(delivery)
            verify(SECRET, headers=dict(request.headers), body=delivery.body, now_s=delivery.sent_ms // 1000)


def arrivals(**settings):
    made = realistic(stories=1500, **settings)
    return [delivery for story in made.stories for delivery in made.deliveries(story)]


def test_a_redelivery_has_the_same_request_id_and_body_and_a_later_time():
    by_request: dict[bytes, list[Delivery]] = {}
    for delivery in arrivals(duplicates=20_000):
        by_request.setdefault(delivery.identity, []).append(delivery)
    again = [same for same in by_request.values() if len(same) > 1]

    assert 0.01 < len(again) / len(by_request) < 0.03
    for first, second in again:
        assert (first.body, first.event_ts_ms) == (second.body, second.event_ts_ms)
        assert (first.attempt, second.attempt) == (1, 2)
        assert RETRY_DELAYS_S[0] <= (second.sent_ms - first.sent_ms) / 1000 < RETRY_DELAYS_S[0] + 10


@pytest.mark.parametrize(("share", "low", "high"), [(0, 0, 0), (10_000, 0.004, 0.02), (1_000_000, 1, 1)])
def test_so_many_deliveries_come_late(share, low, high):
    waits = [
        delivery.received_ms - delivery.sent_ms
        for delivery in arrivals(late=share, duplicates=1)
        if delivery.attempt == 1
    ]

    assert low <= sum(wait >= 600_000 for wait in waits) / len(waits) <= high
    assert all(wait > 0 for wait in waits)
    assert max(waits) < 7 * 3_600_000


def test_so_many_events_arrive_after_the_next_of_their_story():
    overtaken = total = 0
    made = realistic(stories=1500, reorder=50_000)
    for story in made.stories:
        deliveries = [*made.deliveries(story)]
        for one, following in pairwise(deliveries):
            total += 1
            overtaken += one.received_ms > following.received_ms
    assert 0.03 < overtaken / total < 0.07
