"""The readers and limits that requests have in common."""

from datetime import datetime
from typing import Any, Final

from emitter.app.fields import (
    Reader,
    digits,
    integer,
    list_of,
    nearest,
    number,
    parsed,
    shown,
    text,
)
from emitter.core.api_faults import API_FAULTS, SLOW, ApiFault
from emitter.core.faults import FAULTS
from emitter.core.schedule import RetrySchedule, parse_duration
from emitter.errors import InvalidSettingError, UnknownNameError

MAX_ID: Final = 10**18 - 1
MAX_COUNT: Final = 1000
MAX_PAGE: Final = 200
MAX_TIMEOUT_S: Final = 600.0
MAX_BODY_CHARS: Final = 2_000_000
MAX_RATE: Final = 1000.0
MAX_STREAM_S: Final = 24 * 3600.0
MAX_EVENTS: Final = 1000
_MAX_NAME_CHARS: Final = 200

_DURATION: Final = (
    r"(?:[0-9]{1,9}(?:\.[0-9]{1,3})?ms|[0-9]{1,7}(?:\.[0-9]{1,3})?s|[0-9]{1,5}(?:\.[0-9]{1,3})?m"
    r"|[0-7]?[0-9]{1,3}(?:\.[0-9]{1,3})?h|[0-2]?[0-9]{1,2}(?:\.[0-9]{1,3})?d)"
)
_SECONDS: Final = r"(?:[1-9][0-9]?|[1-5][0-9]{2})(?:\.[0-9]{1,3})?s|600s"
_UP_TO_TEN_MINUTES: Final = (
    rf"[1-9][0-9]{{0,4}}ms|0\.[0-9]{{0,2}}[1-9]s|{_SECONDS}|[1-9](?:\.[0-9]{{1,3}})?m|10m"
)
_UP_TO_A_DAY: Final = (
    r"[1-9][0-9]{0,6}ms|[1-9][0-9]{0,3}(?:\.[0-9]{1,3})?s|[1-9][0-9]{0,2}(?:\.[0-9]{1,3})?m"
    r"|(?:1?[1-9]|10|2[0-4])h"
)


def _duration_s(low_s: float, high_s: float, pattern: str, like: str) -> Reader:
    def read(duration: str) -> float:
        seconds = parse_duration(duration)
        if not low_s <= seconds <= high_s:
            raise InvalidSettingError(f"expected {like}, found {shown(duration)}")
        return seconds

    return parsed(read, max_chars=20, pattern=pattern, like=like)


def _fault(name: str) -> str:
    if name not in FAULTS:
        suggestions = nearest(name, FAULTS)
        hint = "" if suggestions else f"there are {', '.join(FAULTS)}"
        raise UnknownNameError("fault", name, suggestions, hint)
    return name


def _seed(value: Any) -> str:
    """Read a seed; a number is as good as its text."""
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else str(name_text(value))


def _time_ms(written: str) -> int:
    if written.isascii() and written.isdecimal() and len(written) <= len(str(MAX_ID)):
        return min(int(written), MAX_ID)
    try:
        moment = datetime.fromisoformat(written.upper())
    except ValueError:
        moment = None
    if moment is None or moment.tzinfo is None:
        raise InvalidSettingError(
            f"expected milliseconds since 1970 or a time like 2026-07-01T12:00:00Z, found {shown(written)}"
        )
    return round(moment.timestamp() * 1000)


name_text: Final = text(max_chars=_MAX_NAME_CHARS)
number_in_query: Final = digits(1, MAX_ID)
page_size: Final = digits(1, MAX_PAGE)
moment_in_query: Final = Reader(
    parsed(_time_ms, max_chars=40),
    {"anyOf": [{"type": "integer", "minimum": 0}, {"type": "string", "format": "date-time"}]},
)
number_of: Final = integer(1, MAX_ID)
patterns: Final = list_of(name_text, max_items=MAX_EVENTS)
schedule_text: Final = parsed(
    RetrySchedule.parse,
    pattern=rf"none|zoom|{_DURATION}(?:, ?{_DURATION}){{0,50}}",
    like="none, zoom, or durations such as 1s,2s",
)
timeout_text: Final = _duration_s(0.001, MAX_TIMEOUT_S, _UP_TO_TEN_MINUTES, "1ms to 10m")
stream_duration: Final = _duration_s(0.001, MAX_STREAM_S, _UP_TO_A_DAY, "1ms to 24h")
scale_number: Final = number(0.001, 1_000_000)
any_name: Final = text(min_chars=0, max_chars=_MAX_NAME_CHARS)
# Where a secret stands by mistake in place of a name, no message repeats it; nor does it look like one.
variable_name: Final = parsed(
    str, pattern="[A-Z_][A-Z0-9_]{0,199}", like="the name of a variable in capitals", is_shown=False
)
whole_path: Final = parsed(str, pattern=r"/[^\x00\r\n]+", like="the whole path of a file", is_shown=False)
seed_text: Final = Reader(_seed, {"anyOf": [name_text.schema, {"type": "integer"}]})
# Once each: a fault that doubles what is sent, thirty times over, would fill the memory.
fault_names: Final = list_of(
    Reader(parsed(_fault), {"type": "string", "enum": [*FAULTS]}), max_items=len(FAULTS), are_different=True
)
_ONE_TO_MOST: Final = r"(?:[1-9][0-9]{0,2}|1000|always)"
faults_of_the_api: Final = list_of(
    parsed(
        lambda written: str(ApiFault.parse(written)),
        max_chars=40,
        pattern=rf"(?:{'|'.join(name for name in API_FAULTS if name != SLOW)})(?:={_ONE_TO_MOST})?"
        rf"|{SLOW}=(?:[1-9][0-9]{{0,3}}ms|[1-5]?[1-9]s)",
        like=f"one of {', '.join(API_FAULTS)}, such as rate-limit=2 or slow=2s",
    ),
    min_items=0,
    max_items=len(API_FAULTS),
)
paths: Final = list_of(text(), max_items=MAX_EVENTS)
