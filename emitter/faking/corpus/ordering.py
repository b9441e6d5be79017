"""Lines in the order of arrival, whatever order they come in, with memory for a part of them only.

Lines are kept by stretches of time. A stretch is written out as soon as nothing more can arrive in it; those
that wait and are large are kept on the disk meanwhile.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


_LINES_A_STRETCH: Final = 1024
_MOST_WAITING_BYTES: Final = 4 << 20
_TIME_BYTES: Final = 13
_KEY_BYTES: Final = _TIME_BYTES + 12 + 6 + 3


def keyed(*, received_ms: int, story: int, number: int, attempt: int, line: bytes) -> bytes:
    """Return a line with what orders it in front: arrival, story, place in it, attempt."""
    return b"%013d%012d%06d%03d%b" % (received_ms, story, number, attempt, line)


def received_ms_of(line: bytes) -> int:
    """Return when a keyed line arrives, milliseconds since the epoch."""
    return int(line[:_TIME_BYTES])


def without_key(line: bytes) -> bytes:
    """Return a keyed line without what orders it."""
    return line[_KEY_BYTES:]


class Ordering:
    """Puts keyed lines in order.

    Args:
        folder: For what does not fit into memory; made when it is needed.
        start_ms: When the period begins.
        span_ms: How long it is.
        lines: How many lines there are about.
    """

    def __init__(self, folder: Path, *, start_ms: int, span_ms: int, lines: int) -> None:
        self._folder = folder
        self._start_ms = start_ms
        self._stretch_ms = max(1, span_ms * _LINES_A_STRETCH // max(1, lines))
        self._waiting: dict[int, list[bytes]] = {}
        self._waiting_bytes = 0
        self._on_disk: set[int] = set()

    def add(self, lines: list[bytes], *, from_ms: int | None = None) -> None:
        """Take keyed lines in any order; not those that were written out before nothing came before a time.

        Args:
            lines: The lines.
            from_ms: What `written_until` said of that time, milliseconds since the epoch.
        """
        for line in lines:
            received_ms = received_ms_of(line)
            if from_ms is not None and received_ms < from_ms:
                continue
            stretch = (received_ms - self._start_ms) // self._stretch_ms
            self._waiting.setdefault(stretch, []).append(line)
            self._waiting_bytes += len(line)
        if self._waiting_bytes > _MOST_WAITING_BYTES:
            self._put_aside()

    def written_until(self, time_ms: int) -> int:
        """Return before when `until` with a time gave every line, milliseconds since the epoch."""
        return self._start_ms + (time_ms - self._start_ms) // self._stretch_ms * self._stretch_ms

    def until(self, time_ms: int | None) -> Iterator[list[bytes]]:
        """Yield the keyed lines that arrive before a time nothing more can come before.

        Args:
            time_ms: Milliseconds since the epoch; None for all that is left.
        """
        ready = self._waiting.keys() | self._on_disk
        if time_ms is not None:
            ready = {stretch for stretch in ready if stretch < (time_ms - self._start_ms) // self._stretch_ms}
        for stretch in sorted(ready):
            lines = self._waiting.pop(stretch, [])
            self._waiting_bytes -= sum(map(len, lines))
            lines += self._taken_back(stretch)
            lines.sort()
            yield lines

    def _put_aside(self) -> None:
        self._folder.mkdir(parents=True, exist_ok=True)
        for stretch, lines in self._waiting.items():
            with self._path(stretch).open("ab") as file:
                file.writelines(lines)
        self._on_disk |= self._waiting.keys()
        self._waiting.clear()
        self._waiting_bytes = 0

    def _taken_back(self, stretch: int) -> list[bytes]:
        if stretch not in self._on_disk:
            return []
        self._on_disk.remove(stretch)
        path = self._path(stretch)
        with path.open("rb") as file:
            lines = file.readlines()
        path.unlink()
        return lines

    def _path(self, stretch: int) -> Path:
        return self._folder / f"{stretch}.arrivals"
