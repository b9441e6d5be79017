"""Bodies that failed, kept from run to run: they are sent first the next time."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from pathlib import Path

MOST_KEPT: Final = 5
"""So many a check and event; the oldest go first."""


class KeptBodies:
    """Failing bodies of one receiver, a file each. A folder that cannot be used keeps nothing, silently.

    Args:
        folder: Where receivers have their folders; made when something is kept.
        receiver: The receiver's URL, of which only a digest is kept.
    """

    def __init__(self, folder: Path, *, receiver: str) -> None:
        self._folder = folder / hashlib.sha256(receiver.encode()).hexdigest()[:16]

    def bodies(self, code: str, event: str) -> list[bytes]:
        """Return what failed a check with an event, the oldest first."""
        try:
            return [path.read_bytes() for path in self._paths(code, event)]
        except OSError:
            return []

    def keep(self, code: str, event: str, body: bytes) -> None:
        """Keep a body that failed."""
        folder = self._folder / code / _name_of(event)
        try:
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            (folder / f"{_digest(body)}.body").write_bytes(body)
            for path in self._paths(code, event)[:-MOST_KEPT]:
                path.unlink(missing_ok=True)
        except OSError:
            return

    def drop(self, code: str, event: str, body: bytes) -> None:
        """Forget a body that fails no more."""
        path = self._folder / code / _name_of(event) / f"{_digest(body)}.body"
        try:
            path.unlink(missing_ok=True)
        except OSError:
            return

    def _paths(self, code: str, event: str) -> list[Path]:
        folder = self._folder / code / _name_of(event)
        return sorted(folder.glob("*.body"), key=lambda path: (path.stat().st_mtime_ns, path.name))


def _digest(body: bytes) -> str:
    return hashlib.sha256(body).hexdigest()[:16]


def _name_of(event: str) -> str:
    """Return a name that is one of a file on every system."""
    return event if event.replace(".", "").replace("_", "").isalnum() else _digest(event.encode())
