from __future__ import annotations

import importlib
import re
import subprocess
import unicodedata
from pathlib import Path

import pytest

from emitter.cli.main import COMMANDS, SECTIONS
from tests.support.command import zoom_emitter

ROOT = Path(__file__).parents[2]
PAGES = [
    ROOT / "README.md",
    ROOT / "CONTRIBUTING.md",
    ROOT / "CHANGELOG.md",
    *sorted((ROOT / "docs").rglob("*.md")),
    ROOT / "examples/README.md",
    *sorted((ROOT / "examples").glob("*/README.md")),
]
SOURCES = sorted(
    path
    for folder in ("emitter", "contracts", "tests", "docs")
    for kind in ("*.py", "*.md")
    for path in (ROOT / folder).rglob(kind)
    if "node_modules" not in path.parts
)
# Put together, so that this file does not hold what it looks for.
NAMES_A_MACHINE = re.compile(r"(?<![\w.~])/(?:" + "|".join(["work", "root", "tmp", "home"]) + r")/\w")
NAMES_A_REGISTRY = re.compile("|".join([r"registry\.np" "mjs", r"(?<!\w)py" r"pi\.org", r"pytho" "nhosted"]))


def name_of(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def anchors_of(page: Path) -> set[str]:
    """Return the anchors that the headings of a page have where it is read."""
    headings = re.findall(r"^#+ (.+)$", page.read_text(encoding="utf-8"), re.MULTILINE)
    return {_anchor(heading) for heading in headings}


def _anchor(heading: str) -> str:
    kept = (one for one in heading.lower() if one in " -_" or unicodedata.category(one)[0] in "LN")
    return "".join(kept).strip().replace(" ", "-")


def commands_under(name: str) -> list[str]:
    """Return a command and its subcommands, as one types them."""
    module, _, attribute = COMMANDS[name][0].partition(":")
    command = getattr(importlib.import_module(module), attribute)
    return [name, *(f"{name} {one}" for one in getattr(command, "commands", ()))]


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_has_help(name):
    for command in commands_under(name):
        result = zoom_emitter(*command.split(), "--help")

        assert result.status == 0, result.err
        assert f"zoom-emitter {command}" in result.text
        assert r"\b" not in result.text


def test_every_command_is_documented():
    documented = "\n".join(page.read_text(encoding="utf-8") for page in PAGES)

    assert [name for name in COMMANDS if f"zoom-emitter {name}" not in documented] == []
    commands = [command for name in COMMANDS for command in commands_under(name)]
    assert [command for command in commands if command not in documented] == []


def test_every_command_stands_in_one_section_of_the_help():
    assert sorted(name for names in SECTIONS.values() for name in names) == sorted(COMMANDS)


def test_every_section_of_zoom_facts_that_is_cited_exists():
    facts = anchors_of(ROOT / "docs" / "zoom.md")
    cited = {(name_of(source), anchor) for source in SOURCES for anchor in _facts_cited_in(source)}

    assert len(cited) > 100
    assert {(name, anchor) for name, anchor in cited if anchor not in facts} == set()


def _facts_cited_in(source: Path) -> set[str]:
    citing = [line for line in source.read_text(encoding="utf-8").splitlines() if "zoom.md#" in line]
    return {anchor for line in citing for anchor in re.findall(r"#([a-z][a-z-]*)", line)}


def test_every_fact_says_whether_it_is_confirmed():
    page = (ROOT / "docs" / "zoom.md").read_text(encoding="utf-8")
    rows = re.findall(r"\| fact \|.*?(?=\n\n|\Z)", page, re.DOTALL)
    unmarked = [
        row
        for table in rows
        for row in table.splitlines()[2:]
        if not re.search(r"\| (CONFIRMED|UNSURE)\b", row)
    ]

    assert len(rows) > 5
    assert unmarked == []


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_every_link_within_the_project_leads_somewhere(page):
    broken = []
    for link in re.findall(r"\]\(([^)\s]+)\)", page.read_text(encoding="utf-8")):
        path, _, anchor = link.partition("#")
        if re.match(r"[a-z]+:", link):
            continue
        to = (page.parent / path).resolve() if path else page
        if not to.exists() or (anchor and anchor not in anchors_of(to)):
            broken.append(link)

    assert broken == []


def test_the_readme_counts_the_faults_rightly():
    listed = zoom_emitter("emit", "--list-faults").text.splitlines()

    assert f"`--list-faults` names {len(listed)}" in (ROOT / "README.md").read_text(encoding="utf-8")


def test_the_readme_can_be_read_in_one_sitting():
    assert 100 <= len((ROOT / "README.md").read_text(encoding="utf-8").splitlines()) <= 150


def test_nothing_names_a_machine_or_a_registry():
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=False)
    if listed.returncode:
        pytest.skip("not a git checkout")
    found = [
        f"{name}: {match[0]}" for name in listed.stdout.splitlines() for match in _forbidden(ROOT / name)
    ]

    assert found == []


def _forbidden(path: Path) -> list[re.Match[str]]:
    try:
        text = path.read_text(encoding="utf-8")
    except (UnicodeDecodeError, FileNotFoundError):  # an image; deleted and not yet committed
        return []
    return [*NAMES_A_MACHINE.finditer(text), *NAMES_A_REGISTRY.finditer(text)]
