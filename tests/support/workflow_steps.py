"""Runs the steps of `action.yml` as GitHub's runner would: inputs in the environment, files to write to."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

import yaml

ROOT = Path(__file__).parents[2]
ACTION = yaml.safe_load((ROOT / "action.yml").read_text(encoding="utf-8"))
_INPUT = re.compile(r"\$\{\{ inputs\.([a-z-]+) \}\}")
_COMMAND = re.compile(r"^\s*::(error|warning|notice) ", re.MULTILINE)


@dataclass(frozen=True)
class Step:
    """What a step left behind."""

    status: int
    log: str
    summary: str
    outputs: dict[str, str]

    @property
    def heard(self):
        """What the runner takes commands from: nothing while they are stopped."""
        token = re.search(r"^::stop-commands::(.+)$", self.log, re.MULTILINE)
        return self.log.partition(f"\n::{token[1]}::\n")[2] if token else self.log

    def annotations(self, kind):
        """Return the annotations of a kind that the runner would show."""
        return [found for found in _COMMAND.findall(self.heard) if found == kind]


def steps_of_action():
    """Return the steps that are scripts, by the name of the script."""
    return {
        Path(step["run"].rpartition("/")[2].strip('"')).name: step
        for step in ACTION["runs"]["steps"]
        if "run" in step
    }


def run_step(script, folder, *, environ=(), **inputs):
    """Run one step; `inputs` are those of the action, with underscores."""
    values = {name: described["default"] for name, described in ACTION["inputs"].items()}
    values |= {name.replace("_", "-"): value for name, value in inputs.items()}
    step = steps_of_action()[script]
    env = {name: _INPUT.sub(lambda found: values[found[1]], text) for name, text in step["env"].items()}
    files = {name: folder / name for name in ("GITHUB_STEP_SUMMARY", "GITHUB_OUTPUT")}
    for file in files.values():
        file.write_text("", encoding="utf-8")
    ran = subprocess.run(
        [shutil.which("bash") or "bash", "-c", step["run"]],
        cwd=folder,
        env={
            **os.environ,
            "GITHUB_ACTIONS": "true",
            "CI": "true",
            "GITHUB_ACTION_PATH": str(ROOT),
            "RUNNER_TEMP": str(folder),
            **{name: str(file) for name, file in files.items()},
            **env,
            **dict(environ),
        },
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        check=False,
    )
    outputs = dict(line.split("=", 1) for line in files["GITHUB_OUTPUT"].read_text().splitlines())
    return Step(ran.returncode, ran.stdout, files["GITHUB_STEP_SUMMARY"].read_text(encoding="utf-8"), outputs)
