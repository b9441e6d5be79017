"""Requests that are nearly signed, and nonsense that is not."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from contracts.bodies import EventBody, ExactBody
from contracts.cases import Case
from contracts.check import Check
from contracts.expectations import NOT_A_SERVER_ERROR, REFUSED, Kind, refusal
from contracts.findings import Evidence, Severity
from contracts.remedies import RAW_BODY, READ_CAREFULLY, VERIFY_FIRST
from contracts.scope import Depth, Scope
from contracts.sent import Recipe
from emitter.core.faults import FAULTS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from contracts.expectations import Expectation

_STRANGE: Final = (
    ("nothing", b""),
    ("text", b"hello"),
    ("JSON that is cut", b'{"event":'),
    ("no UTF-8", b"\xff\xfe{}"),
    ("null", b"null"),
    ("an empty list", b"[]"),
    ("an event without a payload", b'{"event":"endpoint.url_validation"}'),
)
VARIANT: Final = refusal(
    "a 4xx; a 2xx does no harm, the sender knows the signature",
    lenient={Kind.SERVER_ERROR: Severity.WARNING, Kind.DROPPED: Severity.WARNING},
)


def _sent_with(expects: Expectation, *names: str, cause: str = "") -> Callable[[Scope], Iterable[Case]]:
    def cases(scope: Scope) -> Iterable[Case]:
        for number, name in enumerate(names):
            yield Case(
                name=FAULTS[name].description,
                event=scope.event.name,
                recipe=Recipe(body=EventBody(event=scope.event.name), faults=(FAULTS[name],)),
                expects=expects,
                cause=cause or name,
                depth=Depth.DEFAULT if number else Depth.QUICK,
            )

    return cases


def _unsigned_nonsense(scope: Scope) -> Iterable[Case]:
    for name, body in _STRANGE:
        yield Case(
            name=f"{name}, unsigned",
            event=scope.event.name,
            recipe=Recipe(body=ExactBody(body=body), faults=(FAULTS["unsigned"],)),
            expects=NOT_A_SERVER_ERROR,
            cause="nonsense",
            depth=Depth.QUICK if name == "text" else Depth.DEFAULT,
        )


CHECKS: Final = (
    Check(
        code="S08",
        title="A request whose white space was changed after signing is refused",
        severity=Severity.WARNING,
        evidence=Evidence.CONFIRMED,
        sends="a rightly signed event with a space more, and with a line feed at its end",
        expects=REFUSED.words,
        why="The signature covers the bytes. Who takes others has verified JSON that was written again, not "
        "what came, and depends on writing as Zoom does.",
        source="docs/zoom.md#signing",
        mend=RAW_BODY,
        cases=_sent_with(REFUSED, "spaced-body", "body-with-newline", cause="white-space"),
        implied_by=("S01", "S04"),
    ),
    Check(
        code="S09",
        title="The right signature is taken in Zoom's form only",
        severity=Severity.INFO,
        evidence=Evidence.UNSURE,
        sends="the right digits without v0=, in upper case, after V0= and v1=, with more digits or "
        "a list behind",
        expects=VARIANT.words,
        why="No forgery: who sends these knows the signature. But Zoom sends one form, and a new version "
        "would mean another computation.",
        source="docs/zoom.md#signing",
        mend=VERIFY_FIRST.saying("Compare the whole header with v0= and the digits you computed."),
        cases=_sent_with(
            VARIANT,
            "bare-signature",
            "upper-case-signature",
            "upper-case-version",
            "other-version",
            "padded-signature",
            "listed-signature",
            cause="variant",
        ),
        implied_by=("S01", "S02", "S03", "S05"),
    ),
    Check(
        code="S10",
        title="Unsigned nonsense does not make the receiver fail",
        severity=Severity.ERROR,
        evidence=Evidence.ATTACK,
        sends="nothing, text, cut JSON, bytes that are no UTF-8, null, [], no payload; unsigned",
        expects=NOT_A_SERVER_ERROR.words,
        why="Whoever parses before verifying fails on what any scanner sends.",
        source="docs/zoom.md#failures",
        mend=READ_CAREFULLY.saying(
            "Verify before you parse: what is not signed is answered 401, whatever it holds. "
            f"{READ_CAREFULLY.words}"
        ),
        cases=_unsigned_nonsense,
        implied_by=("S03",),
    ),
)
