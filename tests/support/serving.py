"""`zoom-emitter serve` as a process of its own."""

from __future__ import annotations

import os
import subprocess
import sys
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.support.api import ENVIRON, Api
from tests.support.postgres import place_text

ENDS_WITHIN_S = 20


@dataclass
class Serving:
    """A process that serves, what it says on stdout when ready, and the file of its stderr."""

    process: subprocess.Popen[str]
    line: str
    stderr: Path

    @property
    def api(self) -> Api:
        return Api(self.line.removeprefix("serving on ").strip().rstrip("/"))

    def ended_by(self, signal):
        """Send a signal, wait for the end, and return the exit status and the rest of stdout."""
        self.process.send_signal(signal)
        rest, _ = self.process.communicate(timeout=ENDS_WITHIN_S)
        return self.process.returncode, rest

    @property
    def log(self) -> str:
        return self.stderr.read_text(encoding="utf-8")


@contextmanager
def serving(folder, *options, environ=ENVIRON, port=0, database=None):
    """Run the command, its record in the folder or where it is said; it is killed if it still runs."""
    stderr = Path(folder) / f"stderr-{len(list(Path(folder).glob('stderr-*')))}.txt"
    place = place_text(database or Path(folder) / "record.sqlite")
    command = [sys.executable, "-m", "emitter", "serve", "--port", str(port), "--database", place]
    with stderr.open("wb") as error_file:
        process = subprocess.Popen(
            [*command, *options],
            env=os.environ | environ,
            cwd=folder,
            stdout=subprocess.PIPE,
            stderr=error_file,
            text=True,
            encoding="utf-8",
        )
    with process:
        try:
            yield Serving(process, process.stdout.readline() if process.stdout else "", stderr)
        finally:
            process.kill()
