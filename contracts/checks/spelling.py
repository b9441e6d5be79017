"""Byte fidelity: the signature covers bytes, and Zoom's bytes are not what other serialisers write."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from contracts.bodies import EventBody
from contracts.cases import Case, Depth, Recipe, Scope
from contracts.check import Check
from contracts.expectations import ACKNOWLEDGED
from contracts.findings import Evidence, Severity
from contracts.remedies import RAW_BODY
from emitter.core.faults import FAULTS

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

EMOJI: Final = "Demo \N{FIRE ENGINE} \N{PARTY POPPER}"
BASIC_PLANE: Final = "Café, Zürich, 東京, ⛳"
_SPELLINGS: Final = ("wire-raw", "wire-escaped", "wire-spaced", "wire-slashes")


def _with_text(text: str, name: str) -> Any:
    """Return a change that puts a text into the event's own words, where it has some."""

    def changed(envelope: Mapping[str, Any]) -> dict[str, Any]:
        payload = envelope["payload"]
        inner = payload["object"]
        first = inner[0] if isinstance(inner, list) else inner
        field = next((key for key in first if key.endswith(("_name", "text", "topic"))), name)
        told = {**first, field: text}
        return {
            **envelope,
            "payload": {**payload, "object": [told, *inner[1:]] if isinstance(inner, list) else told},
        }

    return changed


def _text_event(scope: Scope) -> str:
    """Return an event that has words of people in it, if there is one."""
    named = (event.name for event in scope.events if '_name"' in str(event.example).replace("'", '"'))
    return next(named, scope.event.name)


def _texts(text: str, name: str) -> Any:
    def cases(scope: Scope) -> Iterable[Case]:
        event = _text_event(scope)
        change = _with_text(text, "topic")
        yield Case(
            name=name,
            event=event,
            recipe=Recipe(body=EventBody(event=event, change=change)),
            expects=ACKNOWLEDGED,
        )

    return cases


def _spellings(scope: Scope) -> Iterable[Case]:
    event = _text_event(scope)
    change = _with_text(f"{BASIC_PLANE} {EMOJI} a/b", "topic")
    for name in _SPELLINGS:
        yield Case(
            name=FAULTS[name].description,
            event=event,
            recipe=Recipe(body=EventBody(event=event, change=change), faults=(FAULTS[name],)),
            expects=ACKNOWLEDGED,
            cause="spelling",
            depth=Depth.DEFAULT,
        )


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
        cases=_texts(EMOJI, "with emoji"),
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
        cases=_texts(BASIC_PLANE, "with accents and Chinese"),
        implied_by=("A01",),
    ),
    Check(
        code="B03",
        title="The same JSON in another spelling, rightly signed, is acknowledged",
        severity=Severity.WARNING,
        evidence=Evidence.UNSURE,
        sends=r"emoji raw, everything escaped, spaces after colons and commas, / as \/",
        expects=ACKNOWLEDGED.words,
        why="Who verifies the bytes that came does not care; who writes them again depends on Zoom's habits.",
        source="docs/zoom.md#failures",
        mend=RAW_BODY,
        cases=_spellings,
        implied_by=("A01", "B01", "B02"),
    ),
)
