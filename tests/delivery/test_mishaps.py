"""Every error the libraries can raise is an outcome."""

from __future__ import annotations

import http.client
import inspect
import socket
import ssl

import pytest
import requests
from urllib3 import exceptions as urllib3_errors

from emitter.core.outcome import FailureCode, Outcome, OutcomeKind
from emitter.delivery.mishaps import TRANSPORT_ERRORS, outcome_of_error
from emitter.delivery.stopwatch import Stopwatch

KINDS = {
    requests.exceptions.SSLError: OutcomeKind.UNTRUSTED,
    requests.exceptions.ProxyError: OutcomeKind.NOT_CONNECTED,
    requests.exceptions.Timeout: OutcomeKind.TIMED_OUT,
    requests.exceptions.ConnectTimeout: OutcomeKind.TIMED_OUT,
    requests.exceptions.ReadTimeout: OutcomeKind.TIMED_OUT,
    urllib3_errors.SSLError: OutcomeKind.UNTRUSTED,
    urllib3_errors.ProxyError: OutcomeKind.NOT_CONNECTED,
    urllib3_errors.TimeoutError: OutcomeKind.TIMED_OUT,
    urllib3_errors.ReadTimeoutError: OutcomeKind.TIMED_OUT,
    urllib3_errors.ConnectTimeoutError: OutcomeKind.TIMED_OUT,
    urllib3_errors.NewConnectionError: OutcomeKind.NOT_CONNECTED,
    urllib3_errors.NameResolutionError: OutcomeKind.UNRESOLVED,
    ssl.SSLError: OutcomeKind.UNTRUSTED,
    ssl.SSLEOFError: OutcomeKind.UNTRUSTED,
    ssl.SSLZeroReturnError: OutcomeKind.UNTRUSTED,
    ssl.SSLWantReadError: OutcomeKind.UNTRUSTED,
    ssl.SSLWantWriteError: OutcomeKind.UNTRUSTED,
    ssl.SSLSyscallError: OutcomeKind.UNTRUSTED,
    socket.gaierror: OutcomeKind.UNRESOLVED,
    ConnectionRefusedError: OutcomeKind.NOT_CONNECTED,
    TimeoutError: OutcomeKind.TIMED_OUT,
}
"""Whatever is not named here is broken."""


def errors_of(module):
    """Return the error classes a module defines; warnings are none."""
    return [
        value
        for _, value in inspect.getmembers(module, inspect.isclass)
        if issubclass(value, Exception)
        and not issubclass(value, Warning)
        and value.__module__ == module.__name__
    ]


ESCAPING = [
    *errors_of(requests.exceptions),
    # Raised for a proxy's URL alone, and we have none.
    *(error for error in errors_of(urllib3_errors) if error is not urllib3_errors.ProxySchemeUnsupported),
    *errors_of(http.client),
    ssl.SSLError, ssl.SSLEOFError, ssl.SSLZeroReturnError, ssl.SSLWantReadError, ssl.SSLWantWriteError,
    ssl.SSLSyscallError, socket.gaierror, socket.herror, OSError, ConnectionError, ConnectionRefusedError,
    ConnectionResetError, ConnectionAbortedError, BrokenPipeError, TimeoutError,
]  # fmt: skip


def outcome_of(error, status=None):
    return outcome_of_error(error, host="app", stopwatch=Stopwatch(3.0), status=status)


def test_every_error_of_the_libraries_has_an_outcome():
    for error in ESCAPING:
        outcome = outcome_of(error.__new__(error))

        assert issubclass(error, TRANSPORT_ERRORS), error
        assert outcome.kind is KINDS.get(error, OutcomeKind.BROKEN), error
        assert outcome.code is not None, error
        assert outcome.detail, error


def test_there_are_errors_to_map():
    assert len(ESCAPING) > 60


@pytest.mark.parametrize(
    ("root", "kind"),
    [
        (TimeoutError("timed out"), OutcomeKind.TIMED_OUT),
        (ConnectionRefusedError(111, "Connection refused"), OutcomeKind.NOT_CONNECTED),
        (ConnectionResetError(104, "Connection reset by peer"), OutcomeKind.BROKEN),
        (socket.gaierror(-2, "Name or service not known"), OutcomeKind.UNRESOLVED),
        (ssl.SSLError(1, "sslv3 alert"), OutcomeKind.UNTRUSTED),
    ],
    ids=["time-out", "refused", "reset", "name", "tls"],
)
def test_what_an_error_was_caused_by_decides(root, kind):
    wrapped = urllib3_errors.ProtocolError("Connection aborted.", root)
    wrapped.__cause__ = root
    outermost = requests.exceptions.ConnectionError(wrapped)
    outermost.__context__ = wrapped

    assert outcome_of(outermost).kind is kind


def test_a_cause_that_was_set_aside_does_not_decide():
    error = socket.gaierror(-3, "app.test did not resolve within 3 s")
    error.__context__ = TimeoutError()
    error.__suppress_context__ = True

    assert outcome_of(error) == Outcome(
        OutcomeKind.UNRESOLVED, code=FailureCode.DNS_FAILURE, detail="app.test did not resolve within 3 s"
    )


def test_a_long_first_line_is_shown_in_part():
    detail = outcome_of(http.client.BadStatusLine("x" * 5000)).detail

    assert detail == f"the answer is not HTTP/1.1; it begins with '{'x' * 40}'"
