from __future__ import annotations

from contracts.generation.shrinking import reduced

WHOLE = {"event": "x", "payload": {"account_id": "a", "object": [{"a": 1, "b": 2}, {"a": 3}]}}


def test_only_what_failing_needs_is_left():
    assert reduced(WHOLE, lambda value: "'b'" in str(value)) == {"payload": {"object": [{"b": 2}]}}


def test_nothing_is_taken_away_that_failing_needs():
    assert reduced(WHOLE, lambda value: value == WHOLE) == WHOLE


def test_no_more_is_tried_than_allowed():
    tried: list[object] = []

    def fails_never(value):
        tried.append(value)
        return False

    reduced(WHOLE, fails_never, tries=3)

    assert len(tried) == 3
