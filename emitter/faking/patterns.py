r"""Text that fits a regular expression, for the expressions that schemas really hold.

Understood are literals, ``.``, classes, ``\d \w \s``, groups, ``|``, ``* + ? {m,n}``, and anchors at the
ends of the whole or of a branch. Anything else is no pattern of ours: `text_maker` returns None, and the
caller goes without.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable

    from emitter.faking.streams import Stream

    Write = Callable[[Stream], str]

_DIGITS: Final = "0123456789"
_LETTERS: Final = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
_WORD: Final = _LETTERS + _DIGITS + "_"
_ANY: Final = _LETTERS + _DIGITS + " -_."
_CLASSES: Final = {"d": _DIGITS, "w": _WORD, "s": " ", "D": _LETTERS, "W": "-", "S": _WORD}
_CONTROLS: Final = {"n": "\n", "r": "\r", "t": "\t", "f": "\f", "v": "\v"}
_MOST_REPEATS: Final = 10_000
_LONGEST_SPAN: Final = 1_000
_SPECIAL: Final = frozenset("^$*+?{}[]()|")


class _Unsupported(Exception):  # noqa: N818 - a way out of the reader, never seen outside
    """The expression holds something that is not understood."""


def text_maker(pattern: str, *, usual_repeats: int) -> Write | None:
    """Return what writes texts that fit the expression, or None where it is beyond us.

    An expression without anchors is fitted from end to end.

    Args:
        pattern: The expression.
        usual_repeats: How many repeats more than it needs ``*`` or ``+`` may get.
    """
    try:
        return _Reader(pattern, usual_repeats).read()
    except (_Unsupported, RecursionError):
        return None


class _Reader:
    """Reads an expression from the left and builds what writes its texts."""

    def __init__(self, pattern: str, usual_repeats: int) -> None:
        self._usual_repeats = usual_repeats
        anchored_end = pattern.endswith("$") and not pattern.endswith(r"\$")
        self._text = pattern.removeprefix("^")[: -1 if anchored_end else None]
        self._at = 0

    def read(self) -> Write:
        write = self._alternatives()
        if self._at < len(self._text):
            raise _Unsupported
        return write

    def _peek(self) -> str:
        return self._text[self._at : self._at + 1]

    def _next(self) -> str:
        char = self._peek()
        if not char:
            raise _Unsupported
        self._at += 1
        return char

    def _alternatives(self) -> Write:
        branches = [self._sequence()]
        while self._peek() == "|":
            self._at += 1
            branches.append(self._sequence())
        return branches[0] if len(branches) == 1 else lambda stream: stream.pick(branches)(stream)

    def _sequence(self) -> Write:
        parts = []
        self._at += self._peek() == "^"
        while self._peek() not in {"", "|", ")"}:
            if self._peek() == "$" and self._text[self._at + 1 : self._at + 2] in {"", "|", ")"}:
                self._at += 1
                break
            parts.append(self._repeated(self._atom()))
        return lambda stream: "".join(part(stream) for part in parts)

    def _atom(self) -> Write:
        match char := self._next():
            case "(":
                return self._group()
            case "[":
                return _one_of(self._class())
            case "\\":
                return _one_of(self._escaped())
            case ".":
                return _one_of(_ANY)
            case _ if char in _SPECIAL:
                raise _Unsupported
            case _:
                return _one_of(char)

    def _group(self) -> Write:
        if self._peek() == "?":
            self._at += 1
            if self._next() != ":":
                raise _Unsupported
        write = self._alternatives()
        if self._next() != ")":
            raise _Unsupported
        return write

    def _escaped(self) -> str:
        char = self._next()
        if char in _CLASSES or char in _CONTROLS:
            return _CLASSES.get(char) or _CONTROLS[char]
        if char.isalnum():
            raise _Unsupported
        return char

    def _class(self) -> str:
        negated = self._peek() == "^"
        self._at += negated
        chars = ""
        while self._peek() != "]":
            members = self._class_member()
            if self._peek() == "-" and self._text[self._at + 1 : self._at + 2] not in {"", "]"}:
                self._at += 1
                members = _span(members, self._class_member())
            chars += members
        self._at += 1
        chosen = "".join(char for char in _ANY if char not in chars) if negated else chars
        if not chosen:
            raise _Unsupported
        return chosen

    def _class_member(self) -> str:
        char = self._next()
        return self._escaped() if char == "\\" else char

    def _repeated(self, atom: Write) -> Write:
        bounds = {"*": (0, None), "+": (1, None), "?": (0, 1)}.get(self._peek())
        if bounds:
            self._at += 1
        elif self._peek() == "{":
            bounds = self._counts()
        else:
            return atom
        if self._peek() and self._peek() in "?+*{":
            raise _Unsupported
        low, high = bounds[0], bounds[1]
        most = low + self._usual_repeats if high is None else high
        if not low <= most <= _MOST_REPEATS:
            raise _Unsupported
        return lambda stream: "".join(atom(stream) for _ in range(stream.between(low, most)))

    def _counts(self) -> tuple[int, int | None]:
        inside, closing, _ = self._text[self._at + 1 :].partition("}")
        low, comma, high = inside.partition(",")
        if not closing or not low.isdecimal() or (high and not high.isdecimal()):
            raise _Unsupported
        self._at += len(inside) + 2
        return int(low), int(high) if high else (None if comma else int(low))


def _one_of(chars: str) -> Write:
    return (lambda _: chars) if len(chars) == 1 else (lambda stream: stream.pick(chars))


def _span(first: str, last: str) -> str:
    if len(first) != 1 or len(last) != 1 or not 0 <= ord(last) - ord(first) < _LONGEST_SPAN:
        raise _Unsupported
    return "".join(map(chr, range(ord(first), ord(last) + 1)))
