"""One attempt as a line for people, or as a value for programs: the same words wherever it is shown."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING, Any

from emitter.core.outcome import OutcomeKind
from emitter.core.schedule import format_duration

if TYPE_CHECKING:
    from emitter.core.deliveries import Attempt, Delivery
    from emitter.core.outcome import Outcome


def outcome_text(outcome: Outcome) -> str:
    """Return ``503 failed``, ``timed-out (-1)`` and the like."""
    if outcome.status is not None and outcome.kind is not OutcomeKind.TIMED_OUT:
        return f"{outcome.status} {outcome.kind}"
    return f"{outcome.kind} ({int(outcome.code)})" if outcome.code is not None else str(outcome.kind)


def virtual_text(virtual_ms: int) -> str:
    """Return a virtual time as ``+0:00:00`` with hours, minutes and seconds since the first attempt."""
    seconds = round(virtual_ms / 1000)
    return f"+{seconds // 3600}:{seconds % 3600 // 60:02}:{seconds % 60:02}"


def attempt_line(delivery: Delivery, attempt: Attempt) -> str:
    """Return one line: delivery, event, attempt, outcome, latency, and when the next attempt is."""
    parts = [
        f"#{delivery.id}",
        delivery.event,
        f"attempt {attempt.number} at {virtual_text(attempt.virtual_ms)}",
        outcome_text(attempt.outcome),
        f"{attempt.timing.total_ms:.0f} ms",
    ]
    if attempt.next_retry_s is not None:
        parts.append(f"next in {format_duration(attempt.next_retry_s)}")
    if attempt.outcome.detail:
        parts.append(attempt.outcome.detail)
    return "  ".join(parts)


def attempt_value(delivery: Delivery, attempt: Attempt) -> dict[str, Any]:
    """Return the attempt as JSON: the keys are documented in docs/formats.md and only ever added to."""
    answer = attempt.answer
    return {
        "delivery": delivery.id,
        "event": delivery.event,
        "request_id": delivery.identity.request_id,
        "state": delivery.state,
        "attempt": attempt.number,
        "retry_number": attempt.retry_number,
        "started_at_ms": attempt.started_at_ms,
        "virtual_ms": attempt.virtual_ms,
        "outcome": attempt.outcome.kind,
        "status": attempt.outcome.status,
        "code": attempt.outcome.code,
        "detail": attempt.outcome.detail,
        "connect_ms": attempt.timing.connect_ms,
        "first_byte_ms": attempt.timing.first_byte_ms,
        "total_ms": attempt.timing.total_ms,
        "next_retry_s": attempt.next_retry_s,
        "request": {
            "headers": [list(pair) for pair in attempt.request_headers],
            **body_value(delivery.body if attempt.sent_body is None else attempt.sent_body),
        },
        "answer": answer
        and {
            "status": answer.status,
            "headers": [list(pair) for pair in answer.headers],
            **body_value(answer.body),
            "is_cut": answer.is_cut,
        },
    }


def body_value(body: bytes) -> dict[str, str]:
    """Return exact bytes as JSON: ``body`` where they are UTF-8, else ``body_base64``."""
    try:
        return {"body": body.decode()}
    except UnicodeDecodeError:
        return {"body_base64": base64.b64encode(body).decode()}
