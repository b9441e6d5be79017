"""The parameters of a query, held against what the document says of them."""

from __future__ import annotations

import calendar
import re
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final

import jsonschema_rs

from emitter.app.zoom.errors import wrong_parameter

if TYPE_CHECKING:
    from collections.abc import Mapping

    from emitter.catalog.rest import Parameter, RestOperation

_INTEGER: Final = re.compile(r"-?[0-9]{1,300}", re.ASCII)
_NUMBER: Final = re.compile(r"-?[0-9]{1,300}(\.[0-9]{1,300})?", re.ASCII)
_TIME: Final = re.compile(r"(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)Z", re.ASCII)
_TRUTHS: Final = {"true": True, "false": False}
_LONGEST: Final = 4000


def checked(operation: RestOperation, given: Mapping[str, list[str]]) -> dict[str, str]:
    """Return the parameters an operation knows, as text; others are passed over, as Zoom does.

    Raises:
        ZoomError: One is missing, there more than once, or does not fit.
    """
    found: dict[str, str] = {}
    for parameter in operation.parameters:
        values = given.get(parameter.name, [])
        if not values:
            if parameter.is_required:
                raise wrong_parameter(parameter.name, "it is required")
            continue
        if len(values) > 1:
            raise wrong_parameter(parameter.name, "it stands there more than once")
        if not _fits(parameter, values[0]):
            note = f"found {values[0][:100]!r}; expected {_expected(parameter.schema)}"
            raise wrong_parameter(parameter.name, note)
        found[parameter.name] = values[0]
    return found


def moment_ms(text: str) -> int:
    """Return a time like ``2026-07-01T12:00:00Z`` in milliseconds since the epoch.

    A day its month does not have is one of the next month, as Java's lenient calendars have it.

    Raises:
        ValueError: It is no such time.
    """
    found = _TIME.fullmatch(text)
    if found is None:
        raise ValueError(text)
    year, month, day, hour, minute, second = map(int, found.groups())
    start = datetime(year, month, 1, hour, minute, second, tzinfo=UTC)
    try:
        return calendar.timegm((start + timedelta(days=day - 1)).utctimetuple()) * 1000
    except OverflowError:
        raise ValueError(text) from None


def time_text(at_ms: int) -> str:
    """Return a time, in milliseconds since the epoch, as Zoom writes it: ``2026-07-01T12:00:00Z``."""
    return (datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=at_ms // 1000)).strftime(
        "%Y-%m-%dT%H:%M:%SZ"
    )


def _fits(parameter: Parameter, text: str) -> bool:
    if len(text) > _LONGEST:
        return False
    schema = parameter.schema
    types = schema.get("type")
    named = types if isinstance(types, list) else [types]
    value: Any = text
    if "integer" in named and _INTEGER.fullmatch(text):
        value = int(text)
    elif "number" in named and _NUMBER.fullmatch(text):
        value = float(text)
    elif "boolean" in named and text in _TRUTHS:
        value = _TRUTHS[text]
    elif "array" in named:
        value = text.split(",")
    return bool(_validator(parameter).is_valid(value))


@lru_cache(maxsize=2000)
def _validator(parameter: Parameter) -> jsonschema_rs.Draft202012Validator:
    try:
        return jsonschema_rs.Draft202012Validator(parameter.schema)
    except (ValueError, jsonschema_rs.ValidationError):
        return jsonschema_rs.Draft202012Validator({})


def _expected(schema: Mapping[str, Any]) -> str:
    if "enum" in schema:
        return "one of " + ", ".join(map(str, schema["enum"]))
    bounds = [
        f"{word} {schema[key]}" for key, word in (("minimum", "from"), ("maximum", "to")) if key in schema
    ]
    if "pattern" in schema and "T" in str(schema["pattern"]):
        return "a time like 2026-07-01T12:00:00Z"
    return " ".join([f"{schema.get('type', 'a value')}", *bounds])
