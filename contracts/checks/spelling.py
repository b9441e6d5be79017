"""Byte fidelity: the signature covers bytes, and Zoom's bytes are not what other serialisers write."""

from __future__ import annotations

import re
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Final

from contracts.bodies import EventBody
from contracts.cases import Procedure
from contracts.check import Check
from contracts.coverage import with_value, written_path
from contracts.expectations import ACKNOWLEDGED, Kind, kind_of
from contracts.findings import Evidence, Severity
from contracts.habits import HABITS, looks_like
from contracts.remedies import RAW_BODY
from contracts.scope import Depth, Scope
from contracts.sending import judged
from contracts.sent import Miss, Recipe
from emitter.core.faults import EXTRA_FIELD
from emitter.faking.variants.texts import TEXTS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from contracts.coverage import Path
    from contracts.sent import Sent
    from contracts.session import Session
    from emitter.catalog.events import EventType

EMOJI: Final = "Demo \N{FIRE ENGINE} \N{PARTY POPPER}"
BASIC_PLANE: Final = "Café, Zürich, 東京, ⛳"
_MIXED: Final = f"{BASIC_PLANE} {EMOJI} a/b <i>R&D</i> before\N{LINE SEPARATOR}after"
_PROBE: Final = "spelling: "
_SPELT_AS_ZOOM: Final = ("slashes-and-markup", "quotes-and-backslashes", "white-space", "long")
_LESS_SURE: Final = ("line-separators", "line-ends", "right-to-left", "combining-marks")


def _where(scope: Scope, text: str = "emoji") -> tuple[EventType, Path] | None:
    """Return the first event in which people write, and where; None where they write in none."""
    found = ((event, written_path(event, text)) for event in scope.events)
    return next(((event, path) for event, path in found if path), None)


def _texts(
    texts: Iterable[tuple[str, str, str]], *, cause: str = ""
) -> Callable[[Scope], Iterable[Procedure]]:
    """Return what makes a case of each text: what is special about it, the text, what kind of text it is."""

    def cases(scope: Scope) -> Iterable[Procedure]:
        for number, (name, text, kind) in enumerate(texts):
            if place := _where(scope, kind):
                event, path = place
                recipe = Recipe(body=EventBody(event=event.name, change=with_value(path, text)))
                yield Procedure(
                    name=name,
                    event=event.name,
                    requests=1,
                    misses=partial(_text_misses, recipe=recipe, place=place),
                    cause=cause or name,
                    depth=Depth.DEFAULT if number else Depth.QUICK,
                )

    return cases


def _text_misses(session: Session, *, recipe: Recipe, place: tuple[EventType, Path]) -> Iterator[Miss]:
    sent, miss = judged(session, recipe, ACKNOWLEDGED)
    if miss is None:
        return
    if miss.kind == Kind.REFUSED:
        probed = _probed(session, place)
        miss = replace(miss, guess=looks_like([*_as_observed(probed.values()), *_as_observed([sent])]))
    yield miss


def _spellings(scope: Scope) -> Iterable[Procedure]:
    place = _where(scope) or (scope.event, ())
    yield Procedure(
        name="written in other ways",
        event=place[0].name,
        requests=len(_probes(place)),
        misses=partial(_spelling_misses, place=place),
        cause="spelling",
        depth=Depth.DEFAULT,
    )


def _spelling_misses(session: Session, *, place: tuple[EventType, Path]) -> Iterator[Miss]:
    """Yield a miss for every plain spelling that is not taken, each with what they all look like."""
    probed = _probed(session, place)
    missed = {
        name: miss for name, sent in probed.items() if (miss := ACKNOWLEDGED.judge(sent, session.receiver))
    }
    guess = looks_like(_as_observed(probed.values()))
    for name, miss in missed.items():
        if name not in _UNUSUAL:
            yield replace(miss, message=f"not taken: {', '.join(missed)}", guess=guess)


def _probed(session: Session, place: tuple[EventType, Path]) -> dict[str, Sent]:
    """Return what came of each spelling; they are sent once a run."""
    known = {sent.case: sent for sent in session.traffic if sent.case.startswith(_PROBE)}
    probed = {}
    for name, rewrite in _probes(place).items():
        label = _PROBE + name
        if label not in known:
            event, path = place
            # Only what differs in its characters needs any: the rest is plain, and differs in one thing.
            change = with_value(path, _MIXED) if path and name not in _PLAIN | _UNUSUAL else None
            recipe = Recipe(body=EventBody(event=event.name, change=change, rewrite=rewrite))
            with session.labelled("B03", label):
                known[label], _ = judged(session, recipe, ACKNOWLEDGED)
        probed[name] = known[label]
    return probed


def _as_observed(sents: Iterable[Sent]) -> list[tuple[bytes, bool]]:
    """Return body and whether it was taken, of what tells something: a 5xx or a time-out does not."""
    kinds = [(sent.signed_body, kind_of(sent.exchange)) for sent in sents]
    return [
        (body, kind is Kind.ACKNOWLEDGED) for body, kind in kinds if kind in {Kind.ACKNOWLEDGED, Kind.REFUSED}
    ]


def _probes(place: tuple[EventType, Path]) -> dict[str, Callable[[bytes], bytes]]:
    """Return the spellings by name. Where people write nothing, only those that need no text."""
    habits = {f"as {habit.words}": habit.rewritten for habit in HABITS}
    return (habits if place[1] else {}) | _PLAIN | _UNUSUAL


def _with_spaces(body: bytes) -> bytes:
    return re.sub(rb'(?<=["\d}\]]),(?=")', b" , ", body.replace(b'":', b'" : '), count=3)


def _reversed(body: bytes) -> bytes:
    """Return an object with its first member moved to the end."""
    first, _, rest = body[1:-1].partition(b",")
    return b"{%b,%b}" % (rest, first) if rest else body


def _with_member(text: bytes) -> Callable[[bytes], bytes]:
    name = EXTRA_FIELD.encode()
    return lambda body: body[:-1] + b',"%b":%b}' % (name, text)


def _first_member_twice(body: bytes) -> bytes:
    return b"{%b,%b" % (body[1:-1].partition(b",")[0], body[1:])


_PLAIN: Final[dict[str, Callable[[bytes], bytes]]] = {
    "spaces around colons and commas": _with_spaces,
    "another order of keys": _reversed,
    "spaces at the end": lambda body: body + b"  ",
    "a line end at the end": lambda body: body + b"\n",
}
_UNUSUAL: Final[dict[str, Callable[[bytes], bytes]]] = {
    "1.0 for a number": _with_member(b"1.0"),
    "a number beyond 2^53": _with_member(b"9223372036854775807"),
    "a key that comes twice": _first_member_twice,
}
"""What a strict parser may refuse for other reasons: it tells how a body is read, and is no defect alone."""


CHECKS: Final = (
    Check(
        code="B01",
        title="An emoji, written as Zoom writes it, is acknowledged",
        severity=Severity.ERROR,
        evidence=Evidence.CONFIRMED,
        sends=r"an event with emoji as upper-case escapes, \uD83D\uDE92, rightly signed",
        expects=ACKNOWLEDGED.words,
        why="Zoom escapes what lies beyond the basic plane, JSON.stringify does not: a receiver that signs "
        "what it wrote again works until the first emoji.",
        source="docs/zoom.md#body",
        mend=RAW_BODY,
        cases=_texts([("with emoji", EMOJI, "emoji")]),
        implied_by=("A01",),
    ),
    Check(
        code="B02",
        title="Accents and other scripts, written as Zoom writes them, are acknowledged",
        severity=Severity.ERROR,
        evidence=Evidence.CONFIRMED,
        sends="an event with accents, Chinese and a symbol as raw UTF-8, rightly signed",
        expects=ACKNOWLEDGED.words,
        why="Zoom writes them raw; Python's and PHP's serialisers escape them, and C# is often told ASCII.",
        source="docs/zoom.md#body",
        mend=RAW_BODY,
        cases=_texts([("with accents and Chinese", BASIC_PLANE, "basic-plane")]),
        implied_by=("A01",),
    ),
    Check(
        code="B04",
        title="Slashes, markup, quotes and spaces, written as Zoom writes them, are acknowledged",
        severity=Severity.ERROR,
        evidence=Evidence.CONFIRMED,
        sends="events with / & < > and quotes in a text, with spaces at its ends, with 2,000 characters",
        expects=ACKNOWLEDGED.words,
        why=r"Zoom writes / and all of the basic plane raw: PHP writes \/, Go \u003c, frameworks trim.",
        source="docs/zoom.md#body",
        mend=RAW_BODY,
        cases=_texts(
            [("with a slash", "Q3/Q4 and/or", "slashes-and-markup")]
            + [(f"with {text.title}", text.text, text.name) for text in TEXTS if text.name in _SPELT_AS_ZOOM],
            cause="text",
        ),
        implied_by=("A01", "B01", "B02"),
    ),
    Check(
        code="B05",
        title="Line ends, line separators, marks and scripts from the right are acknowledged",
        severity=Severity.WARNING,
        evidence=Evidence.UNSURE,
        sends="events with line ends, U+2028, combining marks, Arabic and Hebrew in a text",
        expects=ACKNOWLEDGED.words,
        why="People write them, and who writes or normalises a body again changes them; how Zoom writes line "
        "ends and U+2028 was not seen.",
        source="docs/zoom.md#body",
        mend=RAW_BODY,
        cases=_texts(
            [(f"with {text.title}", text.text, text.name) for text in TEXTS if text.name in _LESS_SURE],
            cause="text",
        ),
        implied_by=("A01", "B01", "B02", "B04"),
    ),
    Check(
        code="B03",
        title="The same JSON in another spelling, rightly signed, is acknowledged",
        severity=Severity.WARNING,
        evidence=Evidence.UNSURE,
        sends="an event as each of eight serialisers writes it, with white space, in another order of keys; "
        "to tell them apart also with 1.0, a number beyond 2^53 and a key that comes twice",
        expects=ACKNOWLEDGED.words,
        why="Who verifies the bytes that came does not care; who writes them again depends on Zoom's habits.",
        source="docs/zoom.md#failures",
        mend=RAW_BODY,
        cases=_spellings,
        implied_by=("A01", "B01", "B02", "B04", "B05"),
    ),
)
