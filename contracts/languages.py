"""Which language and framework a receiver seems to be written in, told by its answers' headers."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable

    from emitter.core.request import HeaderPairs


class Language(StrEnum):
    """What remedies have code for."""

    EXPRESS = "Express"
    FLASK = "Flask"
    FASTAPI = "FastAPI"
    DJANGO = "Django"
    PHP = "PHP"
    GO = "Go"
    CSHARP = "C#"
    RUBY = "Ruby"


_TELLING: Final = (
    ("x-powered-by", "express", Language.EXPRESS),
    ("x-powered-by", "php", Language.PHP),
    ("x-powered-by", "asp.net", Language.CSHARP),
    ("server", "werkzeug", Language.FLASK),
    ("server", "wsgiserver", Language.DJANGO),
    ("server", "uvicorn", Language.FASTAPI),
    ("server", "hypercorn", Language.FASTAPI),
    ("server", "kestrel", Language.CSHARP),
    ("server", "puma", Language.RUBY),
    ("server", "webrick", Language.RUBY),
)
"""Header, a part of its value in lower case, and what it tells; the first that fits counts."""


def language_of(answers: Iterable[HeaderPairs]) -> Language | None:
    """Return the language some answers' headers give away, or None."""
    told = {(name.lower(), value.lower()) for headers in answers for name, value in headers}
    for header, part, language in _TELLING:
        if any(name == header and part in value for name, value in told):
            return language
    return None
