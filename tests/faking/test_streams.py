from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from emitter.faking.streams import Blocks, Stream, below_at, pick_at

NAMES = st.lists(st.text(max_size=5) | st.integers(), min_size=1, max_size=3)


def test_the_bytes_are_shake128_of_the_names_with_their_lengths():
    # printf '1:75:story' | openssl dgst -shake128 -xoflen 32
    expected = "6f09908b5495b38f431341c6965610796d67a2593053c7098bfca1aec16e4f3f"

    assert Stream(7, "story").randbytes(32).hex() == expected


@given(names=NAMES, sizes=st.lists(st.integers(0, 400), max_size=5))
def test_drawing_in_parts_gives_what_drawing_at_once_gives(names, sizes):
    parts = Stream(*names)

    assert b"".join(map(parts.randbytes, sizes)) == Stream(*names).randbytes(sum(sizes))


def test_names_that_read_the_same_when_joined_are_different_streams():
    assert Stream("ab", "c").randbytes(8) != Stream("a", "bc").randbytes(8)


def test_a_number_and_its_text_are_the_same_name():
    assert Stream(12).randbytes(8) == Stream("12").randbytes(8)


@given(seed=st.integers(), limit=st.integers(1, 2**70))
def test_below_stays_below(seed, limit):
    assert 0 <= Stream(seed).below(limit) < limit


@given(seed=st.integers(), low=st.integers(), width=st.integers(0, 10**20))
def test_between_stays_between(seed, low, width):
    assert low <= Stream(seed).between(low, low + width) <= low + width


def test_below_gives_every_value_about_equally_often():
    stream = Stream("even")

    counts = [0] * 7
    for _ in range(7000):
        counts[stream.below(7)] += 1

    assert all(800 < count < 1200 for count in counts)


def test_chance_is_never_at_0_and_always_at_100():
    stream = Stream("chance")

    assert not any(stream.chance(0) for _ in range(200))
    assert all(stream.chance(100) for _ in range(200))


@given(seed=st.integers(), items=st.sets(st.integers(), max_size=20), count=st.integers(0, 25))
def test_some_are_different_items_and_as_many_as_there_are(seed, items, count):
    chosen = Stream(seed).some(sorted(items), count)

    assert len(chosen) == min(count, len(items))
    assert set(chosen) <= items
    assert len(set(chosen)) == len(chosen)


@given(name=st.text(max_size=5) | st.integers(), size=st.integers(0, 3000))
def test_the_bytes_of_a_block_are_those_of_the_stream_of_its_names(name, size):
    assert Blocks("seed", 7).octets(name, size) == Stream("seed", 7, name).randbytes(size)


@given(octets=st.binary(min_size=8, max_size=8), limit=st.integers(1, 2**32))
def test_what_four_bytes_choose_is_within_the_limit(octets, limit):
    assert 0 <= below_at(octets, 2, limit) < limit


def test_two_bytes_choose_from_the_first_item_to_the_last():
    items = "abcd"
    chosen = [pick_at(bytes([octet, 0]), 0, items) for octet in (0, 63, 64, 128, 192, 255)]

    assert "".join(chosen) == "aabcdd"
    assert below_at(b"\xff\xff\xff\xff", 0, 7) == 6
