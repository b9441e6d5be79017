"""What is measured: our work beside bare work of the same kind, in turns, as a ratio."""

from __future__ import annotations

import gc
from dataclasses import dataclass
from statistics import median
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

WARM_UP_ROUNDS = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """One line of the table.

    Attributes:
        name: What of ours is measured.
        beside: What it is measured beside.
        ours_s: The median of ours, in seconds.
        theirs_s: The median of the other, in seconds.
        bar: The highest ratio that is good enough.
        stretch: The ratio that would be better still, or None.
        unit: What is measured instead of time, such as ``MB``; the medians are in it then.
    """

    name: str
    beside: str
    ours_s: float
    theirs_s: float
    bar: float
    stretch: float | None = None
    unit: str = "ms"

    @property
    def ratio(self) -> float:
        """How many times longer ours takes."""
        return self.ours_s / self.theirs_s

    @property
    def is_missed(self) -> bool:
        """Whether ours takes longer than the bar allows."""
        return self.ratio > self.bar

    @property
    def verdict(self) -> str:
        """One word."""
        if self.is_missed:
            return "missed"
        return "ok" if self.stretch is None or self.ratio > self.stretch else "stretch"


def in_turns(works: Mapping[str, Callable[[], float]], *, rounds: int) -> dict[str, float]:
    """Return the median seconds of each work, measured one after the other in every round.

    Machines drift; what is measured in the same round drifts together.

    Args:
        works: Each does its work once and returns the seconds it took.
        rounds: How many rounds count, after a few that do not.
    """
    taken: dict[str, list[float]] = {name: [] for name in works}
    for number in range(WARM_UP_ROUNDS + rounds):
        for name, work in works.items():
            gc.collect()
            seconds = work()
            if number >= WARM_UP_ROUNDS:
                taken[name].append(seconds)
    return {name: median(values) for name, values in taken.items()}


def table(figures: list[Figure]) -> str:
    """Return the figures as lines of text."""
    head = ("figure", "beside", "ours", "theirs", "ratio", "bar", "stretch", "")
    rows = [
        (
            one.name,
            one.beside,
            _measure(one.ours_s, one.unit),
            _measure(one.theirs_s, one.unit),
            f"{one.ratio:.3g}",
            f"{one.bar:.3g}",
            "" if one.stretch is None else f"{one.stretch:.3g}",
            one.verdict,
        )
        for one in figures
    ]
    widths = [max(map(len, column)) for column in zip(head, *rows, strict=True)]
    left_aligned = 2
    return "\n".join(
        "  ".join(
            text.ljust(width) if number < left_aligned else text.rjust(width)
            for number, (text, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in [head, *rows]
    )


def _measure(value: float, unit: str) -> str:
    return f"{value * 1000:.3f} ms" if unit == "ms" else f"{value:.1f} {unit}"
