"""The report for people: progress while the run goes on, then what is wrong, how bad, and how to mend it."""

from __future__ import annotations

import sys
import textwrap
from collections import Counter
from itertools import groupby
from typing import TYPE_CHECKING, Final

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn
from rich.text import Text

from contracts.findings import EVERY_EVENT, Severity
from contracts.reports.overview import baseline_lines, counted
from contracts.run_events import CaseEnded, FindingSeen, RunEnded, RunStarted

if TYPE_CHECKING:
    from contracts.findings import Finding
    from contracts.plan import Plan
    from contracts.registry import Registry
    from contracts.run_events import RunEvent, RunResult

STYLES: Final = {Severity.ERROR: "bold red", Severity.WARNING: "yellow", Severity.INFO: "cyan"}
_LEAST_COLUMNS: Final = 60
_PLAIN_COLUMNS: Final = 100
_LABEL_CHARS: Final = 10
_FAMILY_CHARS: Final = 12
_OBSERVED: Final = frozenset({"D08", "D09", "D10"})
"""Checks that send nothing without an observer."""


class ConsoleReporter:
    """Shows a run as it goes on. The report goes to one stream, progress to another.

    Args:
        registry: For the families' names.
        out: Where the report goes; None where it is wanted in another form.
        err: Where progress goes; nothing goes there unless it is a terminal.
    """

    def __init__(self, registry: Registry, *, out: Console | None, err: Console) -> None:
        self._registry = registry
        self._out = out
        self._err = err
        self._progress: Progress | None = None

    def __call__(self, event: RunEvent) -> None:
        """Show one event."""
        match event:
            case RunStarted():
                self._begin(event)
            case CaseEnded():
                self._step(event)
            case FindingSeen():
                self._announce(event.finding)
            case RunEnded():
                self.close()
                if self._out:
                    self._conclude(self._out, event.result)

    def close(self) -> None:
        """Take the progress off the terminal."""
        if self._progress:
            self._progress.stop()
            self._progress = None

    def _begin(self, event: RunStarted) -> None:
        if not self._err.is_terminal:
            return
        columns = (TextColumn("{task.description}"), BarColumn(), TextColumn("{task.completed}/{task.total}"))
        self._progress = Progress(
            *columns, console=self._err, transient=True, redirect_stdout=False, redirect_stderr=False
        )
        self._progress.add_task("greeting", total=len(event.plan.cases))
        self._progress.start()

    def _step(self, event: CaseEnded) -> None:
        if self._progress:
            name = self._registry.family(self._registry.find(event.result.code)).name
            task = self._progress.task_ids[0]
            self._progress.update(task, description=name, completed=event.done, total=event.planned)

    def _announce(self, finding: Finding) -> None:
        if self._err.is_terminal:
            self._err.print(_headline(finding), soft_wrap=True)

    def _conclude(self, out: Console, result: RunResult) -> None:
        out.print(Text(_what_was_done(result)), soft_wrap=True)
        new = [finding for finding in result.findings if not result.is_known(finding)]
        for _, alike in groupby(new, key=_what_is_said):
            out.print()
            self._show(out, [*alike])
        for about_baseline in baseline_lines(result):
            out.print(Text(about_baseline), soft_wrap=True)
        out.print()
        for line in self._families(result):
            out.print(line, soft_wrap=True)
        if result.cases:
            out.print()
        out.print(_verdict(result))
        for note in _notes(result):
            out.print(Text(note), soft_wrap=True)

    def _show(self, out: Console, alike: list[Finding]) -> None:
        """Show a finding, or several of one check that differ in nothing but what was seen."""
        first, check = alike[0], self._registry.find(alike[0].code)
        out.print(_headline(first, times=sum(finding.count for finding in alike)), soft_wrap=True)
        for finding in alike:
            _row(out, "seen", finding.message)
        _row(out, "expected", first.expected)
        _row(out, "why", f"{check.why} ({check.source}, {first.evidence})")
        _row(out, "mend", first.mend)
        if first.fails_from:
            _row(out, "new", f"this check is new; it can fail a build from {first.fails_from} on")
        for command in dict.fromkeys(each.reproduce.command for each in alike if each.reproduce):
            # In one piece, so that it can be copied.
            out.print(Text(f"  {'again':<{_LABEL_CHARS}}{command}"), soft_wrap=True)

    def _families(self, result: RunResult) -> list[Text]:
        well = Counter(case.code[0] for case in result.cases if not case.misses)
        ran = Counter(case.code[0] for case in result.cases)
        lines = []
        for family in self._registry.families:
            if not ran[family.letter]:
                continue
            bad = sorted({finding.code for finding in result.findings if finding.code[0] == family.letter})
            line = Text(f"  {family.name:<{_FAMILY_CHARS}}")
            well_text = f"{well[family.letter]} of {ran[family.letter]} cases well"
            line.append(well_text, style="" if bad else "green")
            line.append(f"  {' '.join(bad)}" if bad else "", style="bold")
            lines.append(line)
        return lines


def console(*, is_stderr: bool = False) -> Console:
    """Return a console that keeps lines readable in a pipe; `NO_COLOR` is honoured."""
    # The stream as it is now: an app's output may be held back later.
    stream = sys.stderr if is_stderr else sys.stdout
    made = Console(file=stream, stderr=is_stderr, highlight=False, emoji=False, markup=False)
    if not made.is_terminal:
        made.width = max(_PLAIN_COLUMNS, _LEAST_COLUMNS)
    return made


def plan_lines(plan: Plan, registry: Registry, *, greeting: int) -> list[str]:
    """Return how many requests each family would send, for a dry run."""
    counts = plan.requests()
    rows = [("greeting", greeting, 0)]
    for family in registry.families:
        cases = sum(planned.check.letter == family.letter for planned in plan.cases)
        if cases:
            rows.append((family.name, counts[family.letter], cases))
    lines = [
        f"{name:<12} {requests:>6} requests{f', {cases} cases' if cases else ''}"
        for name, requests, cases in rows
    ]
    total = sum(requests for _, requests, _ in rows)
    return [*lines, f"{'in all':<12} {total:>6} requests at most; nothing was sent"]


def _row(out: Console, label: str, text: str) -> None:
    """Print a text beside its label: the first line wrapped, the others, which are code, as they are."""
    words, *code = text.split("\n")
    indent = " " * (_LABEL_CHARS + 2)
    columns = max(out.width - len(indent), _LEAST_COLUMNS)
    lines = textwrap.wrap(words, columns, break_long_words=False, break_on_hyphens=False) or [""]
    line = Text(f"  {label:<{_LABEL_CHARS}}", style="dim")
    line.append(lines[0], style="not dim")
    out.print(line, soft_wrap=True)
    for each in (*lines[1:], *code):
        out.print(Text(indent + each), soft_wrap=True)


def _what_is_said(finding: Finding) -> tuple[str, ...]:
    """Return what findings have in common that are shown as one."""
    return (finding.code, finding.severity, finding.event, finding.expected, finding.mend, finding.fails_from)


def _headline(finding: Finding, *, times: int = 0) -> Text:
    line = Text(f"{finding.severity:<8}", style=STYLES[finding.severity])
    line.append(f"{finding.code}  {finding.title}", style="bold")
    if finding.event != EVERY_EVENT:
        line.append(f"  [{finding.event}]")
    times = times or finding.count
    if times > 1:
        line.append(f"  {times} times")
    return line


def _what_was_done(result: RunResult) -> str:
    parts = [
        result.receiver.shown,
        *([f"seems to be {result.language}"] if result.language else []),
        f"{len(result.events)} events",
        f"depth {result.depth}",
        f"seed {result.seed}",
        f"{len(result.traffic)} requests in {result.elapsed_s:.1f} s",
    ]
    return " · ".join(parts)


def _verdict(result: RunResult) -> Text:
    new = [finding for finding in result.findings if not result.is_known(finding)]
    if not new:
        known = f"; {len(result.findings)} known" if result.findings else ""
        nothing = "nothing new found" if result.baseline else "nothing found"
        return Text(
            f"{nothing} in {len(result.cases)} cases of {len(result.checks)} checks{known}",
            style="bold green",
        )
    return Text(counted(new), style=STYLES[new[0].severity])


def _notes(result: RunResult) -> list[str]:
    notes = []
    if result.stopped:
        notes.append(f"stopped: {result.stopped}; {len(result.left_out)} cases were not tried")
    elif result.left_out:
        codes = Counter(planned.check.code for planned in result.left_out)
        listed = ", ".join(f"{code} ({count})" for code, count in codes.items())
        notes.append(f"left out for time: {listed}; a longer --time-budget includes them")
    if result.latency:
        notes.append(f"answers: {result.latency.words}")
    if not result.is_observed and any(check.code in _OBSERVED for check in result.checks):
        notes.append("effects were not seen: --observe URL or --observe-cmd COMMAND counts them")
    if result.is_interrupted:
        notes.append("interrupted: this is what was seen until then")
    return notes
