"""Rightly signed nonsense: refuse it or accept it, but neither fail nor hang nor die."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any, Final

from contracts.bodies import EventBody, ExactBody
from contracts.cases import Case, Procedure
from contracts.check import Check
from contracts.expectations import DOUBTFUL, NOT_A_SERVER_ERROR, Kind, kind_of, received_text
from contracts.findings import Evidence, Severity
from contracts.remedies import READ_CAREFULLY, Remedy
from contracts.scope import Depth, Scope
from contracts.sending import judged
from contracts.sent import Miss, Recipe

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from contracts.session import Session

_NOT_JSON: Final = (
    ("nothing", b""),
    ("text", b"hello"),
    ("JSON that is cut", b'{"event":'),
    ("JSON with more behind it", b'{"event":"a.b","event_ts":1700000000000,"payload":{}}}'),
    ("no UTF-8", b"\xff\xfe{}"),
    ("no UTF-8 in a text", b'{"event":"a.b\xff\xc3\x28","event_ts":1700000000000,"payload":{}}'),
    ("half an emoji", rb'{"event":"a.b","event_ts":1700000000000,"payload":{"object":{"id":"\uD83D"}}}'),
    ("NaN", b'{"event":NaN,"event_ts":Infinity,"payload":{}}'),
    ("UTF-16", '{"event":"a.b"}'.encode("utf-16")),
)
_NO_EVENT: Final = (
    ("null", b"null"),
    ("an empty list", b"[]"),
    ("an empty object", b"{}"),
    ("a number", b"42"),
    ("a text", b'"event"'),
    ("an event that is a number", b'{"event":7,"event_ts":"soon","payload":[]}'),
    ("an event that is a list", b'{"event":["a.b"],"event_ts":1700000000000,"payload":{"object":{}}}'),
    ("an event without a payload", b'{"event":"a.b","event_ts":1700000000000}'),
    ("an event with a null payload", b'{"event":"a.b","event_ts":1700000000000,"payload":null}'),
    ("an event with a null object", b'{"event":"a.b","event_ts":1700000000000,"payload":{"object":null}}'),
    ("an event without a time", b'{"event":"a.b","payload":{"object":{}}}'),
    (
        "an event named constructor",
        b'{"event":"constructor","event_ts":1700000000000,"payload":{"object":{}}}',
    ),
    ("an event named __proto__", b'{"event":"__proto__","event_ts":1700000000000,"payload":{"object":{}}}'),
    ("an event with a time of 5000 digits", b'{"event":"a.b","event_ts":' + b"9" * 5_000 + b"}"),
)
_NAMED: Final = "an event named "
_INHERITED: Final = "inherited-name"
_QUICK: Final = frozenset({"nothing", "null"})
_DEEP_LEVELS: Final = 20_000
_NESTED: Final = b'{"event":' + b"[" * _DEEP_LEVELS + b"]" * _DEEP_LEVELS + b"}"
_NESTED_OBJECTS: Final = b'{"event":' * _DEEP_LEVELS + b"1" + b"}" * _DEEP_LEVELS
_NUMBER: Final = 2


def _sent_as(*bodies: tuple[str, bytes]) -> Callable[[Scope], Iterable[Case]]:
    def cases(scope: Scope) -> Iterable[Case]:
        for name, body in bodies:
            yield Case(
                name=name,
                event=scope.event.name,
                recipe=Recipe(body=ExactBody(body=body)),
                expects=NOT_A_SERVER_ERROR,
                cause=_INHERITED if name.startswith(_NAMED) else name,
                depth=Depth.QUICK if name in _QUICK else Depth.DEFAULT,
                hurts=True,
            )

    return cases


def _with_wrong_types(scope: Scope) -> Iterable[Case]:
    for event in scope.events:
        for name, change in (("text", str), ("a number", lambda _: 7), ("a list", lambda value: [value])):
            yield Case(
                name=f"{name} in the place of its object's values",
                event=event.name,
                recipe=Recipe(body=EventBody(event=event.name, change=partial(_retyped, change=change))),
                expects=NOT_A_SERVER_ERROR,
                cause="wrong-types",
                depth=Depth.DEFAULT if event is scope.event else Depth.DEEP,
                hurts=True,
            )


def _retyped(envelope: Mapping[str, Any], *, change: Callable[[Any], Any]) -> dict[str, Any]:
    """Return the envelope with every value of its object of another type."""
    payload = envelope["payload"]
    inner = payload.get("object")
    first = inner[0] if isinstance(inner, list) and inner else inner
    if not isinstance(first, dict):
        return {**envelope, "payload": {**payload, "object": change(inner)}}
    retyped = {
        key: 7 if change is str and isinstance(value, str) else change(value) for key, value in first.items()
    }
    return {**envelope, "payload": {**payload, "object": [retyped] if isinstance(inner, list) else retyped}}


_POISON: Final = {
    "__proto__": {"is_admin": True, "toString": None, "event": None, "length": 0},
    "constructor": {"prototype": {"is_admin": True, "toString": None, "event": None}},
}


def _poisoned(envelope: Mapping[str, Any]) -> dict[str, Any]:
    payload = envelope["payload"]
    inner = payload.get("object")
    poisoned = [{**_POISON}] if isinstance(inner, list) else {**(inner or {}), **_POISON}
    return {**envelope, **_POISON, "payload": {**payload, **_POISON, "object": poisoned}}


def _poison(session: Session, event: str) -> Iterator[Miss]:
    """Send names that every JavaScript object has; what follows must be answered as it was before."""
    plain = Recipe(body=EventBody(event=event, number=_NUMBER))
    before = session.send(plain)
    sent, miss = judged(session, Recipe(body=EventBody(event=event, change=_poisoned)), NOT_A_SERVER_ERROR)
    if miss:
        yield miss
        return
    after = session.send(plain)
    kind = kind_of(after.exchange)
    if kind is not kind_of(before.exchange):
        yield Miss(
            kind=kind if kind in DOUBTFUL else "poisoned",
            expected="the next event is answered as the one before",
            received=f"the next event: {session.receiver.redacted(received_text(after.exchange))}",
            sent=sent,
            severity=Severity.ERROR if kind is Kind.NO_ANSWER else None,
            evidence=Evidence.CONFIRMED if kind is Kind.NO_ANSWER else None,
        )


def _poisonings(scope: Scope) -> Iterable[Procedure]:
    yield Procedure(
        name="__proto__ and constructor among its keys",
        event=scope.event.name,
        requests=4,
        misses=partial(_poison, event=scope.event.name),
        cause="prototype",
        depth=Depth.DEFAULT,
        hurts=True,
    )


CHECKS: Final = (
    Check(
        code="R01",
        title="What is signed but not JSON makes the receiver neither fail nor hang",
        severity=Severity.WARNING,
        evidence=Evidence.UNSURE,
        sends="no body, text, JSON that is cut or has more behind it, bytes that are not UTF-8, half an "
        "emoji, NaN, UTF-16; rightly signed",
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
        sends="null, [], {}, a number, wrong types, missing keys, events named constructor and __proto__; "
        "rightly signed",
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
        sends="20000 lists, and as many objects, inside each other; rightly signed",
        expects=NOT_A_SERVER_ERROR.words,
        why="Parsers that call themselves run out of stack; some take the process with them.",
        source="docs/zoom.md#failures",
        mend=READ_CAREFULLY,
        cases=_sent_as(
            (f"{_DEEP_LEVELS} lists inside each other", _NESTED),
            (f"{_DEEP_LEVELS} objects inside each other", _NESTED_OBJECTS),
        ),
    ),
    Check(
        code="R04",
        title="Values of other types make the receiver neither fail nor hang",
        severity=Severity.WARNING,
        evidence=Evidence.UNSURE,
        sends="an event with texts for numbers, numbers for texts, lists for both in its object; signed",
        expects=NOT_A_SERVER_ERROR.words,
        why="One of Zoom's ids is a text in some events and a number in others.",
        source="docs/zoom.md#failures",
        mend=READ_CAREFULLY,
        cases=_with_wrong_types,
        implied_by=("R02",),
    ),
    Check(
        code="R05",
        title="Names that every object has leave the receiver as it was",
        severity=Severity.WARNING,
        evidence=Evidence.UNSURE,
        sends="an event with __proto__ and constructor among its keys, rightly signed, then a plain event",
        expects="no 5xx, and the plain event is answered as before",
        why="Code that merges JSON into objects by key changes all objects of its process, until it ends.",
        source="docs/zoom.md#failures",
        mend=Remedy(
            "Look keys up with Object.hasOwn or in a Map, and never merge a body into another object."
        ),
        cases=_poisonings,
        implied_by=("R02", "R04"),
    ),
)
