"""Rows of a name and a text, laid out for a terminal of any width or for a pipe."""

from __future__ import annotations

import os
import shutil
import sys
import textwrap
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Sequence

_GAP: Final = 2
_LEAST_TEXT_CHARS: Final = 32
_INDENT_BELOW: Final = 4


def output_width() -> int | None:
    """Return how many columns stdout has, or None where lines may be any length, as in a pipe."""
    if sys.stdout.isatty() or os.environ.get("COLUMNS"):
        return shutil.get_terminal_size().columns
    return None


def in_columns(rows: Sequence[tuple[str, str]], *, width: int | None) -> list[str]:
    """Return the lines of two columns; names are never cut, texts wrap.

    Args:
        rows: Names, which may be indented, and texts, which may be empty.
        width: Columns to keep within; None puts every row on one line. Where it leaves too little beside
            the longest name, texts stand below their names.
    """
    name_chars = max((len(name) for name, _ in rows), default=0)
    if width is None:
        return [f"{name.ljust(name_chars + _GAP)}{text}".rstrip() for name, text in rows]
    lines: list[str] = []
    for name, text in rows:
        if width - name_chars - _GAP >= _LEAST_TEXT_CHARS:
            lines += _wrapped(text, name.ljust(name_chars + _GAP), " " * (name_chars + _GAP), width)
        else:
            indent = " " * (len(name) - len(name.lstrip()) + _INDENT_BELOW)
            lines += [name, *(_wrapped(text, indent, indent, width) if text else [])]
    return lines


def _wrapped(text: str, first: str, following: str, width: int) -> list[str]:
    lines = textwrap.wrap(
        text,
        width=max(width, len(following) + _LEAST_TEXT_CHARS),
        initial_indent=first,
        subsequent_indent=following,
        break_long_words=False,
        break_on_hyphens=False,
    )
    return lines or [first.rstrip()]
