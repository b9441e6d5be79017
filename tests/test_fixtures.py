"""The committed corpus is what the command makes from its pinned seed, byte for byte."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest

from tests.support.command import zoom_emitter

ROOT = Path(__file__).parents[1]
CORPUS = ROOT / "fixtures" / "corpus"


def tree(folder):
    return {
        path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()
    }


def test_the_fixtures_come_out_again_byte_for_byte(tmp_path):
    command = json.loads((CORPUS / "manifest.json").read_bytes())["command"].split()
    made = zoom_emitter(*command[1:3], str(tmp_path / "corpus"), *command[4:])

    assert made.status == 0, made.err
    assert tree(tmp_path / "corpus") == tree(CORPUS)


def test_version_control_keeps_every_body_as_it_is():
    bodies = [path.relative_to(ROOT).as_posix() for path in CORPUS.rglob("*.body")]
    checked = subprocess.run(
        ["git", "check-attr", "text", "--", *bodies], cwd=ROOT, capture_output=True, text=True, check=False
    )
    if checked.returncode:
        pytest.skip("not a git checkout")

    assert len(bodies) > 300
    assert {line.rpartition(": ")[2] for line in checked.stdout.splitlines()} == {"unset"}
