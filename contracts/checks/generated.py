"""What follows from the events' schemas: every field there and not, every value, every type that is wrong."""

from __future__ import annotations

import zlib
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any, Final

from contracts.bodies import EventBody
from contracts.cases import Procedure
from contracts.check import Check
from contracts.expectations import ACKNOWLEDGED, NOT_A_SERVER_ERROR, Expectation
from contracts.findings import Evidence, Severity
from contracts.generation.causes import cause_of
from contracts.generation.course import Course
from contracts.generation.document import literal, plausible
from contracts.generation.samples import samples_of
from contracts.generation.sources import Generated, Source, spread
from contracts.generation.trials import value_in
from contracts.generation.varying import varied
from contracts.remedies import ACKNOWLEDGE_FIRST, Remedy
from contracts.scope import Depth, Scope
from emitter.catalog.validation import problems
from emitter.faking.draw import everything
from emitter.faking.variants import is_hollow

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from contracts.cases import AnyCase
    from contracts.sent import Miss
    from contracts.session import Session
    from emitter.catalog.events import EventType

    _Send = Callable[[Session, EventType, Course], Iterable[Miss]]

EXAMPLES: Final = 2
MOST_PLAUSIBLE: Final = 60
MOST_WRONG: Final = 130
MOST_IMPLAUSIBLE: Final = 30
FUZZED: Final = 100
"""How many bodies of an event are made at random; what shrinks one that fails comes on top."""


def _every_other(path: str) -> bool:
    """Want some optional fields: always the same, but not those of one level or type."""
    return zlib.crc32(path.encode()) % 2 == 0


def _send_examples(session: Session, event: EventType, course: Course) -> Iterable[Miss]:
    now_ms = session.clock.now_ms()
    bodies = [
        EventBody(event=event.name, number=number, wants=wants)
        for number, wants in enumerate((everything, _every_other), start=1)
    ]
    made = [body.make(session.workshop, (), now_ms=now_ms).body for body in bodies]
    return course.covered(session, [Generated(body, value_in(body), "an example") for body in made])


def _samples(session: Session, event: EventType) -> list[dict[str, Any]]:
    return samples_of(session.workshop, event.name, now_ms=session.clock.now_ms())


def _is_plausible(event: EventType, value: Any) -> bool:
    """Say whether a value fits the event's schema and has nothing that Zoom would not send empty."""
    return not (problems(event, value) or is_hollow(value) or _has_empty_list(value))


def _has_empty_list(value: Any) -> bool:
    match value:
        case dict():
            return any(map(_has_empty_list, value.values()))
        case list():
            return not value or any(map(_has_empty_list, value))
        case _:
            return False


def _cover_plausible(session: Session, event: EventType, course: Course) -> Iterable[Miss]:
    samples = _samples(session, event)
    source = Source(event.name, plausible(event.name, event.schema, samples))
    made = varied(source.coverage(is_valid=True), event.schema, samples)
    return course.covered(session, spread([each for each in made if course.fits(each.value)], MOST_PLAUSIBLE))


def _fuzz_plausible(session: Session, event: EventType, course: Course) -> Iterable[Miss]:
    source = _free_source(session, event)
    strategy = source.strategy(is_valid=True).filter(lambda each: course.fits(each.value))
    return course.fuzzed(session, strategy, most=FUZZED, seed=session.workshop.seed)


def _cover_wrong(session: Session, event: EventType, course: Course) -> Iterable[Miss]:
    samples = _samples(session, event)
    usual = Source(event.name, plausible(event.name, event.schema, samples))
    at_its_word = Source(event.name, literal(event.name, event.schema))
    wrong = varied(usual.coverage(is_valid=False), event.schema, samples)
    allowed = at_its_word.coverage(is_valid=True)
    return course.covered(session, [*spread(wrong, MOST_WRONG), *spread(allowed, MOST_IMPLAUSIBLE)])


def _fuzz_wrong(session: Session, event: EventType, course: Course) -> Iterable[Miss]:
    strategy = _free_source(session, event).strategy(is_valid=False)
    return course.fuzzed(session, strategy, most=FUZZED, seed=session.workshop.seed)


def _free_source(session: Session, event: EventType) -> Source:
    return Source(event.name, plausible(event.name, event.schema, _samples(session, event), is_free=True))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Kind:
    """What the two checks have in common.

    Attributes:
        code: The check's.
        cause: The label of what it finds.
        expects: What answers are judged by.
        most: How many bodies of an event cover its schema, at most.
        cover: Sends those.
        fuzz: Sends others at random.
        fits: Says whether a smaller body is still one of this kind.
        names: Says what is wrong with a body, where findings are told apart by that.
    """

    code: str
    cause: str
    expects: Expectation
    most: int
    cover: _Send
    fuzz: _Send
    fits: Callable[[EventType, Any], bool] = lambda _event, _value: True
    names: Callable[[EventType, bytes], str] = lambda _event, _body: ""

    def kept(self, scope: Scope) -> Iterator[Procedure]:
        """Yield what sends the bodies again that failed in earlier runs."""
        for event in scope.events:
            if bodies := scope.kept.bodies(self.code, event.name) if scope.kept else []:
                misses = partial(self._course(scope, event).repeated, bodies=bodies)
                yield self._procedure("what failed before", event, misses, requests=len(bodies))

    def examples(self, scope: Scope) -> Iterator[Procedure]:
        """Yield what sends plausible bodies as they are made for every other family."""
        for event in scope.events:
            misses = self._sending(_send_examples, scope, event)
            yield self._procedure("examples", event, misses, requests=EXAMPLES)

    def made(self, scope: Scope) -> Iterator[Procedure]:
        """Yield what sends new bodies."""
        for event in scope.events:
            misses = self._sending(self.cover, scope, event)
            name = "one step from a simple body"
            yield self._procedure(name, event, misses, requests=self.most, depth=Depth.DEFAULT)
        for event in scope.events:
            misses = self._sending(self.fuzz, scope, event)
            yield self._procedure("at random", event, misses, requests=FUZZED, depth=Depth.DEEP)

    def _sending(self, send: _Send, scope: Scope, event: EventType) -> Callable[[Session], Iterable[Miss]]:
        course = self._course(scope, event)
        return lambda session: send(session, event, course)

    def _course(self, scope: Scope, event: EventType) -> Course:
        return Course(
            code=self.code,
            event=event.name,
            expects=self.expects,
            fits=partial(self.fits, event),
            names=partial(self.names, event),
            kept=scope.kept,
        )

    def _procedure(
        self,
        name: str,
        event: EventType,
        misses: Callable[[Session], Iterable[Miss]],
        *,
        requests: int,
        depth: Depth = Depth.QUICK,
    ) -> Procedure:
        return Procedure(
            name=name, event=event.name, requests=requests, misses=misses, cause=self.cause, depth=depth
        )


_PLAUSIBLE: Final = _Kind(
    code="G01",
    cause="plausible",
    expects=ACKNOWLEDGED,
    most=MOST_PLAUSIBLE,
    cover=_cover_plausible,
    fuzz=_fuzz_plausible,
    fits=_is_plausible,
)
_WRONG: Final = _Kind(
    code="G02",
    cause="wrong",
    expects=NOT_A_SERVER_ERROR,
    most=MOST_WRONG + MOST_IMPLAUSIBLE,
    cover=_cover_wrong,
    fuzz=_fuzz_wrong,
    names=cause_of,
)


def _plausible_cases(scope: Scope) -> Iterator[AnyCase]:
    yield from _PLAUSIBLE.kept(scope)
    yield from _PLAUSIBLE.examples(scope)
    yield from _PLAUSIBLE.made(scope)


def _wrong_cases(scope: Scope) -> Iterator[AnyCase]:
    yield from _WRONG.kept(scope)
    yield from _WRONG.made(scope)


CHECKS: Final = (
    Check(
        code="G01",
        title="Whatever plausible event the document allows is acknowledged",
        severity=Severity.ERROR,
        evidence=Evidence.CONFIRMED,
        sends="each event as its schema allows it, with values as Zoom's: two examples; by default every "
        "field there and absent, every value of every enumeration, bounds of numbers and lists; in deep runs "
        "a hundred more at random",
        expects=ACKNOWLEDGED.words,
        why="The schema is all that Zoom promises: any event that follows it may come tomorrow.",
        source="docs/zoom.md#events",
        mend=ACKNOWLEDGE_FIRST,
        cases=_plausible_cases,
        is_per_event=True,
        merges_events=True,
        implied_by=("A01", "A02", "A05", "A06", "A07", "A08", "A09", "B01", "B02"),
    ),
    Check(
        code="G02",
        title="What the document forbids makes the receiver neither fail nor hang",
        severity=Severity.WARNING,
        evidence=Evidence.UNSURE,
        sends="each event with a wrong type, a missing or unknown field, an unknown value or a number out of "
        "bounds, and with values that its schema allows though Zoom would not send them; in deep runs a "
        "hundred more at random; rightly signed",
        expects=NOT_A_SERVER_ERROR.words,
        why="Only who holds the secret can send it, but documents change, and a 5xx comes back.",
        source="docs/zoom.md#retries",
        mend=Remedy(
            "Check the types of what you need before you use it, and answer 400, or acknowledge and log it."
        ),
        cases=_wrong_cases,
        is_per_event=True,
        merges_events=True,
        implied_by=("A01", "A02", "R01", "R02", "G01"),
    ),
)
