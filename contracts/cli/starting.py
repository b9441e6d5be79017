"""A receiver that the run starts and stops: with a secret token made for it, on a free port."""

from __future__ import annotations

import contextlib
import os
import secrets
import signal
import socket
import subprocess
import sys
import tempfile
import threading
from typing import IO, TYPE_CHECKING, Final, Self

from contracts.greeting import NoReceiverError
from emitter.core.secrets import MASK, SecretToken
from emitter.core.targets import parse_target
from emitter.delivery.clock import monotonic_ms
from emitter.delivery.secret_sources import VARIABLES
from emitter.errors import InvalidSettingError
from emitter.testing.zoom_api import VARIABLE as ZOOM_API_VARIABLE

if TYPE_CHECKING:
    from emitter.core.targets import Target

WAIT: Final = "30s"
"""How long it is waited for unless ``--wait`` says otherwise."""
SHOWN_LINES: Final = 40
"""How much of its output is shown where something is wrong."""
_LOCALHOST: Final = ("127.0.0.1", "::1")
_STEP_S: Final = 0.05
_GRACE_S: Final = 5.0
_GROUP_GRACE_S: Final = 1.0
_CONNECT_S: Final = 1.0


def free_port() -> int:
    """Return a port that nothing listens on now."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port: int = taken.getsockname()[1]
        return port


def made_secret() -> SecretToken:
    """Return a secret token as Zoom's look, 22 characters."""
    return SecretToken(secrets.token_urlsafe(16))


class StartedReceiver:
    """A receiver's processes, from entering to leaving.

    Args:
        command: For the shell.
        url: Where it will listen; the port is given to it as ``PORT``.
        secret_token: Given to it under every name that receivers look for.
        secret_variable: Given to it under this name too; may be empty.
        zoom_api_url: Where it finds Zoom's API, given to it as ``ZOOM_API_URL``; empty leaves that as it is.

    Raises:
        InvalidSettingError: On entering: something listens there already, or there is no such shell.
    """

    def __init__(
        self,
        command: str,
        *,
        url: str,
        secret_token: SecretToken,
        secret_variable: str = "",
        zoom_api_url: str = "",
    ) -> None:
        self._command = command
        self._zoom_api = {ZOOM_API_VARIABLE: zoom_api_url} if zoom_api_url else {}
        self._target = parse_target(url)
        self._secret_token = secret_token
        self._secret_variables = [*VARIABLES, *filter(None, [secret_variable])]
        self._never = threading.Event()

    def __enter__(self) -> Self:
        if _listens(self._target):
            raise InvalidSettingError(
                f"something listens at {self._target.shown} already; stop it, or give another port"
            )
        self._output: IO[bytes] = tempfile.TemporaryFile()
        try:
            self._process = subprocess.Popen(  # noqa: S602 - a command line that the user wrote for the shell
                self._command,
                shell=True,
                env={
                    **os.environ,
                    **dict.fromkeys(self._secret_variables, self._secret_token.reveal()),
                    **self._zoom_api,
                    "PORT": str(self._target.port),
                },
                stdin=subprocess.DEVNULL,
                stdout=self._output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        except OSError as error:
            self._output.close()
            raise InvalidSettingError(f"cannot start {self._command!r}: {error.strerror}") from None
        return self

    def __exit__(self, *_: object) -> None:
        try:
            self._stop()
        finally:
            self._output.close()

    def wait_until_listening(self, wait_s: float) -> None:
        """Return once it takes connections.

        Raises:
            NoReceiverError: It ended instead, or the time is up.
        """
        until_ms = monotonic_ms() + wait_s * 1000
        while not _listens(self._target):
            status = self._process.poll()
            if status is not None:
                raise NoReceiverError(
                    f"{self._command!r} ended with status {status} and does not listen at "
                    f"{self._target.shown}; its output is above"
                )
            if monotonic_ms() >= until_ms:
                raise NoReceiverError(
                    f"{self._command!r} does not listen at {self._target.shown} after {wait_s:g} s; let it "
                    "listen on the port in PORT, or give its URL, or a longer --wait"
                )
            self._never.wait(_STEP_S)

    def output(self) -> list[str]:
        """Return the last lines it wrote, without the secret token."""
        self._output.seek(0)
        lines = self._output.read().decode("utf-8", "replace").splitlines()
        return [line.replace(self._secret_token.reveal(), MASK) for line in lines[-SHOWN_LINES:]]

    def _stop(self) -> None:
        """End every process it started: politely first, then not."""
        if sys.platform == "win32":
            taskkill = ["taskkill", "/T", "/F", "/PID", str(self._process.pid)]
            subprocess.run(taskkill, capture_output=True, check=False)  # noqa: S603 - the system's own
            self._process.wait()
            return
        self._signal(signal.SIGTERM)
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(_GRACE_S)
        until_ms = monotonic_ms() + _GROUP_GRACE_S * 1000
        while self._signal(0) and monotonic_ms() < until_ms:
            self._never.wait(_STEP_S)
        self._signal(signal.SIGKILL)
        self._process.wait()

    def _signal(self, number: int) -> bool:
        """Signal the whole group; return whether anyone is left in it."""
        try:
            os.killpg(self._process.pid, number)
        except (ProcessLookupError, PermissionError):
            return False
        return True


def _listens(target: Target) -> bool:
    hosts = _LOCALHOST if target.host == "localhost" else (target.host,)
    for host in hosts:
        with contextlib.suppress(OSError), socket.create_connection((host, target.port), timeout=_CONNECT_S):
            return True
    return False
