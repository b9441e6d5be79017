"""Zoom's own API for a receiver under test: `zoom-emitter serve` as a process of its own, on a free port.

It answers for any id, since events that a test sends are not in its record; what is asked for twice is told
alike. A process, so that neither a test run nor the judge shares its interpreter with what answers.
"""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import tempfile
from contextlib import ExitStack
from pathlib import Path
from typing import Final, Self

import emitter
from emitter.errors import EmitterError

VARIABLE: Final = "ZOOM_API_URL"
"""The variable in which a receiver that is started finds the URL, to use in place of ``https://api.zoom.us``."""
_READY: Final = "serving on "
_GRACE_S: Final = 5.0


class ZoomApiProcess:
    """Answers as Zoom's API from entering to leaving.

    It reads no settings file and no ``ZOOM_…`` variable of the caller's.

    Attributes:
        url: Where it answers, without a slash at the end; known once it is entered, before it listens.
    """

    def __init__(self) -> None:
        self.url = ""
        self._open = ExitStack()

    def __enter__(self) -> Self:
        with self._open as opened:
            folder = opened.enter_context(tempfile.TemporaryDirectory(prefix="zoom-emitter-"))
            port = _free_port()
            self.url = f"http://127.0.0.1:{port}"
            self._process = subprocess.Popen(  # noqa: S603 - our own program and options
                [sys.executable, "-P", "-m", "emitter", "serve", "--port", str(port), *_OPTIONS],
                cwd=folder,
                env=_environment(),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                encoding="utf-8",
            )
            opened.enter_context(self._process)
            opened.callback(self._stop)
            self._open = opened.pop_all()
        return self

    def __exit__(self, *_: object) -> None:
        self._open.close()

    def wait_until_ready(self) -> str:
        """Return the URL once it answers.

        Raises:
            EmitterError: It ended instead.
        """
        line = self._process.stdout.readline() if self._process.stdout else ""
        if not line.startswith(_READY):
            raise EmitterError("Zoom's API did not start; `zoom-emitter serve --answer-any-id` says why")
        return self.url

    def _stop(self) -> None:
        self._process.terminate()
        try:
            self._process.wait(_GRACE_S)
        except subprocess.TimeoutExpired:
            self._process.kill()


_OPTIONS: Final = ("--answer-any-id", "--database", "zoom-api.sqlite", "--workers", "1", "--log", "json")


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port: int = taken.getsockname()[1]
        return port


def _environment() -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.upper().startswith("ZOOM_")}
    # The process starts in an empty folder, from which this very package must be found again.
    paths = [str(Path(emitter.__file__).parents[1]), *filter(None, [os.environ.get("PYTHONPATH")])]
    return {**kept, "PYTHONPATH": os.pathsep.join(paths), "PYTHONUTF8": "1"}
