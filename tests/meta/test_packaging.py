"""The wheel, installed where nothing of this folder can be seen: it holds all it needs and starts."""

from __future__ import annotations

import importlib.metadata
import json
from pathlib import Path
from zipfile import ZipFile

import pytest

import emitter
from tests.support.wheel import ROOT, build_wheel, environment_with, output_of

COMMANDS = ["zoom-emitter", "zoom-webhook-emitter"]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    return build_wheel(tmp_path_factory.mktemp("wheel"))


@pytest.fixture(scope="module")
def commands(wheel, tmp_path_factory):
    return environment_with(wheel, tmp_path_factory.mktemp("environment"))


def test_both_commands_are_declared():
    declared = importlib.metadata.distribution("zoom-webhook-emitter").entry_points.select(
        group="console_scripts"
    )

    assert {script.name: script.value for script in declared} == dict.fromkeys(
        COMMANDS, "emitter.__main__:main"
    )


@pytest.mark.slow
def test_the_wheel_holds_every_file_of_the_packages_and_nothing_else(wheel):
    files = output_of("git", "ls-files", "-co", "--exclude-standard", "emitter", "contracts", cwd=ROOT)
    kept = [name for name in files.splitlines() if (ROOT / name).exists()]
    with ZipFile(wheel) as archive:
        packed = [name for name in archive.namelist() if ".dist-info/" not in name]

    assert sorted(packed) == sorted(kept)


@pytest.mark.slow
@pytest.mark.parametrize("command", COMMANDS)
def test_an_installed_command_starts(command, commands, tmp_path):
    assert output_of(commands / command, "--version", cwd=tmp_path) == f"zoom-emitter {emitter.__version__}\n"
    assert "Usage" in output_of(commands / command, "--help", cwd=tmp_path)


@pytest.mark.slow
def test_an_installed_command_has_the_document(commands, tmp_path):
    where = output_of(commands / "python", "-c", "import emitter; print(emitter.__file__)", cwd=tmp_path)
    document = json.loads(output_of(commands / "zoom-emitter", "spec", "show", "--json", cwd=tmp_path))

    assert Path(where.strip()).is_relative_to(commands.parent)
    assert len(document["webhooks"]) == 7


@pytest.mark.slow
def test_an_installed_command_makes_every_event(commands, tmp_path, monkeypatch):
    monkeypatch.setenv("ZOOM_WEBHOOK_SECRET_TOKEN", "4fv1RkqGQUq5sWbEz6hA5A")

    printed = output_of(
        commands / "zoom-emitter",
        "emit",
        "*",
        "--dry-run",
        "--json",
        "--to",
        "http://127.0.0.1:9/",
        cwd=tmp_path,
    )

    assert len({json.loads(json.loads(line)["body"])["event"] for line in printed.splitlines()}) == 7
