"""From misses to findings: equal causes are one, and nothing is said twice."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Final

from contracts.findings import EVERY_EVENT, Finding, Severity
from contracts.languages import language_of
from contracts.reproducing import Rerun, Showing, reproduction_of
from emitter._version import __version__

if TYPE_CHECKING:
    from contracts.cases import AnyCase
    from contracts.check import Check
    from contracts.languages import Language
    from contracts.sent import Miss
    from contracts.session import Session

_ANSWERS: Final = 20
"""How many of the last answers are looked at to tell the language."""


@dataclass(slots=True)
class _Entry:
    """One cause of one check, with its finding for each event."""

    check: Check
    by_event: dict[str, Finding] = field(default_factory=dict)
    showings: list[Showing] = field(default_factory=list)


class Ledger:
    """Keeps what was missed in a run.

    Args:
        session: The run's, for the receiver and its language.
        rerun: How the run is asked for again, for the findings' reproductions.
        version: The program's, which decides what is new in it.
    """

    def __init__(self, session: Session, rerun: Rerun | None = None, *, version: str = __version__) -> None:
        self._session = session
        self._rerun = rerun or Rerun(receiver=session.receiver)
        self._version = version
        self._entries: dict[tuple[str, str], _Entry] = {}
        self._kinds: dict[str, set[str]] = {}
        self._tried: dict[str, set[str]] = {}

    @property
    def language(self) -> Language | None:
        """What the receiver seems to be written in."""
        answers = (sent.exchange.answer for sent in self._session.traffic[-_ANSWERS:])
        return language_of(answer for answer in answers if answer)

    def tried(self, check: Check, case: AnyCase) -> None:
        """Note that a check was tried with a case's event."""
        self._tried.setdefault(check.code, set()).add(case.event)

    def add(self, check: Check, miss: Miss, case: AnyCase | None = None) -> Finding | None:
        """Note a miss; return its finding if it is one that was not there before."""
        if any(miss.kind in self._kinds.get(code, ()) for code in check.implied_by):
            return None
        self._kinds.setdefault(check.code, set()).add(miss.kind)
        label = miss.cause or ((case.cause or case.name) if case else "")
        cause = f"{label}: {miss.kind}" if label else miss.kind
        entry = self._entries.setdefault((check.code, cause), _Entry(check))
        event = case.event if case and check.is_per_event else EVERY_EVENT
        if event in entry.by_event:
            known = entry.by_event[event]
            entry.by_event[event] = replace(known, count=known.count + 1)
            return None
        finding = self._finding(check, miss, case, event=event, cause=cause)
        entry.by_event[event] = finding
        entry.showings.append(
            Showing(
                check=check,
                case=case,
                sent=miss.sent,
                emits=miss.emits,
                is_shown_by_one=miss.is_shown_by_one,
            )
        )
        return finding if len(entry.by_event) == 1 else None

    def findings(self) -> tuple[Finding, ...]:
        """Return all findings, the worst first; one that every event shows is about no event."""
        found = [finding for entry in self._entries.values() for finding in self._merged(entry)]
        order = {check.check.code: number for number, check in enumerate(self._entries.values())}
        return tuple(sorted(found, key=lambda each: (each.severity.rank, order[each.code])))

    def _merged(self, entry: _Entry) -> list[Finding]:
        merged = self._without_repetition(entry)
        return [
            replace(finding, reproduce=reproduction_of(finding, showing, self._rerun))
            for finding, showing in zip(merged, entry.showings, strict=False)
        ]

    def _without_repetition(self, entry: _Entry) -> list[Finding]:
        findings = [*entry.by_event.values()]
        tried = self._tried.get(entry.check.code, set())
        is_every_one = tried <= entry.by_event.keys()
        if len(findings) > 1 and (is_every_one or entry.check.merges_events):
            count = sum(finding.count for finding in findings)
            message = findings[0].message
            if not is_every_one:
                message += f"; likewise {', '.join([*entry.by_event][1:])}"
            return [replace(findings[0], event=EVERY_EVENT, count=count, message=message)]
        return findings

    def _finding(self, check: Check, miss: Miss, case: AnyCase | None, *, event: str, cause: str) -> Finding:
        what = f"{case.event}, {case.name}: " if case else ""
        remedy = check.mend.saying(miss.mend) if miss.mend else check.mend
        severity, fails_from = miss.severity or check.severity, check.fails_from(self._version)
        if fails_from and severity is Severity.ERROR:
            severity = Severity.WARNING
        return Finding(
            code=check.code,
            title=check.title,
            severity=severity,
            evidence=miss.evidence or check.evidence,
            event=event,
            cause=cause,
            message=what + (miss.message or miss.received),
            expected=miss.expected,
            received=miss.received,
            mend=remedy.text(self.language),
            fails_from=fails_from,
        )
