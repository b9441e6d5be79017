from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest

from contracts.clock_drift import drift_s
from contracts.findings import Severity
from emitter.delivery.clock import SystemClock
from tests.contracts.test_latency import sent
from tests.support.receivers.judging import judged
from tests.support.receivers.reference import Answer, right

NOON_MS = 1_785_326_400_000
NOON = "Wed, 29 Jul 2026 12:00:00 GMT"


def saying(*seconds):
    """Return a right receiver whose clock is so many seconds ahead."""
    by = timedelta(*seconds)

    def respond(asked):
        date = format_datetime(datetime.now(UTC) + by, usegmt=True)  # noqa: TID251
        answer = right(asked)
        return replace(answer, headers=(*answer.headers, ("date", date)))

    return respond


@pytest.mark.parametrize(
    ("offset_ms", "expected_s"), [(0, 0.5), (999, -0.5), (60_000, -59.5), (-60_000, 60.5)]
)
def test_the_drift_is_the_date_less_the_time_of_the_answer(offset_ms, expected_s):
    answered = sent(200.0, headers=(("Date", NOON),), started_at_ms=NOON_MS + offset_ms - 200)

    assert drift_s([answered]) == pytest.approx(expected_s, abs=0.01)


@pytest.mark.parametrize("headers", [(), (("date", "noon"),), (("date", ""),)])
def test_without_a_readable_date_there_is_no_drift(headers):
    assert drift_s([sent(1.0, headers=headers)]) is None


def test_one_odd_date_does_not_count():
    dates = [NOON] * 4 + ["Wed, 29 Jul 2020 12:00:00 GMT"]
    traffic = [sent(0.0, headers=(("date", date),), started_at_ms=NOON_MS) for date in dates]

    assert drift_s(traffic) == pytest.approx(0.5)


@pytest.mark.parametrize(
    ("seconds", "severities"),
    [(0, []), (2, []), (-20, [Severity.INFO]), (150, [Severity.WARNING])],
)
def test_a_clock_that_is_wrong_is_told_once(receivers, seconds, severities):
    result = judged(receivers.add(saying(0, seconds)))

    assert [finding.severity for finding in result.findings] == severities
    assert {finding.code for finding in result.findings} <= {"P08"}


def test_a_clock_so_wrong_that_everything_is_refused_is_told_as_the_reason_and_only_there(receivers):
    def hour_behind(asked):
        is_fresh = abs(SystemClock().now_ms() / 1000 - 3600 - int(asked.timestamp)) < 300
        return saying(0, -3600)(
            asked.signed_anew() if asked.is_signed and is_fresh else asked.signed_if(False)
        )

    (finding,) = judged(receivers.add(hour_behind)).findings

    assert (finding.code, finding.severity) == ("P04", Severity.ERROR)
    assert "its clock is 3600 s behind" in finding.message or "its clock is 3601 s behind" in finding.message


def test_a_wrong_clock_is_not_blamed_where_its_own_time_is_refused_as_well(receivers):
    findings = judged(receivers.add(lambda asked: replace(saying(0, -3600)(asked), status=401))).findings

    told = {finding.code: finding.message for finding in findings}
    assert told.keys() == {"P04", "P08"}
    assert "clock" not in told["P04"]
    assert "none of" in told["P04"]


def test_everything_refused_by_a_right_clock_is_about_the_secret(receivers):
    (finding,) = judged(receivers.add(lambda _: Answer(401))).findings

    assert (finding.code, finding.cause) == ("P04", "other-secret")
    assert "same secret token" in finding.mend
    assert "clock" not in finding.message
