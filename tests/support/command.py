"""Runs the command line inside the test's process, as `zoom-emitter` would run it."""

from __future__ import annotations

import contextlib
import io
import json
import sys
from dataclasses import dataclass
from typing import Any

from emitter.cli.main import run


@dataclass(frozen=True)
class Result:
    """What a command printed, and its exit status."""

    status: int
    out: bytes
    err: str

    @property
    def text(self) -> str:
        return self.out.decode()

    @property
    def json_lines(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.text.splitlines()]


def zoom_emitter(*arguments: str, stdin: bytes = b"") -> Result:
    """Run one command; standard streams are no terminals."""
    out, err = io.BytesIO(), io.BytesIO()
    with (
        contextlib.redirect_stdout(io.TextIOWrapper(out, encoding="utf-8", write_through=True)) as out_text,
        contextlib.redirect_stderr(io.TextIOWrapper(err, encoding="utf-8", write_through=True)) as err_text,
        _standard_input(stdin),
    ):
        try:
            run([*arguments])
        except SystemExit as left:
            status = left.code if isinstance(left.code, int) else 1
        out_text.detach()
        err_text.detach()
    return Result(status, out.getvalue(), err.getvalue().decode())


@contextlib.contextmanager
def _standard_input(content: bytes):
    before, sys.stdin = sys.stdin, io.TextIOWrapper(io.BytesIO(content), encoding="utf-8")
    try:
        yield
    finally:
        sys.stdin = before
