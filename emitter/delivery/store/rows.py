"""Values to rows and back."""

from __future__ import annotations

import json
import re
from collections import namedtuple
from itertools import chain
from typing import TYPE_CHECKING, Any, Final

from emitter.core.deliveries import Answer, Attempt, Delivery, DeliveryState, Timing
from emitter.core.outcome import FailureCode, Outcome, OutcomeKind
from emitter.core.request import Identity
from emitter.delivery.store.tables import deliveries

if TYPE_CHECKING:
    from emitter.core.request import HeaderPairs

_UNSTORABLE: Final = re.compile("[\0\ud800-\udfff]")
_REPLACEMENT: Final = "\N{REPLACEMENT CHARACTER}"

_DeliveryRow = namedtuple("_DeliveryRow", [column.name for column in deliveries.c])  # type: ignore[misc]  # noqa: PYI024


def storable(text: str) -> str:
    """Return text with what no database takes replaced: NUL, and halves of surrogate pairs.

    Only names and remarks pass here; what goes over the wire is kept as bytes or in JSON, exactly.
    """
    if text.isascii() and "\0" not in text:
        return text
    return _UNSTORABLE.sub(_REPLACEMENT, text)


def headers_text(headers: HeaderPairs) -> str:
    """Return header pairs as the JSON text they are stored in."""
    texts = "".join(chain.from_iterable(headers))
    if texts.isascii() and texts.isprintable() and '"' not in texts and "\\" not in texts and headers:
        # Nothing to escape, as nearly always: four times as fast as the encoder.
        return '[["' + '"],["'.join([f'{name}","{value}' for name, value in headers]) + '"]]'
    return json.dumps(headers, separators=(",", ":"))


def headers_from(text: str) -> HeaderPairs:
    """Return the header pairs of a stored text."""
    return tuple((str(name), str(value)) for name, value in json.loads(text))


def delivery_row(values: Any) -> Any:
    """Return what the driver gives for a row of the table, with its columns by name."""
    return _DeliveryRow._make(values)


def delivery_values(delivery: Delivery) -> dict[str, Any]:
    """Return the columns of a delivery that no one has attempted yet."""
    identity = delivery.identity
    return {
        "id": delivery.id,
        "subscription_id": delivery.subscription_id,
        "event": storable(delivery.event),
        "created_at_ms": delivery.created_at_ms,
        "state": delivery.state.value,
        "retry_number": delivery.retry_number,
        "due_at_ms": delivery.due_at_ms,
        "virtual_ms": delivery.virtual_ms,
        "lease_ms": delivery.lease_ms,
        "attempts_made": 0,
        "leased_until_ms": None,
        "leased_by": None,
        "request_id": identity.request_id,
        "tracking_id": identity.tracking_id,
        "traceparent": identity.traceparent,
        "client_id": identity.client_id,
        "faults": json.dumps(delivery.faults) if delivery.faults else "[]",
        "body": delivery.body,
        "last_outcome": None,
    }


def delivery_from(row: Any) -> Delivery:
    """Return the delivery in a row that has every column of the table."""
    return Delivery(
        id=row.id,
        subscription_id=row.subscription_id,
        event=row.event,
        body=bytes(row.body),
        identity=Identity(
            request_id=row.request_id,
            tracking_id=row.tracking_id,
            traceparent=row.traceparent,
            client_id=row.client_id,
        ),
        faults=() if row.faults == "[]" else tuple(json.loads(row.faults)),
        created_at_ms=row.created_at_ms,
        state=DeliveryState(row.state),
        retry_number=row.retry_number,
        due_at_ms=row.due_at_ms,
        virtual_ms=row.virtual_ms,
        lease_ms=row.lease_ms,
    )


def attempt_values(attempt: Attempt) -> dict[str, Any]:
    """Return the columns of an attempt without its own number in the store."""
    return {
        "delivery_id": attempt.delivery_id,
        "number": attempt.number,
        "retry_number": attempt.retry_number,
        "started_at_ms": attempt.started_at_ms,
        "virtual_ms": attempt.virtual_ms,
        "timestamp_s": storable(attempt.timestamp_s),
        "request_headers": headers_text(attempt.request_headers),
        "sent_body": attempt.sent_body,
        **end_values(attempt.outcome, attempt.answer, attempt.timing),
        "next_retry_s": attempt.next_retry_s,
    }


def attempt_from(row: Any) -> Attempt:
    """Return the attempt in a row that has every column of the table."""
    return Attempt(
        id=row.id,
        delivery_id=row.delivery_id,
        number=row.number,
        retry_number=row.retry_number,
        started_at_ms=row.started_at_ms,
        virtual_ms=row.virtual_ms,
        timestamp_s=row.timestamp_s,
        request_headers=headers_from(row.request_headers),
        sent_body=None if row.sent_body is None else bytes(row.sent_body),
        outcome=outcome_from(row),
        answer=answer_from(row),
        timing=timing_from(row),
        next_retry_s=row.next_retry_s,
    )


def end_values(outcome: Outcome, answer: Answer | None, timing: Timing) -> dict[str, Any]:
    """Return the columns in which an attempt and a handshake say what came of them."""
    return {
        "outcome": outcome.kind.value,
        "status": outcome.status,
        "code": None if outcome.code is None else int(outcome.code),
        "detail": storable(outcome.detail),
        "answer_status": answer and answer.status,
        "answer_headers": answer and headers_text(answer.headers),
        "answer_body": answer and answer.body,
        "answer_is_cut": answer and answer.is_cut,
        "connect_ms": timing.connect_ms,
        "first_byte_ms": timing.first_byte_ms,
        "total_ms": timing.total_ms,
    }


def outcome_from(row: Any) -> Outcome:
    """Return the outcome in a row with the columns of `end_values`."""
    code = None if row.code is None else FailureCode(row.code)
    return Outcome(OutcomeKind(row.outcome), row.status, code, row.detail)


def answer_from(row: Any) -> Answer | None:
    """Return the answer in a row with the columns of `end_values`, or None where none came."""
    if row.answer_status is None:
        return None
    return Answer(
        status=row.answer_status,
        headers=headers_from(row.answer_headers),
        body=bytes(row.answer_body),
        is_cut=bool(row.answer_is_cut),
    )


def timing_from(row: Any) -> Timing:
    """Return the timing in a row with the columns of `end_values`."""
    return Timing(connect_ms=row.connect_ms, first_byte_ms=row.first_byte_ms, total_ms=row.total_ms)
