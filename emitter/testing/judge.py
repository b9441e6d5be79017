"""The judge as a process of its own, asked in JSON lines; see `contracts.cli.conversation`, the other end.

A repository may have a package named as the judge's is, and a run that asks nothing imports nothing.
"""

from __future__ import annotations

import base64
import json
import os
import subprocess
import sys
import tempfile
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import emitter
from emitter.errors import EmitterError, UsageError

if TYPE_CHECKING:
    from emitter.delivery.transport import Exchange, Transport

_PROGRAM: Final = "contracts.cli.conversation"
_SHOWN_CHARS: Final = 4_000
_GRACE_S: Final = 5.0
_USAGE: Final = 2


class JudgeError(EmitterError):
    """The judge cannot answer, and why."""


class Judge:
    """The process, started by the first question. One question at a time.

    Args:
        folder: Where it looks for settings; the current one where none is given.
    """

    def __init__(self, folder: Path | None = None) -> None:
        self._folder = folder
        self._process: subprocess.Popen[str] | None = None
        self._errors: Any = None

    def ask(self, question: dict[str, Any], *, transport: Transport | None = None) -> dict[str, Any]:
        """Return the answer to a question.

        Args:
            question: See `contracts.cli.conversation`.
            transport: Sends for the judge, where the receiver is in this process.

        Raises:
            UsageError: An option cannot be used.
            JudgeError: It cannot answer.
        """
        answer = self._exchanged(question)
        while "call" in answer:
            answer = self._exchanged(_called(answer["call"], transport))
        if "error" in answer:
            kind = UsageError if answer.get("status") == _USAGE else JudgeError
            raise kind(answer["error"])
        return answer

    def close(self) -> None:
        """End the process."""
        if self._process and self._process.stdin and self._process.stdout:
            self._process.stdin.close()
            try:
                self._process.wait(_GRACE_S)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()
            self._process.stdout.close()
            self._errors.close()
            self._process = None

    def _exchanged(self, line: dict[str, Any]) -> dict[str, Any]:
        process = self._started()
        assert process.stdin and process.stdout  # noqa: S101, PT018 - for the type checker
        try:
            process.stdin.write(json.dumps(line) + "\n")
            process.stdin.flush()
            return dict(json.loads(process.stdout.readline()))
        except (OSError, ValueError):
            self._errors.seek(0)
            said = self._errors.read().decode("utf-8", "replace")[-_SHOWN_CHARS:]
            message = f"the judge's process ended; this is a defect of zoom-emitter\n{said}"
            self.close()
            raise JudgeError(message) from None

    def _started(self) -> subprocess.Popen[str]:
        if self._process is None:
            self._errors = tempfile.TemporaryFile()  # noqa: SIM115 - as long as the process
            # The package the judge is in stands first, whatever the repository has of the same name.
            paths = [str(Path(emitter.__file__).parents[1]), *filter(None, [os.environ.get("PYTHONPATH")])]
            self._process = subprocess.Popen(  # noqa: S603 - our own program
                [sys.executable, "-P", "-m", _PROGRAM],
                env={**os.environ, "PYTHONPATH": os.pathsep.join(paths), "PYTHONUTF8": "1"},
                cwd=self._folder,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=self._errors,
                encoding="utf-8",
            )
        return self._process


def _called(call: dict[str, Any], transport: Transport | None) -> dict[str, Any]:
    """Send a request of the judge's and return what came of it."""
    from emitter.core.request import SignedRequest  # noqa: PLC0415 - not for a receiver at a URL

    if transport is None:
        raise JudgeError("the judge asked for a call, but the receiver is not in this process")
    headers = tuple((name, value) for name, value in call["headers"])
    request = SignedRequest(url=call["url"], headers=headers, body=base64.b64decode(call["body"]))
    return _exchange_value(transport.send(request, timeout_s=call["timeout_s"]))


def _exchange_value(exchange: Exchange) -> dict[str, Any]:
    outcome, answer, timing = exchange.outcome, exchange.answer, exchange.timing
    return {
        "outcome": [outcome.kind, outcome.status, outcome.code, outcome.detail],
        "answer": answer
        and {
            "status": answer.status,
            "headers": [[name, value] for name, value in answer.headers],
            "body": base64.b64encode(answer.body).decode(),
            "is_cut": answer.is_cut,
        },
        "timing": asdict(timing),
    }
