r"""JSON as Zoom's serialiser writes it.

The signature covers bytes, so two spellings of one value are two different requests. Zoom's form is
compact, raw UTF-8 inside the basic plane, upper-case surrogate escapes beyond it, ``/`` unescaped, no
trailing newline: CONFIRMED by two captured requests (docs/zoom.md#body). The short escapes and the
upper-case ``\u001F`` for other controls are UNSURE, inferred from Jackson, whose habit the rest is.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import Any, Final

from emitter.core.zoom import DEFAULT_TOP_LEVEL_ORDER, TOP_LEVEL_ORDER
from emitter.errors import UnencodableError

_BEYOND_BASIC_PLANE: Final = re.compile("[\U00010000-\U0010ffff]")
# Reads every escape from the left, so that the u of an escaped backslash is never taken for an escape.
_ESCAPE: Final = re.compile(r"\\(?:u(00[01][0-9a-f])|.)")


class WireStyle(StrEnum):
    """A spelling of JSON. Only `ZOOM` is what Zoom sends; the others are faults one asks for."""

    ZOOM = "zoom"
    RAW = "raw"
    """Every character as raw UTF-8, also beyond the basic plane."""
    ESCAPED = "escaped"
    """Every character that is not ASCII as a lower-case escape, as Python and PHP write it."""
    SPACED = "spaced"
    """A space after each colon and comma."""
    SLASHES = "slashes"
    """``/`` written as ``\\/``, as PHP does."""


_ENCODERS: Final = {
    style: json.JSONEncoder(
        ensure_ascii=style is WireStyle.ESCAPED,
        allow_nan=False,
        separators=(", ", ": ") if style is WireStyle.SPACED else (",", ":"),
    )
    for style in WireStyle
}
_TEXT: Final = frozenset({str})
_LEAVES: Final = frozenset({str, int, float, bool, type(None)})


def encode(value: Any, style: WireStyle = WireStyle.ZOOM) -> bytes:
    """Return the bytes of a JSON value in Zoom's form, or in another style.

    Keys are written in the order of the mapping; see `ordered` for the order Zoom uses.

    Args:
        value: What ``json.loads`` returns: mappings with text keys, lists, text, numbers, booleans, None.
        style: The spelling.

    Returns:
        UTF-8 without a byte order mark and without a trailing newline.

    Raises:
        UnencodableError: The value holds NaN or infinity, a lone surrogate, a key that is not text, an
            object JSON does not know, or itself.
    """
    try:
        text = _ENCODERS[style].encode(_checked(value))
        if style is WireStyle.SLASHES:
            text = text.replace("/", r"\/")
        if style not in {WireStyle.RAW, WireStyle.ESCAPED}:
            text = _in_zoom_form(text)
        return text.encode("utf-8")
    except UnicodeEncodeError as error:
        message = f"a lone surrogate (U+{ord(error.object[error.start]):04X}) has no UTF-8 form; remove it"
        raise UnencodableError(message) from None
    except RecursionError:
        raise UnencodableError("the value is nested too deeply or contains itself") from None
    except (TypeError, ValueError) as error:
        raise UnencodableError(f"the value has no JSON form: {error}") from None


def ordered(event: str, envelope: Mapping[str, Any]) -> dict[str, Any]:
    """Return the envelope with its top-level keys in the order Zoom sends them for this event.

    Keys the order does not name follow in the order given. Source: docs/zoom.md#body.
    """
    order = TOP_LEVEL_ORDER.get(event, DEFAULT_TOP_LEVEL_ORDER)
    head = {key: envelope[key] for key in order if key in envelope}
    return head | {key: value for key, value in envelope.items() if key not in head}


def _checked(value: Any) -> Any:
    """Refuse keys that are not text, which the encoder would quietly turn into text."""
    return value if _is_plain(value) else _copied(value)


def _is_plain(value: Any) -> bool:
    """Return whether there is nothing in a value but what the encoder writes as it stands."""
    if type(value) is dict:
        if not _TEXT.issuperset(map(type, value)):
            return False
        items: Iterable[Any] = value.values()
    elif type(value) is list:
        items = value
    else:
        return type(value) in _LEAVES
    # A loop: most items are leaves, and a call for each of them would be most of the time.
    for item in items:  # noqa: SIM110
        if type(item) not in _LEAVES and not _is_plain(item):
            return False
    return True


def _copied(value: Any) -> Any:
    if isinstance(value, Mapping):
        for key in value:
            if not isinstance(key, str):
                raise TypeError(f"the key {key!r} is not text")
        return {key: _copied(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_copied(item) for item in value]
    return value


def _in_zoom_form(text: str) -> str:
    if r"\u00" in text:
        text = _ESCAPE.sub(_upper_case, text)
    if not text.isascii():
        text = _BEYOND_BASIC_PLANE.sub(_surrogate_pair, text)
    return text


def _upper_case(match: re.Match[str]) -> str:
    digits = match[1]
    return match[0] if digits is None else rf"\u{digits.upper()}"


def _surrogate_pair(match: re.Match[str]) -> str:
    offset = ord(match[0]) - 0x10000
    return rf"\u{0xD800 + (offset >> 10):04X}\u{0xDC00 + (offset & 0x3FF):04X}"
