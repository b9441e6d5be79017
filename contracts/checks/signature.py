"""What keeps forged traffic out: every request that the secret's holder did not sign is refused."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from contracts.bodies import EventBody
from contracts.cases import Case
from contracts.check import Check
from contracts.expectations import REFUSED
from contracts.findings import Evidence, Severity
from contracts.remedies import CHECK_FRESHNESS, REQUIRE_SECRET, VERIFY_FIRST
from contracts.scope import Depth, Scope
from contracts.sent import Recipe
from emitter.core.faults import FAULTS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable


def _forged_by(*names: str, cause: str = "") -> Callable[[Scope], Iterable[Case]]:
    """Return what makes one case of a fault of `emit`, each with the cause of its own name or with this one.

    A name may be two faults with a + between them.
    """

    def cases(scope: Scope) -> Iterable[Case]:
        for name in names:
            faults = tuple(FAULTS[part] for part in name.split("+"))
            for event in scope.events:
                yield Case(
                    name=" and ".join(fault.description for fault in faults),
                    event=event.name,
                    recipe=Recipe(body=EventBody(event=event.name), faults=faults),
                    expects=REFUSED,
                    cause=cause or name,
                    depth=Depth.QUICK if event is scope.event else Depth.DEEP,
                )

    return cases


def _malformed(scope: Scope) -> Iterable[Case]:
    lengths = (
        "short-signature",
        "cut-signature",
        "one-digit-signature",
        "prefix-only-signature",
        "long-signature",
    )
    yield from _forged_by(*lengths, cause="length")(scope)
    yield from _forged_by("non-ascii-signature", "duplicate-signature")(scope)


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
        title="A request of which all but the end of the signature is right is refused",
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
        cases=_forged_by("missing-signature", "empty-signature", "unsigned", cause="missing-signature"),
        implied_by=("S01",),
    ),
    Check(
        code="S04",
        title="A request whose body was changed after signing is refused",
        severity=Severity.ERROR,
        evidence=Evidence.ATTACK,
        sends="a rightly signed event of which one digit was changed on the way, and another event's body "
        "under this one's signature",
        expects=REFUSED.words,
        why="A signature that does not cover the body lets whoever saw one request send any other.",
        source="docs/zoom.md#signing",
        mend=VERIFY_FIRST.saying(f"The signature covers v0:TIMESTAMP:BODY, all three. {VERIFY_FIRST.words}"),
        cases=_forged_by("tampered-body", "foreign-body", cause="other-body"),
        implied_by=("S01",),
    ),
    Check(
        code="S05",
        title="A signature of another length or form is refused",
        severity=Severity.ERROR,
        evidence=Evidence.ATTACK,
        sends="the right signature cut to 16 digits and by one, one digit, v0= alone, 4096 digits, letters "
        "that are not ASCII, two headers",
        expects=REFUSED.words,
        why="Compare functions that want equal lengths or ASCII throw on these, which answers 5xx; others "
        "compare only as much as came.",
        source="docs/zoom.md#failures",
        mend=VERIFY_FIRST,
        cases=_malformed,
        implied_by=("S01", "S02", "S03"),
    ),
    Check(
        code="S06",
        title="A request signed with another secret, or with none, is refused",
        severity=Severity.ERROR,
        evidence=Evidence.ATTACK,
        sends="an event signed with a published secret, and with an empty one",
        expects=REFUSED.words,
        why="A secret that is not set has become an empty key before, and then anyone can sign.",
        source="docs/zoom.md#failures",
        mend=REQUIRE_SECRET,
        cases=_forged_by("empty-secret", "other-secret"),
        implied_by=("S01",),
    ),
    Check(
        code="S07",
        title="A forged request with a timestamp that cannot be read is refused",
        severity=Severity.ERROR,
        evidence=Evidence.ATTACK,
        sends="events with a wrong signature and a timestamp that is missing, empty, text, negative, in "
        "milliseconds, of 30 digits, infinite, or a superscript digit",
        expects=REFUSED.words,
        why="Numbers are read before signatures are compared, and what cannot be read has thrown: a 5xx that "
        "anyone can cause.",
        source="docs/zoom.md#failures",
        mend=CHECK_FRESHNESS,
        cases=_forged_by(
            "missing-timestamp",
            "text-timestamp+wrong-signature",
            "empty-timestamp+wrong-signature",
            "negative-timestamp+wrong-signature",
            "millisecond-timestamp+wrong-signature",
            "huge-timestamp+wrong-signature",
            "infinite-timestamp+wrong-signature",
            "superscript-timestamp+wrong-signature",
            cause="unreadable-timestamp",
        ),
        implied_by=("S01", "S03"),
    ),
)
