"""Runs checks against a receiver and tells what happens, event by event.

The order is that of `contracts.check.Phase`: acceptance before forgeries, so that a receiver that bans an
address is not blamed for refusing good events. A receiver that cannot be judged at all is told so once.
"""

from __future__ import annotations

from collections import Counter
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from contracts.cases import AnyCase, Case
from contracts.differential import Diagnosis
from contracts.expectations import DOUBTFUL, Kind
from contracts.findings import Evidence, Severity
from contracts.greeting import greet
from contracts.ledger import Ledger
from contracts.pacing import OutOfTimeError
from contracts.plan import Plan, PlannedCase
from contracts.redaction import Redaction
from contracts.reproducing import Rerun
from contracts.run_events import CaseEnded, FindingSeen, RunEnded, RunEvent, RunResult, RunStarted
from contracts.sent import CaseResult, Miss
from emitter.delivery.clock import monotonic_ms

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator, Sequence

    from contracts.check import Check
    from contracts.scope import Scope
    from contracts.sent import Sent
    from contracts.session import Session

REVIVAL_S: Final = 10.0
"""How long a receiver that died is waited for: most supervisors start it again within seconds."""
_HOPELESS_HANGS: Final = 3
"""So many hangs in a row, and neither the rest of the family is tried nor what the check implies: each costs
the whole deadline."""


def run(
    session: Session,
    checks: Sequence[Check],
    scope: Scope,
    *,
    wait_s: float = 0.0,
    revival_s: float = REVIVAL_S,
    greets: bool = True,
) -> Generator[RunEvent]:
    """Run the checks and yield what happens; the last event is always `RunEnded`, after Ctrl-C too.

    A KeyboardInterrupt that meets the reader of the events is thrown into them to have it heard here.

    Args:
        session: Sends to the receiver; its pacer holds the run's time budget.
        checks: In the order in which they run.
        scope: What cases are made from.
        wait_s: How long a receiver that is still starting is waited for, in seconds.
        revival_s: How long one that died is waited for, in seconds.
        greets: Whether the receiver is greeted first; not where it has been, and can be judged.

    Raises:
        NoReceiverError: No HTTP answer ever came.
        UsageError: The URL cannot be used or may not be sent to.
    """
    plan = Plan.of(checks, scope)
    course = _Course(session, scope, plan, revival_s=revival_s)
    try:
        yield RunStarted(receiver=scope.receiver, depth=scope.depth, seed=scope.seed, plan=plan)
        if greets:
            yield from course.greeted(wait_s)
        yield from course.events()
    except KeyboardInterrupt:
        course.is_interrupted = True
    yield RunEnded(result=_redacted(course.result()))


class _Course:
    """One run, under way."""

    def __init__(self, session: Session, scope: Scope, plan: Plan, *, revival_s: float) -> None:
        self.is_interrupted = False
        self._session = session
        self._scope = scope
        self._plan = plan
        self._revival_s = revival_s
        self._ledger = Ledger(session, Rerun.of(scope))
        self._diagnosis = Diagnosis(session)
        self._results: list[CaseResult] = []
        self._left_out: list[PlannedCase] = []
        self._stopped = ""
        self._hangs: Counter[str] = Counter()
        """Hangs in a row, by the letters of families and by the codes of checks."""
        self._started_at_ms = session.clock.now_ms()
        self._started_ms = monotonic_ms()

    def greeted(self, wait_s: float) -> Iterator[RunEvent]:
        """Greet the receiver and see whether it can be judged."""
        self._session.greeting = greet(self._session, self._scope, wait_s=wait_s)
        yield from self._inspected(is_first=True)

    def events(self) -> Iterator[RunEvent]:
        """Run the cases of a receiver that can be judged, then look back on all that was sent."""
        session = self._session
        if self._stopped:
            self._left_out += self._plan.cases
            yield from self._inspected(is_first=False)
            return
        fitted = self._plan.fitted(within_s=session.pacer.left_s(), latency_s=session.latency_s)
        self._left_out += fitted.left_out
        yield from self._cases(fitted)
        yield from self._inspected(is_first=False)

    def result(self) -> RunResult:
        """Return what the run comes to, as far as it came."""
        return RunResult(
            receiver=self._scope.receiver,
            depth=self._scope.depth,
            seed=self._scope.seed,
            product=self._scope.event.product,
            events=tuple(event.name for event in self._scope.events),
            checks=self._plan.checks,
            findings=self._ledger.findings(),
            cases=tuple(self._results),
            left_out=tuple(self._left_out),
            traffic=tuple(self._session.traffic),
            language=self._ledger.language,
            started_at_ms=self._started_at_ms,
            elapsed_s=(monotonic_ms() - self._started_ms) / 1000,
            stopped=self._stopped,
            is_interrupted=self.is_interrupted,
            is_observed=self._scope.is_observed,
        )

    def _inspected(self, *, is_first: bool) -> Iterator[RunEvent]:
        for check in self._plan.checks:
            if check.inspects is None or check.ends_run is not is_first:
                continue
            for miss in check.inspects(self._session):
                if finding := self._ledger.add(check, miss):
                    yield FindingSeen(finding=finding)
                if check.ends_run:
                    self._stopped = "the receiver cannot be judged as it is"
                    return

    def _cases(self, plan: Plan) -> Iterator[RunEvent]:
        for number, planned in enumerate(plan.cases):
            if self._is_hopeless(planned.check):
                self._left_out.append(planned)
                continue
            try:
                conducted = self._conducted(planned)
            except OutOfTimeError:
                self._left_out += plan.cases[number:]
                return
            yield from self._told(planned, conducted, done=number + 1, planned_cases=len(plan.cases))
            if self._stopped:
                self._left_out += plan.cases[number + 1 :]
                return

    def _told(
        self, planned: PlannedCase, conducted: _Conducted, *, done: int, planned_cases: int
    ) -> Iterator[RunEvent]:
        check, case = planned.check, planned.case
        self._ledger.tried(check, case)
        result = CaseResult(
            code=check.code,
            event=case.event,
            name=case.name,
            misses=conducted.misses,
            elapsed_ms=conducted.elapsed_ms,
        )
        self._results.append(result)
        hangs = [miss for miss in result.misses if miss.kind == Kind.NO_ANSWER]
        for name in (check.letter, check.code):
            self._hangs[name] = self._hangs[name] + 1 if hangs else 0
        for miss in result.misses:
            if finding := self._ledger.add(check, miss, case):
                yield FindingSeen(finding=finding)
        yield CaseEnded(result=result, done=done, planned=planned_cases)

    def _is_hopeless(self, check: Check) -> bool:
        return any(self._hangs[name] >= _HOPELESS_HANGS for name in (check.letter, *check.implied_by))

    def _conducted(self, planned: PlannedCase) -> _Conducted:
        """Run one case and look whether the receiver outlived it."""
        session, case = self._session, planned.case
        began_ms = monotonic_ms()
        with session.labelled(planned.check.code, case.name), _named(planned):
            misses = tuple(case.misses(session))
            is_doubtful = any(miss.kind in DOUBTFUL for miss in misses)
            if (is_doubtful or case.hurts) and not session.is_alive(self._scope.event.name):
                misses = (self._death(case, misses),)
            elif is_doubtful and isinstance(case, Case) and not self._hangs[planned.check.letter]:
                # A busy machine causes the same: believed only when it happens again, if not just before.
                misses = tuple(case.misses(session))
        misses = tuple(self._diagnosis.explained(miss) for miss in misses)
        return _Conducted(misses, monotonic_ms() - began_ms)

    def _death(self, case: AnyCase, misses: Sequence[Miss]) -> Miss:
        """Return the miss of a case the receiver died of, and wait for it to come back."""
        if not self._session.revives(self._scope.event.name, within_s=self._revival_s):
            self._stopped = f"the receiver no longer answers since: {case.event}, {case.name}"
        last = misses[-1] if misses else None
        sent = last.sent if last else self._last_of_case(case)
        return Miss(
            kind=Kind.DIED,
            expected="an answer, and an answer to the next event too",
            received=last.received if last else "no answer to the event that followed",
            sent=sent,
            message="the receiver stopped answering after this request",
            severity=Severity.ERROR,
            evidence=Evidence.CONFIRMED,
        )

    def _last_of_case(self, case: AnyCase) -> Sent | None:
        """Return the last request of the case; those that follow are signs of life."""
        of_case = [sent for sent in self._session.traffic if sent.case == case.name]
        return of_case[-1] if of_case else None


@contextmanager
def _named(planned: PlannedCase) -> Iterator[None]:
    """Say of a defect of ours in which case it was met."""
    try:
        yield
    except Exception as error:
        error.add_note(f"while check {planned.check.code} was tried with {planned.case.name!r}")
        raise


@dataclass(frozen=True, slots=True)
class _Conducted:
    misses: tuple[Miss, ...]
    elapsed_ms: float


def _redacted(result: RunResult) -> RunResult:
    """Return the result of a run without any secret in its findings and its traffic."""
    receiver = result.receiver
    redaction = Redaction(receiver.secret_token, receiver.subscription, result.traffic)
    return replace(
        result,
        findings=tuple(map(redaction.finding, result.findings)),
        cases=tuple(map(redaction.case, result.cases)),
        traffic=tuple(map(redaction.sent, result.traffic)),
        stopped=redaction.text(result.stopped),
    )
