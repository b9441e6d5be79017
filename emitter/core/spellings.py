r"""One JSON value in every common spelling, to find the one that a signature covers.

Spellings differ in five ways: the order of keys, the white space, which characters are escaped and how,
whether ``/`` is, and what stands at the end. Numbers are written as Python writes them, and of a repeated
key only the last value is kept, as most parsers do.
"""

from __future__ import annotations

import itertools
import json
import re
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any, Final

from emitter.core.wire import encode
from emitter.errors import UnencodableError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

GIVEN: Final = "as given"
MAX_PERMUTED_KEYS: Final = 4
LONG_BYTES: Final = 8_192
"""Longer bodies are searched on one line only, with their keys as given or sorted."""
MAX_BYTES: Final = 1_000_000
"""Longer bodies are not searched: it would take seconds."""
_LAYOUTS_ON_ONE_LINE: Final = 3
_LOWER_CASE: Final = "04x"
_UPPER_CASE: Final = "04X"
_NOT_ASCII: Final = re.compile(r"[^\x00-\x7e]")  # Python and .NET escape DEL as well
_BEYOND_BASIC_PLANE: Final = re.compile("[\U00010000-\U0010ffff]")
_HTML: Final = re.compile("[<>&\u2028\u2029]")
_NOT_ASCII_OR_HTML: Final = re.compile(r"[^\x00-\x7e]|[<>&'+`]")
_ESCAPE: Final = re.compile(r"\\(?:u([0-9a-fA-F]{4})|.)")


@dataclass(frozen=True, slots=True)
class Spelling:
    """One way to write a value; each attribute says in words how that part is written."""

    order: str
    layout: str
    escapes: str
    slashes: str
    end: str

    def differences(self, other: Spelling) -> tuple[str, ...]:
        """Return the names of the attributes in which two spellings differ."""
        return tuple(name for name in _PARTS if getattr(self, name) != getattr(other, name))


_PARTS: Final = tuple(each.name for each in fields(Spelling))


@dataclass(frozen=True, slots=True)
class _Layout:
    indent: int | str | None
    separators: tuple[str, str]
    line_end: str = "\n"


_LAYOUTS: Final[Mapping[str, _Layout]] = {
    "no white space": _Layout(None, (",", ":")),
    "a space after each colon and comma": _Layout(None, (", ", ": ")),
    "a space after each colon": _Layout(None, (",", ": ")),
    "lines indented by two spaces": _Layout(2, (",", ": ")),
    "lines indented by four spaces": _Layout(4, (",", ": ")),
    "lines indented by tabs": _Layout("\t", (",", ": ")),
    "CR LF lines indented by two spaces": _Layout(2, (",", ": "), "\r\n"),
    "CR LF lines indented by four spaces": _Layout(4, (",", ": "), "\r\n"),
}
COMMON_LAYOUTS: Final = (*tuple(_LAYOUTS)[:2], "lines indented by two spaces")
"""What serialisers write when they are asked for nothing, or for something a person can read."""
_ENDS: Final[Mapping[str, str]] = {"no line end": "", "a line feed": "\n", "CR LF": "\r\n"}
_SLASHES: Final[Mapping[str, Callable[[str], str]]] = {
    "/ as it is": lambda text: text,
    r"/ written as \/": lambda text: text.replace("/", r"\/"),
}


def _escaping(pattern: re.Pattern[str], digits: str) -> Callable[[str], str]:
    """Return a function that escapes the characters a pattern matches, in one case of digits."""

    def escape(text: str) -> str:
        if digits == _UPPER_CASE and r"\u00" in text:
            text = _ESCAPE.sub(_in_upper_case, text)
        # A table of the characters that occur is faster by far than a substitution for each occurrence.
        return text.translate({ord(each): _escape(each, digits) for each in set(text) if pattern.match(each)})

    return escape


def _escape(character: str, digits: str) -> str:
    units = character.encode("utf-16-be", "surrogatepass")
    return "".join(
        rf"\u{int.from_bytes(units[at : at + 2], 'big'):{digits}}" for at in range(0, len(units), 2)
    )


def _in_upper_case(match: re.Match[str]) -> str:
    return match[0] if match[1] is None else rf"\u{match[1].upper()}"


def _as_dotnet(text: str) -> str:
    text = _ESCAPE.sub(lambda match: r"\u0022" if match[0] == r"\"" else match[0], text)
    return _escaping(_NOT_ASCII_OR_HTML, _UPPER_CASE)(text)


_ESCAPES: Final[Mapping[str, Callable[[str], str]]] = {
    "emoji escaped in upper case, as Zoom does": _escaping(_BEYOND_BASIC_PLANE, _UPPER_CASE),
    "every character raw, as JavaScript does": lambda text: text,
    "emoji escaped in lower case": _escaping(_BEYOND_BASIC_PLANE, _LOWER_CASE),
    "all but ASCII escaped in lower case, as Python and PHP do": _escaping(_NOT_ASCII, _LOWER_CASE),
    "all but ASCII escaped in upper case": _escaping(_NOT_ASCII, _UPPER_CASE),
    "<, > and & escaped, as Go does": _escaping(_HTML, _LOWER_CASE),
    "all but ASCII and HTML's characters escaped, as .NET does": _as_dotnet,
}
ESCAPES_BY_LIKELIHOOD: Final = tuple(_ESCAPES)[:2] + tuple(_ESCAPES)[3:] + tuple(_ESCAPES)[2:3]
"""How characters are escaped, the commoner habits first."""
ZOOM_SPELLING: Final = Spelling(
    GIVEN, next(iter(_LAYOUTS)), next(iter(_ESCAPES)), next(iter(_SLASHES)), next(iter(_ENDS))
)


def written(value: Any, spelling: Spelling) -> bytes:
    """Return a value in one spelling; of orders it knows `GIVEN` and the sorted one.

    Raises:
        ValueError: The value holds a lone surrogate, NaN or infinity.
        RecursionError: It is nested too deeply.
    """
    how = _LAYOUTS[spelling.layout]
    reordered = value if spelling.order == GIVEN else _sorted(value)
    text = json.dumps(
        reordered, ensure_ascii=False, allow_nan=False, indent=how.indent, separators=how.separators
    ).replace("\n", how.line_end)
    text = _SLASHES[spelling.slashes](_ESCAPES[spelling.escapes](text))
    return (text + _ENDS[spelling.end]).encode()


def in_zoom_form(body: bytes) -> bytes | None:
    """Return a body's JSON in Zoom's form, its keys in the order given; None if it has none."""
    value = _value(body)
    try:
        return None if value is None else encode(value)
    except UnencodableError:
        return None


def has_sorted_keys(body: bytes) -> bool:
    """Return whether all objects of a body have their keys in alphabetical order, and one has several."""
    objects = [*_objects(_value(body))]
    return any(len(each) > 1 for each in objects) and all([*each] == sorted(each) for each in objects)


def spellings(
    body: bytes, *, wanted: Callable[[Spelling], bool] = lambda _: True
) -> Iterator[tuple[Spelling, bytes]]:
    """Yield the ways to write a body's value; different spellings of one value may be the same bytes.

    Nothing is yielded if the body is not a JSON object or list in UTF-8, has no such form, or is too long.

    Args:
        body: What is written anew.
        wanted: Says which spellings are: the others cost no time.
    """
    value = _value(body) if len(body) <= MAX_BYTES else None
    if not isinstance(value, dict | list):
        return
    try:
        for spelling, text in _texts(value, wanted, is_long=len(body) > LONG_BYTES):
            yield spelling, text.encode()
    except (ValueError, RecursionError):  # a lone surrogate, NaN, or nested too deeply
        return


def nearest(*, signed: Sequence[Spelling], given: Sequence[Spelling]) -> tuple[Spelling, Spelling | None]:
    """Return the spellings of the signed and of the given body that differ least.

    Args:
        signed: All spellings that give the signed bytes; at least one.
        given: All spellings that give the body in hand; none where it is written in no common way, and
            then None stands for it.
    """
    pairs = itertools.product(signed, given)
    best = min(pairs, key=lambda pair: len(pair[0].differences(pair[1])), default=None)
    return best or (min(signed, key=lambda each: len(each.differences(ZOOM_SPELLING))), None)


def _texts(
    value: Any, wanted: Callable[[Spelling], bool], *, is_long: bool
) -> Iterator[tuple[Spelling, str]]:
    orders = itertools.islice(_orders(value), 2 if is_long else None)
    layouts = [*_LAYOUTS.items()][: _LAYOUTS_ON_ONE_LINE if is_long else None]
    for (order, reordered), (layout, how) in itertools.product(orders, layouts):
        plain = json.dumps(
            reordered, ensure_ascii=False, allow_nan=False, indent=how.indent, separators=how.separators
        ).replace("\n", how.line_end)
        for (escapes, escape), (slashes, slash) in itertools.product(_ESCAPES.items(), _SLASHES.items()):
            spelled = [Spelling(order, layout, escapes, slashes, end) for end in _ENDS]
            chosen = [spelling for spelling in spelled if wanted(spelling)]
            text = slash(escape(plain)) if chosen else ""
            for spelling in chosen:
                yield spelling, text + _ENDS[spelling.end]


def _orders(value: Any) -> Iterator[tuple[str, Any]]:
    yield GIVEN, value
    yield "sorted at every level", _sorted(value)
    if isinstance(value, dict) and len(value) <= MAX_PERMUTED_KEYS:
        for keys in itertools.permutations(value):
            yield ", ".join(keys), {key: value[key] for key in keys}


def _sorted(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _sorted(value[key]) for key in sorted(value)}
    return [_sorted(item) for item in value] if isinstance(value, list) else value


def _objects(value: Any) -> Iterator[dict[str, Any]]:
    waiting = [value]
    while waiting:
        each = waiting.pop()
        if isinstance(each, dict):
            yield each
            waiting += each.values()
        elif isinstance(each, list):
            waiting += each


def _value(body: bytes) -> Any:
    try:
        return json.loads(body.decode("utf-8-sig"))
    except (ValueError, RecursionError):
        return None
