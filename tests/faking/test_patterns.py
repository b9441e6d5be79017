from __future__ import annotations

import re

import pytest

from emitter.faking.patterns import text_maker
from emitter.faking.streams import Stream


@pytest.mark.parametrize(
    "pattern",
    [
        "^[A-Za-z0-9_-]{22}$",
        r"^\d{3}-\d{4}$",
        "^(red|green|blue)$",
        "abc",
        "^[^a-z]{2,4}$",
        r"^v\d+(\.\d+)*$",
        "^(?:a|b)c?d*e+$",
        r"^\w+@\w+\.example\.com$",
        "^.{5}$",
        r"^[\w.-]+$",
        "^[-+]?[0-9]{1,3}$",
        "^a{2,}$",
        r"^\$\{x\}$",
        "",
        "^$",
    ],
)
def test_what_is_written_fits_the_pattern(pattern):
    write = text_maker(pattern, usual_repeats=8)
    stream = Stream(pattern)

    assert write is not None
    assert all(re.search(pattern, write(stream)) for _ in range(50))


@pytest.mark.parametrize(
    "pattern",
    [
        r"(a)\1", "(?=a)b", "(?P<n>a)", "a**", "[", "(", ")", "a{2", "a{3,2}", "a{99999}", "[z-a]", r"\p{L}",
        "a$b", r"\bword", "a++", "a*?", "[\u0001-\U0010ffff]", "(" * 5000,
    ],
)  # fmt: skip
def test_what_is_beyond_us_is_left_to_others(pattern):
    assert text_maker(pattern, usual_repeats=8) is None


def test_every_branch_and_every_count_is_reached():
    write, stream = text_maker("^(a|b){1,2}$", usual_repeats=8), Stream("reach")

    assert write is not None
    assert {write(stream) for _ in range(200)} == {"a", "b", "aa", "ab", "ba", "bb"}
