"""Where a page's commands run: a folder with the receivers, files and programs that pages speak of.

What a page calls http://localhost:3000 and http://localhost:4050 is served on free ports.
"""

from __future__ import annotations

import json
import os
import re
import shlex
import shutil
import subprocess
import sys
from contextlib import ExitStack
from pathlib import Path

from emitter.app.sample_receiver import ReceiverScript, create_sample_receiver
from emitter.core.secrets import SecretToken
from emitter.delivery.clock import SystemClock
from tests.support.api import running_app
from tests.support.command import zoom_emitter
from tests.support.documents import document, envelope, operation
from tests.support.receivers.challenged import SECRET_TOKEN
from tests.support.receivers.handshake_mistakes import MISTAKEN
from tests.support.servers import serve

ROOT = Path(__file__).parents[2]
SECRET = SECRET_TOKEN
_SHELL = re.compile(r"[|><;&`]|\$\(|\$[A-Z]")
_PROGRAMS = {
    "npm": 'exec "$PYTHON" -m emitter sample-receiver --port "$PORT"',
    "psql": "cat effects.txt",
    "python3": 'exec "$PYTHON" "$@"',
}
_SETTINGS = """
[receivers.app]
url = "http://localhost:3000/webhooks/zoom"

[receivers.my-app]
url = "http://localhost:3000/webhooks/zoom"
"""
_SHOP = """
import os, time
from emitter.app.sample_receiver import create_sample_receiver
from emitter.core.secrets import SecretToken

app = create_sample_receiver(SecretToken(os.environ["ZOOM_WEBHOOK_SECRET_TOKEN"]), now_s=time.time)
"""


class Reading:
    """One page read from top to bottom by someone who types what it says."""

    def __init__(self, folder, monkeypatch):
        self._folder, self._monkeypatch = folder, monkeypatch
        self._stack = ExitStack()
        self._bases = {}
        self._effects = set()

    def __enter__(self):
        self._put_files()
        self._monkeypatch.chdir(self._folder)
        path = [str(self._folder / "bin"), str(Path(sys.executable).parent), os.environ["PATH"]]
        for name, value in {
            "PATH": os.pathsep.join(path),
            "PYTHON": sys.executable,
            "PYTHONPATH": os.pathsep.join([str(self._folder), str(ROOT)]),
            "ZOOM_WEBHOOK_SECRET_TOKEN": SECRET,
            "ZOOM_EMITTER_CHECK_DEPTH": "quick",
            "COLUMNS": "200",
        }.items():
            self._monkeypatch.setenv(name, value)
        return self

    def __exit__(self, *error):
        self._stack.close()

    def use(self, wants):
        """Let the receiver be another from here on, where a block wants it."""
        if "failing receiver" in wants:
            self._serve_receiver(ReceiverScript(fail_first=1))
        elif "base64 receiver" in wants:
            self._bases["3000"] = self._stack.enter_context(serve(MISTAKEN["base64-digest"]))
        elif "3000" not in self._bases or wants & {"right receiver"}:
            self._serve_receiver(ReceiverScript())

    def run(self, command):
        """Run one command and return its status and what it printed, addresses as the page has them."""
        command = command.replace("make demo", "zoom-emitter demo")
        words = shlex.split(command, comments=True)
        if words[0] == "export":
            self._export(words[1:])
            return 0, []
        if words[:2] == ["zoom-emitter", "serve"]:
            environ = {"ZOOM_WEBHOOK_SECRET_TOKEN": SECRET}
            api = self._stack.enter_context(running_app(self._folder / "served", environ=environ))
            self._bases["4050"] = api.base
            return 0, []
        if words[:2] == ["zoom-emitter", "sample-receiver"]:
            return 0, []
        words = [self._real(word) for word in words]
        if words[0] == "zoom-emitter" and not _SHELL.search(shlex.join(words).replace(r"'", "")):
            result = zoom_emitter(*words[1:])
            status, printed = result.status, result.text + result.err
        else:
            status, printed = self._in_a_shell(self._real(command))
        return status, self._as_on_the_page(printed).splitlines()

    def run_script(self, script):
        """Run a block of shell and return its status and what it printed."""
        script = script.replace("=…", f"={SECRET}")
        status, printed = self._in_a_shell(f"set -e\n{self._real(script)}")
        return status, self._as_on_the_page(printed).splitlines()

    def _in_a_shell(self, command):
        ran = subprocess.run(
            [shutil.which("bash") or "sh", "-c", command],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
            check=False,
        )
        return ran.returncode, ran.stdout

    def _export(self, assignments):
        for assignment in assignments:
            name, _, value = assignment.partition("=")
            self._monkeypatch.setenv(name, SECRET if value == "…" else value)

    def _serve_receiver(self, script):
        clock, secret_token = SystemClock(), SecretToken(SECRET)
        app = create_sample_receiver(
            secret_token, now_s=lambda: clock.now_ms() / 1000, script=script, on_arrival=self._count
        )
        self._bases["3000"] = self._stack.enter_context(serve(app))
        settings = self._folder / "zoom-emitter.toml"
        settings.write_text(self._real(_SETTINGS), encoding="utf-8")

    def _count(self, arrival):
        if arrival.status == 204:
            self._effects.add(arrival.body)
            (self._folder / "effects.txt").write_text(str(len(self._effects)), encoding="utf-8")

    def _real(self, text):
        for port, base in self._bases.items():
            text = re.sub(rf"(http://)?(localhost|receiver):{port}", base, text)
        return text

    def _as_on_the_page(self, text):
        for port, base in self._bases.items():
            text = text.replace(base, f"http://localhost:{port}")
        return text

    def _put_files(self):
        programs = self._folder / "bin"
        programs.mkdir()
        (self._folder / "served").mkdir()
        for name, script in _PROGRAMS.items():
            (programs / name).write_text(f"#!/bin/sh\n{script}\n", encoding="utf-8")
            (programs / name).chmod(0o755)
        shop = self._folder / "my_shop"
        shop.mkdir()
        (shop / "main.py").write_text(_SHOP, encoding="utf-8")
        (self._folder / "effects.txt").write_text("0", encoding="utf-8")
        users = document(user__created=operation(envelope({}, name="user.created")))
        (self._folder / "users.json").write_text(json.dumps(users), encoding="utf-8")
