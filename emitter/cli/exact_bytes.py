"""A file or standard input, byte for byte: what signatures cover must not pass through any text layer."""

from __future__ import annotations

import sys
from pathlib import Path

from emitter.errors import InvalidSettingError


def exact_bytes(name: str) -> bytes:
    """Return the content of a file, or of standard input where the name is ``-``.

    Raises:
        InvalidSettingError: It cannot be read.
    """
    try:
        if name != "-":
            return Path(name).read_bytes()
        if sys.stdin.isatty():
            sys.stderr.write("reading from the terminal; an end-of-file ends it\n")
        return sys.stdin.buffer.read()
    except OSError as error:
        raise InvalidSettingError(f"cannot read {name}: {error.strerror}; name a readable file") from None
