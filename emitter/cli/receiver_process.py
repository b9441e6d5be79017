"""The sample receiver as a process of its own, stopped whatever happens to the command that started it."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Final, Self

import emitter
from emitter.errors import EmitterError

if TYPE_CHECKING:
    from emitter.core.secrets import SecretToken

_READY: Final = "listening on "
_STOP_GRACE_S: Final = 5.0


class ReceiverProcess:
    """Starts when it is entered, listens on a free port, and is gone when it is left.

    It reads no settings file and no ``ZOOM_…`` variable of the caller's, so that nothing but its options
    decides what it does.

    Args:
        secret_token: Its secret token, handed over in its environment.
        options: Further options of ``zoom-emitter sample-receiver``.
    """

    def __init__(self, secret_token: SecretToken, *options: str) -> None:
        self._secret_token = secret_token
        self._options = options
        self._open = ExitStack()

    def __enter__(self) -> Self:
        with self._open as opened:
            folder = opened.enter_context(tempfile.TemporaryDirectory(prefix="zoom-emitter-"))
            self._process = subprocess.Popen(  # noqa: S603 - our own program and options
                [sys.executable, "-m", "emitter", "sample-receiver", "--port", "0", *self._options],
                cwd=folder,
                env=_environment(self._secret_token),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                encoding="utf-8",
            )
            opened.enter_context(self._process)
            opened.callback(self._stop)
            self._open = opened.pop_all()
        return self

    def __exit__(self, *_: object) -> None:
        self._open.close()

    def wait_until_ready(self) -> str:
        """Return its URL once it listens.

        Raises:
            EmitterError: It ended instead.
        """
        line = self._process.stdout.readline() if self._process.stdout else ""
        if not line.startswith(_READY):
            said = self._process.stderr.read().strip() if self._process.stderr else ""
            raise EmitterError(
                f"the sample receiver did not start: {said or line.strip() or 'no reason given'}"
            )
        return line.removeprefix(_READY).strip()

    def _stop(self) -> None:
        self._process.terminate()
        try:
            self._process.wait(_STOP_GRACE_S)
        except subprocess.TimeoutExpired:
            self._process.kill()


def _environment(secret_token: SecretToken) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.upper().startswith("ZOOM_")}
    # The process starts in an empty folder, from which this very package must be found again.
    paths = [str(Path(emitter.__file__).parents[1]), *filter(None, [os.environ.get("PYTHONPATH")])]
    return {
        **kept,
        "PYTHONPATH": os.pathsep.join(paths),
        "PYTHONUTF8": "1",
        "ZOOM_WEBHOOK_SECRET_TOKEN": secret_token.reveal(),
    }
