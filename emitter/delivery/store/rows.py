"""Values to rows and back.

Rows are tuples in the order of the columns named beside the function that makes them. Bytes that are always
there go to the driver as `bytearray`: with `bytes`, as with None, it looks for an adapter each time and
finds none, at the price of ten numbers.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any, Final

from emitter.core.deliveries import Answer, Attempt, Delivery, DeliveryState, Timing, made_of
from emitter.core.outcome import FailureCode, Outcome, OutcomeKind
from emitter.core.request import Identity

if TYPE_CHECKING:
    from collections.abc import Sequence

    from emitter.core.request import HeaderPairs

_UNSTORABLE: Final = re.compile("[\0\ud800-\udfff]")
_ESCAPED: Final = bytes(range(ord(" "))) + b'"\\'
"""What JSON escapes of ASCII."""
_REPLACEMENT: Final = "\N{REPLACEMENT CHARACTER}"


def storable(text: str) -> str:
    """Return text with what no database takes replaced: NUL, and halves of surrogate pairs.

    Only names and remarks pass here; what goes over the wire is kept as bytes or in JSON, exactly.
    """
    if text.isascii() and "\0" not in text:
        return text
    return _UNSTORABLE.sub(_REPLACEMENT, text)


def headers_text(headers: HeaderPairs) -> str:
    """Return header pairs as the JSON text they are stored in."""
    texts = '"],["'.join(map('","'.join, headers))
    if headers and texts.isascii():
        # Nearly always nothing has to be escaped but our own quotes: seen in half the encoder's time.
        plain = texts.encode().translate(None, _ESCAPED)
        if len(texts) - len(plain) == 4 * len(headers) - 2:
            return f'[["{texts}"]]'
    return json.dumps(headers, separators=(",", ":"))


def headers_from(text: str) -> HeaderPairs:
    """Return the header pairs of a stored text."""
    return tuple((str(name), str(value)) for name, value in json.loads(text))


NEW_DELIVERY: Final = (
    "id", "subscription_id", "event", "created_at_ms", "state", "retry_number", "due_at_ms", "virtual_ms",
    "lease_ms", "request_id", "tracking_id", "traceparent", "client_id", "faults", "body",
)  # fmt: skip
"""The columns of a delivery that no one has attempted yet, in the order of `new_delivery`."""


def new_delivery(delivery: Delivery) -> tuple[Any, ...]:
    """Return the values of `NEW_DELIVERY`."""
    identity = delivery.identity
    return (
        delivery.id,
        delivery.subscription_id,
        storable(delivery.event),
        delivery.created_at_ms,
        str(delivery.state),
        delivery.retry_number,
        delivery.due_at_ms,
        delivery.virtual_ms,
        delivery.lease_ms,
        identity.request_id,
        identity.tracking_id,
        identity.traceparent,
        identity.client_id,
        json.dumps(delivery.faults) if delivery.faults else "[]",
        bytearray(delivery.body),
    )


def delivery_of(values: Sequence[Any]) -> Delivery:
    """Return the delivery whose `NEW_DELIVERY` these are, however old it is.

    Raises:
        ValueError: They say what nothing of ours writes.
    """
    # By place: between two attempts there is no time for names.
    (
        id_, subscription_id, event, created_at_ms, state, retry_number, due_at_ms, virtual_ms, lease_ms,
        request_id, tracking_id, traceparent, client_id, faults, body,
    ) = values  # fmt: skip
    return made_of(
        Delivery,
        id=id_,
        subscription_id=subscription_id,
        event=event,
        body=bytes(body),
        identity=Identity(
            request_id=request_id, tracking_id=tracking_id, traceparent=traceparent, client_id=client_id
        ),
        faults=_faults_from(faults),
        created_at_ms=created_at_ms,
        state=DeliveryState(state),
        retry_number=retry_number,
        due_at_ms=due_at_ms,
        virtual_ms=virtual_ms,
        lease_ms=lease_ms,
    )


def delivery_from(row: Any) -> Delivery:
    """Return the delivery in a row that has every column of the table; raises as `delivery_of`."""
    return delivery_of([getattr(row, name) for name in NEW_DELIVERY])


def _faults_from(text: str) -> tuple[str, ...]:
    return () if text == "[]" else tuple(json.loads(text))


ITS_NUMBER: Final = ("delivery_id", "number")
"""The columns by which an attempt is found again."""
ITS_REQUEST: Final = ("timestamp_s", "request_headers", "sent_body")
"""The columns that say what an attempt sends."""
BEGUN: Final = (*ITS_NUMBER, "retry_number", "started_at_ms", "virtual_ms", *ITS_REQUEST)
"""The columns of an attempt that has begun."""
ENDED: Final = (
    "outcome", "status", "detail", "answer_status", "answer_headers", "answer_body", "connect_ms",
    "first_byte_ms", "total_ms", "code", "answer_is_cut",
)  # fmt: skip
"""The columns in which an attempt and a handshake say what came of them."""
WHOLE: Final = (*BEGUN[:-1], *ENDED, "next_retry_s", "sent_body")
"""All columns of an attempt."""
SELDOM: Final = ("code", "answer_is_cut", "next_retry_s", "sent_body")
"""Columns of an attempt that are nearly always NULL: not so when it failed, or had a fault in its body."""


def request_values(attempt: Attempt) -> tuple[Any, ...]:
    """Return the values of `ITS_REQUEST`."""
    return storable(attempt.timestamp_s), headers_text(attempt.request_headers), attempt.sent_body


def begun_values(attempt: Attempt) -> tuple[Any, ...]:
    """Return the values of `BEGUN`."""
    return (
        attempt.delivery_id,
        attempt.number,
        attempt.retry_number,
        attempt.started_at_ms,
        attempt.virtual_ms,
        *request_values(attempt),
    )


def whole_values(attempt: Attempt) -> tuple[Any, ...]:
    """Return the values of `WHOLE`."""
    return (
        attempt.delivery_id,
        attempt.number,
        attempt.retry_number,
        attempt.started_at_ms,
        attempt.virtual_ms,
        storable(attempt.timestamp_s),
        headers_text(attempt.request_headers),
        *ended_values(attempt.outcome, attempt.answer, attempt.timing),
        attempt.next_retry_s,
        attempt.sent_body,
    )


def ended_values(outcome: Outcome, answer: Answer | None, timing: Timing) -> tuple[Any, ...]:
    """Return the values of `ENDED`."""
    return (
        str(outcome.kind),
        outcome.status,
        storable(outcome.detail),
        None if answer is None else answer.status,
        None if answer is None else headers_text(answer.headers),
        None if answer is None else bytearray(answer.body),
        timing.connect_ms,
        timing.first_byte_ms,
        timing.total_ms,
        None if outcome.code is None else int(outcome.code),
        True if answer and answer.is_cut else None,
    )


def attempt_from(row: Any) -> Attempt:
    """Return the attempt in a row that has every column of the table."""
    return Attempt(
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


def outcome_from(row: Any) -> Outcome:
    """Return the outcome in a row with the columns of `ENDED`."""
    code = None if row.code is None else FailureCode(row.code)
    return Outcome(OutcomeKind(row.outcome), row.status, code, row.detail)


def answer_from(row: Any) -> Answer | None:
    """Return the answer in a row with the columns of `ENDED`, or None where none came."""
    if row.answer_status is None:
        return None
    return Answer(
        status=row.answer_status,
        headers=headers_from(row.answer_headers),
        body=bytes(row.answer_body),
        is_cut=bool(row.answer_is_cut),
    )


def timing_from(row: Any) -> Timing:
    """Return the timing in a row with the columns of `ENDED`."""
    return Timing(connect_ms=row.connect_ms, first_byte_ms=row.first_byte_ms, total_ms=row.total_ms)
