from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from emitter.core.schedule import NO_RETRIES, ZOOM_RETRIES, RetrySchedule, format_duration, parse_duration
from emitter.errors import InvalidSettingError


def test_zooms_schedule_is_5_20_and_60_minutes_after_the_one_before():
    waits = [ZOOM_RETRIES.delay_s(retry_number=number) for number in (1, 2, 3, 4)]

    assert waits == [300, 1200, 3600, None]


def test_without_retries_the_first_attempt_is_the_last():
    assert NO_RETRIES.delay_s(retry_number=1) is None


@pytest.mark.parametrize(
    ("text", "delays_s"),
    [
        ("none", ()),
        ("zoom", (300.0, 1200.0, 3600.0)),
        ("1s,2s", (1.0, 2.0)),
        ("250ms, 5s,3m,72h", (0.25, 5.0, 180.0, 259200.0)),
        ("1.5s", (1.5,)),
    ],
)
def test_a_schedule_is_read_from_text(text, delays_s):
    assert RetrySchedule.parse(text).delays_s == delays_s


@pytest.mark.parametrize("text", ["", "soon", "5", "-1s", "1s,,2s", "1s;2s", "٣s", "1e9h", "9999999h"])
def test_text_that_is_no_schedule_is_refused_with_what_is(text):
    with pytest.raises(InvalidSettingError) as caught:
        RetrySchedule.parse(text)

    assert repr(text) in str(caught.value)
    assert "zoom" in str(caught.value)


@given(st.lists(st.integers(0, 10**9), max_size=5).map(lambda ms: tuple(one / 1000 for one in ms)))
def test_a_schedule_written_as_text_is_read_back(delays_s):
    schedule = RetrySchedule(delays_s)

    assert RetrySchedule.parse(str(schedule)).delays_s == pytest.approx(delays_s)


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(300, "5m"), (90, "90s"), (0.25, "250ms"), (259200, "72h"), (0, "0ms"), (3600, "1h"), (1.5, "1500ms")],
)
def test_a_duration_is_written_in_its_largest_whole_unit(seconds, text):
    assert format_duration(seconds) == text
    assert parse_duration(text) == seconds
