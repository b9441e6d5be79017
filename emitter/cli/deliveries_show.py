"""``zoom-emitter deliveries show``: one delivery, both sides of each attempt."""

from __future__ import annotations

import contextlib
import json
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import rich_click as click

from emitter.cli.attempt_lines import attempt_value, body_value, outcome_text, virtual_text
from emitter.cli.deliveries_record import (
    ID,
    database_option,
    echo,
    existing_record,
    local_time,
    printable,
    record_with,
)
from emitter.core.schedule import format_duration
from emitter.errors import InvalidSettingError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from emitter.core.deliveries import Answer, Attempt, Delivery, Timing
    from emitter.core.request import HeaderPairs
    from emitter.delivery.store import DeliverySummary


@click.command()
@click.argument("delivery_id", type=ID, metavar="ID")
@click.option(
    "--body",
    "part",
    type=click.Choice(["raw", "answer"]),
    help="Print only the exact bytes of the body sent, or of the answer's.",
)
@click.option("--attempt", "number", type=ID, metavar="NUMBER", help="Of this attempt, not of the last.")
@click.option("--json", "as_json", is_flag=True, help="Print everything as JSON.")
@database_option
def show(delivery_id: int, part: str | None, number: int | None, as_json: bool, database: str | None) -> None:
    """Show a delivery: what was sent, what came back, when, and what follows.

    \b
      zoom-emitter deliveries show 8
      zoom-emitter deliveries show 8 --json
    """
    with existing_record(database) as record:
        store = record_with(record, delivery_id)
        found, attempts = store.whole(delivery_id)
    if number is not None:
        attempts = [attempt for attempt in attempts if attempt.number == number]
        if not attempts:
            raise InvalidSettingError(f"delivery {delivery_id} has no attempt {number}; leave out --attempt")
    if part:
        click.echo(_exact(part, found.delivery, attempts), nl=False)
    elif as_json:
        echo(json.dumps(_value(found, attempts), ensure_ascii=False))
    else:
        echo("\n".join(_lines(found, attempts)))


def sent_body(delivery: Delivery, attempt: Attempt) -> bytes:
    """Return the exact bytes an attempt sent."""
    return delivery.body if attempt.sent_body is None else attempt.sent_body


def _exact(part: str, delivery: Delivery, attempts: Sequence[Attempt]) -> bytes:
    if part == "raw":
        return sent_body(delivery, attempts[-1]) if attempts else delivery.body
    answer = attempts[-1].answer if attempts else None
    if answer is None:
        raise InvalidSettingError(f"delivery {delivery.id} got no answer there; --attempt N names another")
    return answer.body


def _value(found: DeliverySummary, attempts: Sequence[Attempt]) -> dict[str, Any]:
    delivery = found.delivery
    return {
        "delivery": delivery.id,
        "subscription": delivery.subscription_id,
        "url": found.url,
        "event": delivery.event,
        "state": delivery.state,
        "request_id": delivery.identity.request_id,
        "tracking_id": delivery.identity.tracking_id,
        "traceparent": delivery.identity.traceparent,
        "client_id": delivery.identity.client_id,
        "faults": list(delivery.faults),
        "created_at_ms": delivery.created_at_ms,
        "due_at_ms": delivery.due_at_ms,
        **body_value(delivery.body),
        "attempts": [attempt_value(delivery, attempt) for attempt in attempts],
    }


def _lines(found: DeliverySummary, attempts: Sequence[Attempt]) -> Iterator[str]:
    delivery = found.delivery
    yield f"delivery {delivery.id}  {printable(delivery.event)}  {delivery.state}"
    yield f"  to        {printable(found.url)}"
    yield f"  accepted  {local_time(delivery.created_at_ms)}"
    if delivery.faults:
        yield f"  faults    {', '.join(delivery.faults)}"
    if delivery.due_at_ms is not None:
        virtual = virtual_text(delivery.virtual_ms)
        yield f"  next      {local_time(delivery.due_at_ms)}, virtual time {virtual}"
    if not attempts:
        yield from ("", "no attempt yet; the body:", _readable(delivery.body))
    shown: bytes | None = None
    for attempt in attempts:
        yield from ("", _headline(attempt))
        yield from _request_lines(found.url, attempt.request_headers)
        body = sent_body(delivery, attempt)
        yield "the same body" if body == shown else _readable(body)
        shown = body
        yield from _answer_lines(attempt.answer)


def _headline(attempt: Attempt) -> str:
    parts = [
        f"attempt {attempt.number}  {local_time(attempt.started_at_ms)}  {virtual_text(attempt.virtual_ms)}",
        outcome_text(attempt.outcome),
        _timing(attempt.timing),
    ]
    if attempt.outcome.detail:
        parts.append(printable(attempt.outcome.detail))
    if attempt.next_retry_s is not None:
        parts.append(f"next retry in {format_duration(attempt.next_retry_s)}")
    return "  ".join(parts)


def _timing(timing: Timing) -> str:
    points = {"connected": timing.connect_ms, "first byte": timing.first_byte_ms}
    reached = "".join(f", {name} {at_ms:.1f}" for name, at_ms in points.items() if at_ms is not None)
    return f"{timing.total_ms:.1f} ms{reached}"


def _request_lines(url: str, headers: HeaderPairs) -> Iterator[str]:
    parts = urlsplit(url)
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    yield f"> POST {printable(path)} HTTP/1.1"
    yield from (f"> {printable(name)}: {printable(value)}" for name, value in headers)
    yield ">"


def _answer_lines(answer: Answer | None) -> Iterator[str]:
    if answer is None:
        yield "< no answer"
        return
    yield f"< {answer.status}"
    yield from (f"< {printable(name)}: {printable(value)}" for name, value in answer.headers)
    yield "<"
    if answer.body:
        yield _readable(answer.body)
    if answer.is_cut:
        yield "(longer than what is recorded)"


def _readable(body: bytes) -> str:
    """Return a body for people: JSON indented, text as it is, other bytes by their number."""
    try:
        text = body.decode()
    except UnicodeDecodeError:
        return f"({len(body)} bytes that are not text; --body raw or --body answer prints them)"
    with contextlib.suppress(ValueError, RecursionError):  # not JSON: as it is
        text = json.dumps(json.loads(text), indent=2, ensure_ascii=False)
    return printable(text)
