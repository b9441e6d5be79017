from __future__ import annotations

import ast
import importlib.metadata
import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
MODULES = sorted(path for package in ("emitter", "contracts") for path in (ROOT / package).rglob("*.py"))
MAX_LINES = 300
# Module: why it may be longer.
LONGER: dict[str, str] = {}
SAYS_NOTHING = {"utils", "helpers", "common", "misc"}
# What a distribution is called where it is not called as it is imported.
DISTRIBUTIONS = {
    "flask_openapi3": "flask-openapi3",
    "jsonschema_rs": "jsonschema-rs",
    "prometheus_client": "prometheus-client",
    "rich_click": "rich-click",
    "yaml": "pyyaml",
}
# Named by an extra, and imported only where one asks for what it does.
EXTRAS = {"celery", "zstandard"}
# Always there with one that is declared, which is its face to the world.
COMES_WITH = {
    "click": "rich-click",
    "itsdangerous": "flask",
    "markupsafe": "flask",
    "pydantic_core": "pydantic",
    "werkzeug": "flask",
}


def name_of(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def test_imports_run_downwards_only():
    linted = subprocess.run(
        [sys.executable, "-c", "from importlinter.cli import lint_imports_command as run; run()"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )

    assert linted.returncode == 0, linted.stdout + linted.stderr
    assert " 0 broken" in linted.stdout


def test_a_module_is_no_longer_than_one_can_read():
    lines = {name_of(path): len(path.read_text(encoding="utf-8").splitlines()) for path in MODULES}

    assert {name: many for name, many in lines.items() if many > MAX_LINES and name not in LONGER} == {}


def test_only_modules_that_are_longer_are_excused():
    assert [name for name in LONGER if len((ROOT / name).read_text().splitlines()) <= MAX_LINES] == []


def test_every_module_has_a_name_that_says_what_is_in_it():
    assert [name_of(path) for path in MODULES if path.stem in SAYS_NOTHING] == []


def test_every_module_says_what_is_in_it():
    undocumented = [
        name_of(path) for path in MODULES if not ast.get_docstring(ast.parse(path.read_text("utf-8")))
    ]

    assert undocumented == []


def test_every_distribution_that_is_imported_is_declared():
    required = importlib.metadata.requires("zoom-webhook-emitter") or []
    declared = {
        re.match(r"[\w-]+", line)[0].lower()  # type: ignore[index]
        for line in required
        if "extra ==" not in line
    }
    imported = {name for path in MODULES for name in _imported_by(path)}
    foreign = imported - set(sys.stdlib_module_names) - {"emitter", "contracts"} - EXTRAS

    assert {
        name
        for name in foreign
        if DISTRIBUTIONS.get(name, name) not in declared and COMES_WITH.get(name) not in declared
    } == set()


def _imported_by(path: Path) -> set[str]:
    names = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names.add(node.module.partition(".")[0])
    return names
