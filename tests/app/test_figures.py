"""What charts and timelines are drawn from."""

from __future__ import annotations

import pytest

from emitter.app.pages import figures
from emitter.app.pages.readable import body_text, latency_text, size_text, visible, wait_text
from emitter.core.outcome import OutcomeKind
from emitter.delivery.store.samples import Sample


def sample(at_ms, total_ms=1.0, outcome=OutcomeKind.ACCEPTED, event="a.b"):
    return Sample(at_ms, total_ms, outcome, event, 1)


@pytest.mark.parametrize(("share", "found"), [(50, 50), (95, 95), (99, 99), (100, 100), (1, 1)], ids=str)
def test_a_percentile_is_a_value_that_was_measured(share, found):
    assert figures.percentile([float(each) for each in range(1, 101)], share) == found


def test_percentiles_of_one_value_are_that_value():
    assert {figures.percentile([7.0], share) for share in figures.PERCENTILES} == {7.0}


def test_time_is_cut_into_equal_stretches_that_lose_nothing():
    samples = [sample(at_ms) for at_ms in (0, 999, 1000, 59_999, 60_000)]
    buckets = figures.over_time(samples, since_ms=0, until_ms=60_000)

    counts = [bucket.summary.count if bucket.summary else 0 for bucket in buckets]
    assert len(buckets) == figures.BUCKETS
    assert (counts[0], counts[1], counts[-1], sum(counts)) == (2, 1, 2, 5)


def test_a_line_is_broken_where_nothing_was_attempted():
    samples = [sample(0), sample(1000), sample(5000)]
    buckets = figures.over_time(samples, since_ms=0, until_ms=60_000)
    line = figures.line_of(buckets, 0)

    assert line.count("M") == 2
    assert line.count("L") == 1


def test_the_limit_stands_between_a_second_and_the_top():
    heights = [figures.height_of(ms) for ms in (0, 1, 1000, figures.LIMIT_MS, 10_000, 99_999)]

    assert heights == sorted(heights)
    assert (heights[0], heights[-1]) == (0, 100)


def test_a_bar_is_made_of_every_outcome_and_nothing_else():
    kinds = [OutcomeKind.ACCEPTED, OutcomeKind.FAILED, OutcomeKind.TIMED_OUT, OutcomeKind.UNRESOLVED]
    summary = figures.summed([sample(0, outcome=kind) for kind in kinds])

    assert summary is not None
    assert summary.parts == [("good", 0, 25), ("bad", 25, 25), ("slow", 50, 25), ("gone", 75, 25)]


@pytest.mark.parametrize(("count", "most"), [(1, 1), (3, 5), (10, 10), (11, 20), (51, 100), (501, 1000)])
def test_the_scale_of_counts_ends_at_a_number_one_can_read(count, most):
    buckets = figures.over_time([sample(0)] * count, since_ms=0, until_ms=60_000)

    assert figures.most_of(buckets) == most


def test_text_that_turns_or_hides_other_text_is_escaped():
    assert visible("a\u202eb\u200bc\x1b[1m\ue000") == r"a\u202eb\u200bc\x1b[1m\ue000"
    assert visible("שלום, zwei\nLines\t👩\u200d🚒") == "שלום, zwei\nLines\t👩\u200d🚒"


def test_a_body_is_shown_as_what_it_is():
    assert body_text(b'{"b":1,"a":"\\u202e"}').text == '{\n  "b": 1,\n  "a": "\\u202e"\n}'
    assert body_text(b"not \x00 JSON").text == r"not \x00 JSON"
    assert body_text(b"\xff\xfe").text == "2 bytes that are not text"
    assert not body_text(b"[" * 100_000).is_json


def test_times_and_sizes_are_written_for_people():
    assert [latency_text(ms) for ms in (0.84, 12.4, 2999.9, 3002)] == ["0.8 ms", "12 ms", "3.00 s", "3.00 s"]
    assert [wait_text(each) for each in (0, 59, 303, 5100, 90_000)] == [
        "0 s",
        "59 s",
        "5m 3s",
        "1h 25m",
        "1d 1h",
    ]
    assert [size_text(each) for each in (310, 62_000)] == ["310 bytes", "60.5 KB"]
