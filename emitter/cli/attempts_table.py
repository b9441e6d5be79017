"""The table of attempts: a row each, event names whole at any width."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING, Final

from rich.cells import cell_len
from rich.text import Text

from emitter.cli.arrival_lines import printable
from emitter.cli.attempt_lines import colour_of, virtual_text
from emitter.core.outcome import Outcome, OutcomeKind
from emitter.core.schedule import format_duration

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from emitter.core.deliveries import Attempt, Delivery

    Row = tuple[Delivery, Attempt]

NOTHING: Final = "-"
_EVENT: Final = "event"
_HEADINGS: Final = ("attempt", "virtual time", "status", "latency", "outcome", "next retry")
_TO_THE_LEFT: Final = frozenset({_EVENT, "outcome", "next retry"})
_GAP: Final = 2


def attempts_table(rows: Sequence[Row], *, width: int | None) -> list[Text]:
    """Return the table's lines, the attempts of a delivery below each other.

    Where a row does not fit, the event's name stands above the attempts of its delivery; where that does not
    fit either, headings take two lines. Nothing is ever cut: the terminal wraps what is still too long.

    Args:
        rows: Attempts with their deliveries, in any order.
        width: Columns to keep within; None where lines may be any length, as in a pipe.
    """
    ordered = sorted(rows, key=lambda row: (row[0].id, row[1].number))
    layout = _Layout((_EVENT, *_HEADINGS), [_whole_row(row) for row in ordered])
    if width is None or layout.width <= width:
        return [*layout.head(), *(layout.line(_whole_row(row), colour_of(row[1].outcome)) for row in ordered)]
    layout = _Layout(_HEADINGS, [attempt_cells(attempt) for _, attempt in ordered], indent=_GAP)
    if layout.width > width:
        layout = _Layout(_HEADINGS, layout.rows, indent=_GAP, wraps_headings=True)
    lines = layout.head()
    for _, group in groupby(ordered, key=lambda row: row[0].id):
        attempts = [*group]
        lines.append(Text(printable(attempts[0][0].event), style="bold"))
        lines += [layout.line(attempt_cells(each), colour_of(each.outcome)) for _, each in attempts]
    return lines


def attempt_cells(attempt: Attempt) -> tuple[str, ...]:
    """Return the cells of one attempt, without its event."""
    retry = NOTHING if attempt.next_retry_s is None else f"in {format_duration(attempt.next_retry_s)}"
    return (
        str(attempt.number),
        virtual_text(attempt.virtual_ms),
        status_text(attempt.outcome),
        f"{attempt.timing.total_ms:.0f} ms",
        str(attempt.outcome.kind),
        retry,
    )


def status_text(outcome: Outcome) -> str:
    """Return the HTTP status, Zoom's internal code such as ``-1`` where no answer counts, or a hyphen."""
    if outcome.status is not None and outcome.kind is not OutcomeKind.TIMED_OUT:
        return str(outcome.status)
    return NOTHING if outcome.code is None else str(int(outcome.code))


def _whole_row(row: Row) -> tuple[str, ...]:
    delivery, attempt = row
    return (printable(delivery.event), *attempt_cells(attempt))


class _Layout:
    """Columns just wide enough for their headings and cells."""

    def __init__(
        self,
        headings: Sequence[str],
        rows: Sequence[Sequence[str]],
        *,
        indent: int = 0,
        wraps_headings: bool = False,
    ) -> None:
        self.rows = rows
        self._headings = headings
        self._indent = " " * indent
        self._heading_lines = _two_lines(headings) if wraps_headings else [headings]
        self._widths = [
            max(map(cell_len, column)) for column in zip(*self._heading_lines, *rows, strict=True)
        ]

    @property
    def width(self) -> int:
        """How many columns of the terminal a line takes."""
        return len(self._indent) + sum(self._widths) + _GAP * (len(self._widths) - 1)

    def head(self) -> list[Text]:
        """Return the headings, with a rule below."""
        rule = Text(self._indent + "-" * (self.width - len(self._indent)), style="dim")
        return [*(self.line(cells, "bold") for cells in self._heading_lines), rule]

    def line(self, cells: Iterable[str], style: str) -> Text:
        """Return one row, its cells under their headings."""
        padded = [
            cell + fill if heading in _TO_THE_LEFT else fill + cell
            for heading, cell, width in zip(self._headings, cells, self._widths, strict=True)
            for fill in [" " * (width - cell_len(cell))]
        ]
        return Text(self._indent + (" " * _GAP).join(padded).rstrip(), style=style)


def _two_lines(headings: Sequence[str]) -> list[list[str]]:
    """Return headings of two words as two lines, those of one word in the lower."""
    parts = [heading.rpartition(" ") for heading in headings]
    return [[upper for upper, _, _ in parts], [lower for _, _, lower in parts]]
