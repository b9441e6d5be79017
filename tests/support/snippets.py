"""The blocks of a page: what is run, with what, and what is not run for which reason.

A comment on the line above a block says what is special about it:

    <!-- not run: REASON -->
    <!-- run by: tests/cli/test_corpus_recipe.py -->
    <!-- run with: failing receiver; status 1 -->
    <!-- file: receiver.py -->

A page that has a test of its own in tests/docs may say ``step`` and ``shown by`` in the way that test reads.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

ROOT = Path(__file__).parents[2]
PAGES = [
    path
    for path in (
        ROOT / "README.md",
        ROOT / "CONTRIBUTING.md",
        ROOT / "fixtures" / "README.md",
        *sorted((ROOT / "examples").rglob("README.md")),
        *sorted((ROOT / "docs").rglob("*.md")),
    )
    if path.exists() and "node_modules" not in path.parts
]
_BLOCK = re.compile(
    r"(?:^<!-- (?P<mark>not run|run by|run with|file|step|shown by): (?P<said>[^>]+?) -->\n)?"
    r"^(?P<indent> *)```(?P<language>[a-z]*)[^\n]*\n(?P<text>.*?)^(?P=indent)```$",
    re.DOTALL | re.MULTILINE,
)


@dataclass(frozen=True)
class Command:
    """One command of a console block, and the lines that are shown as what it prints."""

    text: str
    shown: tuple[str, ...] = ()


@dataclass(frozen=True)
class Block:
    """One block of code.

    Attributes:
        page: Where it stands.
        line: Its first line there, from 1.
        language: What follows the backticks.
        text: What stands between them.
        mark: ``not run``, ``run by``, ``run with``, ``file`` (which the commands after it find), ``step``,
            ``shown by`` or empty.
        said: What the mark says.
    """

    page: Path
    line: int
    language: str
    text: str
    mark: str = ""
    said: str = field(default="")

    @property
    def is_typed(self):
        """Whether a reader types it, and no other test does."""
        return self.language in {"console", "sh"} and self.mark in {"", "run with"}

    @cached_property
    def wants(self):
        """What it is run with: words such as ``failing receiver``."""
        return {one.strip() for one in self.said.split(";")} if self.mark == "run with" else set()

    @cached_property
    def commands(self):
        """The commands of a console block, continued lines joined."""
        commands: list[Command] = []
        for line in self.text.replace("\\\n", " ").splitlines():
            if line.startswith("$ "):
                commands.append(Command(line[2:]))
            elif line.strip() and commands:
                last = commands.pop()
                commands.append(Command(last.text, (*last.shown, line)))
        return commands


def blocks_of(page):
    """Return the blocks of a page in their order."""
    text = page.read_text(encoding="utf-8")
    return [
        Block(
            page=page,
            line=text.count("\n", 0, found.start("text")) + 1,
            language=found["language"],
            text=found["text"],
            mark=found["mark"] or "",
            said=found["said"] or "",
        )
        for found in _BLOCK.finditer(text)
    ]


def likeness(line):
    """Return a printed line without what differs from run to run: ids, numbers, room between columns."""
    line = re.sub(r"(?=[A-Za-z0-9+/_-]*[0-9A-Z])[A-Za-z0-9+/_-]{16,}={0,2}", "ID", line)
    return _without_numbers(line)


def is_shown_by(shown, printed):
    """Return whether a line is like one that was printed; an ellipsis stands for anything, also for an id."""
    if "…" not in shown:
        return likeness(shown) in map(likeness, printed)
    wanted = ".*".join(re.escape(_without_numbers(part)) for part in shown.split("…"))
    return any(re.search(wanted, _without_numbers(line)) for line in printed)


def _without_numbers(line):
    return re.sub(r"\s+", " ", re.sub(r"\d+(?:\.\d+)?", "0", line)).strip()
