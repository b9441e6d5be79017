"""The wheel, installed where nothing of this folder can be seen: it holds all it needs and starts."""

from __future__ import annotations

import importlib.metadata
import json
import re
import subprocess
import tarfile
import tomllib
from pathlib import Path
from zipfile import ZipFile

import pytest

import emitter
from tests.support.wheel import ROOT, build_sdist, build_wheel, environment_with, output_of

COMMANDS = ["zoom-emitter", "zoom-webhook-emitter"]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
ASKS_EVERY_COMMAND_FOR_HELP = """
import importlib
from emitter.cli.main import COMMANDS, run

def names(command, path):
    yield path
    for name, below in getattr(command, "commands", {}).items():
        yield from names(below, [*path, name])

for name, (place, _) in COMMANDS.items():
    module, _, attribute = place.partition(":")
    for path in names(getattr(importlib.import_module(module), attribute), [name]):
        try:
            run([*path, "--help"])
        except SystemExit as left:
            assert left.code == 0, path
        print("helped:", *path)
"""


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


def test_the_program_is_called_as_the_package_is():
    # So `uvx zoom-webhook-emitter` and `pipx run zoom-webhook-emitter` find it.
    assert PROJECT["name"] in PROJECT["scripts"]


def test_every_extra_is_documented():
    page = (ROOT / "docs/installing.md").read_text(encoding="utf-8")

    assert [one for one in PROJECT["optional-dependencies"] if f"| `{one}` |" not in page] == []


def test_every_dependency_is_pinned_for_pipelines_that_want_the_same_tomorrow():
    pinned = re.findall(r"^(\S+)==\S+$", (ROOT / "constraints.txt").read_text(encoding="utf-8"), re.MULTILINE)
    extras = PROJECT["optional-dependencies"].values()
    wanted = [*PROJECT["dependencies"], *(one for extra in extras for one in extra)]
    names = {_normal(re.match(r"[\w.-]+", one)[0]) for one in wanted}  # type: ignore[index]

    assert names - {_normal(name) for name in pinned} == set()


def _normal(name):
    return re.sub(r"[-_.]+", "-", name).lower()


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


@pytest.mark.slow
def test_every_installed_command_has_help(commands, tmp_path):
    printed = output_of(commands / "python", "-c", ASKS_EVERY_COMMAND_FOR_HELP, cwd=tmp_path)

    helped = re.findall(r"^helped: (.*)$", printed, re.MULTILINE)
    assert {"demo", "check", "corpus make", "deliveries replay", "serve"} <= set(helped)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("command", "printed"),
    [
        (["demo", "--database", "demo.sqlite"], "7 of 7 events accepted"),
        (["check", "--start", "{sample}", "/", "--depth", "quick"], "nothing found in"),
        (["corpus", "make", "corpus", "--events", "50"], ""),
        (["events", "stories"], "playlist-life"),
    ],
    ids=lambda each: each[0] if isinstance(each, list) else "",
)
def test_an_installed_command_works_without_the_repository(command, printed, commands, tmp_path):
    sample = f"{commands / 'zoom-emitter'} sample-receiver --port $PORT"
    arguments = [word.replace("{sample}", sample) for word in command]

    assert printed in output_of(commands / "zoom-emitter", *arguments, cwd=tmp_path)


@pytest.mark.slow
def test_an_installed_emit_reaches_an_installed_receiver(commands, tmp_path, monkeypatch):
    monkeypatch.setenv("ZOOM_WEBHOOK_SECRET_TOKEN", "4fv1RkqGQUq5sWbEz6hA5A")
    program = commands / "zoom-emitter"
    with subprocess.Popen(
        [program, "sample-receiver", "--port", "0"], cwd=tmp_path, stdout=subprocess.PIPE, encoding="utf-8"
    ) as receiver:
        try:
            url = re.search(r"http://\S+", receiver.stdout.readline())  # type: ignore[union-attr]
            assert url
            sent = output_of(program, "emit", "playlist_create", "--to", url[0], "--json", cwd=tmp_path)
        finally:
            receiver.terminate()

    assert json.loads(sent)["outcome"] == "accepted"


@pytest.mark.slow
def test_the_source_distribution_makes_the_same_wheel_and_brings_its_tests(wheel, tmp_path):
    with tarfile.open(build_sdist(tmp_path)) as archive:
        archive.extractall(tmp_path / "source", filter="data")
    (source,) = (tmp_path / "source").iterdir()
    again = build_wheel(tmp_path / "again", source)

    with ZipFile(wheel) as direct, ZipFile(again) as indirect:
        assert sorted(indirect.namelist()) == sorted(direct.namelist())
    assert {"tests", "fixtures", "docs", "constraints.txt", "action.yml"} <= {
        one.name for one in source.iterdir()
    }
    assert not (source / ".ci").exists()
