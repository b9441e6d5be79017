"""Every shape and value that an event's document allows: what Zoom would send, and what only fits."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from contracts.bodies import VariantBody
from contracts.cases import Case
from contracts.check import Check, Phase
from contracts.coverage import coverage
from contracts.expectations import ACKNOWLEDGED, NOT_A_SERVER_ERROR, Expectation
from contracts.findings import Evidence, Severity
from contracts.remedies import ACKNOWLEDGE_FIRST, Remedy
from contracts.scope import Depth, Scope
from contracts.sent import Recipe
from emitter.faking.variants.plan import Kind

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from emitter.faking.variants import Variant

_ELSEWHERE: Final = frozenset({"required-only", "all-fields"})
_VALUES: Final = frozenset({Kind.TIME, Kind.NUMBER, Kind.LENGTH, Kind.EMPTY})
_CHOICES: Final = frozenset({Kind.ENUM, Kind.FORM, Kind.NULL})


def _of(*kinds: Kind) -> Callable[[Scope], Iterable[Case]]:
    """Return what makes a case of every plausible variant of these kinds."""
    return _cases(lambda variant: variant.is_plausible and variant.kind in kinds, ACKNOWLEDGED)


def _cases(is_wanted: Callable[[Variant], bool], expects: Expectation) -> Callable[[Scope], Iterable[Case]]:
    def cases(scope: Scope) -> Iterable[Case]:
        if scope.depth is Depth.QUICK:
            return
        for event in scope.events:
            for variant in coverage(event):
                if variant.name not in _ELSEWHERE and is_wanted(variant):
                    yield Case(
                        name=variant.title,
                        event=event.name,
                        recipe=Recipe(body=VariantBody(event=event.name, name=variant.name)),
                        expects=expects,
                        cause=variant.name,
                        depth=_depth_of(variant),
                    )

    return cases


def _is_doubtful(variant: Variant) -> bool:
    return not variant.is_plausible


def _depth_of(variant: Variant) -> Depth:
    """Return ``deep`` for optional fields alone: without the one or the other fails whatever fails here."""
    return Depth.DEEP if variant.name.startswith("only-") else Depth.DEFAULT


CHECKS: Final = (
    Check(
        code="A05",
        title="Every event without any one of its optional fields is acknowledged",
        severity=Severity.ERROR,
        evidence=Evidence.CONFIRMED,
        sends="each event without one optional field, for each such field; the deep run also with one alone",
        expects=ACKNOWLEDGED.words,
        why="Zoom's document marks these fields as optional, so any of them may be absent.",
        source="docs/zoom.md#events",
        mend=ACKNOWLEDGE_FIRST,
        cases=_of(Kind.PRESENCE),
        is_per_event=True,
        implied_by=("A01", "A02"),
    ),
    Check(
        code="A06",
        title="Every value of an enum and every form of a field is acknowledged",
        severity=Severity.ERROR,
        evidence=Evidence.CONFIRMED,
        sends="each event with each value of its enums, each branch of its schema, null where it is allowed",
        expects=ACKNOWLEDGED.words,
        why="Zoom's document lists these values; a switch without a default loses those nobody thought of.",
        source="docs/zoom.md#events",
        mend=Remedy("Acknowledge every value, also one that the code has no branch for."),
        cases=_of(*_CHOICES),
        is_per_event=True,
        implied_by=("A01", "A02"),
    ),
    Check(
        code="A07",
        title="Empty and long arrays are acknowledged",
        severity=Severity.ERROR,
        evidence=Evidence.CONFIRMED,
        sends="each event with each of its arrays empty, and with fifty items",
        expects=ACKNOWLEDGED.words,
        why="Zoom's document gives these arrays no bounds; the first item is often taken for granted.",
        source="docs/zoom.md#events",
        mend=Remedy("Read arrays in a loop; take neither a first item nor a small number for granted."),
        cases=_of(Kind.ARRAY),
        is_per_event=True,
        implied_by=("A01", "A02"),
    ),
    Check(
        code="A08",
        title="Empty texts and values at their bounds are acknowledged",
        severity=Severity.ERROR,
        evidence=Evidence.CONFIRMED,
        sends="each event with its optional texts empty, with times on both sides of a whole second, with "
        "numbers and lengths at the bounds that its document names",
        expects=ACKNOWLEDGED.words,
        why="Absent values were seen as empty texts, and whole seconds print without a fraction.",
        source="docs/zoom.md#body",
        mend=Remedy("Store empty texts as they are, and read times as whole milliseconds."),
        cases=_of(*_VALUES),
        is_per_event=True,
        implied_by=("A01", "A02"),
    ),
    Check(
        code="A09",
        title="What only the document allows makes the receiver neither fail nor hang",
        severity=Severity.WARNING,
        evidence=Evidence.UNSURE,
        sends="events that fit their schema but that Zoom would hardly send: empty ids and objects, times in "
        "2001 and 2286, control characters; rightly signed",
        expects=NOT_A_SERVER_ERROR.words,
        why="Only a holder of the secret can send these, but a 5xx makes Zoom send them three times more.",
        source="docs/zoom.md#retries",
        mend=Remedy("Answer 400 to what you cannot use; no value of a signed event should reach a 5xx."),
        cases=_cases(_is_doubtful, NOT_A_SERVER_ERROR),
        is_per_event=True,
        implied_by=("A01", "A02", "A05"),
        phase=Phase.SURVIVED,
    ),
)
