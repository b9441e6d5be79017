"""Runs with an observer: receivers that work at once, afterwards, twice, or for forgers."""

from __future__ import annotations

import contextlib
import hmac
import threading

import pytest

from contracts.findings import Severity
from contracts.scope import Depth
from emitter.core.faults import FAULTS, OTHER_SECRET
from tests.support.receivers.judging import HASTE, REGISTRY, judged, receiver_at
from tests.support.receivers.reference import SECRET_TOKEN, Answer, Counter, right

OBSERVED = [REGISTRY.find(code) for code in ("D08", "D09", "D10")]


class Working:
    """A right receiver that does its work once a request id, at once or some time after its answer."""

    def __init__(self, *, after_s=0.0, respond=right):
        self.done = 0
        self._after_s = after_s
        self._respond = respond
        self._seen: set[str] = set()
        self._lock = threading.Lock()

    def __call__(self, asked):
        answer = self._respond(asked)
        with self._lock:
            request_id = asked.headers["x-zm-request-id"]
            is_new = asked.is_signed and not asked.is_challenge and request_id not in self._seen
            self._seen.add(request_id)
        if is_new and self._after_s:
            threading.Timer(self._after_s, self._work).start()
        elif is_new:
            self._work()
        return answer

    def _work(self):
        with self._lock:
            self.done += 1


def observed(receivers, receiver, **options):
    url = receivers.add(receiver)
    return judged(url, checks=OBSERVED, observer=Counter(lambda: receiver.done), **options)


def test_nothing_is_found_in_a_receiver_that_works_once(receivers):
    result = observed(receivers, Working(), depth=Depth.DEFAULT)

    assert result.findings == ()
    assert {case.code for case in result.cases} == {"D08", "D09", "D10"}
    assert {case.event for case in result.cases if case.code == "D08"} == {*result.events}


@pytest.mark.slow
def test_nothing_is_found_in_a_receiver_that_works_after_answering(receivers):
    assert observed(receivers, Working(after_s=0.3 / HASTE)).findings == ()


def test_a_second_run_is_no_duplicate_of_the_first(receivers):
    receiver = Working()

    results = [observed(receivers, receiver) for _ in range(2)]

    assert [result.findings for result in results] == [(), ()]


def test_without_an_observer_nothing_is_sent_for_effects(receivers):
    result = judged(receivers.add(right), checks=OBSERVED, depth=Depth.DEFAULT)

    assert result.cases == ()
    assert not result.is_observed


def test_a_forgery_has_its_effect_found_although_it_was_acknowledged_before_verifying(receivers):
    class Gullible(Working):
        def __call__(self, asked):
            return super().__call__(asked.signed_anew())

    receiver = Gullible()
    url = receivers.add(receiver)
    result = judged(
        url,
        observer=Counter(lambda: receiver.done),
        receiver=receiver_at(url, acks_before_verifying=True),
    )

    assert {(finding.code, finding.severity) for finding in result.findings} >= {("D10", Severity.ERROR)}
    assert not {finding.code for finding in result.findings} & {"S01", "S02", "S03", "S04"}


@pytest.mark.parametrize(
    ("key", "compared", "told"),
    [
        (OTHER_SECRET.key(), 67, FAULTS["other-secret"].description),
        (b"", 67, FAULTS["empty-secret"].description),
        (SECRET_TOKEN.key(), 66, FAULTS["last-digit-wrong"].description),
    ],
    ids=["a published secret", "an empty secret", "all digits but the last"],
)
def test_a_verification_after_the_answer_is_tried_with_all_that_forgers_have(receivers, key, compared, told):
    class Weak(Working):
        def __call__(self, asked):
            text = f"v0:{asked.timestamp}:".encode() + asked.body
            theirs = "v0=" + hmac.new(key, text, "sha256").hexdigest()
            is_taken = asked.is_signed or (asked.signature or "")[:compared] == theirs[:compared]
            super().__call__(asked.signed_anew() if is_taken else asked)
            return right(asked) if asked.is_challenge else Answer(204)

    receiver = Weak()
    url = receivers.add(receiver)
    result = judged(
        url,
        checks=OBSERVED,
        depth=Depth.DEFAULT,
        observer=Counter(lambda: receiver.done),
        receiver=receiver_at(url, acks_before_verifying=True),
    )

    assert [(finding.code, finding.severity) for finding in result.findings] == [("D10", Severity.ERROR)]
    assert told in result.findings[0].message


def test_a_receiver_that_verifies_after_its_answer_is_right_if_it_says_so(receivers):
    class Late(Working):
        def __call__(self, asked):
            super().__call__(asked)
            return right(asked) if asked.is_challenge else Answer(204)

    receiver = Late()
    url = receivers.add(receiver)
    result = judged(
        url,
        observer=Counter(lambda: receiver.done),
        receiver=receiver_at(url, acks_before_verifying=True),
    )

    assert result.findings == ()


@pytest.mark.slow
def test_the_work_done_twice_at_once_is_a_warning_and_in_a_row_an_error(receivers):
    two = threading.Barrier(2)

    class Racing(Working):
        """Looks first and notes afterwards: wrong only where two requests meet."""

        def __call__(self, asked):
            request_id = asked.headers["x-zm-request-id"]
            is_new = asked.is_signed and not asked.is_challenge and request_id not in self._seen
            if is_new:
                self._meeting(0.2)
            self._seen.add(request_id)
            if is_new:
                self._work()
            return right(asked)

        def _meeting(self, within_s):
            """Wait until another request is here too, or so long."""
            with contextlib.suppress(threading.BrokenBarrierError):
                two.wait(within_s)
            two.reset()

    result = observed(receivers, Racing(), depth=Depth.DEFAULT)

    assert [(finding.code, finding.severity) for finding in result.findings] == [("D09", Severity.WARNING)]
    assert "delivered 3 times" in result.findings[0].message


def test_a_finding_of_effects_can_be_seen_again(receivers):
    class Forgetful(Working):
        def __call__(self, asked):
            self._seen.clear()
            return super().__call__(asked)

    (finding,) = observed(receivers, Forgetful()).findings
    assert finding.code == "D09"
    assert finding.reproduce
    assert "--fault duplicate" in finding.reproduce.command
