"""What an answer gives away when nobody meant it to: traces of the stack, and the process's environment."""

from __future__ import annotations

import re
from typing import Final

# Receivers answer what they like, up to 64 KB: every repetition is bounded, so that no text takes long.
_TRACES: Final = (
    ("Python", re.compile(r"Traceback \(most recent call last\)|\.py\", line \d{1,9}, in ")),
    ("Werkzeug", re.compile(r"// Werkzeug Debugger</title>|The debugger caught an exception")),
    ("Django", re.compile(r"seeing this error because you have <code>DEBUG = True")),
    (
        "Node.js",
        re.compile(r"\bat (?:[^()\n]{1,200} \()?(?:file://|node:|/|[A-Z]:\\)[^\s()]{1,300}:\d{1,9}:\d"),
    ),
    ("Java", re.compile(r"\bat [\w$.<>]{1,300}\([\w$]{1,200}\.(?:java|kt|scala):\d")),
    ("PHP", re.compile(r"Stack trace:\s{0,9}(?:<br ?/?>\s{0,9})?#0 |\.php(?:</b>)? on line (?:<b>)?\d")),
    ("Go", re.compile(r"\bgoroutine \d{1,9} \[[\w ,]{1,80}\]:|\.go:\d{1,9} \+0x[0-9a-f]")),
    ("Ruby", re.compile(r"\.rb:\d{1,9}:in [`']")),
    (
        ".NET",
        re.compile(r"\bat [\w.<>`+]{1,300}\([^)\n]{0,300}\) in [^\n]{1,300}:line \d"),
    ),
    ("Rust", re.compile(r"thread '[^'\n]{1,200}' (?:\(\d{1,9}\) )?panicked at ")),
)
_VARIABLES: Final = re.compile(
    r"\b(PATH|HOME|HOSTNAME|PWD|SHLVL|LD_LIBRARY_PATH|PYTHONPATH|VIRTUAL_ENV|NODE_ENV|NODE_VERSION|GOPATH|"
    r"GEM_HOME|JAVA_HOME|RAILS_ENV|APP_KEY|DATABASE_URL|REDIS_URL|SECRET_KEY(?:_BASE)?|AWS_[A-Z_]{1,40}|"
    r"[A-Z_]{0,40}(?:PASSWORD|SECRET_TOKEN)|KUBERNETES_[A-Z_]{1,40}|DOCUMENT_ROOT|SERVER_SOFTWARE)"
    r"(?:[\"']?\s{0,9}(?:=>|[=:])|</t[dh]>\s{0,9}<td)"
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
