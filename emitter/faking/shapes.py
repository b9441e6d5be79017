"""Values in the shape of a document's example, and values that a description lists.

An example tells what a name does not: that an id is a UUID, a text is one word of a few, a time has
milliseconds. What identifies somebody is never copied, only its shape.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from emitter.faking import ids

if TYPE_CHECKING:
    from collections.abc import Callable

    from emitter.faking.draw import Draw, Make

_LONGEST_LITERAL: Final = 60
_FEWEST_LISTED: Final = 2
_LONGEST_DESCRIPTION: Final = 5_000

# A list in a description: a line for each value, "* `1` — Instant meeting", or "0 - Off" after a comma.
_LISTED: Final = re.compile(
    r"(?:^|\n)[ \t]*+(?:[*•-][ \t]*+)?[`'\"]?(?P<value>-?\d{1,5}|[a-z][a-zA-Z0-9_-]{0,39})"
    r"[`'\"]?:?[ \t]*+(?:[—\u2013-]|:|=)[ \t]"
)

_MEASURES: Final = re.compile(r"-?\d{1,6}(?:\.\d{1,6})?(?P<unit> ?(?:%|ms|kbps|fps|dBm|Kbps|KB/s|MB|GB)?)")
_PLACEHOLDERS: Final = frozenset(
    {"string", "text", "test", "abc", "xxx", "none", "null", "name", "value", "id"}
)
_IDENTIFIES: Final = re.compile(
    r"@|https?:|\.zoom\.|zoom\.us|\b(?:Jill|Chill|Doe|Smith|John|Jane)\b|eyJ", re.IGNORECASE
)


def _in_case_of(example: str, text: str) -> str:
    return text.upper() if example.upper() == example else text


def _digits(count: int, draw: Draw) -> str:
    return str(draw.stream.between(10 ** (count - 1), 10**count - 1))


def _mimicked(example: str, draw: Draw) -> str:
    """Return other letters where there are letters, other digits where there are digits."""
    return "".join(
        str(draw.stream.below(10)) if char.isdigit() else draw.stream.pick("abcdefghijklmnopqrstuvwxyz")
        for char in example
    )


def _mac(draw: Draw) -> str:
    # 00:00:5E:00:53:00 to :FF are kept for documents (RFC 7042).
    return f"00:00:5E:00:53:{draw.stream.below(256):02X}"


def _near(example: str, unit: str, draw: Draw) -> str:
    number = float(example.removesuffix(unit))
    decimals = len(example.removesuffix(unit).partition(".")[2])
    share = draw.stream.between(60, 140) / 100
    return f"{number * share:.{decimals}f}{unit}"


_UUID: Final = re.compile(r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
_SHAPES: Final[tuple[tuple[re.Pattern[str], Callable[[str, Draw], str]], ...]] = (
    (_UUID, lambda text, draw: _in_case_of(text, ids.dashed_uuid(draw.stream))),
    (re.compile(r"[A-Za-z0-9+/]{22}=="), lambda _, draw: ids.meeting_uuid(draw.stream)),
    (re.compile(r"[0-9a-f]{32}"), lambda _, draw: ids.hex_id(draw.stream)),
    (re.compile(r"(?=\D*\d)(?=.*[A-Z])[A-Za-z0-9_-]{22}"), lambda _, draw: ids.short_id(draw.stream)),
    (re.compile(r"[1-9][0-9]{8,14}"), lambda text, draw: _digits(len(text), draw)),
    (re.compile(r"(?=.*\d)[a-z0-9]{26}"), _mimicked),
    (re.compile(r"(?:[0-9A-Fa-f]{2}:){5}[0-9A-Fa-f]{2}"), lambda _, draw: _mac(draw)),
)


def id_maker(example: Any) -> Make | None:
    """Return what makes ids in the shape of an example, or None where it has none that Zoom uses."""
    if not isinstance(example, str):
        return None
    for pattern, write in _SHAPES:
        if pattern.fullmatch(example):
            return lambda draw, write=write: write(example, draw)  # type: ignore[misc]
    return None


def text_maker(example: Any) -> Make | None:
    """Return what makes texts like an example: ids of its shape, measures of its unit, else the example."""
    if not isinstance(example, str) or not example.strip() or _IDENTIFIES.search(example):
        return None
    if make := id_maker(example):
        return make
    measure = _MEASURES.fullmatch(example)
    if measure and (measure["unit"].strip() or "." in example):
        return lambda draw: _near(example, measure["unit"], draw)
    is_plain = len(example) <= _LONGEST_LITERAL and example.isprintable()
    if not is_plain or example.strip().lower() in _PLACEHOLDERS:
        return None
    return lambda _: example


def number_maker(example: Any) -> Make | None:
    """Return what makes numbers of an example's size, or None where there is none."""
    if isinstance(example, bool) or not isinstance(example, int | float) or abs(example) >= _TOO_LARGE:
        return None
    whole = int(example)
    low, high = sorted((whole // 2, whole + max(1, abs(whole) // 2)))
    return lambda draw: draw.stream.between(low, high)


_TOO_LARGE: Final = 10**15


def listed(description: str) -> tuple[str, ...]:
    """Return the values that a description lists, a line for each; none where it lists nothing."""
    found = [match["value"] for match in _LISTED.finditer(description[:_LONGEST_DESCRIPTION])]
    different = tuple(dict.fromkeys(found))
    return different if len(different) >= _FEWEST_LISTED else ()
