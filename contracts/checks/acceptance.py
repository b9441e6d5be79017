"""Events as Zoom sends them: each must be acknowledged in time."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from contracts.bodies import EventBody, VariantBody
from contracts.cases import Case
from contracts.check import Check
from contracts.coverage import covering
from contracts.expectations import ACKNOWLEDGED
from contracts.findings import Evidence, Severity
from contracts.remedies import ACKNOWLEDGE_FIRST, Remedy
from contracts.scope import Depth, Scope
from contracts.sent import Recipe
from emitter.core.faults import FAULTS

if TYPE_CHECKING:
    from collections.abc import Iterable


def _complete(scope: Scope) -> Iterable[Case]:
    for event in scope.events:
        yield Case(
            name="with all its fields",
            event=event.name,
            recipe=Recipe(body=EventBody(event=event.name)),
            expects=ACKNOWLEDGED,
        )


def _required_only(scope: Scope) -> Iterable[Case]:
    for event in scope.events:
        bare = covering(event, "required-only")
        if bare and bare.is_plausible:
            yield Case(
                name="with its required fields only",
                event=event.name,
                recipe=Recipe(body=VariantBody(event=event.name, name=bare.name)),
                expects=ACKNOWLEDGED,
            )


def _unknown(scope: Scope) -> Iterable[Case]:
    yield Case(
        name="by a name that no document has",
        event=scope.event.name,
        recipe=Recipe(body=EventBody(event=scope.event.name), faults=(FAULTS["unknown-event"],)),
        expects=ACKNOWLEDGED,
    )
    for event in scope.catalog:
        if not scope.receiver.subscription.wants(event.name):
            yield Case(
                name="although the receiver does not subscribe to it",
                event=event.name,
                recipe=Recipe(body=EventBody(event=event.name)),
                expects=ACKNOWLEDGED,
                cause="not-subscribed",
                depth=Depth.DEFAULT,
            )


def _header_case(scope: Scope) -> Iterable[Case]:
    for name in ("header-title-case", "header-upper-case"):
        yield Case(
            name=FAULTS[name].description,
            event=scope.event.name,
            recipe=Recipe(body=EventBody(event=scope.event.name), faults=(FAULTS[name],)),
            expects=ACKNOWLEDGED,
            cause="header-case",
            depth=Depth.DEFAULT,
        )


CHECKS: Final = (
    Check(
        code="A01",
        title="Every event with all its fields is acknowledged",
        severity=Severity.ERROR,
        evidence=Evidence.CONFIRMED,
        sends="each event with all its fields, rightly signed",
        expects=ACKNOWLEDGED.words,
        why="What is answered 4xx is lost at once, what is answered 5xx or late after three more tries.",
        source="docs/zoom.md#delivery",
        mend=ACKNOWLEDGE_FIRST,
        cases=_complete,
        is_per_event=True,
    ),
    Check(
        code="A02",
        title="Every event without its optional fields is acknowledged",
        severity=Severity.ERROR,
        evidence=Evidence.CONFIRMED,
        sends="each event with its required fields only",
        expects=ACKNOWLEDGED.words,
        why="Zoom's document marks these fields as optional.",
        source="docs/zoom.md#events",
        mend=ACKNOWLEDGE_FIRST,
        cases=_required_only,
        is_per_event=True,
        implied_by=("A01",),
    ),
    Check(
        code="A03",
        title="An event the receiver does not know is acknowledged",
        severity=Severity.WARNING,
        evidence=Evidence.UNSURE,
        sends="an event whose name no document has, and those it does not subscribe to, rightly signed",
        expects=ACKNOWLEDGED.words,
        why="Zoom adds events, subscriptions are edited by hand, and a 5xx brings three more tries.",
        source="docs/zoom.md#failures",
        mend=Remedy("Acknowledge what you do not know, and log its name."),
        cases=_unknown,
        implied_by=("A01",),
    ),
    Check(
        code="A04",
        title="The case of header names does not matter",
        severity=Severity.WARNING,
        evidence=Evidence.UNSURE,
        sends="an event with header names as X-Zm-Signature, and all in capitals",
        expects=ACKNOWLEDGED.words,
        why="HTTP says that the case of names does not matter, and proxies change it.",
        source="docs/zoom.md#headers",
        mend=Remedy("Look headers up without regard to case, as most frameworks do."),
        cases=_header_case,
        implied_by=("A01",),
    ),
)
