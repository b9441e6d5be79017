"""Reports: each format is a module whose `render` makes a text of a run's result.

A format is added by writing its module and its line here. No report holds a secret: of the receiver only
`Receiver.shown`, of headers only what `emitter.core.request.masked` leaves.
"""

from __future__ import annotations

import difflib
import importlib
from typing import TYPE_CHECKING, Final

from emitter.errors import UnknownNameError

if TYPE_CHECKING:
    from collections.abc import Callable

    from contracts.run_events import RunResult

FORMATS: Final = {
    "json": "contracts.reports.json",
}
"""Format: the module that renders it. Imported only when asked for."""


def renderer(name: str) -> Callable[[RunResult], str]:
    """Return what renders a format.

    Raises:
        UnknownNameError: There is no such format.
    """
    if name not in FORMATS:
        close = tuple(difflib.get_close_matches(name, FORMATS, n=1))
        raise UnknownNameError("format of a report", name, close, f"there are {', '.join(FORMATS)}")
    render: Callable[[RunResult], str] = importlib.import_module(FORMATS[name]).render
    return render
