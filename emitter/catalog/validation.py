"""Whether an envelope fits its event's schema, and in plain words where it does not."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final

from emitter.catalog.json_values import kind_of, pointer_to
from emitter.errors import InvalidPayloadError, InvalidSpecError

if TYPE_CHECKING:
    from jsonschema_rs import Draft202012Validator, ValidationError

    from emitter.catalog.events import EventType

_MAX_CACHED: Final = 1024
_SHOWN_CHARS: Final = 60
_ARTICLES: Final = {"array": "an array", "integer": "an integer", "null": "null", "object": "an object"}


@dataclass(frozen=True, slots=True)
class Problem:
    """One way in which an envelope does not fit.

    Attributes:
        pointer: JSON pointer to the place in the envelope; empty for the envelope itself.
        message: What was expected there and what was found.
        rule: The keyword of JSON Schema it breaks, such as ``type``; empty where there is none.
    """

    pointer: str
    message: str
    rule: str = ""


def validate(event_type: EventType, envelope: Any) -> None:
    """Return if the envelope fits the event's schema.

    Raises:
        InvalidPayloadError: It does not; the message tells the first problem and how many there are.
        InvalidSpecError: The schema itself cannot be used.
    """
    found = problems(event_type, envelope)
    if found:
        others = f" (and {len(found) - 1} more)" if len(found) > 1 else ""
        message = f"{found[0].message}{others}; correct it, or allow it with --force"
        raise InvalidPayloadError(message, pointer=found[0].pointer)


def problems(event_type: EventType, envelope: Any) -> list[Problem]:
    """Return every way in which the envelope does not fit the event's schema.

    Thread-safe; the compiled schema is kept for the event type.

    Raises:
        InvalidSpecError: The schema itself cannot be used.
    """
    validator = _validator(event_type)
    try:
        return [_problem(event_type, error) for error in validator.iter_errors(envelope)]
    except (TypeError, ValueError, RecursionError) as error:
        return [Problem("", f"this has no JSON form: {error}")]


@lru_cache(maxsize=_MAX_CACHED)
def _validator(event_type: EventType) -> Draft202012Validator:
    # Imported here, so that a command that only lists events does not pay for it.
    import jsonschema_rs  # noqa: PLC0415

    try:
        return jsonschema_rs.Draft202012Validator(event_type.schema)
    except (TypeError, ValueError, RecursionError) as error:
        pointer = pointer_to(("webhooks", event_type.name, "post", "requestBody"))
        reason = str(error).partition("\n")[0]
        raise InvalidSpecError(f"its schema cannot be used: {reason}", pointer=pointer) from None


def _problem(event_type: EventType, error: ValidationError) -> Problem:
    steps = list(error.instance_path)
    message = _message(error)
    if reason := _condition(event_type.schema, list(error.schema_path)):
        message += f", since {reason}"
    return Problem(pointer_to(steps), message, error.kind.name)


def _message(error: ValidationError) -> str:
    """Return what was expected and what was found; the library's words where ours are no better."""
    rule = error.kind.as_dict()
    found = _shown(error.instance)
    match error.kind.name:
        case "type":
            expected = " or ".join(_ARTICLES.get(each, f"a {each}") for each in rule["types"])
            return f"expected {expected}, found {found}{_kind_in_brackets(error.instance)}"
        case "enum":
            return f"expected one of {', '.join(_shown(each) for each in rule['options'])}, found {found}"
        case "const":
            return f"expected {_shown(rule['expected_value'])}, found {found}"
        case "required":
            return f"the required property {rule['property']!r} is missing"
        case _:
            return error.message


def _condition(schema: Any, path: list[str | int]) -> str:
    """Return the description of the ``then`` or ``else`` that the rule at the path stands in."""
    reason = ""
    for step in path:
        if isinstance(schema, dict):
            schema = schema.get(str(step))
        else:
            schema = schema[step] if isinstance(schema, list) and isinstance(step, int) else None
        if step in {"then", "else"} and isinstance(schema, dict):
            reason = str(schema.get("description", reason))
    return reason


def _kind_in_brackets(value: Any) -> str:
    return "" if value is None else f" ({kind_of(value)})"


def _shown(value: Any) -> str:
    text = json.dumps(value, ensure_ascii=False, default=str)
    return text if len(text) <= _SHOWN_CHARS else f"{text[:_SHOWN_CHARS]}…"
