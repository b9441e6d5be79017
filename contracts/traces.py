"""What an answer gives away when nobody meant it to: traces of the stack, and the process's environment."""

from __future__ import annotations

import re
from typing import Final

_TRACES: Final = (
    ("Python", re.compile(r"Traceback \(most recent call last\)|File \"[^\"\n]+\.py\", line \d+, in ")),
    ("Werkzeug", re.compile(r"<title>[^<]*// Werkzeug Debugger</title>|The debugger caught an exception")),
    ("Django", re.compile(r"You(?:'|&#x27;|&#39;)re seeing this error because you have <code>DEBUG = True")),
    ("Node.js", re.compile(r"\bat (?:[\w.<>\[\] $]+ \()?(?:file://|node:|/|[A-Z]:\\)[^\s()]*:\d+:\d+\)?")),
    ("Java", re.compile(r"\bat [\w$.]+\.[\w$<>]+\([\w$]+\.(?:java|kt|scala):\d+\)")),
    (
        "PHP",
        re.compile(
            r"Stack trace:\s*(?:<br ?/?>)?\s*#0 |in (?:<b>)?/[^\s<]+\.php(?:</b>)? on line (?:<b>)?\d+"
        ),
    ),
    ("Go", re.compile(r"\bgoroutine \d+ \[[\w ,]+\]:|/[^\s:]+\.go:\d+ \+0x[0-9a-f]+")),
    ("Ruby", re.compile(r"[\w/.-]+\.rb:\d+:in [`'][^`'\n]+'")),
    (".NET", re.compile(r"\bat [\w.<>`+]+\([^)\n]*\) in [^\n]+:line \d+|HEADERS\s*=======")),
    ("Rust", re.compile(r"thread '[^'\n]+' (?:\(\d+\) )?panicked at ")),
)
_VARIABLES: Final = re.compile(
    r"\b(PATH|HOME|HOSTNAME|PWD|SHLVL|LD_LIBRARY_PATH|PYTHONPATH|VIRTUAL_ENV|NODE_ENV|NODE_VERSION|GOPATH|"
    r"GEM_HOME|JAVA_HOME|RAILS_ENV|APP_KEY|DATABASE_URL|REDIS_URL|SECRET_KEY(?:_BASE)?|AWS_[A-Z_]+|"
    r"[A-Z_]*(?:PASSWORD|SECRET_TOKEN)|KUBERNETES_[A-Z_]+|DOCUMENT_ROOT|SERVER_SOFTWARE)"
    r"(?:[\"']?\s*(?:=>|[=:])|</t[dh]>\s*<td)"
)
LEAST_VARIABLES: Final = 3
"""So many names of variables, each with a value behind it, are an environment and no coincidence."""


def trace_in(text: str) -> str | None:
    """Return whose trace of the stack is in a text, or None."""
    return next((language for language, pattern in _TRACES if pattern.search(text)), None)


def variables_in(text: str) -> tuple[str, ...]:
    """Return the names of variables that a text gives away with their values; none unless several."""
    names = tuple(dict.fromkeys(match[1] for match in _VARIABLES.finditer(text)))
    return names if len(names) >= LEAST_VARIABLES else ()
