from __future__ import annotations

import functools
import logging
import queue
import threading

import pytest

from emitter.app.workers import IDLE_S, Workers
from emitter.delivery.clock import SystemClock, monotonic_ms
from emitter.errors import StoreError
from tests.support.waiting import wait_for

WITHIN_S = 10


class Duties:
    """A queue of what is due at once, and what was made of it."""

    def __init__(self, attempt=None):
        self.due: queue.SimpleQueue[int] = queue.SimpleQueue()
        self.made = []
        self._attempt = attempt or (lambda _: None)

    def take(self):
        return None if self.due.empty() else functools.partial(self._do, self.due.get_nowait())

    def _do(self, number):
        self._attempt(number)
        self.made.append(number)

    def workers(self, count=2):
        return Workers(take=self.take, clock=SystemClock(), count=count)


@pytest.fixture
def at_work():
    """Start workers and close them in the end."""
    all_ = []

    def start(workers):
        all_.append(workers)
        workers.start()
        return workers

    yield start
    for workers in all_:
        assert workers.close(grace_s=WITHIN_S)


def test_what_is_accepted_is_attempted_at_once_when_the_workers_are_woken(at_work):
    duties = Duties()
    workers = at_work(duties.workers())
    start_ms = monotonic_ms()

    for number in range(50):
        duties.due.put(number)
        workers.wake()
        wait_for(lambda wanted=number: wanted in duties.made)

    assert monotonic_ms() - start_ms < IDLE_S * 1000


def test_as_many_attempts_as_workers_are_under_way_at_once(at_work):
    together = threading.Barrier(4)
    duties = Duties(lambda _: together.wait(WITHIN_S))
    for number in range(4):
        duties.due.put(number)

    at_work(duties.workers(count=4))

    wait_for(lambda: len(duties.made) == 4)


def test_closed_workers_are_gone_and_leave_the_rest_undone():
    duties = Duties()
    workers = duties.workers()
    workers.start()

    assert workers.close(grace_s=WITHIN_S)
    duties.due.put(1)
    workers.wake()

    assert not workers.are_alive()
    assert not [thread for thread in threading.enumerate() if thread.name.startswith("worker-")]
    assert duties.made == []


def test_closing_does_not_wait_for_an_idle_worker_to_look_again():
    workers = Duties().workers()
    workers.start()
    start_ms = monotonic_ms()

    workers.close(grace_s=WITHIN_S)

    assert monotonic_ms() - start_ms < IDLE_S * 1000 / 2


def test_closing_waits_for_an_attempt_under_way():
    begun, may_end = threading.Event(), threading.Event()

    def attempt(_):
        begun.set()
        may_end.wait(WITHIN_S)

    duties = Duties(attempt)
    duties.due.put(1)
    workers = duties.workers(count=1)
    workers.start()
    begun.wait(WITHIN_S)

    assert workers.close(grace_s=0.05) is False
    may_end.set()
    assert workers.close(grace_s=WITHIN_S) is True
    assert duties.made == [1]


@pytest.mark.parametrize(
    ("error", "has_trace"), [(StoreError("the record is locked"), False), (ValueError("a defect"), True)]
)
def test_a_worker_survives_what_goes_wrong_and_says_so(at_work, caplog, error, has_trace):
    def attempt(number):
        if number == 1:
            raise error

    duties = Duties(attempt)
    duties.due.put(1)
    with caplog.at_level(logging.ERROR):
        workers = at_work(duties.workers(count=1))
        wait_for(lambda: caplog.records)
        duties.due.put(2)
        workers.wake()
        wait_for(lambda: duties.made == [2])

    (record,) = caplog.records
    assert bool(record.exc_info) == has_trace
    assert has_trace or record.getMessage() == "the record is locked"
