"""Time: what Zoom's clock and its late retries need, and what an old request must not do again."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Final

from contracts.bodies import EventBody
from contracts.cases import Case, Procedure
from contracts.check import Check, Phase
from contracts.expectations import ACKNOWLEDGED, NOT_A_SERVER_ERROR, REFUSED, Kind, kind_of, refusal
from contracts.findings import Evidence, Severity
from contracts.remedies import CHECK_FRESHNESS
from contracts.scope import Depth, Scope
from contracts.sent import Miss, Recipe
from emitter.core.faults import FAULTS
from emitter.core.timestamp_faults import DAY_S

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from contracts.session import Session
    from emitter.core.fault import Fault

_EARLY_MS: Final = 700
"""Up to here a second is early enough: a timestamp one second ahead is still ahead when it arrives."""
_RETRIES_MIN: Final = (5, 25, 85)
_UNREADABLE: Final = (
    "text-timestamp",
    "empty-timestamp",
    "huge-timestamp",
    "infinite-timestamp",
    "superscript-timestamp",
    "negative-timestamp",
    "millisecond-timestamp",
)


def _ahead(session: Session, event: str) -> Iterator[Miss]:
    """Send an event whose timestamp is a second ahead, not late in the second, so that it arrives ahead."""
    into_ms = session.clock.now_ms() % 1000
    if into_ms > _EARLY_MS:
        session.pacer.wait_s((1000 - into_ms) / 1000)
    sent = session.send(Recipe(body=EventBody(event=event), faults=(FAULTS["ahead-timestamp"],)))
    if miss := ACKNOWLEDGED.judge(sent, session.receiver):
        yield miss


def _ahead_cases(scope: Scope) -> Iterable[Procedure]:
    yield Procedure(
        name=FAULTS["ahead-timestamp"].description,
        event=scope.event.name,
        requests=1,
        misses=lambda session: _ahead(session, scope.event.name),
        cause="ahead",
        depth=Depth.DEFAULT,
    )


def _late(scope: Scope) -> Iterable[Case]:
    for minutes in _RETRIES_MIN:
        yield Case(
            name=f"retried after {minutes} minutes, with a new timestamp",
            event=scope.event.name,
            recipe=Recipe(body=EventBody(event=scope.event.name, age_s=60 * minutes)),
            expects=ACKNOWLEDGED,
            cause="late-retry",
            depth=Depth.QUICK if minutes == _RETRIES_MIN[-1] else Depth.DEFAULT,
        )


def _stale(scope: Scope) -> Iterable[Case]:
    event = scope.event.name
    for name, body in (
        ("one day old, in all", EventBody(event=event, age_s=DAY_S)),
        ("made now under a timestamp one day old", EventBody(event=event)),
    ):
        yield Case(
            name=name,
            event=event,
            recipe=Recipe(body=body, faults=(FAULTS["day-old-timestamp"],)),
            expects=REFUSED,
            cause="stale",
            depth=Depth.QUICK if body.age_s else Depth.DEFAULT,
        )


def _future(scope: Scope) -> Iterable[Case]:
    yield Case(
        name=FAULTS["day-ahead-timestamp"].description,
        event=scope.event.name,
        recipe=Recipe(body=EventBody(event=scope.event.name), faults=(FAULTS["day-ahead-timestamp"],)),
        expects=REFUSED,
        cause="future",
    )


_READABLE: Final = refusal("a 4xx", lenient={Kind.ACKNOWLEDGED: Severity.INFO})


def _signed_over_it(session: Session, event: str, fault: Fault) -> Iterator[Miss]:
    """Yield a miss, but not if the same under a wrong signature fails, too: anyone can send that.

    Who reads milliseconds as well as seconds does no harm.
    """
    body = EventBody(event=event)
    sent = session.send(Recipe(body=body, faults=(fault,)))
    expects = NOT_A_SERVER_ERROR if fault is FAULTS["millisecond-timestamp"] else _READABLE
    miss = expects.judge(sent, session.receiver)
    if miss is None:
        return
    forged = session.send(Recipe(body=body, faults=(fault, FAULTS["wrong-signature"])))
    if kind_of(forged.exchange) is not kind_of(sent.exchange):
        yield miss


def _unreadable(scope: Scope) -> Iterable[Procedure]:
    for name in _UNREADABLE:
        yield Procedure(
            name=FAULTS[name].description,
            event=scope.event.name,
            requests=2,
            misses=partial(_signed_over_it, event=scope.event.name, fault=FAULTS[name]),
            cause="unreadable",
            depth=Depth.QUICK if name == "text-timestamp" else Depth.DEFAULT,
        )


CHECKS: Final = (
    Check(
        code="F01",
        title="A timestamp one second ahead is accepted",
        severity=Severity.ERROR,
        evidence=Evidence.CONFIRMED,
        sends="an event whose timestamp is one second ahead, early in the second",
        expects=ACKNOWLEDGED.words,
        why="Zoom's clock was seen ahead of receivers' clocks. Who refuses that loses an event now and then, "
        "for no reason one can see.",
        source="docs/zoom.md#signing",
        mend=CHECK_FRESHNESS,
        cases=_ahead_cases,
        implied_by=("A01",),
    ),
    Check(
        code="F02",
        title="A retry after 5, 25 and 85 minutes is accepted",
        severity=Severity.ERROR,
        evidence=Evidence.CONFIRMED,
        sends="events of which event_ts is 5, 25 and 85 minutes old, with a new timestamp, rightly signed",
        expects=ACKNOWLEDGED.words,
        why="A retry has the old body with its old event_ts, and a new timestamp and signature: only the "
        "timestamp says whether a request is fresh.",
        source="docs/zoom.md#retries",
        mend=CHECK_FRESHNESS.saying(f"Look at the header, not at event_ts. {CHECK_FRESHNESS.words}"),
        cases=_late,
        implied_by=("A01",),
    ),
    Check(
        code="F03",
        title="A request that was signed a day ago is refused",
        severity=Severity.WARNING,
        evidence=Evidence.UNSURE,
        sends="an event signed a day ago, and one made now under a timestamp a day old; rightly signed",
        expects=REFUSED.words,
        why="Who has seen one signed request can send it again for ever. Zoom names no tolerance and "
        "asks for none.",
        source="docs/zoom.md#signing",
        mend=CHECK_FRESHNESS,
        cases=_stale,
        phase=Phase.REFUSED,
    ),
    Check(
        code="F04",
        title="A timestamp a day ahead is refused",
        severity=Severity.WARNING,
        evidence=Evidence.UNSURE,
        sends="an event whose timestamp is a day ahead, rightly signed",
        expects=REFUSED.words,
        why="A window with one side only lets in for a day what was signed so.",
        source="docs/zoom.md#signing",
        mend=CHECK_FRESHNESS,
        cases=_future,
        implied_by=("F03",),
        phase=Phase.REFUSED,
    ),
    Check(
        code="F05",
        title="A timestamp that cannot be read does not make the receiver fail",
        severity=Severity.WARNING,
        evidence=Evidence.UNSURE,
        sends="timestamps that are text, empty, negative, in milliseconds, of 30 digits, infinite, or a "
        "superscript digit; each rightly signed",
        expects="a 4xx; a 2xx is worth knowing",
        why="Only a holder of the secret can sign them, but what throws answers 5xx, and what compares as "
        "NaN passes every window.",
        source="docs/zoom.md#failures",
        mend=CHECK_FRESHNESS,
        cases=_unreadable,
        implied_by=("F03", "F04"),
        phase=Phase.REFUSED,
    ),
)
