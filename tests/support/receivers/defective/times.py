"""Receivers that read the clock wrongly, or not at all."""

from __future__ import annotations

import time

from tests.support.receivers.reference import Answer, Defect


def _refusing_if(is_bad):
    return lambda asked, right: Answer(401, "stale") if asked.is_signed and is_bad(asked) else right(asked)


def _age_s(asked):
    """Return how old a request is by its timestamp; 0 where that is no number."""
    is_number = asked.timestamp.removeprefix("-").isdecimal()
    return int(time.time()) - int(asked.timestamp) if is_number else 0  # noqa: TID251


def _event_age_s(asked):
    at_ms = asked.value.get("event_ts") if isinstance(asked.value, dict) else None
    if not isinstance(at_ms, int) or asked.is_challenge:
        return 0
    return time.time() - at_ms / 1000  # noqa: TID251


def _without_a_window(asked, right):
    return right(asked.signed_anew() if asked.is_signed else asked)


def _with_one_side(asked, right):
    return right(asked.signed_anew() if asked.is_signed and _age_s(asked) < -300 else asked)


def _reading_it_last(asked, right):
    if asked.is_signed and not asked.timestamp.isdecimal():
        return Answer(500, "ValueError: invalid literal for int()")
    return right(asked)


def _comparing_nan(asked, right):
    """Answer as ``Math.abs(now - Number(timestamp)) > 300`` does where the timestamp is no number."""
    is_nan = asked.timestamp in {"yesterday", "²"}
    return right(asked.signed_anew() if asked.is_signed and is_nan else asked)


DEFECTS = (
    Defect(
        name="refuses-a-clock-that-is-ahead",
        codes="F01",
        seen="docs/zoom.md#failures: freshness checked on one side only",
        respond=_refusing_if(lambda asked: _age_s(asked) < 0),
    ),
    Defect(
        name="measures-age-by-event-ts",
        codes="F02",
        seen="NangoHQ/nango 7484: retries taken for stale",
        respond=_refusing_if(lambda asked: _event_age_s(asked) > 300),
    ),
    Defect(
        name="has-no-window",
        codes="F03",
        seen="Zoom's webhook-sample and rivet: no check of the timestamp",
        respond=_without_a_window,
    ),
    Defect(
        name="has-a-window-with-one-side",
        codes="F04",
        seen="docs/zoom.md#failures: freshness checked on one side only",
        respond=_with_one_side,
    ),
    Defect(
        name="reads-the-timestamp-after-verifying",
        codes="F05",
        seen="AI-Shipping-Labs/website 1432",
        respond=_reading_it_last,
    ),
    Defect(
        name="compares-with-nan",
        codes="F05",
        seen="a window in JavaScript, which NaN passes",
        respond=_comparing_nan,
    ),
)
