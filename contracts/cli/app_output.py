"""What an app inside this process prints and logs, held back: it would bury the report."""

from __future__ import annotations

import io
import sys
from collections import deque
from contextlib import contextmanager
from typing import TYPE_CHECKING

from contracts.cli.starting import SHOWN_LINES
from emitter.core.secrets import MASK

if TYPE_CHECKING:
    from collections.abc import Iterator

    from emitter.core.secrets import SecretToken


class AppOutput(io.TextIOBase):
    """Stands in for stderr while the app is imported and called, and keeps the last lines.

    What is printed to stdout comes here too, see `emitter.delivery.inprocess.answering.Aside`.

    Args:
        secret_token: Not to be shown.
    """

    def __init__(self, secret_token: SecretToken) -> None:
        super().__init__()
        self._secret_token = secret_token
        self._lines: deque[str] = deque(maxlen=SHOWN_LINES)
        self._begun = ""

    @contextmanager
    def held_back(self) -> Iterator[None]:
        """Keep what goes to stderr meanwhile; a logger that is made now keeps coming here."""
        stderr, sys.stderr = sys.stderr, self
        try:
            yield
        finally:
            sys.stderr = stderr

    def writable(self) -> bool:
        """It is written to."""
        return True

    def write(self, text: str, /) -> int:
        """Keep a text."""
        *lines, self._begun = (self._begun + text).split("\n")
        self._lines.extend(lines)
        return len(text)

    def output(self) -> list[str]:
        """Return the last lines, without the secret token."""
        lines = [*self._lines, *([self._begun] if self._begun else [])]
        return [line.replace(self._secret_token.reveal(), MASK) for line in lines[-SHOWN_LINES:]]
