"""Events as Zoom may write them one day, or as a document does not show them, and what answers may be."""

from __future__ import annotations

import json
from dataclasses import replace
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Final

from contracts.bodies import EventBody
from contracts.cases import Case
from contracts.check import Check
from contracts.coverage import with_value, written_path
from contracts.expectations import (
    ACKNOWLEDGED,
    NOT_A_SERVER_ERROR,
    Expectation,
    Kind,
    kind_of,
    missed,
)
from contracts.findings import Evidence, Severity
from contracts.remedies import ACKNOWLEDGE_FIRST, Remedy
from contracts.scope import Depth, Scope
from contracts.sent import Miss, Recipe
from emitter.catalog.validation import problems
from emitter.core.faults import EXTRA_FIELD, FAULTS
from emitter.faking.variants import variant_names
from emitter.faking.variants.places import places_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from contracts.receiver import Receiver
    from contracts.sent import Sent
    from emitter.catalog.events import EventType

_FILLER: Final = "All work and no play. "
_SIZES: Final = (
    (64_000, Depth.DEFAULT),
    (128_000, Depth.DEEP),
    (512_000, Depth.DEEP),
    (1_000_000, Depth.DEFAULT),
)
_REST_BYTES: Final = 600
"""What an event is long without its long text, about."""


def _in_payload(envelope: Mapping[str, Any]) -> dict[str, Any]:
    return {**envelope, "payload": {**envelope["payload"], EXTRA_FIELD: {"new": [1]}}}


def _in_envelope(envelope: Mapping[str, Any]) -> dict[str, Any]:
    return {**envelope, EXTRA_FIELD: "new"}


def _new_fields(scope: Scope) -> Iterable[Case]:
    for event in scope.events:
        yield Case(
            name=FAULTS["extra-field"].description,
            event=event.name,
            recipe=Recipe(body=EventBody(event=event.name), faults=(FAULTS["extra-field"],)),
            expects=ACKNOWLEDGED,
            cause="extra-field",
            depth=scope.depth_of(event),
        )
    for where, change in (("payload", _in_payload), ("envelope", _in_envelope)):
        yield Case(
            name=f"with a new field in its {where}",
            event=scope.event.name,
            recipe=Recipe(body=EventBody(event=scope.event.name, change=change)),
            expects=ACKNOWLEDGED,
            cause="extra-field",
            depth=Depth.DEFAULT,
        )


def _nulls(scope: Scope) -> Iterable[Case]:
    for event in scope.events:
        if any(name.startswith("without-") for name in variant_names(event)):
            yield Case(
                name="with null in its optional fields",
                event=event.name,
                recipe=Recipe(body=EventBody(event=event.name, change=_with_nulls(event))),
                expects=ACKNOWLEDGED,
                cause="null",
                depth=scope.depth_of(event),
            )


def _with_nulls(event: EventType) -> Callable[[Mapping[str, Any]], dict[str, Any]]:
    def changed(envelope: Mapping[str, Any]) -> dict[str, Any]:
        places = [*places_of(dict(envelope), event.schema, subject=repr(event.name))]
        optional = [place.steps for place in places if place.is_there and not place.is_required]
        for steps in optional:
            envelope = with_value(steps, None)(envelope)
        return dict(envelope)

    return changed


def _objects_in_lists(scope: Scope) -> Iterable[Case]:
    for event in scope.events:
        subject = (
            event.schema.get("properties", {}).get("payload", {}).get("properties", {}).get("object", {})
        )
        if subject.get("type") == "object":
            yield Case(
                name="with its payload.object in a list",
                event=event.name,
                recipe=Recipe(body=EventBody(event=event.name, change=_in_list)),
                expects=NOT_A_SERVER_ERROR,
                cause="object-in-list",
                depth=Depth.DEFAULT,
            )


def _in_list(envelope: Mapping[str, Any]) -> dict[str, Any]:
    payload = envelope["payload"]
    return {**envelope, "payload": {**payload, "object": [payload["object"]]}}


def _content_types(scope: Scope) -> Iterable[Case]:
    for name in ("content-type-bare", "content-type-upper-case"):
        yield Case(
            name=FAULTS[name].description,
            event=scope.event.name,
            recipe=Recipe(body=EventBody(event=scope.event.name), faults=(FAULTS[name],)),
            expects=ACKNOWLEDGED,
            cause="content-type",
            depth=Depth.DEFAULT,
        )


def _sizes(scope: Scope) -> Iterable[Case]:
    found = ((event, written_path(event, text)) for text in ("long", "emoji") for event in scope.events)
    event, path = next(((event, path) for event, path in found if path), (scope.event, None))
    for size, depth in _SIZES if path else ():
        text = (_FILLER * (size // len(_FILLER) + 1))[: size - _REST_BYTES]
        yield Case(
            name=f"of {size // 1000} KB",
            event=event.name,
            recipe=Recipe(body=EventBody(event=event.name, change=with_value(path or (), text))),
            expects=ACKNOWLEDGED,
            cause="size",
            depth=depth,
        )


def _as_documented(event: EventType) -> Expectation:
    words = "status 200 and the JSON that Zoom's document shows as its answer"
    answers = replace(event, schema=event.response or {})

    def judge(sent: Sent, receiver: Receiver) -> Miss | None:
        answer = sent.exchange.answer
        if kind_of(sent.exchange) is not Kind.ACKNOWLEDGED or answer is None:
            return missed(kind_of(sent.exchange), words, sent, receiver)
        why = _unlike(answers, answer.status, answer.body)
        return replace(missed("other-answer", words, sent, receiver), message=why) if why else None

    return Expectation(words, judge)


def _unlike(event: EventType, status: int, body: bytes) -> str:
    """Return how an answer differs from the document's, nothing where it does not."""
    if status != HTTPStatus.OK:
        return f"the status is {status}, not 200"
    try:
        value = json.loads(body)
    except (ValueError, RecursionError):
        return "the answer is not JSON"
    found = problems(event, value) if isinstance(value, dict) else []
    if isinstance(value, dict) and not found:
        return ""
    return found[0].message if found else "the answer is no JSON object"


def _strict_answers(scope: Scope) -> Iterable[Case]:
    for event in scope.events if scope.is_response_strict else ():
        if event.response:
            yield Case(
                name="answered as its document shows",
                event=event.name,
                recipe=Recipe(body=EventBody(event=event.name)),
                expects=_as_documented(event),
                cause="answer",
            )


CHECKS: Final = (
    Check(
        code="A10",
        title="A field that no document mentions yet is acknowledged",
        severity=Severity.WARNING,
        evidence=Evidence.UNSURE,
        sends="events with a new field in the object, in the payload and beside the payload",
        expects=ACKNOWLEDGED.words,
        why="Zoom adds fields without a new version; a strict schema refused real requests.",
        source="docs/zoom.md#failures",
        mend=Remedy("Ignore fields you do not know; let schemas allow additional properties."),
        cases=_new_fields,
        implied_by=("A01",),
    ),
    Check(
        code="A11",
        title="null in optional fields is acknowledged",
        severity=Severity.WARNING,
        evidence=Evidence.UNSURE,
        sends="each event with null in every field that is optional",
        expects=ACKNOWLEDGED.words,
        why="One event of Zoom's has null for what is absent; its document does not say so.",
        source="docs/zoom.md#body",
        mend=Remedy("Treat null as if the field were not there."),
        cases=_nulls,
        implied_by=("A01",),
    ),
    Check(
        code="A12",
        title="payload.object in a list makes the receiver neither fail nor hang",
        severity=Severity.WARNING,
        evidence=Evidence.UNSURE,
        sends="events whose payload.object is an object in their document, in a list",
        expects=NOT_A_SERVER_ERROR.words,
        why="In one of Zoom's events it is a list; code that serves all events alike takes .id for granted.",
        source="docs/zoom.md#events",
        mend=Remedy("Look whether payload.object is a list before reading a field of it."),
        cases=_objects_in_lists,
        implied_by=("A01",),
    ),
    Check(
        code="A13",
        title="The spelling of the content type does not matter",
        severity=Severity.WARNING,
        evidence=Evidence.UNSURE,
        sends="an event as application/json without a charset, and as APPLICATION/JSON;charset=UTF-8",
        expects=ACKNOWLEDGED.words,
        why="Zoom sends application/json; charset=utf-8 today, and proxies write it anew.",
        source="docs/zoom.md#headers",
        mend=Remedy("Do not compare the content type as text; the signature says that it is from Zoom."),
        cases=_content_types,
        implied_by=("A01",),
    ),
    Check(
        code="A14",
        title="Events of up to one megabyte are acknowledged",
        severity=Severity.WARNING,
        evidence=Evidence.UNSURE,
        sends="an event with one long text, of 64 KB to 1 MB",
        expects=ACKNOWLEDGED.words,
        why="Zoom names no limit, and body parsers have small ones: 100 KB in Express, for example.",
        source="docs/zoom.md#body",
        mend=Remedy("Raise the limit of the body parser to 1 MB for this handler."),
        cases=_sizes,
        implied_by=("A01",),
    ),
    Check(
        code="A15",
        title="Events are answered as their document shows",
        severity=Severity.WARNING,
        evidence=Evidence.UNSURE,
        sends="each event, with --strict-response only",
        expects="status 200 and JSON that fits the schema of the document's answer",
        why="The documents repeat the event as the answer. Zoom itself ignores it: any 2xx is right.",
        source="docs/zoom.md#delivery",
        mend=ACKNOWLEDGE_FIRST,
        cases=_strict_answers,
        implied_by=("A01",),
    ),
)
