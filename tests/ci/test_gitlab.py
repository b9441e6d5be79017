"""The GitLab template: its script in a shell, on a receiver that is started and on one that is not there."""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).parents[2]
JOB = yaml.safe_load((ROOT / "ci/gitlab.yml").read_text(encoding="utf-8"))[".zoom-emitter-check"]
SAMPLE = f"{shlex.quote(sys.executable)} -m emitter sample-receiver --port $PORT"
pytestmark = pytest.mark.skipif(shutil.which("sh") is None, reason="the script is for a POSIX shell")


def run_script(folder, **variables):
    """Run the job's script as GitLab does: line after line in one shell that ends at the first failure."""
    (folder / ".zoom-emitter").symlink_to(sys.prefix, target_is_directory=True)
    environ = os.environ | JOB["variables"] | variables | {"PYTHONPATH": str(ROOT)}
    return subprocess.run(
        ["sh", "-e", "-c", "\n".join(JOB["script"])],
        cwd=folder,
        env=environ,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        encoding="utf-8",
        check=False,
    )


@pytest.mark.slow
def test_a_receiver_that_the_job_starts_is_judged_and_reported(tmp_path):
    ran = run_script(tmp_path, ZOOM_START=SAMPLE, ZOOM_DEPTH="quick")

    assert ran.returncode == 0, ran.stdout + ran.stderr
    (kept,) = JOB["artifacts"]["paths"]
    assert {each.name for each in (tmp_path / kept).iterdir()} == {"zoom.xml", "zoom.html", "zoom.json"}
    assert (tmp_path / JOB["artifacts"]["reports"]["junit"]).exists()


def test_a_job_whose_receiver_does_not_start_fails_with_the_reason(tmp_path):
    ran = run_script(tmp_path, ZOOM_START="exit 7", ZOOM_DEPTH="quick")

    assert ran.returncode == 3
    assert "ended with status 7" in ran.stderr
