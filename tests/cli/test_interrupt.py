"""Ctrl-C while a retry is waited for: nothing is lost, and the way on is said."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from emitter.core.secrets import SecretToken
from tests.support.command import zoom_emitter
from tests.support.receiving import Receiver
from tests.support.waiting import wait_for

SECRET = "4fv1RkqGQUq5sWbEz6hA5A"


@pytest.mark.skipif(sys.platform == "win32", reason="a console's Ctrl-C cannot be sent to one process there")
def test_ctrl_c_leaves_the_rest_pending_and_says_how_to_go_on(monkeypatch):
    monkeypatch.setenv("ZOOM_WEBHOOK_SECRET_TOKEN", SECRET)
    options = ["--no-validate", "--retry", "72h", "--database", "record.sqlite"]
    with Receiver(SecretToken(SECRET)) as receiver:
        receiver.answer_with(503)
        command = [sys.executable, "-m", "emitter", "emit", "playlist_create", "--to", receiver.url, *options]
        sender = subprocess.Popen(
            command,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env=os.environ | {"PYTHONPATH": str(Path(__file__).parents[2]), "PYTHONUNBUFFERED": "1"},
        )
        with sender:
            assert sender.stdout is not None
            wait_for(lambda: receiver.arrivals, within_s=30)
            assert "503 failed" in sender.stdout.readline()
            sender.send_signal(signal.SIGINT)
            _, told = sender.communicate(timeout=30)

    pending = zoom_emitter(
        "deliveries", "list", "--state", "pending", "--json", "--database", "record.sqlite"
    )
    assert sender.returncode == 130
    assert "zoom-emitter deliveries resume" in told
    assert "Traceback" not in told
    assert len(pending.json_lines) == 1
