"""A bar with rate and time left while a corpus is made; on a terminal only."""

from __future__ import annotations

import os
import sys
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rich.progress import ProgressColumn

    from emitter.faking.corpus.making import Making


@contextmanager
def progress(making: Making) -> Iterator[Making]:
    """Give the making back, with a bar where there is a terminal to show it on."""
    if not sys.stderr.isatty() or os.environ.get("CI"):
        yield making
        return
    from rich.console import Console  # noqa: PLC0415 - heavy, and seldom wanted
    from rich.progress import (  # noqa: PLC0415
        BarColumn,
        MofNCompleteColumn,
        Progress,
        TimeRemainingColumn,
    )

    events = making.worker().realistic().events if "realistic" in making.settings.sets else 0
    columns = (
        BarColumn(),
        MofNCompleteColumn(),
        _rate(),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("", total=events)
        yield replace(making, on_progress=lambda done: bar.update(task, completed=done))


def _rate() -> ProgressColumn:
    from rich.progress import ProgressColumn, Task  # noqa: PLC0415
    from rich.text import Text  # noqa: PLC0415

    class Rate(ProgressColumn):
        """Events in a second."""

        def render(self, task: Task) -> Text:
            speed = task.finished_speed or task.speed
            return Text(f"{speed:,.0f} events/s" if speed else "")

    return Rate()
