"""What a stranger starts with: the files that are expected, and the targets that are promised."""

from __future__ import annotations

import re
import shutil
import subprocess
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
TARGETS = ("setup", "demo", "test", "test-all", "lint", "bench")
CONFIGURATIONS = (
    "setup.py", "setup.cfg", "tox.ini", "pytest.ini", ".coveragerc", "mypy.ini", ".mypy.ini", "ruff.toml",
    ".ruff.toml", ".flake8", ".importlinter", "requirements.txt",
)  # fmt: skip


@pytest.mark.parametrize(
    "name",
    [
        "README.md",
        "CHANGELOG.md",
        "CONTRIBUTING.md",
        "LICENSE",
        "docs/architecture.md",
        "docs/zoom.md",
        "docs/decisions.md",
        "constraints.txt",
    ],
)
def test_what_a_reader_expects_is_there(name):
    assert (ROOT / name).read_text(encoding="utf-8").strip()


def test_the_licence_is_mit():
    assert (ROOT / "LICENSE").read_text(encoding="utf-8").startswith("MIT License")


def test_tools_are_configured_in_one_file():
    assert [name for name in CONFIGURATIONS if (ROOT / name).exists()] == []


def test_the_oldest_python_is_the_one_that_is_checked_for():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))

    assert project["project"]["requires-python"] == ">=3.11"
    assert project["tool"]["mypy"]["python_version"] == "3.11"
    assert project["tool"]["ruff"]["target-version"] == "py311"


@pytest.mark.skipif(shutil.which("make") is None, reason="make is absent")
@pytest.mark.parametrize("target", TARGETS)
def test_every_target_makes_the_environment_first_from_pinned_versions(target, tmp_path):
    # Run from a make above, as the tests mostly are, make would announce the folders it enters.
    planned = subprocess.run(
        ["make", "--no-print-directory", "--dry-run", f"VENV={tmp_path / 'none'}", target],
        cwd=ROOT,
        capture_output=True,
        encoding="utf-8",
        check=True,
    ).stdout

    first, second, *_ = planned.splitlines()
    assert first == f"python3 -m venv {tmp_path / 'none'}"
    assert re.match(r"PIP_CONSTRAINT=\S+/constraints\.txt .* pip install", second)


def test_ci_lints_then_runs_the_quick_tests_then_the_rest():
    steps = re.findall(r"^step make (\S+)$", (ROOT / ".ci/run").read_text(encoding="utf-8"), re.MULTILINE)

    assert steps == ["lint", "test", "test-rest"]
