"""Properties that tell of a point in time, in the forms Zoom uses: ISO 8601, milliseconds, seconds.

No point but a planned one is after the event; what began or was created lies before what else happened.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable

    from emitter.faking.draw import Draw, Make
    from emitter.faking.fields import Field

_MOMENT: Final = re.compile(
    r"(.*_)?(time|date|ts|timestamp|stamp|datetime|at|created|updated|modified)(_ms|_utc|_created)?",
    re.IGNORECASE,
)
_EARLIER: Final = re.compile(r"(.*_)?(creat|start|join|beg[ai]n|regist)")
_LATER: Final = re.compile(r"(.*_)?(due|expir|until|next|schedul)")
_MINUTE_MS: Final = 60_000
_DAY_MS: Final = 86_400_000
_ISO: Final = {"date": "%Y-%m-%d", "time": "%H:%M:%SZ"}


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
    if not field.schema.get("format") and (unit or field.name == "event_ts"):
        number = number_maker(field)
        return lambda draw: str(number(draw))
    # Imported here, since most events hold no text of this kind.
    from datetime import UTC, datetime  # noqa: PLC0415

    form = _ISO.get(str(field.schema.get("format")), "%Y-%m-%dT%H:%M:%SZ")
    return lambda draw: datetime.fromtimestamp(moment_ms(draw) // 1000, tz=UTC).strftime(form)


def _unit(field: Field) -> str:
    """Return the unit the schema names, or an empty text."""
    found = re.search(r"\b(milliseconds|seconds)\b", f"{field.schema.get('x-unit', '')} {field.description}")
    return found[1] if found else ""


def _in_seconds(field: Field) -> bool:
    return _unit(field) == "seconds" or field.schema.get("format") == "int32"


def _moment(field: Field) -> Callable[[Draw], int]:
    if field.name == "event_ts":
        return lambda draw: draw.event_ts_ms
    if _EARLIER.match(field.name):
        return lambda draw: draw.happened_ms - draw.stream.between(1, 90) * _MINUTE_MS
    if _LATER.match(field.name):
        return lambda draw: draw.happened_ms + draw.stream.between(1, 14) * _DAY_MS
    return lambda draw: draw.happened_ms
