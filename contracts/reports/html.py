"""The report as one page: nothing is loaded from anywhere, no script is in it, hostile text stays text."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from contracts.checks import FAMILIES
from contracts.findings import EVERY_EVENT, Severity
from contracts.reports.latency import chart, text_of
from contracts.reports.plain_text import plain
from contracts.reports.verdicts import State, Verdict, verdicts_of
from emitter._version import __version__

if TYPE_CHECKING:
    from contracts.check import Check
    from contracts.findings import Finding
    from contracts.run_events import RunResult

_FAMILY_NAMES: Final = {family.letter: family.name for family in FAMILIES}
_SLOWEST: Final = 5
_ZOOM_FACTS: Final = "docs/"


@dataclass(frozen=True, slots=True)
class _Card:
    """A finding as it is shown."""

    finding: Finding
    check: Check
    is_known: bool

    @property
    def event(self) -> str:
        return "" if self.finding.event == EVERY_EVENT else self.finding.event

    @property
    def mend(self) -> tuple[str, str]:
        """The words, and the lines of code."""
        words, _, code = self.finding.mend.partition("\n")
        return words, code


def render(result: RunResult) -> str:
    """Return the page."""
    environment = Environment(
        loader=PackageLoader("contracts.reports"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        finalize=lambda value: plain(value) if type(value) is str else value,
    )
    return environment.get_template(
        "report.html"
    ).render(
        result=result,
        version=__version__,
        started=datetime.fromtimestamp(result.started_at_ms / 1000, UTC).strftime("%Y-%m-%d %H:%M UTC"),
        headline=_headline(result),
        counts={severity: _count(result, severity) for severity in Severity},
        cards=_cards(result),
        mended=result.mended(),
        latency=result.latency,
        chart=Markup(chart(result.traffic, _FAMILY_NAMES)),  # noqa: S704 - every text in it is escaped there
        slowest=sorted(result.traffic, key=lambda sent: -sent.exchange.timing.total_ms)[:_SLOWEST],
        families=_families(result),
        left_out=_left_out(result),
        text_of=text_of,
        States=State,
    )


def _headline(result: RunResult) -> tuple[str, str]:
    """Return the state of all in one word for the style sheet, and in a sentence."""
    failing = sum(map(result.fails, result.findings))
    if failing:
        return "bad", f"{failing} finding{'s' if failing > 1 else ''} to mend"
    if result.is_interrupted:
        return "doubtful", "Interrupted"
    if result.findings:
        return "doubtful", "Nothing that fails"
    return "good", "Nothing found"


def _count(result: RunResult, severity: Severity) -> int:
    return sum(finding.severity is severity and not result.is_known(finding) for finding in result.findings)


def _cards(result: RunResult) -> list[_Card]:
    checks = {check.code: check for check in result.checks}
    cards = [_Card(finding, checks[finding.code], result.is_known(finding)) for finding in result.findings]
    return sorted(cards, key=lambda card: card.is_known)


def _families(result: RunResult) -> list[tuple[str, list[Verdict]]]:
    """Return the verdicts by family, in the order in which they ran."""
    families: dict[str, list[Verdict]] = {}
    for verdict in verdicts_of(result):
        letter = verdict.check.letter
        families.setdefault(_FAMILY_NAMES.get(letter, letter), []).append(verdict)
    return [*families.items()]


def _left_out(result: RunResult) -> dict[str, int]:
    codes = [planned.check.code for planned in result.left_out]
    return {code: codes.count(code) for code in dict.fromkeys(codes)}
