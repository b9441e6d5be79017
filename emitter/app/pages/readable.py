"""What was sent and what came back, as text that people can read and no page can be steered by."""

from __future__ import annotations

import contextlib
import json
import unicodedata
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Final

from markupsafe import Markup, escape

from emitter.catalog.json_values import DECODER

if TYPE_CHECKING:
    from collections.abc import Iterable

_INVISIBLE: Final = frozenset({"Cc", "Cf", "Co", "Cs", "Zl", "Zp"})
"""Categories of characters that have no form of their own, or that turn the text around them."""
_JOINERS: Final = frozenset({"\u200c", "\u200d"})
"""Invisible, but at home between letters and in emoji."""
_SECOND_MS: Final = 1000
_MINUTE_S: Final = 60
_HOUR_S: Final = 3600
_DAY_S: Final = 86400
_KILOBYTE: Final = 1024


@dataclass(frozen=True, slots=True)
class Text:
    """A body for people.

    Attributes:
        text: JSON indented, other text as it is, a sentence for other bytes.
        size: The number of exact bytes.
        is_json: Whether it is JSON that was indented.
    """

    text: str
    size: int
    is_json: bool = False


def visible(text: str) -> str:
    """Return text in which what is invisible, or turns the direction of writing, is escaped."""
    if text.isascii() and text.isprintable():
        return text
    return "".join(each if _is_plain(each) else each.encode("unicode_escape").decode() for each in text)


def breakable(text: str) -> Markup:
    """Return a name for a page, visible, that may be broken after its dots and underscores."""
    escaped = str(escape(visible(text)))
    return Markup(escaped.replace("_", "_<wbr>").replace(".", ".<wbr>"))  # noqa: S704 - escaped just above


def body_text(body: bytes) -> Text:
    """Return a body for people."""
    try:
        text = body.decode()
    except UnicodeDecodeError:
        return Text(f"{len(body)} bytes that are not text", len(body))
    with contextlib.suppress(ValueError, RecursionError):  # not JSON: as it is
        value = DECODER.decode(text)
        return Text(visible(json.dumps(value, indent=2, ensure_ascii=False)), len(body), is_json=True)
    return Text(visible(text), len(body))


def latency_text(ms: float) -> str:
    """Return a latency: ``0.8 ms``, ``12 ms``, ``3.00 s``."""
    if ms >= _SECOND_MS:
        return f"{ms / _SECOND_MS:.2f} s"
    return f"{ms:.1f} ms" if ms < 10 else f"{ms:.0f} ms"  # noqa: PLR2004 - one digit before the point


def wait_text(seconds: float) -> str:
    """Return how long something takes, in its two largest units: ``1h 25m``, ``4m 12s``, ``3 s``."""
    whole = max(0, round(seconds))
    if whole < _MINUTE_S:
        return f"{whole} s"
    if whole < _HOUR_S:
        return _two_units(whole, (_MINUTE_S, "m"), (1, "s"))
    if whole < _DAY_S:
        return _two_units(whole, (_HOUR_S, "h"), (_MINUTE_S, "m"))
    return _two_units(whole, (_DAY_S, "d"), (_HOUR_S, "h"))


def size_text(size: int) -> str:
    """Return a number of bytes: ``310 bytes``, ``61.4 KB``."""
    return f"{size} bytes" if size < _KILOBYTE else f"{size / _KILOBYTE:.1f} KB"


def clock_text(at_ms: int) -> str:
    """Return a time of day where the app runs, with the date; the page's script says it where it is read."""
    return f"{datetime.fromtimestamp(at_ms / 1000).astimezone():%Y-%m-%d %H:%M:%S}"


def iso_text(at_ms: int) -> str:
    """Return a time for programs."""
    return datetime.fromtimestamp(at_ms / 1000).astimezone().isoformat(timespec="milliseconds")


def short_name(event: str) -> str:
    """Return the last part of an event's name."""
    return event.rpartition(".")[2] or event


def plural(count: int, one: str, more: str = "") -> str:
    """Return ``1 attempt``, ``2 attempts``."""
    return f"{count:,} {one if count == 1 else more or one + 's'}"


def _is_plain(character: str) -> bool:
    return character in "\n\t" or character in _JOINERS or unicodedata.category(character) not in _INVISIBLE


def _two_units(seconds: int, large: tuple[int, str], small: tuple[int, str]) -> str:
    whole, rest = seconds // large[0], seconds % large[0] // small[0]
    return f"{whole}{large[1]} {rest}{small[1]}" if rest else f"{whole}{large[1]}"


def visible_pairs(pairs: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    """Return headers whose names and values are visible."""
    return [(visible(name), visible(value)) for name, value in pairs]
