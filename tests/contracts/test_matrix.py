"""Every check has a receiver that fails it, and nothing else is found in that receiver."""

from __future__ import annotations

import pytest

from contracts.scope import Depth
from tests.support.receivers.defects import DEFECTS
from tests.support.receivers.judging import REGISTRY, judged, receiver_at
from tests.support.receivers.reference import right

CONDITIONAL = {"A15", "D08", "D09", "D10", "U01", "U02", "U03", "U04"}
"""Sent only to who asks for strict answers, has an observer, or has credentials."""

SOME_EVENTS = tuple(
    f"revenue_accelerator.{name}"
    for name in ("playlist_create", "playlist_delete", "conversation_crm_associations_changed")
)


def found_in(result):
    return {finding.code: finding.message for finding in result.findings}


@pytest.mark.slow
@pytest.mark.parametrize("defect", DEFECTS, ids=lambda defect: defect.name)
def test_a_defect_yields_exactly_the_findings_written_beside_it(defect, receivers):
    codes = defect.codes.split()

    receiver, observer = defect.receiver()
    url = receivers.add(receiver, reads=defect.reads)

    result = judged(
        url,
        codes=codes,
        receiver=receiver_at(url, timeout_s=defect.timeout_s, events=defect.events, auth=defect.auth),
        observer=observer,
        is_response_strict=defect.is_response_strict,
    )

    assert set(found_in(result)) == set(codes), found_in(result)


def test_nothing_is_found_in_the_reference(receivers):
    url = receivers.add(right)
    result = judged(url, receiver=receiver_at(url, events=SOME_EVENTS), depth=Depth.DEFAULT)

    assert found_in(result) == {}
    sending = {check.code for check in REGISTRY if check.inspects is None}
    assert {case.code for case in result.cases} == sending - CONDITIONAL
    assert not result.left_out


def test_every_check_has_a_receiver_that_fails_it():
    failed = {code for defect in DEFECTS for code in defect.codes.split()}

    assert {check.code for check in REGISTRY} - failed == set()


def test_no_two_defects_have_the_same_name():
    names = [defect.name for defect in DEFECTS]

    assert sorted(set(names)) == sorted(names)
    assert len(names) >= 45
