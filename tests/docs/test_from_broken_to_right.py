"""The page's receivers are written and judged as it says, and show what it shows."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.wheel import ROOT

pytestmark = pytest.mark.slow

PAGE = ROOT / "docs" / "from-broken-to-right.md"
STEP = re.compile(r"<!-- step: (write|run) ?(\S*) -->\n```\w+\n(.*?)```\n", re.DOTALL)


def test_every_step_shows_what_the_page_shows():
    steps = STEP.findall(PAGE.read_text(encoding="utf-8"))
    runs = 0
    for kind, name, block in steps:
        if kind == "write":
            Path(name).write_text(block, encoding="utf-8")
            continue
        command, *shown = block.splitlines()
        runs += 1
        seen = _output_of(command.removeprefix("$ zoom-emitter "))
        for line in shown:
            pattern = re.escape(line).replace("…", ".*")
            assert re.search(f"^{pattern}", seen, re.MULTILINE), f"run {runs} does not show {line!r}:\n{seen}"

    assert runs == 6
    assert PAGE.read_text(encoding="utf-8").count("```console") == runs


def _output_of(command):
    Path("events.jsonl").touch()
    ran = subprocess.run(
        [sys.executable, "-m", "emitter", *shlex.split(command), "--no-cache"],
        env={**os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT)])},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        encoding="utf-8",
        timeout=180,
        check=False,
    )
    assert ran.returncode in {0, 1}, ran.stderr
    return ran.stdout
