"""What is shown while a run goes on: on a terminal how far it is and what is found, elsewhere nothing."""

from __future__ import annotations

import io

import pytest
from rich.console import Console

from contracts.reports.console import ConsoleReporter
from contracts.scope import Depth
from tests.support.receivers.judging import REGISTRY, judging
from tests.support.receivers.reference import right


@pytest.fixture
def events(receivers):
    url = receivers.add(lambda asked: right(asked.signed_anew()))
    return [*judging(url, checks=REGISTRY.select(select=["A01", "S01"]), depth=Depth.QUICK)]


def shown(events, *, is_terminal):
    stream = io.StringIO()
    err = Console(file=stream, force_terminal=is_terminal, width=120, highlight=False, color_system=None)
    reporter = ConsoleReporter(REGISTRY, out=None, err=err)
    for event in events:
        reporter(event)
    return stream.getvalue()


def test_on_a_terminal_findings_are_said_at_once_and_progress_goes_when_it_is_over(events):
    said = shown(events, is_terminal=True)

    assert "error   S01  A request with a wrong signature is refused" in said
    assert "0/8" in said
    assert "8/8" in said
    assert said.endswith(("\x1b[2K", "\x1b[?25h", "\r"))  # the line of progress is taken away


def test_elsewhere_nothing_is_said_until_it_is_over(events):
    assert shown(events, is_terminal=False) == ""
