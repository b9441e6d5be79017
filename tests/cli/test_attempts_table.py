from __future__ import annotations

from textwrap import dedent

import pytest
from hypothesis import given
from hypothesis import strategies as st

from emitter.cli.attempts_table import attempts_table
from emitter.core.deliveries import Attempt, Delivery, Timing
from emitter.core.outcome import FailureCode, Outcome, OutcomeKind
from emitter.core.request import Identity

IDENTITY = Identity(request_id="r", tracking_id="t", traceparent="p", client_id="c")
ACCEPTED = Outcome(OutcomeKind.ACCEPTED, 204)
FAILED = Outcome(OutcomeKind.FAILED, 503)
TIMED_OUT = Outcome(OutcomeKind.TIMED_OUT, 200, FailureCode.READ_TIMEOUT)


def row(delivery_id, event, number, outcome, *, virtual_s=0, total_ms=5.4, next_retry_s=None):
    delivery = Delivery(
        id=delivery_id,
        subscription_id=1,
        event=event,
        body=b"{}",
        identity=IDENTITY,
        created_at_ms=0,
        due_at_ms=None,
    )
    attempt = Attempt(
        delivery_id=delivery_id,
        number=number,
        retry_number=number - 1,
        started_at_ms=0,
        virtual_ms=virtual_s * 1000,
        timestamp_s="1",
        request_headers=(),
        outcome=outcome,
        timing=Timing(total_ms=total_ms),
        next_retry_s=next_retry_s,
    )
    return delivery, attempt


ROWS = [
    row(9, "revenue_accelerator.playlist_delete", 1, TIMED_OUT, total_ms=3001.2, next_retry_s=300.0),
    row(2, "revenue_accelerator.playlist_create", 2, ACCEPTED, virtual_s=300),
    row(9, "revenue_accelerator.playlist_delete", 2, ACCEPTED, virtual_s=4803),
    row(2, "revenue_accelerator.playlist_create", 1, FAILED, next_retry_s=300.0),
]


def shown(rows, width):
    return "".join(f"{line.plain}\n" for line in attempts_table(rows, width=width))


@pytest.mark.parametrize("width", [98, 200, None], ids=["just enough", "plenty", "a pipe"])
def test_where_it_fits_each_attempt_is_one_line_with_its_event(width):
    assert shown(ROWS, width) == dedent(
        """\
        event                                attempt  virtual time  status  latency  outcome    next retry
        --------------------------------------------------------------------------------------------------
        revenue_accelerator.playlist_create        1      +0:00:00     503     5 ms  failed     in 5m
        revenue_accelerator.playlist_create        2      +0:05:00     204     5 ms  accepted   -
        revenue_accelerator.playlist_delete        1      +0:00:00      -1  3001 ms  timed-out  in 5m
        revenue_accelerator.playlist_delete        2      +1:20:03     204     5 ms  accepted   -
        """
    )


@pytest.mark.parametrize("width", [97, 63])
def test_on_a_narrower_terminal_the_event_stands_above_its_attempts(width):
    assert shown(ROWS, width) == (
        "  attempt  virtual time  status  latency  outcome    next retry\n"
        "  -------------------------------------------------------------\n"
        "revenue_accelerator.playlist_create\n"
        "        1      +0:00:00     503     5 ms  failed     in 5m\n"
        "        2      +0:05:00     204     5 ms  accepted   -\n"
        "revenue_accelerator.playlist_delete\n"
        "        1      +0:00:00      -1  3001 ms  timed-out  in 5m\n"
        "        2      +1:20:03     204     5 ms  accepted   -\n"
    )


@pytest.mark.parametrize("width", [62, 20])
def test_on_a_narrow_terminal_headings_take_two_lines_and_nothing_is_cut(width):
    assert shown(ROWS, width) == (
        "            virtual                              next\n"
        "  attempt      time  status  latency  outcome    retry\n"
        "  ----------------------------------------------------\n"
        "revenue_accelerator.playlist_create\n"
        "        1  +0:00:00     503     5 ms  failed     in 5m\n"
        "        2  +0:05:00     204     5 ms  accepted   -\n"
        "revenue_accelerator.playlist_delete\n"
        "        1  +0:00:00      -1  3001 ms  timed-out  in 5m\n"
        "        2  +1:20:03     204     5 ms  accepted   -\n"
    )


@given(
    events=st.lists(st.from_regex(r"[a-z_]{1,20}\.[a-z_]{1,60}", fullmatch=True), min_size=1, max_size=5),
    width=st.integers(1, 250),
)
def test_event_names_are_whole_at_any_width(events, width):
    rows = [row(number, event, 1, ACCEPTED) for number, event in enumerate(events)]

    text = shown(rows, width)

    assert [line.split()[0] for line in text.splitlines() if "." in line] == events


def test_columns_stand_under_each_other_whatever_alphabet_an_event_has():
    rows = [row(1, "会議.開始されました", 1, ACCEPTED), row(2, "meeting.ended", 1, ACCEPTED)]

    wide, narrow = shown(rows, None).splitlines()[2:]

    assert wide == "会議.開始されました        1      +0:00:00     204     5 ms  accepted  -"
    assert narrow == "meeting.ended              1      +0:00:00     204     5 ms  accepted  -"


def test_an_event_cannot_steer_the_terminal():
    assert r"a\x1b[2Jb  " in shown([row(1, "a\x1b[2Jb", 1, ACCEPTED)], None)


def test_an_attempt_that_was_cut_has_neither_status_nor_code():
    line = shown([row(1, "a.b", 1, Outcome(OutcomeKind.UNKNOWN))], None).splitlines()[-1]

    assert line.split() == ["a.b", "1", "+0:00:00", "-", "5", "ms", "unknown", "-"]


def test_good_and_bad_outcomes_differ_in_colour():
    *_, failed, accepted = attempts_table(ROWS[1:2] + ROWS[3:], width=None)

    assert (str(failed.style), str(accepted.style)) == ("red", "green")


def test_no_attempts_are_just_headings():
    assert shown([], None).splitlines()[0].split() == [
        "event", "attempt", "virtual", "time", "status", "latency", "outcome", "next", "retry",
    ]  # fmt: skip
