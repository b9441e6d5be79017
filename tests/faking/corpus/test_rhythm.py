from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from emitter.faking.corpus.rhythm import Rhythm
from tests.faking.corpus.sets import realistic

MONDAY_MS = 1_767_571_200_000
HOUR_MS = 3_600_000
DAY_MS = 24 * HOUR_MS


@given(
    start_ms=st.integers(10**12, 4 * 10**12), span_ms=st.integers(1, 400 * DAY_MS), parts=st.integers(1, 50)
)
def test_times_rise_and_stay_within_the_period(start_ms, span_ms, parts):
    rhythm = Rhythm(start_ms, span_ms)
    times = [rhythm.time_ms(part, parts) for part in range(parts)]

    assert times == sorted(times)
    assert times[0] >= start_ms - 1
    assert times[-1] <= start_ms + span_ms == rhythm.end_ms


def test_a_week_is_busy_on_working_days_and_in_office_hours():
    rhythm = Rhythm(MONDAY_MS, 7 * DAY_MS)
    moments = [datetime.fromtimestamp(rhythm.time_ms(part, 50_000) / 1000, tz=UTC) for part in range(50_000)]
    days, hours = Counter(each.weekday() for each in moments), Counter(each.hour for each in moments)

    assert min(days[day] for day in range(5)) > 4 * max(days[5], days[6])
    assert hours[15] > 10 * hours[3]


def test_events_lie_within_the_period_even_those_of_long_stories():
    made = realistic(stories=400, start_ms=MONDAY_MS, span_ms=2 * HOUR_MS)
    stamps = [event[2] for story in made.stories for event in made.told(story).events]

    assert min(stamps) >= MONDAY_MS - 1
    assert max(stamps) <= MONDAY_MS + 2 * HOUR_MS


def test_stories_begin_one_after_the_other():
    made = realistic(stories=2000)
    starts = [made.start_ms(story) for story in made.stories]

    assert starts == sorted(starts)
    assert starts == [made.told(story).events[0][2] for story in made.stories]
