"""The image's health check: `serve` must answer; any other command is well while it runs."""

import os
import sys
import urllib.error
import urllib.request
from http import HTTPStatus
from pathlib import Path

PORT = os.environ.get("ZOOM_EMITTER_SERVE_PORT", "4050")


def is_serving(command_line: bytes) -> bool:
    """Return whether a process, by its arguments as /proc shows them, is the one that serves."""
    return b"serve" in command_line.split(b"\0")


def main() -> int:
    """Return 0 if all is well."""
    if not is_serving(Path("/proc/1/cmdline").read_bytes()):
        return 0
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{PORT}/readyz", timeout=2) as answer:
            return 0 if answer.status == HTTPStatus.OK else 1
    except OSError as error:
        sys.stdout.write(f"{error}\n")  # `docker inspect` shows it
        return 1


if __name__ == "__main__":
    sys.exit(main())
