"""Reports: each format is a module whose `render` makes a text of a run's result.

A format is added by writing its module and its line here. No report holds a secret: the runner has taken
them out of findings and traffic (`contracts.redaction`), and of the receiver only `Receiver.shown` is shown.
"""

from __future__ import annotations

import difflib
import importlib
from typing import TYPE_CHECKING, Final

from emitter.errors import UnknownNameError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from types import ModuleType

    from contracts.run_events import RunResult

FORMATS: Final = {
    "json": "contracts.reports.json",
    "junit": "contracts.reports.junit",
    "html": "contracts.reports.html",
    "markdown": "contracts.reports.markdown",
    "github": "contracts.reports.github",
    "har": "contracts.reports.har",
    "baseline": "contracts.reports.baseline",
}
"""Format: the module that renders it. Imported only when asked for."""
JOINT: Final = frozenset({"markdown", "github"})
"""Formats of which one text is about all receivers of a command: their modules have `render_all` as well."""


def renderer(name: str) -> Callable[[RunResult], str]:
    """Return what renders a format.

    Raises:
        UnknownNameError: There is no such format.
    """
    render: Callable[[RunResult], str] = _module(name).render
    return render


def joint_renderer(name: str) -> Callable[[Sequence[RunResult]], str]:
    """Return what renders one of the formats in `JOINT` for all receivers."""
    render: Callable[[Sequence[RunResult]], str] = _module(name).render_all
    return render


def _module(name: str) -> ModuleType:
    if name not in FORMATS:
        close = tuple(difflib.get_close_matches(name, FORMATS, n=1))
        raise UnknownNameError("format of a report", name, close, f"there are {', '.join(FORMATS)}")
    return importlib.import_module(FORMATS[name])
