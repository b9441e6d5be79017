"""What an observer sees: one effect of every accepted event, however often it comes, none of a forgery."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Final

from contracts.bodies import EventBody, ExactBody
from contracts.cases import Procedure
from contracts.check import Check, Phase
from contracts.expectations import Kind, kind_of, received_text
from contracts.findings import Evidence, Severity
from contracts.remedies import VERIFY_FIRST, Remedy
from contracts.scope import Depth, Scope
from contracts.sending import may_meet, signed_earlier, wait_out
from contracts.sent import Miss, Recipe
from emitter.core.faults import FAULTS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from contracts.sent import Sent
    from contracts.session import Session

_FORGED: Final = {
    "wrong-signature": Depth.QUICK,
    "unsigned": Depth.QUICK,
    "tampered-body": Depth.QUICK,
    "other-secret": Depth.DEFAULT,
    "empty-secret": Depth.DEFAULT,
    "last-digit-wrong": Depth.DEFAULT,
}
"""The deviations by the depth they are tried from: each is waited for."""
_EARLIER: Final = tuple(map(signed_earlier, (2, 1, 0)))
_ONE: Final = "exactly one effect"


def _new_event(session: Session, event: str) -> EventBody:
    """Return an event that no run before had: a receiver may remember what it has seen."""
    return EventBody(event=event, number=session.clock.now_ms())


def _one(session: Session, event: str) -> Iterator[Miss]:
    if session.effects:
        sent, count = session.effects.of(lambda: session.send(Recipe(body=_new_event(session, event))))
        yield from _counted(session, [sent], count, emits=(event, "--seed", sent.seed))


def _one_of_several(session: Session, event: str, *, is_at_once: bool) -> Iterator[Miss]:
    """Deliver one event three times; its request id says that it is one."""
    if not session.effects or (is_at_once and not may_meet(session, len(_EARLIER))):
        return
    body = _new_event(session, event).make(session.workshop, (), now_ms=session.clock.now_ms())
    identity = session.new_identity()
    recipes = [
        Recipe(body=ExactBody(body=body.body, event=body.event), faults=(earlier,)) for earlier in _EARLIER
    ]

    def deliver() -> list[Sent]:
        if is_at_once:
            return session.send_together(recipes, identity=identity)
        return [session.send(recipe, identity=identity) for recipe in recipes]

    sent, count = session.effects.of(deliver)
    emits = (event, "--seed", body.seed, "--fault", "duplicate")
    for miss in _counted(session, sent, count, emits=emits):
        # Nobody has seen Zoom send one delivery twice at the same moment.
        yield replace(miss, severity=Severity.WARNING, evidence=Evidence.UNSURE) if is_at_once else miss


def _one_after_a_timeout(session: Session, event: str) -> Iterator[Miss]:
    if not session.effects or not session.sends_raw_bytes:
        return
    identity = session.new_identity()

    def deliver() -> list[Sent]:
        first = session.send(
            Recipe(body=_new_event(session, event), faults=(_EARLIER[0], FAULTS["hang-up"])),
            identity=identity,
        )
        body = ExactBody(body=first.signed_body, event=first.event)
        wait_out(session)
        return [session.send(Recipe(body=body), identity=identity)]

    sent, count = session.effects.of(deliver)
    yield from _counted(session, sent, count)


def _counted(
    session: Session, sent: list[Sent], count: int, *, emits: tuple[str, ...] = ()
) -> Iterator[Miss]:
    """Yield a miss where an event that was acknowledged had no effect, or more than one."""
    if count == 1 or not any(kind_of(each.exchange) is Kind.ACKNOWLEDGED for each in sent):
        return
    times = f"delivered {len(sent)} times, " if len(sent) > 1 else ""
    answer = session.receiver.redacted(received_text(sent[-1].exchange))
    yield Miss(
        kind="several-effects" if count > 1 else "no-effect",
        expected=_ONE,
        received=f"{times}{count} effects; the last answer: {answer}",
        sent=sent[-1],
        emits=emits,
    )


def _none(session: Session, event: str, *, fault: str) -> Iterator[Miss]:
    if not session.effects:
        return
    recipe = Recipe(body=_new_event(session, event), faults=(FAULTS[fault],))
    sent, count = session.effects.after(lambda: session.send(recipe))
    if count:
        answer = session.receiver.redacted(received_text(sent.exchange))
        yield Miss(
            kind="effect",
            expected="no effect",
            received=f"{count} effects; the answer: {answer}",
            sent=sent,
        )


def _about(
    misses: Callable[[Session, str], Iterable[Miss]], event: str
) -> Callable[[Session], Iterable[Miss]]:
    """Return the procedure about an event; what it misses is believed the second time.

    Somebody else may have caused an effect, or an earlier request one that came late.
    """

    def believed(session: Session) -> Iterable[Miss]:
        return [*misses(session, event)] and [*misses(session, event)]

    return believed


def _procedures(
    *named: tuple[str, str, int, Callable[[Session, str], Iterable[Miss]]], is_every_event: bool = False
) -> Callable[[Scope], Iterable[Procedure]]:
    """Return what makes procedures of names, causes, numbers of requests and what to do."""

    def cases(scope: Scope) -> Iterable[Procedure]:
        for event in scope.events if scope.is_observed else ():
            for name, cause, requests, misses in named:
                if is_every_event or event is scope.event:
                    yield Procedure(
                        name=name,
                        event=event.name,
                        requests=requests,
                        misses=_about(misses, event.name),
                        cause=cause,
                        depth=Depth.QUICK if event is scope.event else Depth.DEFAULT,
                    )

    return cases


def _forgeries(scope: Scope) -> Iterable[Procedure]:
    for name, depth in _FORGED.items() if scope.is_observed else ():
        yield Procedure(
            name=FAULTS[name].description,
            event=scope.event.name,
            requests=1,
            misses=_about(partial(_none, fault=name), scope.event.name),
            cause=name,
            depth=depth,
        )


CHECKS: Final = (
    Check(
        code="D08",
        title="Every accepted event has one effect",
        severity=Severity.ERROR,
        evidence=Evidence.CONFIRMED,
        sends="each event once, where an observer counts effects (--observe, --observe-cmd)",
        expects=_ONE,
        why="What is acknowledged is never sent again: an event that has no effect is lost.",
        source="docs/zoom.md#delivery",
        mend=Remedy(
            "Store the event before it is acknowledged, and work on what is stored until it is done."
        ),
        cases=_procedures(("counted", "once", 1, _one), is_every_event=True),
        is_per_event=True,
    ),
    Check(
        code="D09",
        title="A delivery that arrives several times has one effect",
        severity=Severity.ERROR,
        evidence=Evidence.CONFIRMED,
        sends="an event three times in a row, three times at once, and again after a time-out, under one "
        "request id, where an observer counts effects",
        expects=_ONE,
        why="The same event may arrive twice: after a late answer it is always so.",
        source="docs/zoom.md#delivery",
        mend=Remedy(
            "Keep the request ids (x-zm-request-id) you have worked on, in a unique column, and write the "
            "id in the same transaction as the effect. Timestamp, signature and tracking id name no event."
        ),
        cases=_procedures(
            ("delivered three times", "repeated", 3, partial(_one_of_several, is_at_once=False)),
            ("delivered three times at once", "repeated", 3, partial(_one_of_several, is_at_once=True)),
            ("delivered again after a time-out", "repeated", 2, _one_after_a_timeout),
        ),
        implied_by=("D08",),
    ),
    Check(
        code="D10",
        title="A forged request has no effect",
        severity=Severity.ERROR,
        evidence=Evidence.ATTACK,
        sends="events with a wrong signature, without one, changed after signing, signed with a published "
        "secret and with an empty one, and with the last digit wrong, where an observer counts effects",
        expects="no effect, whatever the answer",
        why="A receiver that answers first and verifies later shows only by its effects whether it verifies.",
        source="docs/zoom.md#signing",
        mend=VERIFY_FIRST,
        cases=_forgeries,
        phase=Phase.REFUSED,
    ),
)
