"""The tests on the page, written and run as it says: once, all together, as a user's project."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import xml.etree.ElementTree as ET
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.support.wheel import ROOT

PAGE = (ROOT / "docs" / "pytest.md").read_text(encoding="utf-8")
PYTEST_8 = Path(sys.prefix) / "pytest-8"
FILES = re.findall(r"<!-- file: (\S+)( fails)? -->\n```python\n(.*?)```\n", PAGE, re.DOTALL)


@dataclass
class Ran:
    folder: Path
    output: str
    cases: dict[str, dict[str, str]]
    """By file and test: empty where it passed, else what it failed with."""


@pytest.fixture(scope="module")
def project(tmp_path_factory):
    """Return the project of the page, run once."""
    return run(written(tmp_path_factory.mktemp("project")))


def written(folder):
    """Write what the page shows into a folder."""
    shutil.copy(Path(__file__).parent / "shop.py", folder)
    for name, _, text in FILES:
        (folder / name).write_text(text, encoding="utf-8")
    return folder


def run(folder, *arguments, **environ):
    """Run pytest with our plugin and no other, as others take their time; return how each test ended."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("ZOOM", "PYTEST"))}
    report = folder / "report.xml"
    plugin = ["-p", "emitter.pytest_plugin", "-p", "no:cacheprovider", f"--junitxml={report}"]
    ran = subprocess.run(
        [sys.executable, "-m", "pytest", "--strict-markers", "-W", "error", *plugin, *arguments],
        cwd=folder,
        env={**kept, "PYTHONPATH": str(ROOT), "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1", **environ},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        encoding="utf-8",
        timeout=180,
        check=False,
    )
    cases: dict[str, dict[str, str]] = {}
    for case in ET.parse(report).getroot().iter("testcase") if report.exists() else ():
        file = (case.get("classname") or "").partition(".")[0] + ".py"
        failure = case.find("failure") if case.find("failure") is not None else case.find("error")
        text = "" if failure is None else failure.text or ""
        cases.setdefault(file, {})[case.get("name") or ""] = text
    return Ran(folder, ran.stdout + ran.stderr, cases)


@pytest.mark.parametrize("name", [name for name, fails, _ in FILES if not fails])
def test_the_tests_of_the_page_pass(project, name):
    assert project.cases[name], project.output
    assert {test: why for test, why in project.cases[name].items() if why} == {}, project.output


@pytest.mark.slow
@pytest.mark.skipif(
    not (PYTEST_8.exists() or os.environ.get("REQUIRE_COUNTERPARTS")), reason="`make pytest-8` was not run"
)
def test_under_pytest_8_they_end_in_the_same_way(project, tmp_path):
    path = os.pathsep.join([str(PYTEST_8), str(ROOT)])

    older = run(written(tmp_path), "--verbose", PYTHONPATH=path)

    assert "pytest-8." in older.output
    assert {
        file: {name: bool(why) for name, why in tests.items()} for file, tests in older.cases.items()
    } == {file: {name: bool(why) for name, why in tests.items()} for file, tests in project.cases.items()}


def test_the_page_has_no_snippet_that_is_not_run():
    assert PAGE.count("```python") == len(FILES)


def test_a_failed_assertion_says_what_the_page_shows(project):
    (shown,) = re.findall(r"<!-- shown by: test_wrong.py -->\n```text\n(.*?)```", PAGE, re.DOTALL)
    (said,) = project.cases["test_wrong.py"].values()

    for line in shown.splitlines():
        pattern = re.escape(line).replace("…", ".*")
        assert re.search(f"{pattern}$", said, re.MULTILINE), f"{line!r} is not in:\n{said}"
    assert "emitter/testing" not in project.output


def test_a_mark_makes_one_test_for_each_event(project):
    made = [name for name in project.cases["test_parsing.py"] if name.startswith("test_every_event")]

    assert sorted(name.partition("[")[2].rstrip("]") for name in made) == [
        "playlist_add_moment",
        "playlist_create",
        "playlist_delete",
        "playlist_remove_moment",
    ]


def test_the_contract_is_one_test_for_each_check_and_event(project):
    made = project.cases["test_contract.py"]
    codes = {name.partition("[")[2][:3] for name in made}

    assert len(made) > 15
    assert {code[0] for code in codes} == {"P", "S", "H"}  # what is selected, and whether it can be judged
    assert "test_contract[S01_a_request_with_a_wrong_signature_is_refused" in "\n".join(made)
