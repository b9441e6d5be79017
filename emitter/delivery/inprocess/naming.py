"""How an app is named: ``module:app``, ``package.module:create_app()``, ``module:app/webhooks/zoom``."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final, Self

_FORM: Final = re.compile(
    r"(?P<module>[^\W\d]\w*(?:\.[^\W\d]\w*)*):(?P<attribute>[^\W\d]\w*(?:\.[^\W\d]\w*)*)"
    r"(?P<is_called>\(\))?(?P<path>/.*)?"
)
SERVED_AT: Final = "http://localhost:8000"
"""Where commands that reproduce a finding take the app to be served; nothing listens there meanwhile."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AppName:
    """Which app, and the path its webhooks come to.

    Attributes:
        module: Is imported.
        attribute: Is looked up there.
        is_called: Whether that is a function that makes the app.
        path: What requests are for.
    """

    module: str
    attribute: str
    is_called: bool = False
    path: str = "/"

    @classmethod
    def of(cls, text: str) -> Self | None:
        """Return the app that a text names, or None where it is a URL or a receiver's name."""
        found = _FORM.fullmatch(text)
        if not found or "://" in text:
            return None
        return cls(
            module=found["module"],
            attribute=found["attribute"],
            is_called=bool(found["is_called"]),
            path=found["path"] or "/",
        )

    @property
    def url(self) -> str:
        """What the app is told it was asked under."""
        return SERVED_AT + self.path

    def __str__(self) -> str:
        called = "()" if self.is_called else ""
        return f"{self.module}:{self.attribute}{called}{'' if self.path == '/' else self.path}"
