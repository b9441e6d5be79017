"""Compressed files: gzip of the standard library, zstd where its library is installed."""

from __future__ import annotations

import gzip
import io
from typing import IO, TYPE_CHECKING, Final, Protocol, cast

from emitter.errors import InvalidSettingError

if TYPE_CHECKING:
    from pathlib import Path
    from types import ModuleType

SUFFIXES: Final = {"none": "", "gzip": ".gz", "zstd": ".zst"}
"""What the name of a compressed file ends in."""

_GZIP_LEVEL: Final = 6
_ZSTD_LEVEL: Final = 1


class Sink(Protocol):
    """What bytes are written to."""

    def write(self, data: bytes, /) -> object:
        """Write all of the bytes."""

    def close(self) -> None:
        """Finish; what is below stays open."""


def compressing(sink: Sink, compress: str) -> Sink:
    """Return what compresses into a sink; the same bytes give the same bytes, with no name or time in them.

    Raises:
        InvalidSettingError: The library for zstd is not there.
    """
    if compress == "gzip":
        below = cast("IO[bytes]", sink)
        return cast("Sink", gzip.GzipFile("", "wb", compresslevel=_GZIP_LEVEL, fileobj=below, mtime=0))
    # Its own thread compresses while the next piece is made; the bytes do not depend on how many there are.
    compressor = _zstandard().ZstdCompressor(level=_ZSTD_LEVEL, threads=1)
    return cast("Sink", compressor.stream_writer(sink, closefd=False))


def check(compress: str) -> None:
    """Refuse a compression whose library is not there.

    Raises:
        InvalidSettingError: With what to install.
    """
    if compress == "zstd":
        _zstandard()


def opened(path: Path) -> IO[bytes]:
    """Return a file to read what it holds, uncompressed."""
    if path.suffix == ".gz":
        return cast("IO[bytes]", gzip.open(path, "rb"))
    if path.suffix == ".zst":
        reader = (
            _zstandard()
            .ZstdDecompressor()
            .stream_reader(path.open("rb"), read_across_frames=True, closefd=True)
        )
        return io.BufferedReader(reader)
    return path.open("rb")


def _zstandard() -> ModuleType:
    try:
        import zstandard  # noqa: PLC0415 - an extra
    except ImportError:
        message = "zstd wants the zstandard library; install zoom-webhook-emitter[zstd], or use gzip"
        raise InvalidSettingError(message) from None
    return zstandard
