"""What keeps forged traffic out: every request that the secret's holder did not sign is refused."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from contracts.bodies import EventBody
from contracts.cases import Case, Depth, Recipe, Scope
from contracts.check import Check
from contracts.expectations import REFUSED
from contracts.findings import Evidence, Severity
from contracts.remedies import VERIFY_FIRST, Remedy
from emitter.core.faults import FAULTS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable


def _forged_by(*faults: str) -> Callable[[Scope], Iterable[Case]]:
    """Return what makes one case a fault of `emit`, each with the cause of its own name."""

    def cases(scope: Scope) -> Iterable[Case]:
        for name in faults:
            for event in scope.events:
                yield Case(
                    name=FAULTS[name].description,
                    event=event.name,
                    recipe=Recipe(body=EventBody(event=event.name), faults=(FAULTS[name],)),
                    expects=REFUSED,
                    cause=name,
                    depth=Depth.QUICK if event is scope.event else Depth.DEEP,
                )

    return cases


CHECKS: Final = (
    Check(
        code="S01",
        title="A request with a wrong signature is refused",
        severity=Severity.ERROR,
        evidence=Evidence.ATTACK,
        sends="an event with every digit of its signature wrong",
        expects=REFUSED.words,
        why="Anyone can send such a request; a receiver that takes it works for everyone.",
        source="docs/zoom.md#signing",
        mend=VERIFY_FIRST,
        cases=_forged_by("wrong-signature"),
    ),
    Check(
        code="S02",
        title="A request of which only a part of the signature is right is refused",
        severity=Severity.ERROR,
        evidence=Evidence.ATTACK,
        sends="an event with only the last digit of its signature wrong",
        expects=REFUSED.words,
        why="A comparison of the beginning, or one that stops early, lets a forger find the rest by trying.",
        source="docs/zoom.md#signing",
        mend=VERIFY_FIRST,
        cases=_forged_by("last-digit-wrong"),
        implied_by=("S01",),
    ),
    Check(
        code="S03",
        title="A request without a signature is refused",
        severity=Severity.ERROR,
        evidence=Evidence.ATTACK,
        sends="an event without x-zm-signature, with an empty one, and without the timestamp as well",
        expects=REFUSED.words,
        why="Compare functions that throw on a missing signature answer 5xx, and an absent header or empty "
        "secret has skipped verification before.",
        source="docs/zoom.md#failures",
        mend=VERIFY_FIRST,
        cases=_forged_by("missing-signature", "empty-signature", "unsigned"),
        implied_by=("S01",),
    ),
    Check(
        code="S04",
        title="A request whose body was changed after signing is refused",
        severity=Severity.ERROR,
        evidence=Evidence.ATTACK,
        sends="a rightly signed event of which one digit was changed on the way",
        expects=REFUSED.words,
        why="A signature that does not cover the body lets whoever saw one request send any other.",
        source="docs/zoom.md#signing",
        mend=Remedy(
            f"The signature covers v0:TIMESTAMP:BODY, all three. {VERIFY_FIRST.words}", VERIFY_FIRST.code
        ),
        cases=_forged_by("tampered-body"),
        implied_by=("S01",),
    ),
)
