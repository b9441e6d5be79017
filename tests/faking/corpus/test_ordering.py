from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from emitter.faking.corpus import ordering
from emitter.faking.corpus.ordering import Ordering, keyed, received_ms_of, without_key

START_MS = 1_767_571_200_000


def lines_at(*times_ms, size=10):
    return [
        keyed(
            received_ms=time_ms, story=place, number=0, attempt=1, line=b"%d " % place + b"x" * size + b"\n"
        )
        for place, time_ms in enumerate(times_ms)
    ]


@given(times=st.lists(st.integers(0, 10**7), max_size=60))
def test_lines_come_out_in_the_order_of_arrival(times, tmp_path_factory):
    lines = lines_at(*(START_MS + time for time in times))
    whole = Ordering(tmp_path_factory.mktemp("aside"), start_ms=START_MS, span_ms=10**6, lines=100_000)
    whole.add(lines)

    out = [line for stretch in whole.until(None) for line in stretch]
    assert out == sorted(lines)
    assert [received_ms_of(line) for line in out] == sorted(START_MS + time for time in times)


def test_what_may_still_be_preceded_waits(tmp_path):
    waiting = Ordering(tmp_path, start_ms=START_MS, span_ms=1024, lines=1024 * 1024)
    waiting.add(lines_at(START_MS, START_MS + 5, START_MS + 50))

    assert [len(stretch) for stretch in waiting.until(START_MS + 6)] == [1, 1]
    assert [without_key(line)[:1] for stretch in waiting.until(None) for line in stretch] == [b"2"]


def test_what_does_not_fit_into_memory_waits_on_the_disk(tmp_path):
    size = ordering._MOST_WAITING_BYTES // 10
    waiting = Ordering(tmp_path / "aside", start_ms=START_MS, span_ms=1000, lines=1000 * 1024)
    lines = lines_at(*(START_MS + 7 * number % 100 for number in range(25)), size=size)
    for line in lines:
        waiting.add([line])
        assert waiting._waiting_bytes <= 11 * size

    assert [*(tmp_path / "aside").iterdir()]
    assert [line for stretch in waiting.until(None) for line in stretch] == sorted(lines)
    assert [*(tmp_path / "aside").iterdir()] == []
