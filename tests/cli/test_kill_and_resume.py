"""SIGKILL at random points of a sending command: nothing begun is lost, and `resume` finishes the rest."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from collections import Counter
from pathlib import Path
from random import Random

import pytest

from emitter.core.deliveries import DeliveryState
from emitter.core.outcome import OutcomeKind
from emitter.core.secrets import SecretToken
from emitter.delivery.store import Store
from tests.support.command import zoom_emitter
from tests.support.receiving import Receiver
from tests.support.waiting import wait_for

SECRET = "4fv1RkqGQUq5sWbEz6hA5A"
RECORD = "record.sqlite"
EVENTS = 40
KILLS_A_RUN = 5

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="this system has no SIGKILL"),
]


@pytest.mark.parametrize("run", range(10))
def test_a_sender_killed_at_any_moment_loses_nothing(run, monkeypatch):
    monkeypatch.setenv("ZOOM_WEBHOOK_SECRET_TOKEN", SECRET)
    rng = Random(run)  # noqa: S311 - chooses the moments
    with Receiver(SecretToken(SECRET)) as receiver:
        for kill in range(KILLS_A_RUN):
            receiver.answer_with(*rng.choices([204, 503], k=EVENTS // 2))
            sender = start_sending(receiver.url)
            kill_at_random(sender, receiver, rng, already=len(receiver.arrivals))
            check_record(receiver)
            receiver.forget_answers()

            resumed = zoom_emitter("deliveries", "resume", "--database", RECORD)

            assert resumed.status == 0, f"kill {kill}: {resumed.err}"
            check_settled(receiver)


def start_sending(url):
    command = ["emit", "playlist_create", "--count", str(EVENTS), "--to", url, "--no-validate"]
    retries = ["--retry", "30ms,30ms,30ms", "--database", RECORD]
    return subprocess.Popen(
        [sys.executable, "-m", "emitter", *command, *retries],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env=os.environ | {"PYTHONPATH": str(Path(__file__).parents[2])},
    )


def kill_at_random(sender, receiver, rng, *, already):
    """Kill after a random number of requests and a few random milliseconds, or before the first."""
    requests = already + rng.randrange(EVENTS + 5)
    wait_for(lambda: len(receiver.arrivals) >= requests or sender.poll() is not None, within_s=30)
    threading.Event().wait(rng.random() * 0.01)
    sender.kill()
    sender.wait(timeout=10)


def record():
    return Store.open(Path(RECORD))


def check_record(receiver):
    """Whatever arrived is in the record, with one row an attempt."""
    if not Path(RECORD).exists():
        assert not receiver.arrivals
        return
    with record() as store:
        deliveries = [store.get_delivery(one) for one in store.delivery_ids()]
        recorded = Counter(
            {
                delivery.identity.request_id: sum(
                    attempt.number == number
                    for number, attempt in enumerate(store.attempts(delivery.id), start=1)
                )
                for delivery in deliveries
            }
        )
        bodies = {delivery.identity.request_id: delivery.body for delivery in deliveries}
    arrived = Counter(arrival.headers["x-zm-request-id"] for arrival in receiver.arrivals)
    assert all(recorded[request_id] >= count for request_id, count in arrived.items())
    assert all(bodies[one.headers["x-zm-request-id"]] == one.body for one in receiver.arrivals)


def check_settled(receiver):
    """Everything begun was delivered; an attempt cut in between is unknown, and was made again."""
    check_record(receiver)
    with record() as store:
        for number in store.delivery_ids():
            assert store.get_delivery(number).state is DeliveryState.DELIVERED
            outcomes = [attempt.outcome.kind for attempt in store.attempts(number)]
            assert outcomes[-1] is OutcomeKind.ACCEPTED
            assert set(outcomes) <= {OutcomeKind.ACCEPTED, OutcomeKind.FAILED, OutcomeKind.UNKNOWN}
            assert outcomes.count(OutcomeKind.ACCEPTED) == 1
