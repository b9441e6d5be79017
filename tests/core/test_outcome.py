from __future__ import annotations

import pytest

from emitter.core.outcome import FailureCode, Outcome, OutcomeKind, of_status


@pytest.mark.parametrize("status", [200, 201, 202, 204, 299])
def test_every_2xx_is_accepted(status):
    outcome = of_status(status)

    assert (outcome.kind, outcome.is_accepted, outcome.is_retried) == (OutcomeKind.ACCEPTED, True, False)


@pytest.mark.parametrize("status", [301, 302, 307, 400, 401, 403, 404, 410, 429])
def test_3xx_and_4xx_are_never_retried(status):
    outcome = of_status(status)

    assert (outcome.is_accepted, outcome.is_retried) == (False, False)


@pytest.mark.parametrize("status", [500, 501, 502, 503, 504, 599])
def test_5xx_is_retried(status):
    outcome = of_status(status)

    assert (outcome.kind, outcome.is_retried) == (OutcomeKind.FAILED, True)


@pytest.mark.parametrize("status", [100, 199, 600, 999])
def test_a_status_that_ends_nothing_is_a_broken_answer(status):
    assert of_status(status).kind is OutcomeKind.BROKEN


@pytest.mark.parametrize(
    ("kind", "is_retried"),
    [
        ("timed-out", True),
        ("not-connected", True),
        ("unresolved", True),
        ("broken", True),
        ("no-token", True),
        ("untrusted", False),
        ("forbidden", False),
    ],
)
def test_what_zoom_retries_without_an_answer(kind, is_retried):
    assert Outcome(OutcomeKind(kind)).is_retried is is_retried


def test_the_codes_are_those_of_zooms_documents():
    codes = {code.name: int(code) for code in FailureCode}

    assert codes == {
        "READ_TIMEOUT": -1,
        "CONNECTION_REFUSED": -2,
        "REMOTE_ERROR": -7,
        "CERTIFICATE_ERROR": -9,
        "HOST_NAME_MISMATCH": -11,
        "TLS_ERROR": -12,
        "DNS_FAILURE": -13,
        "NO_ACCESS_TOKEN": -14,
        "FORBIDDEN_ADDRESS": -6,
    }
