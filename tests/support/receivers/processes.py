"""Receivers as processes of their own."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.support.receivers.reference import SECRET_TOKEN
from tests.support.wheel import ROOT

if TYPE_CHECKING:
    from collections.abc import Iterator

COUNTERPARTS = ROOT / "tests" / "counterparts"
FRAMEWORKS = Path(__file__).with_name("frameworks")


@contextmanager
def framework(name: str) -> Iterator[str]:
    """Run the receiver of a framework and give its URL."""
    with _running([sys.executable, str(FRAMEWORKS / f"{name}_receiver.py")]) as line:
        yield line.strip()


@contextmanager
def node(script: str, *, package: str) -> Iterator[str]:
    """Run a receiver in Node.js and give its URL; without Node.js or the package the test is skipped."""
    needs(package)
    with _running(["node", str(COUNTERPARTS / script)]) as line:
        yield f"http://127.0.0.1:{json.loads(line)['port']}/webhooks/zoom"


def needs(package: str) -> None:
    """Skip the test where a package of npm cannot run, or fail it where REQUIRE_COUNTERPARTS is set."""
    reason = ""
    if not shutil.which("node"):
        reason = "Node.js is absent"
    elif not (COUNTERPARTS / "node_modules" / package).is_dir():
        reason = f"{package} is not installed; run `make counterparts`"
    if reason and os.environ.get("REQUIRE_COUNTERPARTS"):
        pytest.fail(reason)
    if reason:
        pytest.skip(reason)


@contextmanager
def _running(command: list[str]) -> Iterator[str]:
    with subprocess.Popen(
        command,
        env={**os.environ, "ZOOM_WEBHOOK_SECRET_TOKEN": SECRET_TOKEN.reveal()},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        encoding="utf-8",
    ) as process:
        try:
            assert process.stdout
            yield process.stdout.readline()
        finally:
            process.kill()
