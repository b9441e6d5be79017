"""What a run tells while it goes on, and what it comes to. Reporters read these and nothing else."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from contracts.findings import Severity
from contracts.latency import latency_of

if TYPE_CHECKING:
    from contracts.baseline import Baseline, KnownFinding
    from contracts.check import Check
    from contracts.findings import Finding
    from contracts.languages import Language
    from contracts.latency import Latency
    from contracts.plan import Plan, PlannedCase
    from contracts.receiver import Receiver
    from contracts.scope import Depth
    from contracts.sent import CaseResult, Sent


@dataclass(frozen=True, slots=True, kw_only=True)
class RunStarted:
    """The run begins.

    Attributes:
        receiver: What is judged.
        depth: How thorough.
        seed: What its values follow from.
        plan: What is to be sent, before anything is known of the receiver's pace.
    """

    receiver: Receiver
    depth: Depth
    seed: str
    plan: Plan


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseEnded:
    """One case is done; `done` of `planned` cases are."""

    result: CaseResult
    done: int
    planned: int


@dataclass(frozen=True, slots=True, kw_only=True)
class FindingSeen:
    """Something was found that the run had not found before; its count and event may still change."""

    finding: Finding


@dataclass(frozen=True, slots=True, kw_only=True)
class RunEnded:
    """The run is over."""

    result: RunResult


RunEvent = RunStarted | CaseEnded | FindingSeen | RunEnded


@dataclass(frozen=True, slots=True, kw_only=True)
class RunResult:
    """All that is known after a run; every report is a function of it.

    Attributes:
        receiver: What was judged. Show only `Receiver.shown` of it.
        depth: How thorough.
        seed: What the values followed from.
        product: What the document of the events is about.
        events: The names of the events the run was about.
        checks: The checks that ran, in their order.
        findings: What was found, the worst first.
        cases: How every case that ran ended, in order.
        left_out: Cases that were left out for time.
        traffic: Every request and answer, without credentials, see `contracts.redaction`.
        language: What the receiver seems to be written in.
        started_at_ms: Real time, milliseconds since the epoch.
        elapsed_s: How long it took.
        stopped: Why it ended before its end, in words; empty where it did not.
        is_interrupted: Whether someone pressed Ctrl-C.
        is_observed: Whether an observer counted the receiver's effects.
        baseline: What was known before; None where nothing is said about that.
        is_strict: Whether warnings count.
    """

    receiver: Receiver
    depth: Depth
    seed: str
    product: str
    events: tuple[str, ...]
    checks: tuple[Check, ...]
    findings: tuple[Finding, ...]
    cases: tuple[CaseResult, ...]
    left_out: tuple[PlannedCase, ...]
    traffic: tuple[Sent, ...]
    language: Language | None
    started_at_ms: int
    elapsed_s: float
    stopped: str = ""
    is_interrupted: bool = False
    is_observed: bool = False
    baseline: Baseline | None = None
    is_strict: bool = False

    @property
    def latency(self) -> Latency | None:
        """How fast it answered what Zoom would send it; None where that was too little."""
        return latency_of(self.traffic)

    def count(self, severity: Severity) -> int:
        """Return how many findings have this severity."""
        return sum(finding.severity is severity for finding in self.findings)

    def is_known(self, finding: Finding) -> bool:
        """Return whether the baseline has a finding."""
        return self.baseline is not None and self.baseline.knows(finding)

    def fails(self, finding: Finding) -> bool:
        """Return whether a finding counts: it is bad enough, not known, and of no check that is new."""
        counting = {Severity.ERROR, Severity.WARNING} if self.is_strict else {Severity.ERROR}
        return finding.severity in counting and not finding.fails_from and not self.is_known(finding)

    def is_wanting(self) -> bool:
        """Return whether anything counts."""
        return any(map(self.fails, self.findings))

    def mended(self) -> tuple[KnownFinding, ...]:
        """Return what the baseline has and the receiver no longer shows."""
        if self.baseline is None or self.stopped or self.is_interrupted:
            return ()
        unfinished = {planned.check.code for planned in self.left_out}
        tried = {check.code for check in self.checks} - unfinished
        return self.baseline.mended(self.findings, codes=tried, events=self.events)
