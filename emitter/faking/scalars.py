"""Texts, numbers, booleans: what a field suggests, held against the bounds of its schema."""

from __future__ import annotations

import math
import re
from typing import TYPE_CHECKING, Any, Final

from emitter.faking import patterns
from emitter.faking.fields import integer_maker, text_maker
from emitter.faking.merging import IMPOSSIBLE, Schema, types_of, without

if TYPE_CHECKING:
    from collections.abc import Callable

    from emitter.faking.draw import Draw, Make
    from emitter.faking.field import Field

_USUAL_SPAN: Final = 1_000
_STEPS_OF_A_NUMBER: Final = 1_000
_INTEGER_FORMATS: Final = {"int32": 31, "int64": 63}
_USUAL_REPEATS: Final = 8
_TRIES_FOR_LENGTH: Final = 50
_TEXT_BOUNDS: Final = frozenset({"minLength", "maxLength", "pattern"})
_NUMBER_BOUNDS: Final = frozenset({"minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum"})
_PADDING: Final = "abcdefghijklmnopqrstuvwxyz"


def string(schema: Schema, field: Field) -> Make:
    """Return what makes a text within the schema's lengths that fits its pattern where that is understood."""
    suggest = text_maker(field)
    low, most = lengths(schema)
    pattern = schema.get("pattern")
    if isinstance(pattern, str):
        return _patterned(suggest, pattern, low, most)
    if not low and most == math.inf:
        return suggest

    def make(draw: Draw) -> str:
        text = str(suggest(draw))
        return text if low <= len(text) <= most else _of_length(text, low, most, draw)

    return make


def integer(schema: Schema, field: Field) -> Make:
    """Return what makes an integer between the schema's bounds, a multiple where it asks for one."""
    suggest = integer_maker(field)
    low, high = integer_bounds(schema)
    step = _step(schema)
    if low is None and high is None and step == 1:
        return suggest

    def make(draw: Draw) -> int:
        value: int = suggest(draw)
        is_within = (low is None or low <= value) and (high is None or value <= high)
        return value if is_within and value % step == 0 else _multiple_between(low, high, step, draw)

    return make


def number(schema: Schema, field: Field) -> Make:
    """Return what makes a number between the schema's bounds; a whole one where the field is a time."""
    steps = schema.get("multipleOf")
    if isinstance(steps, float) and not steps.is_integer():
        return _multiples_of(schema, steps)
    whole = integer(schema, field)
    low, high = bounds(schema)
    if steps is not None or low is None or high is None:
        return whole
    first, last = low, high  # so that the closure sees numbers

    def make(draw: Draw) -> float | int:
        share = draw.stream.between(1, _STEPS_OF_A_NUMBER - 1) / _STEPS_OF_A_NUMBER
        value = first * (1 - share) + last * share
        rounded = round(value, 2)
        return rounded if first < rounded < last else value

    return make


def boolean(draw: Draw) -> bool:
    """Make true or false."""
    return draw.stream.below(2) == 1


def choices(schema: Schema) -> list[Any]:
    """Return the values of the schema's enum that the rest of it allows."""
    may_be = fits(without(schema, "enum"))
    return [value for value in schema["enum"] if may_be(value)]


def is_possible(schema: Schema) -> bool:
    """Say whether a value may fit: not where it is plain that none does."""
    return schema != IMPOSSIBLE and (not schema.get("enum") or bool(choices(schema)))


def fits(schema: Schema) -> Callable[[Any], bool]:
    """Return what says whether a decided value may stand where the schema is: by kind, choice and bounds."""
    tests: list[Callable[[Any], bool]] = []
    accepted = [_KINDS[kind] for kind in types_of(schema) if kind in _KINDS]
    if accepted:
        tests.append(
            accepted[0] if len(accepted) == 1 else lambda value: any(kind(value) for kind in accepted)
        )
    chosen = [schema["const"]] if "const" in schema else schema.get("enum")
    if chosen is not None:
        tests.append(lambda value: value in chosen)
    if not _TEXT_BOUNDS.isdisjoint(schema):
        tests.append(_is_within_text_bounds(schema))
    if not _NUMBER_BOUNDS.isdisjoint(schema):
        tests.append(_is_within_number_bounds(schema))
    return tests[0] if len(tests) == 1 else lambda value: all(test(value) for test in tests)


_KINDS: Final[dict[str, Callable[[Any], bool]]] = {
    "string": lambda value: isinstance(value, str),
    "integer": lambda value: isinstance(value, int) and not isinstance(value, bool),
    "number": lambda value: isinstance(value, int | float) and not isinstance(value, bool),
    "boolean": lambda value: isinstance(value, bool),
    "null": lambda value: value is None,
    "object": lambda value: isinstance(value, dict),
    "array": lambda value: isinstance(value, list | tuple),
}


def _is_within_text_bounds(schema: Schema) -> Callable[[Any], bool]:
    low, most = lengths(schema)
    pattern = schema.get("pattern")
    expression = _expression(pattern) if isinstance(pattern, str) else None

    def check(value: Any) -> bool:
        if not isinstance(value, str):
            return True
        return low <= len(value) <= most and (expression is None or expression(value))

    return check


def _is_within_number_bounds(schema: Schema) -> Callable[[Any], bool]:
    low, high = bounds(schema)
    is_open_below, is_open_above = (
        low == schema.get("exclusiveMinimum"),
        high == schema.get("exclusiveMaximum"),
    )

    def check(value: Any) -> bool:
        if not isinstance(value, int | float):
            return True
        above = low is None or (low < value if is_open_below else low <= value)
        return above and (high is None or (value < high if is_open_above else value <= high))

    return check


def lengths(schema: Schema) -> tuple[int, float]:
    """Return how many characters a text has at least and at most, the latter infinite if not bounded."""
    return int(schema.get("minLength", 0)), schema.get("maxLength", math.inf)


def _patterned(suggest: Make, pattern: str, low: int, most: float) -> Make:
    """Keep what is suggested where it fits the pattern, and write something that does where not."""
    write = patterns.text_maker(pattern, usual_repeats=_USUAL_REPEATS + low)
    expression = _expression(pattern)

    def make(draw: Draw) -> str:
        text = str(suggest(draw))
        is_right = expression is None or expression(text)
        for _ in range(_TRIES_FOR_LENGTH):
            if write is None or (is_right and low <= len(text) <= most):
                break
            text, is_right = write(draw.stream), True
        return text

    return make


def _expression(pattern: str) -> Callable[[str], bool] | None:
    """Return what says whether a text fits the pattern, or None where the pattern cannot be read.

    The judge's own engine, whose time grows with the text only; Python's can take years over a few letters.
    """
    # Imported here, since few schemas hold a pattern.
    import jsonschema_rs  # noqa: PLC0415

    try:
        return jsonschema_rs.Draft202012Validator({"pattern": pattern}).is_valid
    except ValueError:
        return None


def _of_length(text: str, low: int, most: float, draw: Draw) -> str:
    """Return the text cut or lengthened; an address and a URL stay what they are."""
    if len(text) > most:
        head, at, domain = text.rpartition("@")
        room = int(most) - len(at + domain)
        # No local part ends in a dot.
        return re.sub(r"\.$", "x", head[:room]) + at + domain if at and room > 0 else text[: int(most)]
    padding = "".join(draw.stream.pick(_PADDING) for _ in range(low - len(text)))
    return padding + text if "@" in text else text + padding


def bounds(schema: Schema) -> tuple[float | None, float | None]:
    """Return the bounds of a number, None where there is none; an exclusive one is returned as it stands."""
    lows = [schema[key] for key in ("minimum", "exclusiveMinimum") if key in schema]
    highs = [schema[key] for key in ("maximum", "exclusiveMaximum") if key in schema]
    return max(lows, default=None), min(highs, default=None)


def integer_bounds(schema: Schema) -> tuple[int | None, int | None]:
    """Return the least and the greatest integer by bounds and format, None where there is none."""
    lows = [math.ceil(schema["minimum"])] if "minimum" in schema else []
    lows += [math.floor(schema["exclusiveMinimum"]) + 1] if "exclusiveMinimum" in schema else []
    highs = [math.floor(schema["maximum"])] if "maximum" in schema else []
    highs += [math.ceil(schema["exclusiveMaximum"]) - 1] if "exclusiveMaximum" in schema else []
    bits = _INTEGER_FORMATS.get(str(schema.get("format")))
    if bits is not None:
        lows.append(-(1 << bits))
        highs.append((1 << bits) - 1)
    return max(lows, default=None), min(highs, default=None)


def _step(schema: Schema) -> int:
    """Return the whole number the schema's integers are multiples of, 1 where it names none."""
    step = schema.get("multipleOf", 1)
    return int(step) if isinstance(step, int | float) and step >= 1 and step == int(step) else 1


def _multiple_between(low: int | None, high: int | None, step: int, draw: Draw) -> int:
    """Return a multiple near zero, or near the bound where zero is out of them."""
    first = low if low is not None else (0 if high is None or high >= 0 else high - _USUAL_SPAN * step)
    last = high if high is not None else first + _USUAL_SPAN * step
    if low is not None and high is not None and low <= 1 <= high:
        first, last = max(low, 0), min(high, _USUAL_SPAN * step)
    least, most = -(-first // step), last // step
    return draw.stream.between(least, max(least, most)) * step


def _multiples_of(schema: Schema, step: float) -> Make:
    low, high = bounds(schema)
    first = 0 if low is None else math.ceil(low / step)
    last = first + _USUAL_SPAN if high is None else math.floor(high / step)
    if low is None and high is not None:
        first = min(0, last - _USUAL_SPAN)
    return lambda draw: draw.stream.between(first, max(first, last)) * step
