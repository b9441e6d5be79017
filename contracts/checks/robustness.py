"""Rightly signed nonsense: refuse it or accept it, but neither fail nor hang nor die."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from contracts.bodies import ExactBody
from contracts.cases import Case, Depth, Recipe, Scope
from contracts.check import Check
from contracts.expectations import NOT_A_SERVER_ERROR
from contracts.findings import Evidence, Severity
from contracts.remedies import READ_CAREFULLY

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

_NOT_JSON: Final = (
    ("nothing", b""),
    ("text", b"hello"),
    ("JSON that is cut", b'{"event":'),
    ("no UTF-8", b"\xff\xfe{}"),
)
_NO_EVENT: Final = (
    ("null", b"null"),
    ("an empty list", b"[]"),
    ("an empty object", b"{}"),
    ("a number", b"42"),
    ("an event that is a number", b'{"event":7,"event_ts":"soon","payload":[]}'),
    (
        "an event named constructor",
        b'{"event":"constructor","event_ts":1700000000000,"payload":{"object":{}}}',
    ),
)
_NESTED: Final = b'{"event":' + b"[" * 20_000 + b"]" * 20_000 + b"}"


def _sent_as(*bodies: tuple[str, bytes]) -> Callable[[Scope], Iterable[Case]]:
    def cases(scope: Scope) -> Iterable[Case]:
        for name, body in bodies:
            yield Case(
                name=name,
                event=scope.event.name,
                recipe=Recipe(body=ExactBody(body=body)),
                expects=NOT_A_SERVER_ERROR,
                cause=name,
                depth=Depth.QUICK if name == bodies[0][0] else Depth.DEFAULT,
                hurts=True,
            )

    return cases


CHECKS: Final = (
    Check(
        code="R01",
        title="What is signed but not JSON makes the receiver neither fail nor hang",
        severity=Severity.WARNING,
        evidence=Evidence.UNSURE,
        sends="no body, text, JSON that is cut, bytes that are not UTF-8; rightly signed",
        expects=NOT_A_SERVER_ERROR.words,
        why="Only a holder of the secret can send it, but a 5xx makes Zoom send it three times more.",
        source="docs/zoom.md#retries",
        mend=READ_CAREFULLY,
        cases=_sent_as(*_NOT_JSON),
    ),
    Check(
        code="R02",
        title="JSON that is no event makes the receiver neither fail nor hang",
        severity=Severity.WARNING,
        evidence=Evidence.UNSURE,
        sends="null, [], {}, a number, wrong types, an event named constructor; rightly signed",
        expects=NOT_A_SERVER_ERROR.words,
        why="Receivers that look events up in an object, or take payload.object for granted, fail on these.",
        source="docs/zoom.md#failures",
        mend=READ_CAREFULLY,
        cases=_sent_as(*_NO_EVENT),
    ),
    Check(
        code="R03",
        title="Deeply nested JSON makes the receiver neither fail nor hang",
        severity=Severity.WARNING,
        evidence=Evidence.UNSURE,
        sends="20000 lists inside each other; rightly signed",
        expects=NOT_A_SERVER_ERROR.words,
        why="Parsers that call themselves run out of stack; some take the process with them.",
        source="docs/zoom.md#failures",
        mend=READ_CAREFULLY,
        cases=_sent_as(("20000 lists inside each other", _NESTED)),
    ),
)
