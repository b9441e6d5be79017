"""The lines of a prose page, read one by one, with errors that name the line."""

from __future__ import annotations

from itertools import accumulate
from typing import TYPE_CHECKING, Any, Final, NoReturn

from emitter.catalog.json_values import DECODER
from emitter.errors import InvalidSpecError

if TYPE_CHECKING:
    import re

_SHOWN_CHARS: Final = 60


class PageLines:
    """The lines of a page that hold anything, and which of them is read next.

    Attributes:
        current: The line that is read next, without white space at its ends; None after the last.

    Every method raises InvalidSpecError, naming line and expectation, when the line does not fit.
    """

    def __init__(self, text: str) -> None:
        self._text = text.removeprefix("\ufeff").replace("\r\n", "\n")
        lines = self._text.split("\n")
        starts = accumulate((len(line) + 1 for line in lines), initial=0)
        self._lines = [
            (number, start, line.strip())
            for number, (line, start) in enumerate(zip(lines, starts, strict=False), start=1)
            if line.strip()
        ]
        self._next = 0

    @property
    def current(self) -> str | None:
        """The line that is read next, or None."""
        return self._lines[self._next][2] if self._next < len(self._lines) else None

    def take(self, expected: str) -> str:
        """Return the next line, whatever it says."""
        if self.current is None:
            self.fail(expected)
        line = self.current
        self._next += 1
        return line

    def expect(self, literal: str) -> None:
        """Pass over a line that must say exactly this."""
        if self.current != literal:
            self.fail(repr(literal))
        self._next += 1

    def match(self, pattern: re.Pattern[str], expected: str) -> re.Match[str]:
        """Return the match of a line that must fit the pattern as a whole."""
        match = pattern.fullmatch(self.current or "")
        if match is None:
            self.fail(expected)
        self._next += 1
        return match

    def take_dashes(self) -> int:
        """Pass over lines that are a dash; return how many."""
        first = self._next
        while self.current == "-":
            self._next += 1
        return self._next - first

    def take_json(self) -> Any:
        """Return the JSON value that starts on the next line, and pass over its lines."""
        if self.current is None:
            self.fail("an example in JSON")
        start = self._text.index(self.current, self._lines[self._next][1])
        try:
            value, end = DECODER.raw_decode(self._text, start)
        except (ValueError, RecursionError) as error:
            self.fail(f"an example in JSON ({error})")
        while self._next < len(self._lines) and self._lines[self._next][1] < end:
            self._next += 1
        return value

    def fail(self, expected: str) -> NoReturn:
        """Refuse the line that is read next."""
        if self.current is None:
            last = self._lines[-1][0] if self._lines else 1
            raise InvalidSpecError(f"line {last}: the page ends where {expected} was expected")
        line = self.current
        found = line if len(line) <= _SHOWN_CHARS else f"{line[:_SHOWN_CHARS]}…"
        raise InvalidSpecError(f"line {self._lines[self._next][0]}: expected {expected}, found {found!r}")
