"""Requests and answers as an HTTP Archive (HAR 1.2), for browsers' and proxies' viewers."""

from __future__ import annotations

import base64
from dataclasses import dataclass
from datetime import UTC, datetime
from http import HTTPStatus
from typing import TYPE_CHECKING, Final

import harfile

from emitter._version import __version__

if TYPE_CHECKING:
    from typing import IO

    from emitter.core.deliveries import Answer, Timing
    from emitter.core.outcome import Outcome
    from emitter.core.request import HeaderPairs

HTTP: Final = "HTTP/1.1"


@dataclass(frozen=True, slots=True, kw_only=True)
class ArchivedExchange:
    """One request and what came of it.

    Attributes:
        url: As it may be shown.
        method: The request's.
        headers: The request's, credentials masked.
        body: The request's.
        outcome: How it ended.
        answer: What came back, or None.
        timing: The phases.
        started_at_ms: Real time, milliseconds since the epoch.
        comment: What is said about it.
    """

    url: str
    method: str = "POST"
    headers: HeaderPairs
    body: bytes
    outcome: Outcome
    answer: Answer | None
    timing: Timing
    started_at_ms: int
    comment: str


def open_archive(stream: IO[str]) -> harfile.HarFile:
    """Return an archive that is written to a stream; entering and leaving it writes beginning and end."""
    return harfile.HarFile(stream, creator=harfile.Creator(name="zoom-emitter", version=__version__))


def add_exchange(archive: harfile.HarFile, exchange: ArchivedExchange) -> None:
    """Add an entry; without an answer its status is 0 and its outcome the status text."""
    archive.add_entry(
        startedDateTime=datetime.fromtimestamp(exchange.started_at_ms / 1000, UTC),
        time=exchange.timing.total_ms,
        request=_request(exchange),
        response=_response(exchange),
        timings=_timings(exchange.timing),
        comment=exchange.comment,
    )


def _request(exchange: ArchivedExchange) -> harfile.Request:
    text, encoding = _text(exchange.body)
    return harfile.Request(
        method=exchange.method,
        url=exchange.url,
        httpVersion=HTTP,
        headers=_records(exchange.headers),
        postData=harfile.PostData(
            mimeType=_content_type(exchange.headers), text=text, comment=encoding and "in base64"
        ),
        bodySize=len(exchange.body),
    )


def _response(exchange: ArchivedExchange) -> harfile.Response:
    answer = exchange.answer
    if answer is None:
        return harfile.Response(
            status=0, statusText=exchange.outcome.kind, httpVersion="", comment=exchange.outcome.detail
        )
    return harfile.Response(
        status=answer.status,
        statusText=_phrase(answer.status),
        httpVersion=HTTP,
        headers=_records(answer.headers),
        content=_content(answer),
        redirectURL=next((value for name, value in answer.headers if name.lower() == "location"), ""),
        bodySize=len(answer.body),
    )


def _content(answer: Answer) -> harfile.Content:
    text, encoding = _text(answer.body)
    return harfile.Content(
        size=len(answer.body),
        mimeType=_content_type(answer.headers),
        text=text,
        encoding=encoding,
        comment="longer than what is recorded" if answer.is_cut else None,
    )


def _timings(timing: Timing) -> harfile.Timings:
    """Return the phases, which add up to the total; -1 marks one that does not apply, as HAR wants it."""
    connected_ms = timing.connect_ms or 0.0
    first_byte_ms = timing.total_ms if timing.first_byte_ms is None else timing.first_byte_ms
    return harfile.Timings(
        connect=-1 if timing.connect_ms is None else timing.connect_ms,
        send=0,
        wait=max(0.0, first_byte_ms - connected_ms),
        receive=max(0.0, timing.total_ms - first_byte_ms),
    )


def _records(headers: HeaderPairs) -> list[harfile.Record]:
    return [harfile.Record(name=name, value=value) for name, value in headers]


def _content_type(headers: HeaderPairs) -> str:
    return next((value for name, value in headers if name.lower() == "content-type"), "")


def _text(body: bytes) -> tuple[str, str | None]:
    """Return a body as text and None, or in base64 and that word."""
    try:
        return body.decode(), None
    except UnicodeDecodeError:
        return base64.b64encode(body).decode(), "base64"


def _phrase(status: int) -> str:
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return ""
