"""Bursts at the receiver's own pace, and how far from the deadline it is."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Final

from contracts.bodies import EventBody
from contracts.cases import Procedure
from contracts.check import Check
from contracts.expectations import ACKNOWLEDGED, DOUBTFUL, Kind
from contracts.findings import Evidence, Severity
from contracts.latency import latency_of
from contracts.remedies import ACKNOWLEDGE_FIRST, Remedy
from contracts.scope import Depth, Scope
from contracts.sending import LONGEST_TOGETHER_S, may_meet
from contracts.sent import Miss, Recipe

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from contracts.session import Session

_SIZES: Final = (2, 4, 8, 16)
_QUEUE_IS_FULL: Final = frozenset({Kind.DROPPED, Kind.UNREACHABLE})
_NEAR: Final = 0.8
"""Of the deadline: from there on an answer is near it."""


def _burst(session: Session, event: str, size: int) -> Iterator[Miss]:
    if not may_meet(session, size):
        return
    # Others than the events of the other checks: a receiver may remember what it has seen.
    recipes = [Recipe(body=EventBody(event=event, number=100 + number)) for number in range(size)]
    for attempt in range(2):
        sents = session.send_together(recipes)
        misses = [miss for sent in sents if (miss := ACKNOWLEDGED.judge(sent, session.receiver))]
        # A busy machine causes the same: a second burst has to show it, too.
        if not misses or (attempt == 0 and not any(miss.kind in DOUBTFUL for miss in misses)):
            break
    # Where the queue of a listening socket is short, the system drops connections: nobody decided that.
    misses.sort(key=lambda miss: miss.kind in _QUEUE_IS_FULL)
    for miss in misses[:1]:
        yield replace(miss, severity=Severity.INFO) if miss.kind in _QUEUE_IS_FULL else miss


def _lasts_s(latency_s: float, *, size: int) -> float:
    """Return how long a burst takes a receiver that serves one at a time; 0 where it is left out for that."""
    return size * latency_s if size * latency_s <= LONGEST_TOGETHER_S else 0


def _bursts(scope: Scope) -> Iterable[Procedure]:
    for size in _SIZES:
        yield Procedure(
            name=f"{size} events at once",
            event=scope.event.name,
            requests=size,
            misses=partial(_burst, event=scope.event.name, size=size),
            cause="burst",
            depth=Depth.DEFAULT,
            at_once=partial(_lasts_s, size=size),
        )


def _near_the_deadline(session: Session) -> Iterable[Miss]:
    latency = latency_of(session.traffic)
    limit_ms = 1000 * _NEAR * session.receiver.timeout_s
    if latency and latency.p95_ms >= limit_ms:
        yield Miss(
            kind="near-the-deadline",
            expected=f"95 of 100 answers within {limit_ms:.0f} ms",
            received=latency.words,
        )


CHECKS: Final = (
    Check(
        code="O01",
        title="A burst of events is acknowledged in time",
        severity=Severity.WARNING,
        evidence=Evidence.UNSURE,
        sends="2, 4, 8 and 16 events at once, as far as a receiver of its pace that serves one at a time "
        "could answer them within 1.5 s",
        expects=ACKNOWLEDGED.words,
        why="Meetings end on the hour, all at once; what is answered 429 is lost.",
        source="docs/zoom.md#retries",
        mend=Remedy("Take events into a queue and answer; let connections wait rather than refusing them."),
        cases=_bursts,
        implied_by=("A01",),
    ),
    Check(
        code="O02",
        title="Answers are not near the deadline",
        severity=Severity.INFO,
        evidence=Evidence.CONFIRMED,
        sends="nothing of its own",
        expects="95 of 100 answers to events within 80 % of the deadline, 2.4 s",
        why="Zoom waits 3 seconds; on a slower day the same receiver gets every event four times.",
        source="docs/zoom.md#delivery",
        mend=ACKNOWLEDGE_FIRST,
        inspects=_near_the_deadline,
    ),
)
