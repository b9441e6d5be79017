"""Texts that break careless receivers: each kind of character that a parser, a database or a page may lose.

Most are what people write, and then Zoom sends them. Of the escapes only those beyond the basic plane were
seen on the wire (docs/zoom.md#body). None holds NUL.
"""

# ruff: noqa: RUF001 - telling look-alikes apart is what these texts are for
from __future__ import annotations

from typing import Final, NamedTuple

LONG_CHARS: Final = 2_000
LONG_TEXT: Final = ("All work and no play – " * LONG_CHARS)[:LONG_CHARS]


class Text(NamedTuple):
    """A text to put where people write.

    Attributes:
        name: What a variant's name says, as ``text-emoji``.
        title: What is in it, in words.
        text: The text.
        is_plausible: Whether people write such, so that Zoom would send it.
        is_prose: Whether only texts of several lines hold such, so that names do not.
    """

    name: str
    title: str
    text: str
    is_plausible: bool = True
    is_prose: bool = False


TEXTS: Final = (
    Text(
        "basic-plane",
        "accents and scripts of the basic plane",
        "Größe – “ça va” naïve Œuvre łódź Привет Ελλάδα 価格の確認 가격 ₪ € ½ ✅",
    ),
    Text(
        "emoji",
        "emoji beyond the basic plane, joined, with skin tones, and flags",
        "🚀🦩 👩‍💻 👍🏽 🇩🇪 🏴󠁧󠁢󠁳󠁣󠁴󠁿 ❤️‍🔥 𝄞 𠮷",
    ),
    Text(
        "right-to-left",
        "Arabic and Hebrew with digits, Latin words and marks of direction",
        "سؤال ممتاز 12:30 עם CRM — \u200fאבג\u200e (abc) \u2067מחיר\u2069",
    ),
    Text(
        "combining-marks",
        "letters whose marks are characters of their own",
        "e\u0301 n\u0303 A\u030a o\u0323\u0302 \u1112\u1161\u11ab अगला क्षि ที่ดี x\u0336\u0489",
    ),
    Text(
        "line-separators",
        "the separators U+2028 and U+2029, which JSON holds and old JavaScript does not",
        "before\u2028after\u2029end\u0085.",
    ),
    Text(
        "quotes-and-backslashes",
        "quotes, backslashes, and what only looks like an escape",
        'She said "no", \'maybe\', `C:\\new\\table` \\u0041 \\" {"a":[1]} \\',
    ),
    Text(
        "slashes-and-markup",
        "slashes, ampersands, tags and placeholders",
        "a/b // https://example.com/?q=1&r=2%2F+3 <b>&amp;</b> </script> {{x}} ${y} %s",
    ),
    Text(
        "white-space",
        "spaces of several widths, at both ends too, and some of no width",
        " a\u00a0b\u2003c  d\u200be\ufefff ",
    ),
    Text(
        "line-ends",
        "line ends of each system, and tabs",
        "first\nsecond\r\nthird\rfourth\tfifth\n\n- sixth",
        is_prose=True,
    ),
    Text(
        "long",
        f"{LONG_CHARS} characters",
        LONG_TEXT,
        is_prose=True,
    ),
    Text(
        "controls",
        "control characters, all but NUL, that JSON escapes, and DEL, which it does not",
        "".join(map(chr, range(1, 32))) + "\x7f",
        is_plausible=False,
    ),
    Text(
        "plane-borders",
        "the first and the last characters of planes, among them some that are no characters",
        "\ud7ff\ue000\ufffd\ufffe\uffff\U00010000\U0010ffff",
        is_plausible=False,
    ),
)
"""Every kind of text, the likeliest first."""


def fitted(text: str, *, fewest: int, most: float) -> str:
    """Return the text cut or repeated, so that it has at least `fewest` and at most `most` characters."""
    if len(text) < fewest:
        text = (text * (fewest // len(text) + 1))[: max(fewest, len(text))]
    return text if len(text) <= most else text[: int(most)]
