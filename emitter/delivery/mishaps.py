"""Why there was no answer, as an outcome: the one place that knows the errors of the libraries.

The codes are Zoom's where its documents name the case, and UNSURE elsewhere (docs/zoom.md#internal-codes).
"""

from __future__ import annotations

import http.client
import socket
import ssl
from typing import TYPE_CHECKING, Final

import requests
import urllib3.exceptions as urllib3_errors
from urllib3.util.ssl_match_hostname import CertificateError

from emitter.core.outcome import FailureCode, Outcome, OutcomeKind
from emitter.delivery.containers import localhost_hint
from emitter.delivery.timed_sockets import NotConnectedError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from emitter.delivery.stopwatch import Stopwatch

TRANSPORT_ERRORS: Final = (OSError, http.client.HTTPException, urllib3_errors.HTTPError)
"""All that a receiver can make the libraries raise; those of ssl and of requests are OSErrors."""

_UNRESOLVED: Final = (socket.gaierror, urllib3_errors.NameResolutionError)
_UNTRUSTED: Final = (
    ssl.SSLError,
    CertificateError,
    urllib3_errors.SSLError,
    requests.exceptions.SSLError,
)
_NOT_CONNECTED: Final = (
    NotConnectedError,
    ConnectionRefusedError,
    urllib3_errors.NewConnectionError,
    urllib3_errors.ProxyError,
    requests.exceptions.ProxyError,
)
_TIMED_OUT: Final = (TimeoutError, urllib3_errors.TimeoutError, requests.exceptions.Timeout)
_BROKEN: Final = (ConnectionError, http.client.HTTPException)
_ALL_KNOWN: Final = (*_UNRESOLVED, *_UNTRUSTED, *_NOT_CONNECTED, *_TIMED_OUT, *_BROKEN)

_FOR_ANOTHER_HOST: Final = frozenset({62, 63, 64})
"""What OpenSSL's verify code is when the certificate is for another name, mailbox or address."""
_OUT_OF_DATE: Final = frozenset({9, 10})
"""Likewise when it is not valid yet, or no more."""
_TLS_RECORD: Final = ("\x15\x03", "\x16\x03")
_SHOWN_CHARS: Final = 40


def outcome_of_error(error: Exception, *, host: str, stopwatch: Stopwatch, status: int | None) -> Outcome:
    """Return the outcome of an attempt that an error ended.

    Args:
        error: One of `TRANSPORT_ERRORS`; what it was caused by decides first, from the root upwards.
        host: Name or address of the receiver.
        stopwatch: The attempt's time.
        status: Of the answer, if its head came whole.
    """
    cause = next((cause for cause in _causes(error) if isinstance(cause, _ALL_KNOWN)), error)
    # Some are subclasses of others' kinds, so the order matters.
    if isinstance(cause, _UNRESOLVED):
        detail = str(getattr(cause, "strerror", None) or cause) or "the name does not resolve"
        return Outcome(OutcomeKind.UNRESOLVED, code=FailureCode.DNS_FAILURE, detail=detail)
    if isinstance(cause, _UNTRUSTED):
        return _untrusted(cause)
    if isinstance(cause, _NOT_CONNECTED):
        why = _lowered(getattr(cause, "strerror", None) or "no connection")
        detail = "; ".join(filter(None, (why, localhost_hint(host))))
        return Outcome(OutcomeKind.NOT_CONNECTED, code=FailureCode.CONNECTION_REFUSED, detail=detail)
    if isinstance(cause, _TIMED_OUT):
        detail = _what_was_late(stopwatch, status)
        return Outcome(OutcomeKind.TIMED_OUT, code=FailureCode.READ_TIMEOUT, detail=detail)
    return Outcome(OutcomeKind.BROKEN, code=FailureCode.REMOTE_ERROR, detail=_what_broke(cause))


def _causes(error: BaseException) -> Iterator[BaseException]:
    """Yield what led to an error, the root first, then the error itself."""
    cause = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    if cause:
        yield from _causes(cause)
    yield error


def _untrusted(error: BaseException) -> Outcome:
    if isinstance(error, ssl.SSLCertVerificationError):
        code, detail = _about_certificate(error)
    elif isinstance(error, CertificateError):
        code, detail = FailureCode.HOST_NAME_MISMATCH, "the certificate is for another name"
    else:
        code, detail = FailureCode.TLS_ERROR, _about_tls(error)
    return Outcome(OutcomeKind.UNTRUSTED, code=code, detail=detail)


def _about_certificate(error: ssl.SSLCertVerificationError) -> tuple[FailureCode, str]:
    why = _lowered(error.verify_message.rstrip("."))
    if error.verify_code in _FOR_ANOTHER_HOST:
        way_out = "send to the name it is for, or accept it with --insecure"
        return FailureCode.HOST_NAME_MISMATCH, f"the certificate is for another name: {why}; {way_out}"
    way_out = "renew it" if error.verify_code in _OUT_OF_DATE else "name its authority with --ca-bundle FILE"
    detail = f"the certificate is not trusted: {why}; {way_out}, or accept it with --insecure"
    return FailureCode.CERTIFICATE_ERROR, detail


def _about_tls(error: BaseException) -> str:
    reason = getattr(error, "reason", None) or ""
    match reason:
        case "WRONG_VERSION_NUMBER" | "RECORD_LAYER_FAILURE" | "UNKNOWN_PROTOCOL" | "PACKET_LENGTH_TOO_LONG":
            return "the receiver does not speak TLS on this port; write http:// if that is meant"
        case "UNEXPECTED_EOF_WHILE_READING":
            return "the receiver closed the connection during the TLS handshake; does this port speak TLS?"
        case "TLSV1_ALERT_PROTOCOL_VERSION" | "UNSUPPORTED_PROTOCOL":
            return "the receiver speaks no TLS 1.2 or later, which Zoom asks for"
        case str() if reason:
            return f"TLS failed: {reason.lower().replace('_', ' ')}"
        case _:
            return "TLS failed"


def _what_was_late(stopwatch: Stopwatch, status: int | None) -> str:
    limit = f"{stopwatch.timeout_s:g} s"
    if status is not None:
        return f"status {status} came, but not the end of its body within {limit}"
    if not stopwatch.is_connected:
        return f"no connection within {limit}"
    return f"no answer within {limit}"


def _what_broke(error: BaseException) -> str:
    match error:
        case http.client.RemoteDisconnected():
            return "the receiver closed the connection without an answer"
        case ConnectionError():
            return "the receiver reset the connection"
        case http.client.IncompleteRead():
            return "the body of the answer is cut short or wrongly chunked"
        case http.client.BadStatusLine() | http.client.UnknownProtocol():
            return _about_first_line(str(error))
        case _:
            return f"the answer cannot be read: {error}"


def _about_first_line(line: str) -> str:
    if line.startswith(_TLS_RECORD):
        return "the answer is not HTTP but TLS; write https:// if that is meant"
    return f"the answer is not HTTP/1.1; it begins with {line.strip()[:_SHOWN_CHARS]!r}"


def _lowered(text: str) -> str:
    """Return a library's sentence as part of ours: no capital, unless the word is an abbreviation."""
    return text if text[1:2].isupper() else text[:1].lower() + text[1:]
