"""The app's log: one line an attempt, as JSON for programs or as text for people; no secret is in it."""

from __future__ import annotations

import json
import logging
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

from emitter.core.attempt_forms import attempt_line

if TYPE_CHECKING:
    from emitter.core.deliveries import Attempt, Delivery

FIELDS: Final = "fields"
"""The attribute of a log record that holds what programs read."""
_LOG: Final = logging.getLogger(__name__)


def log_attempt(delivery: Delivery, attempt: Attempt) -> None:
    """Log an attempt that has been recorded."""
    outcome = attempt.outcome
    fields = {
        "delivery": delivery.id,
        "subscription": delivery.subscription_id,
        "event": delivery.event,
        "request_id": delivery.identity.request_id,
        "state": delivery.state,
        "attempt": attempt.number,
        "retry_number": attempt.retry_number,
        "virtual_ms": attempt.virtual_ms,
        "outcome": outcome.kind,
        "status": outcome.status,
        "code": outcome.code,
        "detail": outcome.detail,
        "total_ms": round(attempt.timing.total_ms, 3),
        "next_retry_s": attempt.next_retry_s,
    }
    _LOG.info("%s", attempt_line(delivery, attempt), extra={FIELDS: {"message": "attempt", **fields}})


class TextLines(logging.Formatter):
    """Time and message, a line each, so that no payload can write a line of its own."""

    def __init__(self) -> None:
        super().__init__("%(asctime)s %(message)s", "%H:%M:%S")

    def format(self, record: logging.LogRecord) -> str:
        """Return the line; a traceback keeps its lines."""
        text = super().format(record)
        if record.exc_info:
            return text
        return "".join(character if character.isprintable() else repr(character)[1:-1] for character in text)


class JsonLines(logging.Formatter):
    """One JSON object a line: ``time`` (UTC), ``level``, ``message``, and the fields of what is told."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line; a traceback is one of its fields."""
        moment = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")
        value: dict[str, Any] = {
            "time": moment.replace("+00:00", "Z"),
            "level": record.levelname.lower(),
            "message": record.getMessage(),
            **getattr(record, FIELDS, {}),
        }
        if record.exc_info:
            value["traceback"] = self.formatException(record.exc_info)
        return json.dumps(value)
