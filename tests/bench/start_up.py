"""Whole processes of the installed command, beside bare Python doing what it cannot do without."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING

from tests.bench.figures import Figure, in_turns
from tests.bench.receiver import receiver
from tests.support.documents import envelope, operation
from tests.support.wheel import build_wheel, environment_with

if TYPE_CHECKING:
    from collections.abc import Callable

ROUNDS = 21
EVENT = "playlist_create"


def figures(folder: Path) -> list[Figure]:
    """Install the wheel into a folder and measure how long its commands take."""
    wheel_folder = folder / "wheel"
    wheel_folder.mkdir()
    commands = environment_with(build_wheel(wheel_folder), folder / "environment")
    python, command = str(commands / "python"), str(commands / "zoom-emitter")
    document = _written_document(folder)
    test = str(folder / "test_nothing.py")
    Path(test).write_text("def test_nothing(): pass\n", encoding="utf-8")
    with receiver() as url:
        lines = {
            "pass": [python, "-c", "pass"],
            "import requests": [python, "-c", "import requests"],
            "version": [command, "--version"],
            "help": [command, "--help"],
            "emit": [command, "emit", EVENT, "--no-validate", "--to", url],
            "parse": [python, "-c", "import json, sys; json.load(open(sys.argv[1]))", document],
            "document": [command, "--spec", document, "events", "list"],
            "pytest": [python, "-m", "pytest", "-q", "-p", "no:cacheprovider", test],
            "with plugin": [
                *(
                    python,
                    "-m",
                    "pytest",
                    "-q",
                    "-p",
                    "no:cacheprovider",
                    "-p",
                    "emitter.pytest_plugin",
                    test,
                ),
            ],
        }
        environment = _environment(folder)
        taken = in_turns(
            {name: _process(line, folder, environment) for name, line in lines.items()}, rounds=ROUNDS
        )
    return [
        Figure(
            name="emit EVENT --no-validate --to URL",
            beside='python -c "import requests"',
            ours_s=taken["emit"],
            theirs_s=taken["import requests"],
            bar=4,
            stretch=2,
        ),
        Figure(
            name="--version", beside="python -c pass", ours_s=taken["version"], theirs_s=taken["pass"], bar=4
        ),
        Figure(
            name="events list of a document of 1 MB",
            beside="python -c json.load",
            ours_s=taken["document"],
            theirs_s=taken["parse"],
            bar=15,
            stretch=8,
        ),
        Figure(
            name="a run of pytest with our plugin",
            beside="the same without",
            ours_s=taken["with plugin"],
            theirs_s=taken["pytest"],
            bar=1.12,
            stretch=1.05,
        ),
        Figure(
            name="--help",
            beside="python -c pass",
            ours_s=taken["help"],
            theirs_s=taken["pass"],
            bar=15,
            stretch=6,
        ),
    ]


def _written_document(folder: Path) -> str:
    """Write a document as long as Zoom's longest, its responses repeating the requests; return its path."""
    fields = {f"field_{number}": {"type": "long", "description": "What it is. " * 8} for number in range(80)}
    described = {
        f"thing.number_{number}": operation(
            schema := envelope({"type": "object", "properties": fields}, name=f"thing.number_{number}"),
            responses={"200": {"content": {"application/json": {"schema": schema}}}},
        )
        for number in range(50)
    }
    path = folder / "things.json"
    path.write_text(json.dumps({"info": {"title": "Things"}, "webhooks": described}), encoding="utf-8")
    return str(path)


def _environment(folder: Path) -> dict[str, str]:
    """Return what the processes run in: nothing of the user's that changes what they do."""
    kept = {
        name: value for name, value in os.environ.items() if not name.upper().startswith(("ZOOM", "PYTHON"))
    }
    return kept | {
        "ZOOM_WEBHOOK_SECRET_TOKEN": "4fv1RkqGQUq5sWbEz6hA5A",
        "ZOOM_EMITTER_DATABASE": str(folder / "start-up.sqlite"),
        "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1",
    }


def _process(line: list[str], folder: Path, environment: dict[str, str]) -> Callable[[], float]:
    def run() -> float:
        began = perf_counter()
        ran = subprocess.run(
            line, cwd=folder, env=environment, stdin=subprocess.DEVNULL, capture_output=True, check=False
        )
        seconds = perf_counter() - began
        assert ran.returncode == 0, ran.stderr.decode()
        return seconds

    return run
