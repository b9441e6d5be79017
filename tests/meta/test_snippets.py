"""What the pages show works: every block is run, or says why it is not; what is shown as printed is printed."""

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


def name_of(page):
    return page.relative_to(ROOT).as_posix()


def has_commands(page):
    return any(block.language in RUN and not block.mark.endswith(("run", "by")) for block in blocks_of(page))


def block_names(block):
    return f"{name_of(block.page)}:{block.line}"


@pytest.mark.slow
@pytest.mark.parametrize("page", [page for page in PAGES if has_commands(page)], ids=name_of)
def test_the_commands_of_a_page_do_what_it_says(page, tmp_path, monkeypatch):
    failures = []
    with Reading(tmp_path, monkeypatch) as reading:
        for block in blocks_of(page):
            if block.mark == "file":
                (tmp_path / block.said).write_text(block.text, encoding="utf-8")
            if block.language not in RUN or block.mark.endswith(("run", "by")):
                continue
            reading.use(block.wants)
            failures += run_block(block, reading)

    assert failures == [], "\n".join(failures)


def run_block(block, reading):
    """Run the commands of a block; return what is not as it stands there."""
    commands = block.commands if block.language == "console" else []
    if block.language == "sh":
        status, printed = reading.run_script(block.text)
        return [] if status == 0 else [f"{block_names(block)}: status {status}: {printed[-5:]}"]
    failures = []
    for command in commands:
        status, printed = reading.run(command.text)
        wanted = {0, 1} if "status 1" in block.wants and command is commands[-1] else {0}
        if status not in wanted:
            failures.append(f"{block_names(block)}: {command.text}: status {status}: {printed[-5:]}")
        for line in command.shown:
            if not is_shown_by(line, printed):
                failures.append(f"{block_names(block)}: {line!r} is not printed, but {printed[:30]}")
    return failures


@pytest.mark.parametrize("block", [b for page in PAGES for b in blocks_of(page)], ids=block_names)
def test_every_block_is_run_or_says_why_not(block):
    assert block.language in READ_ONLY | PARSED | RUN or block.mark
    if block.mark == "run by":
        path, _, _ = block.said.partition("::")
        assert block.page.name in (ROOT / path).read_text(encoding="utf-8")
    if block.mark == "run with":
        assert block.wants <= {"failing receiver", "base64 receiver", "right receiver", "status 1"}


@pytest.mark.parametrize(
    "block",
    [b for page in PAGES for b in blocks_of(page) if b.language in PARSED - {"python"}],
    ids=block_names,
)
def test_what_is_shown_as_data_can_be_read(block, tmp_path):
    match block.language:
        case "toml":
            if "[receivers" in block.text and block.mark != "not run":
                (tmp_path / "zoom-emitter.toml").write_text(block.text, encoding="utf-8")
                assert load_settings(tmp_path).path
            tomllib.loads(block.text)
        case "json":
            json.loads(block.text)
        case "yaml":
            assert yaml.safe_load(block.text)


@pytest.mark.parametrize(
    "block", [b for page in PAGES for b in blocks_of(page) if b.language == "python"], ids=block_names
)
def test_what_is_shown_as_python_runs(block):
    code = compile(block.text, block_names(block), "exec")
    if not block.mark:
        exec(code, {"__name__": "__main__"})  # noqa: S102 - our own page


def test_what_is_shown_is_compared_by_what_stays_the_same():
    assert likeness("#8  a.b  attempt 1 at +0:00:00  503 failed  4 ms") == likeness(
        "#12 a.b  attempt 2 at +0:05:00  502 failed  11 ms"
    )
    assert is_shown_by("recording in …/deliveries.sqlite", ["recording in /x/y/deliveries.sqlite"])
    assert not is_shown_by("verdict   not valid", ["verdict   valid"])
    assert re.search("ID", likeness("challenge cfAWhF8aaiMdwS8V058o7Q"))
