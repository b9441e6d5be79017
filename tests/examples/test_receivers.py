"""The receivers of `examples/`, each started as its page says and judged by its own contract stage."""

from __future__ import annotations

import importlib.util
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow

EXAMPLES = Path(__file__).parents[2] / "examples"
NEEDS = {"flask": ["flask"], "fastapi": ["fastapi", "uvicorn", "httpx2"], "django": ["django"]}
NAMES = [*NEEDS, "express"]


@pytest.fixture
def example(request, tmp_path):
    """Return a copy of an example's folder, so that its reports are not written into this one."""
    name = request.param
    _skip_where_absent(name)
    folder = tmp_path / name
    shutil.copytree(EXAMPLES / name, folder, ignore=shutil.ignore_patterns("node_modules"))
    if name == "express":
        (folder / "node_modules").symlink_to(EXAMPLES / name / "node_modules")
    return folder


def _skip_where_absent(name):
    missing = [each for each in NEEDS.get(name, ()) if importlib.util.find_spec(each) is None]
    if name == "express" and shutil.which("node") is None:
        missing.append("Node.js")
    elif name == "express" and not (EXAMPLES / name / "node_modules" / "express").is_dir():
        missing.append("express; `make counterparts` installs it")
    if missing and os.environ.get("REQUIRE_COUNTERPARTS"):
        pytest.fail(f"absent: {', '.join(missing)}")
    if missing:
        pytest.skip(f"absent: {', '.join(missing)}")


def run(folder, *command):
    commands = str(Path(sys.executable).parent)
    return subprocess.run(
        command,
        cwd=folder,
        env={**os.environ, "PATH": os.pathsep.join([commands, os.environ["PATH"]]), "COLUMNS": "200"},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        encoding="utf-8",
        timeout=180,
        check=False,
    )


@pytest.mark.parametrize("example", NAMES, indirect=True)
def test_nothing_is_found_in_it(example):
    ran = run(example, "sh", "contract.sh")

    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert re.search(r"^nothing found in \d{3} cases of \d+ checks$", ran.stdout, re.MULTILINE)
    assert (example / "zoom.xml").stat().st_size > 10_000
    assert (example / "zoom.html").stat().st_size > 10_000


@pytest.mark.parametrize("example", NEEDS, indirect=True)
def test_its_own_tests_pass(example):
    ran = run(
        example, sys.executable, "-m", "pytest", "-q", "-p", "no:schemathesis", "-p", "no:cacheprovider"
    )

    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert re.search(r"^1\d\d passed", ran.stdout, re.MULTILINE), ran.stdout


def test_each_says_on_a_page_of_its_own_how_it_is_run():
    for name in NAMES:
        lines = (EXAMPLES / name / "README.md").read_text(encoding="utf-8").splitlines()
        assert 30 <= len(lines) <= 60
        assert name in (EXAMPLES / "README.md").read_text(encoding="utf-8")
