"""Deliveries as an HTTP Archive (HAR 1.2), one entry an attempt, for browsers' and proxies' viewers."""

from __future__ import annotations

import base64
from datetime import UTC, datetime
from http import HTTPStatus
from typing import IO, TYPE_CHECKING

import harfile

from emitter._version import __version__
from emitter.cli.attempt_lines import outcome_text
from emitter.cli.deliveries_show import sent_body

if TYPE_CHECKING:
    from collections.abc import Iterable

    from emitter.core.deliveries import Answer, Attempt, Timing
    from emitter.core.request import HeaderPairs
    from emitter.delivery.store import DeliverySummary

HTTP: str = "HTTP/1.1"


def write_har(stream: IO[str], recorded: Iterable[tuple[DeliverySummary, list[Attempt]]]) -> None:
    """Write the archive. An attempt without an answer has status 0 and the outcome as its status text."""
    creator = harfile.Creator(name="zoom-emitter", version=__version__)
    with harfile.HarFile(stream, creator=creator) as archive:
        for found, attempts in recorded:
            for attempt in attempts:
                archive.add_entry(
                    startedDateTime=datetime.fromtimestamp(attempt.started_at_ms / 1000, UTC),
                    time=attempt.timing.total_ms,
                    request=_request(found, attempt),
                    response=_response(attempt),
                    timings=_timings(attempt.timing),
                    comment=_remark(found, attempt),
                )
    stream.write("\n")


def _remark(found: DeliverySummary, attempt: Attempt) -> str:
    delivery = found.delivery
    return (
        f"delivery {delivery.id}, {delivery.event}, attempt {attempt.number}: {outcome_text(attempt.outcome)}"
    )


def _request(found: DeliverySummary, attempt: Attempt) -> harfile.Request:
    body = sent_body(found.delivery, attempt)
    text, encoding = _text(body)
    return harfile.Request(
        method="POST",
        url=found.url,
        httpVersion=HTTP,
        headers=_records(attempt.request_headers),
        postData=harfile.PostData(
            mimeType=_content_type(attempt.request_headers), text=text, comment=encoding and "in base64"
        ),
        bodySize=len(body),
    )


def _response(attempt: Attempt) -> harfile.Response:
    answer = attempt.answer
    if answer is None:
        return harfile.Response(
            status=0, statusText=attempt.outcome.kind, httpVersion="", comment=attempt.outcome.detail
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
