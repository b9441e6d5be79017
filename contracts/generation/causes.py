"""What is wrong with a body, in one word: what fails for one reason is one finding, whatever its event."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from contracts.generation.trials import value_in
from emitter.catalog.validation import problems

if TYPE_CHECKING:
    from emitter.catalog.events import EventType

NO_EVENT: Final = "no-event"
"""It is no JSON object."""
WRONG_TYPE: Final = "wrong-type"
MISSING_FIELD: Final = "missing-field"
WRONG_VALUE: Final = "wrong-value"
ALLOWED: Final = "allowed"
"""Nothing, but Zoom would not send it."""
_BY_RULE: Final = {"type": WRONG_TYPE, "required": MISSING_FIELD}


def cause_of(event: EventType, body: bytes) -> str:
    """Return what is wrong with a body by the event's schema; part of fingerprints, so it never changes."""
    value = value_in(body)
    if not isinstance(value, dict):
        return NO_EVENT
    found = {_BY_RULE.get(problem.rule, WRONG_VALUE) for problem in problems(event, value)}
    return next((cause for cause in (WRONG_TYPE, MISSING_FIELD, WRONG_VALUE) if cause in found), ALLOWED)
