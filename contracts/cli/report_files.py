"""Where reports go: ``--report FORMAT=PATH``, one file a receiver, or one for all."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final, Self

import rich_click as click

from emitter.errors import InvalidSettingError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from contracts.run_events import RunResult

STANDARD_OUTPUT: Final = "-"
STEP_SUMMARY: Final = "GITHUB_STEP_SUMMARY"
"""Names the file to which GitHub wants summaries appended."""


@dataclass(frozen=True, slots=True)
class ReportFile:
    """One report that is asked for.

    Attributes:
        format: What it is written in.
        path: Where it goes, or `STANDARD_OUTPUT`.
    """

    format: str
    path: str

    @classmethod
    def read(cls, text: str) -> Self:
        """Read ``FORMAT=PATH``.

        Raises:
            UsageError: The format is unknown, the folder is not there, or the path is one.
        """
        from contracts.reports import renderer  # noqa: PLC0415

        name, equals, path = text.partition("=")
        if not equals or not path:
            raise InvalidSettingError(f"{text!r} is not FORMAT=PATH; write for example json=report.json")
        renderer(name)
        if path != STANDARD_OUTPUT and not Path(path).absolute().parent.is_dir():
            raise InvalidSettingError(f"the folder of the report {path!r} does not exist; make it first")
        if Path(path).is_dir():
            raise InvalidSettingError(f"the report {path!r} is a folder; name a file in it")
        return cls(name, path)

    @property
    def is_joint(self) -> bool:
        """Whether it is one text about all receivers."""
        from contracts.reports import JOINT  # noqa: PLC0415

        return self.format in JOINT

    def write(self, text: str, *, name: str = "") -> None:
        """Write the text; with the receiver's name in the file's, where there are several.

        Raises:
            InvalidSettingError: It cannot be written.
        """
        if self.path == STANDARD_OUTPUT:
            click.echo(text, nl=False)
            return
        path = Path(self.path)
        path = path.with_name(f"{path.stem}-{name}{path.suffix}") if name else path
        mode = "a" if self.path == os.environ.get(STEP_SUMMARY) else "w"
        try:
            with path.open(mode, encoding="utf-8", errors="backslashreplace", newline="\n") as file:
                file.write(text)
        except OSError as error:
            raise InvalidSettingError(f"cannot write the report {path}: {error.strerror}") from None


class ReportFiles:
    """The reports of one command. Use it as a context manager: on leaving it the joint ones are written.

    Args:
        texts: What ``--report`` was given.
        names: How the receivers are called in paths; one for each.

    Raises:
        UsageError: A report cannot be written as it is asked for.
    """

    def __init__(self, texts: Sequence[str], names: Sequence[str]) -> None:
        self._files = [ReportFile.read(text) for text in texts]
        self._names = [*names] if len(names) > 1 else [""]
        self._results: list[RunResult] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        from contracts.reports import joint_renderer  # noqa: PLC0415

        for file in self._files:
            if file.is_joint and self._results:
                file.write(joint_renderer(file.format)(self._results))

    @property
    def prints(self) -> bool:
        """Whether a report goes to standard output."""
        return any(file.path == STANDARD_OUTPUT for file in self._files)

    def add(self, result: RunResult, *, number: int) -> None:
        """Write what is about one receiver, the one of this number.

        Raises:
            InvalidSettingError: A report cannot be written; the others are.
        """
        from contracts.reports import renderer  # noqa: PLC0415

        self._results.append(result)
        failures = []
        for file in self._files:
            if file.is_joint:
                continue
            try:
                file.write(renderer(file.format)(result), name=self._names[number])
            except InvalidSettingError as failure:
                failures.append(failure)
        if failures:
            raise failures[0]


def path_names(names: Sequence[str]) -> list[str]:
    """Return what stands for each receiver in a file's name: letters, digits and hyphens, none twice."""
    taken: list[str] = []
    for name in names:
        plain = re.sub(r"[^A-Za-z0-9_]+", "-", name.partition("://")[2] or name).strip("-") or "receiver"
        same = sum(each == plain or each.startswith(f"{plain}-again-") for each in taken)
        taken.append(f"{plain}-again-{same}" if same else plain)
    return taken
