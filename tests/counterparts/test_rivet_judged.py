"""Zoom's own receiver library, as it is on npm, judged: what is found is exactly what is wrong with it.

Each line was confirmed by reading the library: it verifies ``JSON.stringify(JSON.parse(body))``, compares no
time with the clock, reads ``payload.plainToken`` and ``event`` of whatever was parsed, before and after it
verifies, and keeps handlers in an object whose inherited names it takes for events.
"""

from __future__ import annotations

import pytest

from contracts.scope import Depth
from tests.counterparts.test_rivet import SECRET, started
from tests.support.receivers.judging import judged
from tests.support.receivers.reference import SECRET_TOKEN

pytestmark = pytest.mark.slow

FOUND = {
    ("B01", "error"): ["with emoji"],  # the body is written again, and emoji come out raw
    ("S10", "error"): ["null, unsigned: 500"],  # read before it is verified
    ("F03", "warning"): ["in all: 200"],  # no window of time
    ("S08", "warning"): ["a space put behind the body's first character"],  # the body is written again
    ("H06", "warning"): ["payload null: 500"],
    ("H06", "info"): ["no plainToken: 200"],  # acknowledged as if it were an event
    ("R02", "warning"): ["constructor: 500", "null: 500"],
}
"""Code and severity: a part of the message of each finding."""


@pytest.fixture(scope="module")
def result():
    assert SECRET_TOKEN.reveal() == SECRET
    with started(SECRET) as rivet:
        return judged(rivet.url, depth=Depth.DEFAULT, budget_s=300)


def test_nothing_was_left_out(result):
    assert result.left_out == ()
    assert result.stopped == ""


def test_exactly_what_is_wrong_is_found(result):
    found: dict[tuple[str, str], list[str]] = {}
    for finding in result.findings:
        found.setdefault((finding.code, str(finding.severity)), []).append(finding.message)

    assert found.keys() == FOUND.keys()
    for key, parts in FOUND.items():
        messages = found[key]
        assert len(messages) == len(parts), messages
        assert all(any(part in message for message in messages) for part in parts), messages


def test_the_wrong_computation_is_named(result):
    (finding,) = [finding for finding in result.findings if finding.code == "B01"]

    assert "the same JSON, written anew" in finding.message
    assert "bytes as they came" in finding.mend
