"""Authentication of the subscription: credentials are wanted, and do not take the signature's place."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from contracts.bodies import EventBody
from contracts.cases import Case, Procedure
from contracts.check import Check
from contracts.expectations import REFUSED, Kind, kind_of, received_text
from contracts.findings import Evidence, Severity
from contracts.remedies import SPLIT_CREDENTIALS_ONCE, VERIFY_FIRST, Remedy
from contracts.scope import Depth, Scope
from contracts.sent import Miss, Recipe
from emitter.core.faults import FAULTS
from emitter.core.subscription import BasicAuth, CustomHeaderAuth, OAuth

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from contracts.session import Session


def _with_credentials(scope: Scope) -> bool:
    """Return whether the receiver has credentials to check; the retired verification token is none."""
    return isinstance(scope.receiver.subscription.auth, BasicAuth | OAuth | CustomHeaderAuth)


def _sent_with(*names: str, cause: str) -> Callable[[Scope], Iterable[Case]]:
    """Return what makes one case of each combination of faults, where there are credentials."""

    def cases(scope: Scope) -> Iterable[Case]:
        for number, name in enumerate(names if _with_credentials(scope) else ()):
            faults = tuple(FAULTS[part] for part in name.split("+"))
            yield Case(
                name=" and ".join(fault.description for fault in faults),
                event=scope.event.name,
                recipe=Recipe(body=EventBody(event=scope.event.name), faults=faults),
                expects=REFUSED,
                cause=cause,
                depth=Depth.DEFAULT if number else Depth.QUICK,
            )

    return cases


def _colons(scope: Scope) -> Iterable[Case]:
    if isinstance(scope.receiver.subscription.auth, BasicAuth):
        yield from _sent_with("password-with-colon", cause="colon")(scope)


def _in_place_of_the_signature(session: Session, event: str) -> Iterator[Miss]:
    """Yield a miss if an unsigned event is taken with the right credentials, and not with wrong ones."""
    body = EventBody(event=event)
    credited = session.send(Recipe(body=body, faults=(FAULTS["unsigned"],)))
    others = [
        session.send(Recipe(body=body, faults=(FAULTS["unsigned"], FAULTS[name])))
        for name in ("missing-credentials", "wrong-credentials")
    ]
    if kind_of(credited.exchange) is Kind.ACKNOWLEDGED and not session.receiver.acks_before_verifying:
        if any(kind_of(sent.exchange) is Kind.ACKNOWLEDGED for sent in others):
            return
        yield Miss(
            kind="credentials-suffice",
            expected="a 4xx",
            received=session.receiver.redacted(received_text(credited.exchange)),
            sent=credited,
            message="an unsigned event was acknowledged because its credentials were right",
        )


def _places(scope: Scope) -> Iterable[Procedure]:
    if _with_credentials(scope):
        yield Procedure(
            name="unsigned, with right, missing and wrong credentials",
            event=scope.event.name,
            requests=3,
            misses=lambda session: _in_place_of_the_signature(session, scope.event.name),
            cause="credentials-suffice",
        )


_CHECK_CREDENTIALS: Final = Remedy(
    "Compare the whole value in constant time and answer 401 where it differs or is missing, before the body "
    "is read."
)
CHECKS: Final = (
    Check(
        code="U01",
        title="A request without the right credentials is refused",
        severity=Severity.WARNING,
        evidence=Evidence.CONFIRMED,
        sends="rightly signed events without credentials, with one character too many in the password, "
        "and with another user; only where the subscription has authentication",
        expects=REFUSED.words,
        why="Zoom sends the credentials with every request, so one without them is not Zoom's.",
        source="docs/zoom.md#authentication",
        mend=_CHECK_CREDENTIALS,
        cases=_sent_with("missing-credentials", "wrong-credentials", "wrong-user", cause="credentials"),
    ),
    Check(
        code="U02",
        title="Malformed credentials of a stranger do not make the receiver fail",
        severity=Severity.ERROR,
        evidence=Evidence.ATTACK,
        sends="unsigned events with credentials that are no base64, and with none",
        expects=REFUSED.words,
        why="What decodes them unguarded answers 5xx to any stranger.",
        source="docs/zoom.md#authentication",
        mend=_CHECK_CREDENTIALS,
        cases=_sent_with(
            "malformed-credentials+unsigned", "missing-credentials+unsigned", cause="malformed-credentials"
        ),
        implied_by=("S01", "S03"),
    ),
    Check(
        code="U03",
        title="Right credentials do not take the signature's place",
        severity=Severity.ERROR,
        evidence=Evidence.ATTACK,
        sends="unsigned events with right, with missing and with wrong credentials",
        expects="a 4xx to all of them",
        why="Zoom signs in every mode. A password is sent with each request and proves nothing of the body.",
        source="docs/zoom.md#authentication",
        mend=VERIFY_FIRST.saying(f"Verify the signature as well. {VERIFY_FIRST.words}"),
        cases=_places,
    ),
    Check(
        code="U04",
        title="A colon in the password belongs to the password",
        severity=Severity.WARNING,
        evidence=Evidence.CONFIRMED,
        sends="a rightly signed event with :x behind the password of Basic authentication",
        expects=REFUSED.words,
        why="Who splits at every colon takes the beginning for the whole: it lets this in, and refuses "
        "a right password that has a colon, as Zoom's own sample does.",
        source="docs/zoom.md#failures",
        mend=SPLIT_CREDENTIALS_ONCE,
        cases=_colons,
        implied_by=("U01",),
    ),
)
