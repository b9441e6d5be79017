"""No false alarm: correct receivers differ in many ways, and of none of them is anything bad said."""

from __future__ import annotations

import pytest

from contracts.findings import Severity
from contracts.scope import Depth
from tests.support.receivers.correct import CORRECT
from tests.support.receivers.judging import REGISTRY, judged, receiver_at
from tests.support.receivers.processes import framework, node
from tests.support.receivers.reference import Answer, right

ONE_EVENT = ("revenue_accelerator.playlist_create",)
TWO_EVENTS = (*ONE_EVENT, "revenue_accelerator.conversation_analysis_completed")
BUT_THE_SLOW = [
    check for check in REGISTRY.select() if check.letter != "G" and check.code not in {"R07", "R09"}
]
"""All checks but those that send by the hundred, or wait."""
EACH = pytest.mark.parametrize("name", CORRECT)


def of_weight(result):
    """Return what was found that is no mere information."""
    assert not result.stopped
    assert not result.left_out
    return {
        finding.code: finding.message for finding in result.findings if finding.severity is not Severity.INFO
    }


@pytest.mark.parametrize("name", sorted(CORRECT.keys() - {"takes 20 ms"}))
def test_nothing_bad_is_said_of_a_correct_receiver(name, receivers):
    url = receivers.add(CORRECT[name])
    receiver = receiver_at(url, events=ONE_EVENT)

    result = judged(url, checks=BUT_THE_SLOW, receiver=receiver, depth=Depth.DEFAULT, budget_s=300)

    assert result.findings == ()


@pytest.mark.slow
@EACH
def test_nothing_bad_is_said_of_a_correct_receiver_by_any_check(name, receivers):
    url = receivers.add(CORRECT[name])

    result = judged(url, receiver=receiver_at(url, events=TWO_EVENTS), depth=Depth.DEFAULT, budget_s=300)

    assert result.findings == ()


def acknowledging_first(asked):
    return right(asked) if asked.is_challenge or asked.method != "POST" else Answer(200)


@pytest.mark.slow
def test_a_receiver_that_acknowledges_first_is_not_judged_by_its_answers(receivers):
    url = receivers.add(acknowledging_first)

    result = judged(
        url, receiver=receiver_at(url, acks_before_verifying=True), depth=Depth.DEFAULT, budget_s=300
    )

    assert of_weight(result) == {}


@pytest.mark.slow
@pytest.mark.parametrize("name", ["flask", "fastapi", "django", "plain"])
def test_nothing_bad_is_said_of_a_receiver_in_a_real_framework(name):
    with framework(name) as url:
        result = judged(url, depth=Depth.DEFAULT, budget_s=300)

    assert result.findings == ()


@pytest.mark.slow
def test_nothing_bad_is_said_of_express():
    with node("express_receiver.mjs", package="express") as url:
        result = judged(url, depth=Depth.DEFAULT, budget_s=300)

    assert of_weight(result) == {}
    # Node decodes digits of either case, and the header is cut at further signs: no forgery.
    assert [finding.code for finding in result.findings] == ["S09"]
