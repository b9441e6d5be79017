"""The files of a corpus as they are written: counted, hashed, compressed."""

from __future__ import annotations

import hashlib
from collections import OrderedDict
from typing import TYPE_CHECKING, Final, NamedTuple

from emitter.faking.corpus.compression import SUFFIXES, compressing, opened

if TYPE_CHECKING:
    from pathlib import Path
    from typing import IO

    from emitter.faking.corpus.compression import Sink
    from emitter.faking.corpus.formats import Framing

MOST_OPEN: Final = 48
"""How many files are open at a time; an older one is opened again when it goes on."""

_READ_BYTES: Final = 1 << 20


class FileEntry(NamedTuple):
    """A finished file.

    Attributes:
        path: Where it is, relative to the folder of the corpus, with ``/``.
        events: How many events or deliveries it tells of; 0 where it is about none.
        size: How many bytes it has.
        sha256: Their SHA-256, 64 digits.
        content_sha256: That of what it holds, uncompressed: compressed bytes differ between libraries.
    """

    path: str
    events: int
    size: int
    sha256: str
    content_sha256: str


Sizes = dict[str, FileEntry]
"""How far files have come, by path. What they hold is hashed again when they are taken up."""


class Outputs:
    """Files below a folder, written piece by piece.

    Args:
        folder: Where they are; made as needed.
        framing: What stands around and between their pieces.
        compress: How they are compressed.
    """

    def __init__(self, folder: Path, *, framing: Framing, compress: str = "none") -> None:
        self._folder = folder
        self._framing = framing
        self._compress = compress
        self._files: dict[str, _File] = {}
        self._open: OrderedDict[str, _File] = OrderedDict()

    def go_on(self, sizes: Sizes) -> None:
        """Take files up where they were left, cutting off what came after."""
        for path, left in sizes.items():
            file = self._files[path] = _File(self._folder / path, self._compress)
            file.go_on(left)

    def write(self, path: str, data: bytes, events: int) -> None:
        """Add a piece that tells of so many events to a file."""
        path += SUFFIXES[self._compress]
        file = self._files.get(path)
        is_new = file is None
        if file is None:
            file = self._files[path] = _File(self._folder / path, self._compress)
        if path not in self._open:
            if len(self._open) == MOST_OPEN:
                self._open.popitem(last=False)[1].close()
            file.open()
            self._open[path] = file
        else:
            self._open.move_to_end(path)
        file.write((self._framing.head if is_new else self._framing.between) + data)
        file.events += events

    def sizes(self) -> Sizes:
        """Close all files for now, and return how far they have come.

        What is compressed is compressed in parts, so that it can be gone on with; a part ends here.
        """
        self.close()
        return {path: file.entry(path) for path, file in self._files.items()}

    def finish(self) -> list[FileEntry]:
        """Write what ends each file, close all, and return them in the order of their paths."""
        if self._framing.tail:
            for file in self._files.values():
                file.open()
                file.write(self._framing.tail)
        self.close()
        return [file.entry(path) for path, file in sorted(self._files.items())]

    def close(self) -> None:
        """Close what is open, finished or not."""
        for file in self._files.values():
            file.close()
        self._open.clear()


class Separate:
    """Files that are written whole, one after the other.

    Args:
        folder: Where they are; made as needed.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._entries: Sizes = {}

    def write(self, path: str, data: bytes, events: int) -> None:
        """Write a file."""
        target = self._folder / path
        if not self._entries or target.parent != self._folder:
            target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(data)
        digest = hashlib.sha256(data).hexdigest()
        self._entries[path] = FileEntry(path, events, len(data), digest, digest)

    def go_on(self, sizes: Sizes) -> None:
        """Count files that are there as written; a later one may be written again."""
        self._entries = {**sizes}

    def sizes(self) -> Sizes:
        """Return the files so far."""
        return {**self._entries}

    def finish(self) -> list[FileEntry]:
        """Return the files in the order of their paths."""
        return sorted(self._entries.values())

    def close(self) -> None:
        """Do nothing: no file is open."""


class Stream:
    """One file that is not ours to open, such as standard output.

    Args:
        file: Where everything goes.
        framing: What stands around and between the pieces.
        compress: How it is compressed.
    """

    def __init__(self, file: IO[bytes], *, framing: Framing, compress: str = "none") -> None:
        self._framing = framing
        self._below = _Hashed(file)
        self._sink: Sink = self._below if compress == "none" else compressing(self._below, compress)
        self._is_begun = False

    def write(self, path: str, data: bytes, events: int) -> None:  # noqa: ARG002 - as `Outputs`
        """Add a piece."""
        self._sink.write((self._framing.between if self._is_begun else self._framing.head) + data)
        self._is_begun = True

    def go_on(self, sizes: Sizes) -> None:
        """Do nothing: what went out cannot be taken up."""

    def sizes(self) -> Sizes:
        """Return nothing, likewise."""
        return {}

    def finish(self) -> list[FileEntry]:
        """Write what ends the file; it is nobody's in a manifest."""
        self._sink.write(self._framing.tail if self._is_begun else self._framing.head + self._framing.tail)
        if self._sink is not self._below:
            self._sink.close()
        self._below.flush()
        return []

    def close(self) -> None:
        """Leave the file as it is."""


class _File:
    """A file that is written in one go or taken up again and again; hashed throughout."""

    def __init__(self, path: Path, compress: str) -> None:
        self.events = 0
        self.content_size = 0
        self._path = path
        self._compress = compress
        self._content = hashlib.sha256()
        self._raw = hashlib.sha256()
        self._raw_size = 0
        self._below: _Hashed | None = None
        self._sink: Sink | None = None

    def go_on(self, left: FileEntry) -> None:
        """Cut off what came after the file was left, and hash what is in it."""
        with self._path.open("r+b") as file:
            file.truncate(left.size)
            while self._compress != "none" and (block := file.read(_READ_BYTES)):
                self._raw.update(block)
        with opened(self._path) as content:
            while block := content.read(_READ_BYTES):
                self._content.update(block)
                self.content_size += len(block)
        self._raw_size = left.size
        self.events = left.events

    def open(self) -> None:
        """Make sure the file is open at its end."""
        if self._sink is not None:
            return
        is_new = not self.content_size
        if is_new:
            self._path.parent.mkdir(parents=True, exist_ok=True)
        file = self._path.open("wb" if is_new else "ab", buffering=0)
        is_plain = self._compress == "none"
        self._below = _Hashed(file, None if is_plain else self._raw)
        self._sink = self._below if is_plain else compressing(self._below, self._compress)

    def write(self, data: bytes) -> None:
        """Add to the file, which is open."""
        assert self._sink is not None  # noqa: S101 - `Outputs` opens it
        self._sink.write(data)
        self._content.update(data)
        self.content_size += len(data)

    def close(self) -> None:
        """Close the file, if it is open."""
        if self._sink is None or self._below is None:
            return
        if self._sink is not self._below:
            self._sink.close()
        self._below.close()
        self._raw_size += self._below.size
        self._sink = self._below = None

    def entry(self, path: str) -> FileEntry:
        """Return the finished file."""
        content = self._content.hexdigest()
        if self._compress == "none":
            return FileEntry(path, self.events, self.content_size, content, content)
        return FileEntry(path, self.events, self._raw_size, self._raw.hexdigest(), content)


class _Hashed:
    """A file that is written unbuffered and whole, and hashed where asked for."""

    def __init__(self, file: IO[bytes], sha256: hashlib._Hash | None = None) -> None:
        self.size = 0
        self._file = file
        self._sha256 = sha256

    def write(self, data: bytes) -> int:
        """Write all of the bytes."""
        left = memoryview(data)
        while left:
            left = left[self._file.write(left) or 0 :]
        if self._sha256 is not None:
            self._sha256.update(data)
        self.size += len(data)
        return len(data)

    def flush(self) -> None:
        """Let what is written go its way."""
        self._file.flush()

    def close(self) -> None:
        """Close the file."""
        self._file.close()
