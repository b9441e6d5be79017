"""What schemathesis made, as the bytes Zoom would write."""

from __future__ import annotations

import json
from typing import Any, Final

from emitter.core.wire import encode, ordered
from emitter.errors import UnencodableError

_EXACT_UP_TO: Final = 2**53


def body_of(value: Any) -> bytes:
    """Return the bytes of a generated value: Zoom's form, and plain JSON where it has none (NaN, surrogates).

    Bytes pass through: they are JSON that was broken on purpose.
    """
    if isinstance(value, bytes):
        return value
    if isinstance(data := getattr(value, "data", None), bytes):
        return data
    value = _with_whole_numbers(value)
    if isinstance(value, dict):
        value = ordered(str(value.get("event", "")), value)
    try:
        return encode(value)
    except UnencodableError:
        return json.dumps(value, separators=(",", ":")).encode("ascii")


def _with_whole_numbers(value: Any) -> Any:
    """Write 2.0 as 2: an integer to JSON Schema, but Zoom never spells one so."""
    match value:
        case float() if value.is_integer() and abs(value) <= _EXACT_UP_TO:
            return int(value)
        case dict():
            return {str(key): _with_whole_numbers(each) for key, each in value.items()}
        case list():
            return [_with_whole_numbers(each) for each in value]
        case _:
            return value
