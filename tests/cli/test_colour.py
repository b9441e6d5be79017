from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

pty = pytest.importorskip("pty", reason="this system has no pseudo-terminals")


@pytest.mark.parametrize(("variables", "is_coloured"), [({}, True), ({"NO_COLOR": "1"}, False)])
def test_colour_is_for_terminals_and_for_those_who_want_it(variables, is_coloured):
    arguments = ["emit", "playlist_create", "--to", "http://127.0.0.1:9/", "--no-validate"]
    ours, theirs = pty.openpty()
    environment = {
        "ZOOM_WEBHOOK_SECRET_TOKEN": "s",
        "TERM": "xterm",
        "PYTHONPATH": str(Path(__file__).parents[2]),
    }
    process = subprocess.Popen(
        [sys.executable, "-m", "emitter", *arguments],
        stdout=theirs,
        stderr=subprocess.DEVNULL,
        env=os.environ | environment | variables,
    )
    os.close(theirs)
    with os.fdopen(ours, "rb") as terminal:
        shown = terminal.readline()
        process.wait(timeout=30)

    assert b"not-connected" in shown
    assert (b"\x1b[" in shown) is is_coloured
