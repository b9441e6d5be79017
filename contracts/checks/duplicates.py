"""Duplicates, order, retries: what arrives again, twice at once, too early or too late is acknowledged."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final, TypeVar

from contracts.bodies import EventBody, ExactBody
from contracts.cases import Procedure
from contracts.check import Check
from contracts.expectations import ACKNOWLEDGED, Kind, kind_of
from contracts.findings import Evidence, Severity
from contracts.remedies import ACKNOWLEDGE_FIRST, Remedy
from contracts.scope import Depth, Scope
from contracts.sending import judged, may_meet, signed_earlier, wait_out
from contracts.sent import Miss, Recipe
from emitter.core.faults import FAULTS
from emitter.core.sequence_faults import twin_of
from emitter.faking import events_for

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from contracts.sent import Sent
    from contracts.session import Session
    from emitter.core.fault import Fault
    from emitter.core.request import Identity

_What = TypeVar("_What")
_AT_ONCE: Final = 3
_MOST_OF_STORY: Final = 7
_NUMBER: Final = 1
"""Of the values of these events: others than those of the checks before."""


def _first(session: Session, event: str, identity: Identity, *faults: Fault) -> Sent:
    return session.send(Recipe(body=EventBody(event=event, number=_NUMBER), faults=faults), identity=identity)


def _same(sent: Sent) -> ExactBody:
    return ExactBody(body=sent.signed_body, event=sent.event)


def _is_taken(sent: Sent) -> bool:
    return kind_of(sent.exchange) is Kind.ACKNOWLEDGED


def _again(session: Session, event: str) -> Iterator[Miss]:
    identity = session.new_identity()
    first = _first(session, event, identity, signed_earlier(1))
    if _is_taken(first):
        _, miss = judged(session, Recipe(body=_same(first)), ACKNOWLEDGED, identity=identity)
        yield from _told(miss, event, "--seed", first.seed, "--fault", "duplicate")


def _at_once(session: Session, event: str) -> Iterator[Miss]:
    def recipes(body: ExactBody) -> list[Recipe]:
        return [Recipe(body=body, faults=(signed_earlier(number),)) for number in range(_AT_ONCE)]

    if may_meet(session, _AT_ONCE):
        yield from _together(session, event, recipes, [session.new_identity()] * _AT_ONCE)


def _of_two_subscriptions(session: Session, event: str) -> Iterator[Miss]:
    identities = [session.new_identity() for _ in range(2)]
    yield from _together(session, event, lambda body: [Recipe(body=body)] * 2, identities)


def _twins(session: Session, event: str) -> Iterator[Miss]:
    def recipes(body: ExactBody) -> list[Recipe]:
        return [Recipe(body=body), Recipe(body=replace(body, body=twin_of(body.body)))]

    identities = [session.new_identity() for _ in range(2)]
    yield from _together(session, event, recipes, identities, "--fault", "twin")


def _together(
    session: Session,
    event: str,
    recipes: Callable[[ExactBody], Sequence[Recipe]],
    identities: Sequence[Identity],
    *emits: str,
) -> Iterator[Miss]:
    """Send an event's body several times at once, to a slow receiver one after the other.

    What is doubtful is sent once more, alone.
    """
    made = EventBody(event=event, number=_NUMBER).make(session.workshop, (), now_ms=session.clock.now_ms())
    several = recipes(ExactBody(body=made.body, event=made.event))
    if may_meet(session, len(several)):
        sents = session.send_together(several, identities=identities)
    else:
        named = zip(several, identities, strict=True)
        sents = [session.send(recipe, identity=identity) for recipe, identity in named]
    for recipe, identity, sent in zip(several, identities, sents, strict=True):
        miss = ACKNOWLEDGED.judge(sent, session.receiver)
        if miss and miss.kind not in {Kind.REFUSED, Kind.SERVER_ERROR, Kind.REDIRECTED}:
            _, miss = judged(session, recipe, ACKNOWLEDGED, identity=identity)
        yield from _told(miss, event, "--seed", made.seed, *emits) if emits else _told(miss)


def _after_a_timeout(session: Session, event: str) -> Iterator[Miss]:
    if not session.sends_raw_bytes:
        return
    identity = session.new_identity()
    first = _first(session, event, identity, signed_earlier(1), FAULTS["hang-up"])
    wait_out(session)  # as Zoom does, by five minutes
    _, miss = judged(session, Recipe(body=_same(first)), ACKNOWLEDGED, identity=identity)
    yield from _told(miss)


def _out_of_order(session: Session, events: Sequence[str]) -> Iterator[Miss]:
    seed, bodies = _story(session, events)
    for body in reversed(bodies):
        _, miss = judged(session, Recipe(body=body), ACKNOWLEDGED)
        yield from _told(miss, *events, "--seed", seed, "--fault", "reorder")


def _late_retry(session: Session, events: Sequence[str]) -> Iterator[Miss]:
    seed, bodies = _story(session, [events[0], events[-1]])
    identity = session.new_identity()
    taken = [
        _is_taken(session.send(Recipe(body=bodies[0], faults=(signed_earlier(1),)), identity=identity)),
        _is_taken(session.send(Recipe(body=bodies[-1]))),
    ]
    if all(taken):
        _, miss = judged(session, Recipe(body=bodies[0]), ACKNOWLEDGED, identity=identity)
        yield from _told(miss, events[0], events[-1], "--seed", seed, "--fault", "late-retry")


def _story(session: Session, events: Sequence[str]) -> tuple[str, list[ExactBody]]:
    """Return the bodies of events that tell one story, and their seed, as ``emit`` makes them."""
    seed = f"{session.workshop.seed}.story"
    told = events_for(
        events,
        catalog=session.workshop.catalog,
        seed=seed,
        count=1,
        now_ms=session.clock.now_ms(),
        pools=session.workshop.pools,
    )
    return seed, [ExactBody(body=event.body(), event=event.name) for event in told]


def _told(miss: Miss | None, *emits: str) -> Iterator[Miss]:
    if miss:
        yield replace(miss, emits=emits)


def _about(
    misses: Callable[[Session, _What], Iterable[Miss]], what: _What
) -> Callable[[Session], Iterable[Miss]]:
    return lambda session: misses(session, what)


def _each(
    misses: Callable[[Session, str], Iterable[Miss]], name: str, *, requests: int
) -> Callable[[Scope], Iterable[Procedure]]:
    """Return what makes a procedure about the one event, and in a deep run about every event."""

    def cases(scope: Scope) -> Iterable[Procedure]:
        for event in scope.events:
            yield Procedure(
                name=name,
                event=event.name,
                requests=requests,
                misses=_about(misses, event.name),
                cause="delivery",
                depth=Depth.QUICK if event is scope.event else Depth.DEEP,
            )

    return cases


def _of_story(
    misses: Callable[[Session, Sequence[str]], Iterable[Miss]], name: str
) -> Callable[[Scope], Iterable[Procedure]]:
    def cases(scope: Scope) -> Iterable[Procedure]:
        names = [event.name for event in scope.events[:_MOST_OF_STORY]]
        if len(names) > 1:
            yield Procedure(
                name=name,
                event=names[0],
                requests=len(names),
                misses=_about(misses, names),
                cause="order",
                depth=Depth.DEFAULT,
            )

    return cases


_IDEMPOTENT: Final = Remedy(
    "Acknowledge it, and do the work only if the request id (x-zm-request-id), which stays the same on a "
    "retry, was not seen before."
)
_ANY_ORDER: Final = Remedy(
    "Acknowledge what does not fit the state you know; compare event_ts with the last one you applied, and "
    "skip what is older."
)
_SPELT: Final = ("B01", "B02", "B03", "B04", "B05")

CHECKS: Final = (
    Check(
        code="D01",
        title="The same delivery is acknowledged again",
        severity=Severity.ERROR,
        evidence=Evidence.CONFIRMED,
        sends="an event, then the same body and request id with a new timestamp and signature",
        expects=ACKNOWLEDGED.words,
        why="That is what a retry looks like, and a 5xx or 4xx to it is a failed delivery in Zoom's log.",
        source="docs/zoom.md#retries",
        mend=_IDEMPOTENT,
        cases=_each(_again, "sent again", requests=2),
        implied_by=("A01",),
    ),
    Check(
        code="D02",
        title="The same delivery is acknowledged several times at once",
        severity=Severity.WARNING,
        evidence=Evidence.UNSURE,
        sends="the same body and request id three times at once, each with another timestamp",
        expects=ACKNOWLEDGED.words,
        why="A retry may meet the first attempt while that is still worked on.",
        source="docs/zoom.md#delivery",
        mend=_IDEMPOTENT,
        cases=_each(_at_once, "sent three times at once", requests=3),
        implied_by=("A01", "D01"),
    ),
    Check(
        code="D03",
        title="A delivery is acknowledged again after a time-out",
        severity=Severity.ERROR,
        evidence=Evidence.CONFIRMED,
        sends="an event, gone before the answer, then the same body and request id with a new signature",
        expects=ACKNOWLEDGED.words,
        why="Where a handler takes longer than 3 s, the event is done and comes again.",
        source="docs/zoom.md#failures",
        mend=_IDEMPOTENT,
        cases=_each(_after_a_timeout, "sent again after a time-out", requests=2),
        implied_by=("A01", "D01"),
    ),
    Check(
        code="D04",
        title="One event for two subscriptions is acknowledged twice",
        severity=Severity.ERROR,
        evidence=Evidence.CONFIRMED,
        sends="the same body twice at once with two request ids",
        expects=ACKNOWLEDGED.words,
        why="Two subscriptions that match deliver an event twice.",
        source="docs/zoom.md#delivery",
        mend=ACKNOWLEDGE_FIRST,
        cases=_each(_of_two_subscriptions, "delivered for two subscriptions", requests=2),
        implied_by=("A01", "D01", "D02"),
    ),
    Check(
        code="D05",
        title="The twin of an event with another body is acknowledged",
        severity=Severity.ERROR,
        evidence=Evidence.CONFIRMED,
        sends="an event and at once the same with another event_ts and request id",
        expects=ACKNOWLEDGED.words,
        why="Twins whose bodies differ were seen, from two addresses at the same time.",
        source="docs/zoom.md#delivery",
        mend=ACKNOWLEDGE_FIRST,
        cases=_each(_twins, "sent with its twin", requests=2),
        implied_by=("A01", "D01", "D02", "D04"),
    ),
    Check(
        code="D06",
        title="The events of a story are acknowledged in any order",
        severity=Severity.ERROR,
        evidence=Evidence.CONFIRMED,
        sends="events that are about one playlist and one conversation, the last one first",
        expects=ACKNOWLEDGED.words,
        why="Zoom promises no order; events out of order were seen, and what is answered 4xx is lost.",
        source="docs/zoom.md#delivery",
        mend=_ANY_ORDER,
        cases=_of_story(_out_of_order, "told from its end"),
        implied_by=("A01", *_SPELT),
    ),
    Check(
        code="D07",
        title="An old retry is acknowledged after newer state",
        severity=Severity.ERROR,
        evidence=Evidence.CONFIRMED,
        sends="an event, a later one of its story, then the first again with a new signature",
        expects=ACKNOWLEDGED.words,
        why="Retries come up to 85 minutes late, after the state they tell of is gone.",
        source="docs/zoom.md#retries",
        mend=_ANY_ORDER,
        cases=_of_story(_late_retry, "overtaken, then sent again"),
        implied_by=("A01", "D01", *_SPELT),
    ),
)
