"""JSON values: read strictly, named in plain words, pointed at."""

from __future__ import annotations

import json
import math
from typing import TYPE_CHECKING, Any, Final, NoReturn

if TYPE_CHECKING:
    from collections.abc import Iterable


def _refuse(constant: str) -> NoReturn:
    raise ValueError(f"{constant} is not JSON")


def _finite(digits: str) -> float:
    number = float(digits)
    if not math.isfinite(number):
        raise ValueError(f"the number {digits} is too big")
    return number


DECODER: Final = json.JSONDecoder(parse_constant=_refuse, parse_float=_finite)
"""Reads JSON without what Python adds to it: NaN, infinities, numbers too big for a float.

Raises ValueError for what is not JSON and RecursionError for what is nested thousands deep.
"""


def kind_of(value: Any) -> str:
    """Return what a JSON value is, with its article: ``a string``, ``null``."""
    kinds: tuple[tuple[type | tuple[type, ...], str], ...] = (
        (bool, "a boolean"),
        (str, "a string"),
        (int, "an integer"),
        (float, "a number"),
        (dict, "an object"),
        ((list, tuple), "an array"),
        (type(None), "null"),
    )
    return next((kind for types, kind in kinds if isinstance(value, types)), "no JSON value")


def pointer_to(steps: Iterable[str | int]) -> str:
    """Return the JSON pointer (RFC 6901) to the place the steps lead to; empty for the whole."""
    return "".join(f"/{str(step).replace('~', '~0').replace('/', '~1')}" for step in steps)


JSON_TYPES: Final = frozenset({"array", "boolean", "integer", "null", "number", "object", "string"})
"""The types a schema can name."""


def has_type(value: Any, type_: str) -> bool:
    """Say whether a JSON value has a type as JSON Schema means it: 1.0 is an integer, true is none."""
    match type_:
        case "integer":
            return not isinstance(value, bool) and (
                isinstance(value, int) or (isinstance(value, float) and value.is_integer())
            )
        case "number":
            return isinstance(value, int | float) and not isinstance(value, bool)
        case _:
            kinds = {"array": list, "boolean": bool, "null": type(None), "object": dict, "string": str}
            return type_ in kinds and isinstance(value, kinds[type_])
