from __future__ import annotations

import pytest

from contracts.bodies import EventBody
from contracts.latency import LEAST_SAMPLES, latency_of
from contracts.sent import Recipe, Sent
from emitter.core.deliveries import Answer, Timing
from emitter.core.faults import FAULTS
from emitter.core.outcome import FailureCode, Outcome, OutcomeKind, of_status
from emitter.delivery.transport import Exchange
from tests.support.receivers.judging import judged
from tests.support.receivers.reference import right
from tests.support.sending import request_to

LATE = Outcome(OutcomeKind.TIMED_OUT, code=FailureCode.READ_TIMEOUT)
UNREACHABLE = Outcome(OutcomeKind.NOT_CONNECTED, code=FailureCode.CONNECTION_REFUSED)


def sent(total_ms, *, outcome=None, faults=(), headers=(), started_at_ms=0):
    answer = Answer(status=204, headers=headers, body=b"")
    return Sent(
        recipe=Recipe(body=EventBody(event="a.b"), faults=faults),
        event="a.b",
        seed="",
        signed_body=b"{}",
        request=request_to("http://127.0.0.1:1/"),
        exchange=Exchange(outcome=outcome or of_status(204), answer=answer, timing=Timing(total_ms=total_ms)),
        started_at_ms=started_at_ms,
    )


def test_percentiles_are_those_of_the_events_as_zoom_sends_them():
    latency = latency_of([*(sent(float(ms)) for ms in range(101)), sent(9e9, faults=(FAULTS["unsigned"],))])

    assert latency is not None
    assert (latency.samples, latency.max_ms, latency.retried) == (101, 100.0, 0)
    assert [latency.p50_ms, latency.p95_ms, latency.p99_ms] == pytest.approx([50.0, 95.0, 99.0])


def test_the_share_that_zoom_would_have_retried_is_told():
    latency = latency_of([*[sent(1.0)] * 6, sent(3000.0, outcome=LATE), sent(1.0, outcome=of_status(503))])

    assert latency is not None
    assert latency.retried_share == pytest.approx(0.25)
    assert "25 % would have been retried" in latency.words
    assert latency.value()["retried"] == 2


def test_refusals_and_missing_connections_are_no_answers_to_events():
    events = [sent(1.0, outcome=of_status(401)), sent(1.0, outcome=UNREACHABLE)]

    assert latency_of(events * LEAST_SAMPLES) is None


def test_too_few_answers_tell_nothing():
    assert latency_of([sent(1.0)] * (LEAST_SAMPLES - 1)) is None
    assert latency_of([sent(1.0)] * LEAST_SAMPLES) is not None


def test_every_run_has_its_figures(receivers):
    result = judged(receivers.add(right))

    assert result.latency is not None
    assert result.latency.retried == 0
    assert 0 < result.latency.p50_ms <= result.latency.p95_ms <= result.latency.max_ms < 3000
