"""How to mend a receiver: in words, and in a few lines of the language it seems to be written in.

The lines stand in ``contracts/mending/``, one page a remedy and one block a language.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from importlib.resources import files
from typing import TYPE_CHECKING, Final

from contracts.languages import Language

if TYPE_CHECKING:
    from collections.abc import Mapping

_BLOCK: Final = re.compile(r"^## ([^\n]+)\n\n```\w+\n(.*?)\n```$", re.MULTILINE | re.DOTALL)


@dataclass(frozen=True, slots=True)
class Remedy:
    """What to do.

    Attributes:
        words: One or two sentences that hold for every language.
        code: At most three lines each, by language.
    """

    words: str
    code: Mapping[Language, str] = field(default_factory=dict)

    def text(self, language: Language | None) -> str:
        """Return the words, and the lines of code where there are some for the language."""
        lines = self.code.get(language) if language else None
        return f"{self.words}\n{lines}" if lines else self.words

    def saying(self, words: str) -> Remedy:
        """Return the same lines of code under other words."""
        return Remedy(words, self.code)


def lines_of(page: str) -> Mapping[Language, str]:
    """Return the blocks of a page of ``contracts/mending/`` by language."""
    text = files("contracts").joinpath("mending", f"{page}.md").read_text(encoding="utf-8")
    return {Language(match[1]): match[2] for match in _BLOCK.finditer(text)}


VERIFY_FIRST: Final = Remedy(
    "Before anything else, compute HMAC-SHA256 over v0:TIMESTAMP:BODY with the raw bytes of the body, "
    "compare it with x-zm-signature in constant time, and answer 401 where it differs or is missing.",
    lines_of("verify-first"),
)
RAW_BODY: Final = Remedy(
    "Sign the bytes that came, not JSON that was parsed and written again: take the raw body before any "
    "parser does.",
    lines_of("raw-body"),
)
ACKNOWLEDGE_FIRST: Final = Remedy(
    "Answer 204 as soon as the signature is verified and the event is stored, and work on it afterwards; let "
    "no field that is optional in the document decide whether the handler fails.",
    lines_of("acknowledge-first"),
)
ANSWER_CHALLENGE: Final = Remedy(
    "Answer endpoint.url_validation with status 200 and the JSON object of plainToken and encryptedToken, "
    "computed anew each time; `zoom-emitter validate-url` tells over fifty wrong answers apart.",
    lines_of("answer-challenge"),
)
CHECK_FRESHNESS: Final = Remedy(
    "Compare the timestamp with the clock on both sides, five minutes each, once it is known to be a number. "
    "A retry has a new timestamp, so this loses nothing.",
    lines_of("check-freshness"),
)
REQUIRE_SECRET: Final = Remedy(
    "Read the secret token once, and do not start without it.", lines_of("require-secret")
)
READ_CAREFULLY: Final = Remedy(
    "Once the signature is verified, parse the body, and answer 400 where it is no JSON object with the "
    "fields you need.",
    lines_of("read-carefully"),
)
HIDE_TRACES: Final = Remedy(
    "Turn the debug mode off and write failures to a log; the sender needs the status only.",
    lines_of("hide-traces"),
)
EXEMPT_FROM_CSRF: Final = Remedy(
    "Exempt the handler from CSRF and login checks; the signature takes their place.",
    lines_of("exempt-from-csrf"),
)
SPLIT_CREDENTIALS_ONCE: Final = Remedy(
    "A user name holds no colon, a password may hold several: split at the first one only.",
    lines_of("split-credentials-once"),
)
