"""Properties that tell of a point in time, in the forms Zoom uses: ISO 8601, milliseconds, seconds.

No point but a planned one is after the event; what began or was created lies before what else happened.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable

    from emitter.faking.draw import Draw, Make
    from emitter.faking.field import Field

FORMATS: Final = frozenset({"date-time", "datetime", "date", "time"})
"""The formats of a text that tells of a point in time."""

_MOMENT: Final = re.compile(
    r"(.*_)?(time|date|ts|timestamp|stamp|datetime|at|created|updated|modified|deadline)(_ms|_utc|_created)?"
    r"|recording_(start|end)",
    re.IGNORECASE,
)
_EARLIER: Final = re.compile(r"(.*_)?(creat|start|join|beg[ai]n|regist)")
_LATER: Final = re.compile(r"(.*_)?(due|expir|until|next|schedul)")
_MINUTE_MS: Final = 60_000
_DAY_MS: Final = 86_400_000
_ISO: Final = {"date": "%Y-%m-%d", "time": "%H:%M:%SZ"}
_LIKE: Final = (
    (re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z"), "%Y-%m-%dT%H:%M:%S.{ms:03}Z"),
    (re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[+-]00:?00"), "%Y-%m-%dT%H:%M:%S+00:00"),
    (re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d"), "%Y-%m-%d %H:%M:%S"),
    (re.compile(r"\d{4}-\d\d-\d\d"), "%Y-%m-%d"),
)


def is_moment(field: Field) -> bool:
    """Say whether the field tells of a point in time."""
    return "x-unit" in field.schema or _MOMENT.fullmatch(field.name) is not None


def number_maker(field: Field) -> Make:
    """Return what makes a number: milliseconds since the epoch, or seconds where the schema says so."""
    moment_ms = _moment(field)
    return (lambda draw: moment_ms(draw) // 1000) if _in_seconds(field) else moment_ms


def text_maker(field: Field) -> Make:
    """Return what makes a text: ISO 8601 in UTC, or digits where the schema speaks of a unit."""
    moment_ms, unit = _moment(field), _unit(field)
    shown = field.example if isinstance(field.example, str) else ""
    if not field.schema.get("format") and (unit or field.name == "event_ts" or _DIGITS.fullmatch(shown)):
        number = (lambda draw: moment_ms(draw) // 1000) if _tells_seconds(field, shown) else moment_ms
        return lambda draw: str(number(draw))
    # Imported here, since most events hold no text of this kind.
    from datetime import UTC, datetime  # noqa: PLC0415

    form = _ISO.get(str(field.schema.get("format"))) or _form_like(shown)

    def make(draw: Draw) -> str:
        seconds, ms = divmod(moment_ms(draw), 1000)
        return datetime.fromtimestamp(seconds, tz=UTC).strftime(form).replace("{ms:03}", f"{ms:03}")

    return make


_DIGITS: Final = re.compile(r"\d{10}(\d{3})?")
_DIGITS_OF_SECONDS: Final = 10


def _tells_seconds(field: Field, shown: str) -> bool:
    return _in_seconds(field) or (not _unit(field) and len(shown) == _DIGITS_OF_SECONDS)


def _form_like(shown: str) -> str:
    """Return the form of an example; the usual one where it shows none of those that Zoom uses."""
    return next((form for pattern, form in _LIKE if pattern.fullmatch(shown)), "%Y-%m-%dT%H:%M:%SZ")


def _unit(field: Field) -> str:
    """Return the unit the schema names, or an empty text."""
    found = re.search(r"\b(milliseconds|seconds)\b", f"{field.schema.get('x-unit', '')} {field.description}")
    return found[1] if found else ""


def _in_seconds(field: Field) -> bool:
    return _unit(field) == "seconds" or field.schema.get("format") == "int32"


def _moment(field: Field) -> Callable[[Draw], int]:
    if field.name == "event_ts":
        return lambda draw: draw.event_ts_ms
    if edge := _EDGE.fullmatch(field.snake_name):
        return _edge(is_end="end" in (edge["edge"], edge["of"]))
    if _EARLIER.match(field.name):
        return lambda draw: draw.happened_ms - draw.stream.between(1, 90) * _MINUTE_MS
    if _LATER.match(field.name):
        return lambda draw: draw.happened_ms + draw.stream.between(1, 14) * _DAY_MS
    return lambda draw: draw.happened_ms


_EDGE: Final = re.compile(r"(.*_)?(?P<edge>start|end)(_date)?_?(time|ts|at)|recording_(?P<of>start|end)")
_PLANNED: Final = re.compile(
    r".*\b(reservation|invitation|meeting|webinar|scheduled_event|event|session)_?(\w*_)?(create|update|delete|schedul|cancel).*"
)
_HALF_HOUR_MS: Final = 1_800_000


def _edge(*, is_end: bool) -> Callable[[Draw], int]:
    """Return the beginning or the end of what an event tells of: both go together, in one envelope.

    What is planned lies in the days to come and on the half hour; what is over ended as the event says so.
    """

    def make(draw: Draw) -> int:
        drawn = draw.happened_ms // 1000
        if _PLANNED.match(draw.event.replace(".", " ")):
            start = (draw.happened_ms // _HALF_HOUR_MS + 1) * _HALF_HOUR_MS + (1 + drawn % 9) * _DAY_MS
            return start + _HALF_HOUR_MS * (1 + drawn % 3) if is_end else start
        return draw.happened_ms if is_end else draw.happened_ms - (5 + drawn % 85) * _MINUTE_MS

    return make
