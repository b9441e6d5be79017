"""How languages write JSON that they have parsed, to tell by what a receiver refuses how it verifies.

A receiver that verifies the bytes that came takes any spelling. One that parses the body and writes it again
takes a body only if it looks as that language would have written it.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final

from emitter.core.spellings import GIVEN, ZOOM_SPELLING, Spelling, written

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

_LARGEST_PLAIN: Final = 1e21
_COMPACT, _SPACED = "no white space", "a space after each colon and comma"
_PLAIN_SLASH, _ESCAPED_SLASH = "/ as it is", r"/ written as \/"
_RAW = "every character raw, as JavaScript does"
_ASCII = "all but ASCII escaped in lower case, as Python and PHP do"
_NO_END = "no line end"


def _double(text: str) -> int | float:
    """Return a number as a language reads it that has doubles only, and as it writes it again.

    It is written with as few digits as tell it from others: 2^63 as 9223372036854776000.
    """
    number = float(text)
    is_plain = number.is_integer() and abs(number) < _LARGEST_PLAIN
    return int(Decimal(repr(number))) if is_plain else number


def _as_given(body: bytes) -> Any:
    return json.loads(body)


def _without_zero_fractions(body: bytes) -> Any:
    return json.loads(body, parse_float=_double)


def _in_doubles(body: bytes) -> Any:
    return json.loads(body, parse_int=_double, parse_float=_double)


def _spelling(
    escapes: str, *, order: str = GIVEN, layout: str = _COMPACT, slashes: str = _PLAIN_SLASH
) -> Spelling:
    return Spelling(order, layout, escapes, slashes, _NO_END)


@dataclass(frozen=True, slots=True)
class Habit:
    """How one language writes what it has read.

    Attributes:
        name: One word or two with hyphens, for causes.
        words: Whose habit it is, as in "JSON.stringify of JavaScript".
        spelling: How it writes.
        reads: Which numbers it makes of a body's.
    """

    name: str
    words: str
    spelling: Spelling
    reads: Callable[[bytes], Any] = _as_given

    def rewritten(self, body: bytes) -> bytes:
        """Return a body's JSON as it writes it again.

        Raises:
            ValueError: The body is not JSON.
        """
        return written(self.reads(body), self.spelling)


HABITS: Final = (
    Habit("javascript", "JSON.stringify of JavaScript", _spelling(_RAW), _in_doubles),
    Habit("python", "json.dumps of Python", _spelling(_ASCII, layout=_SPACED)),
    Habit("python-compact", "json.dumps of Python without spaces", _spelling(_ASCII)),
    Habit("python-raw", "json.dumps of Python with ensure_ascii=False and no spaces", _spelling(_RAW)),
    Habit("php", "json_encode of PHP", _spelling(_ASCII, slashes=_ESCAPED_SLASH), _without_zero_fractions),
    Habit(
        "go",
        "json.Marshal of Go on a map",
        _spelling("<, > and & escaped, as Go does", order="sorted at every level"),
        _in_doubles,
    ),
    Habit(
        "dotnet",
        "System.Text.Json of .NET",
        _spelling("all but ASCII and HTML's characters escaped, as .NET does"),
    ),
    Habit("jackson", "a serialiser that writes as Zoom's own does, such as Jackson", ZOOM_SPELLING),
)
"""Those that receivers were seen with (docs/zoom.md#failures), and their neighbours."""

_ASCII_ONLY: Final = (
    "it seems to sign the body as ASCII text, which loses all other characters, as Encoding.ASCII does"
)


def looks_like(observed: Iterable[tuple[bytes, bool]]) -> str:
    """Return in words how a receiver seems to verify; nothing where no habit accounts for what was seen.

    Args:
        observed: Bodies that were sent, rightly signed, and whether the receiver took them.
    """
    seen = [*observed]
    if all(is_taken for _, is_taken in seen) or not any(is_taken for _, is_taken in seen):
        return ""
    fitting = [habit.words for habit in HABITS if all(_takes(habit, body) == taken for body, taken in seen)]
    if fitting:
        return f"it seems to verify what it wrote again, as {' or '.join(fitting)} does, not what came"
    return _ASCII_ONLY if all(body.isascii() == taken for body, taken in seen) else ""


def _takes(habit: Habit, body: bytes) -> bool:
    try:
        return habit.rewritten(body) == body
    except (ValueError, RecursionError):
        return False
