"""What the pages show works: every block is run, or says why not, and prints what is shown as printed."""

from __future__ import annotations

import json
import re
import tomllib

import pytest
import yaml

from emitter.settings.file import load_settings
from tests.support.reading import Reading
from tests.support.snippets import PAGES, ROOT, blocks_of, is_shown_by, likeness

READ_ONLY = {"", "text", "mermaid"}
"""Languages of what nobody types."""
PARSED = {"python", "toml", "json", "yaml"}
RUN = {"console", "sh"}
RECEIVERS = {"failing receiver", "base64 receiver", "right receiver"}


def name_of(page):
    return page.relative_to(ROOT).as_posix()


def has_commands(page):
    return any(block.is_typed for block in blocks_of(page))


def block_name(block):
    return f"{name_of(block.page)}:{block.line}"


@pytest.mark.slow
@pytest.mark.parametrize("page", [page for page in PAGES if has_commands(page)], ids=name_of)
def test_the_commands_of_a_page_do_what_it_says(page, tmp_path, monkeypatch):
    failures = []
    with Reading(tmp_path, monkeypatch) as reading:
        for block in blocks_of(page):
            if block.mark == "file":
                (tmp_path / block.said.split()[0]).write_text(block.text, encoding="utf-8")
            if block.is_typed:
                reading.use(block.wants)
                failures += run_block(block, reading)

    assert failures == [], "\n".join(failures)


def run_block(block, reading):
    """Run the commands of a block; return what is not as it stands there."""
    commands = block.commands if block.language == "console" else []
    if block.language == "sh":
        status, printed = reading.run_script(block.text)
        return [] if status == 0 else [f"{block_name(block)}: status {status}: {printed[-5:]}"]
    failures = []
    for command in commands:
        status, printed = reading.run(command.text)
        wanted = {0, 1} if "status 1" in block.wants and command is commands[-1] else {0}
        if status not in wanted:
            failures.append(f"{block_name(block)}: {command.text}: status {status}: {printed[-5:]}")
        missing = [line for line in command.shown if not is_shown_by(line, printed)]
        failures += [f"{block_name(block)}: {line!r} is not printed, but {printed[:30]}" for line in missing]
    return failures


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_every_block_can_be_read_and_is_run_or_says_why_not(page, tmp_path):
    for block in blocks_of(page):
        where = block_name(block)
        assert block.language in READ_ONLY | PARSED | RUN or block.mark, where
        if block.mark == "run by":
            assert page.name in (ROOT / block.said).read_text(encoding="utf-8"), where
        if block.mark in {"step", "shown by"}:
            assert [*(ROOT / "tests/docs").glob(f"test_{page.stem.replace('-', '_')}*.py")], where
        if block.mark == "run with":
            assert block.wants <= RECEIVERS | {"status 1"}, where
        read(block, tmp_path)


def read(block, folder):
    """Parse what is data, and run what is Python and needs nothing."""
    if block.language == "toml":
        tomllib.loads(block.text)
        if "[receivers" in block.text:
            (folder / "zoom-emitter.toml").write_text(block.text, encoding="utf-8")
            assert load_settings(folder).path
    elif block.language == "json":
        json.loads(block.text)
    elif block.language == "yaml":
        assert yaml.safe_load(block.text)
    elif block.language == "python":
        code = compile(block.text, block_name(block), "exec")
        if not block.mark:
            exec(code, {"__name__": "__main__"})  # noqa: S102 - our own page


def test_what_is_shown_is_compared_by_what_stays_the_same():
    assert likeness("#8  a.b  attempt 1 at +0:00:00  503 failed  4 ms") == likeness(
        "#12 a.b  attempt 2 at +0:05:00  502 failed  11 ms"
    )
    assert is_shown_by("recording in …/deliveries.sqlite", ["recording in /x/y/deliveries.sqlite"])
    assert not is_shown_by("verdict   not valid", ["verdict   valid"])
    assert re.search("ID", likeness("challenge cfAWhF8aaiMdwS8V058o7Q"))
