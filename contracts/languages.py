"""Which language and framework a receiver seems to be written in, told by what its answers give away."""

from __future__ import annotations

import re
from enum import StrEnum
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable

    from emitter.core.deliveries import Answer


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


_IN_HEADERS: Final = (
    (re.compile(r"^x-powered-by: express", re.MULTILINE), Language.EXPRESS),
    (re.compile(r"^set-cookie: connect\.sid=", re.MULTILINE), Language.EXPRESS),
    (
        re.compile(r"^(x-powered-by: php|set-cookie: (phpsessid|laravel_session)=)", re.MULTILINE),
        Language.PHP,
    ),
    (re.compile(r"^set-cookie: (csrftoken|sessionid)=", re.MULTILINE), Language.DJANGO),
    (re.compile(r"^server: wsgiserver", re.MULTILINE), Language.DJANGO),
    (re.compile(r"^server: (werkzeug|waitress)", re.MULTILINE), Language.FLASK),
    (re.compile(r"^server: (uvicorn|hypercorn)", re.MULTILINE), Language.FASTAPI),
    (
        re.compile(r"^(server: kestrel|x-powered-by: asp\.net|x-aspnet-version:)", re.MULTILINE),
        Language.CSHARP,
    ),
    (re.compile(r"^set-cookie: \.aspnetcore\.", re.MULTILINE), Language.CSHARP),
    (re.compile(r"^server: (puma|webrick|thin|unicorn|passenger)", re.MULTILINE), Language.RUBY),
    (re.compile(r"^x-runtime: [0-9.]+$", re.MULTILINE), Language.RUBY),
)
"""What a line of the headers, ``name: value`` in lower case, tells; the first that fits counts."""
# Every repetition is bounded: a receiver answers what it likes.
_IN_BODIES: Final = (
    (re.compile(rb"<pre>Cannot (POST|GET|PUT|DELETE) /"), Language.EXPRESS),
    (re.compile(rb"\bat [^()\n]{1,200} \(?[^\s()]{1,300}\.[cm]?js:\d{1,9}:\d"), Language.EXPRESS),
    (re.compile(rb"<!doctype html>\s<html lang=en>\s<title>\d{3} "), Language.FLASK),
    (re.compile(rb"^\{\"detail\":(\"(Not Found|Method Not Allowed)\"|\[\{\"type\":)"), Language.FASTAPI),
    (re.compile(rb"<h1>Not Found</h1><p>The requested resource was not found|DEBUG = True"), Language.DJANGO),
    (re.compile(rb"<b>(Fatal error|Warning|Notice)</b>:|PHP (Fatal error|Warning):"), Language.PHP),
    (re.compile(rb"^404 page not found\n$|goroutine \d{1,9} \[running\]:"), Language.GO),
    (re.compile(rb"\.cs:line \d"), Language.CSHARP),
    (re.compile(rb"\.rb:\d{1,9}:in [`']"), Language.RUBY),
)
"""What the error pages of frameworks look like when nobody changed them."""


def language_of(answers: Iterable[Answer]) -> Language | None:
    """Return the language some answers give away by headers or by a framework's own error page, or None."""
    told = [*answers]
    lines = "\n".join(f"{name}: {value}".lower() for answer in told for name, value in answer.headers)
    for pattern, language in _IN_HEADERS:
        if pattern.search(lines):
            return language
    for content, language in _IN_BODIES:
        if any(content.search(answer.body) for answer in told):
            return language
    return None
