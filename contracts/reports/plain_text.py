"""A receiver's words made harmless: what no report can hold, or what would act where it is shown."""

from __future__ import annotations

import re
from typing import Final

from contracts.findings import EVERY_EVENT, Finding

_ACTS: Final = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ud800-\udfff\ufeff\ufff9-\uffff]"
)
"""Controls but for tab and line feed, what turns or hides text, lone surrogates, what XML does not allow."""


def plain(text: str) -> str:
    """Return a text with everything that acts written as an escape."""
    return _ACTS.sub(lambda found: f"\\u{ord(found[0]):04x}", text)


def one_line(text: str) -> str:
    """Return a plain text on one line."""
    return " ".join(plain(text).split())


def about(finding: Finding) -> str:
    """Return code, title and event of a finding."""
    event = "" if finding.event == EVERY_EVENT else f" [{finding.event}]"
    return f"{finding.code} {finding.title}{event}"
