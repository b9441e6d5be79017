"""What Zoom itself sends and careless receivers lose, and what it may send one day."""

# ruff: noqa: RUF001 - people write dashes
from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from emitter.core.faults import FAULTS
from emitter.core.wire import encode, ordered
from emitter.core.zoom import TOP_LEVEL_ORDER
from emitter.faking import ids
from emitter.faking.hostile.cases import Expected, HostileCase

if TYPE_CHECKING:
    from collections.abc import Iterator

    from emitter.faking.hostile.desk import Desk

_ROOMY: Final = 60_000
_RESPELT: Final = "forum 82638, 75972, 75583, 74755; docs/zoom.md#failures"
_FUTURE: Final = "ZoomNet 418; fleet 29847; docs/zoom.md#failures"


def traffic(desk: Desk) -> Iterator[HostileCase]:
    """Yield events as Zoom sends them, and as it may send them one day."""
    yield from _texts(desk)
    yield from _ids(desk)
    yield from _new_things(desk)
    yield from _spellings(desk)
    yield from _names(desk)
    yield from _quirks(desk)


def _texts(desk: Desk) -> Iterator[HostileCase]:
    name = "event"
    yield _acknowledged(
        desk,
        desk.event(name).body(),
        name=name,
        title="an event like any other",
        provokes="a login, a CSRF check or a body parser stands before the receiver",
        source="docs/zoom.md#failures",
    )
    rows = (
        ("text-emoji", "a body written again spells emoji otherwise than Zoom", _RESPELT),
        ("text-basic-plane", "a body written again escapes é and –, or is forced into ASCII", "ZoomNet 349"),
        ("text-slashes-and-markup", r"a body written again writes / as \/ or < as \u003c", "forum 75583"),
        ("text-line-separators", "a body written again escapes U+2028", _RESPELT),
        ("text-right-to-left", "a database or page turns or drops marks of direction", "docs/zoom.md#body"),
        ("text-combining-marks", "a body is normalised before verifying", "docs/zoom.md#body"),
        ("text-quotes-and-backslashes", "texts are pasted into JSON, SQL or HTML", "docs/zoom.md#body"),
    )
    for variant_name, provokes, source in rows:
        variant = desk.variants.get(variant_name)
        if variant and variant.is_plausible:
            yield _acknowledged(
                desk,
                variant.event.body(),
                name=variant_name,
                title=variant.title,
                provokes=provokes,
                source=source,
            )
    name = "body-of-60-kilobytes"
    yield _acknowledged(
        desk,
        desk.long_body(_ROOMY),
        name=name,
        title="an event of 60 KB",
        provokes="a small limit of the body parser",
        source="docs/zoom.md#body: Zoom names no limit; common ones are 100 KB",
    )


def _ids(desk: Desk) -> Iterator[HostileCase]:
    name = "ids-with-slash-and-plus"
    body = desk.body_with_awkward_ids(name)
    if body:
        yield _acknowledged(
            desk,
            body,
            name=name,
            title="an id with / and +, as meeting UUIDs have them",
            provokes="ids are put into a URL unescaped, and the look-up's failure is passed on to Zoom",
            source="fleet 31194; ZoomNet 471; uppy 2526; docs/zoom.md#failures",
        )
    name = "object-is-a-list"
    lists = [each for each in desk.usable if isinstance(_object_of(desk, each), list)]
    if lists:
        yield _acknowledged(
            desk,
            desk.story(name, lists[:1])[0].body(),
            name=name,
            title="an event whose payload.object is a list, as one of Zoom's documents has it",
            provokes="payload.object.id is taken to be there",
            source="docs/zoom.md#events",
        )


def _object_of(desk: Desk, event_type: Any) -> Any:
    return desk.story("objects", [event_type])[0].envelope.get("payload", {}).get("object")


def _new_things(desk: Desk) -> Iterator[HostileCase]:
    for fault, provokes, source in (
        ("unknown-event", "an unknown event is answered 5xx, and comes again three times", _FUTURE),
        ("trailing-space-event", "names are compared by character", "docs/zoom.md#events"),
        ("extra-field", "a strict schema refuses what is new", _FUTURE),
        ("null-field", "null is taken for text", _FUTURE),
    ):
        request = desk.faulty(fault, desk.event(fault), fault)
        yield HostileCase(
            name=fault,
            title=FAULTS[fault].description,
            provokes=provokes,
            source=source,
            requests=(desk.received(request, Expected.EITHER, Expected.ACKNOWLEDGE),),
            distinct_events=1,
        )


def _spellings(desk: Desk) -> Iterator[HostileCase]:
    event = desk.variants["text-emoji"].event
    for fault in ("wire-raw", "wire-escaped", "wire-spaced", "wire-slashes"):
        yield HostileCase(
            name=fault,
            title=f"{FAULTS[fault].description}; signed as it is spelt",
            provokes="a body is written again before verifying",
            source=_RESPELT,
            requests=(
                desk.received(desk.faulty(fault, event, fault), Expected.EITHER, Expected.ACKNOWLEDGE),
            ),
            distinct_events=1,
        )
    for fault in ("header-title-case", "header-upper-case"):
        yield HostileCase(
            name=fault,
            title=FAULTS[fault].description,
            provokes="header names are compared with their case",
            source="docs/zoom.md#headers: the case on the wire is UNSURE",
            requests=(
                desk.received(
                    desk.faulty(fault, desk.event(fault), fault), Expected.EITHER, Expected.ACKNOWLEDGE
                ),
            ),
            distinct_events=1,
        )


_INHERITED: Final = {
    "event-named-proto": "__proto__",
    "event-named-constructor": "constructor",
    "event-named-to-string": "toString",
    "event-named-class": "__class__",
    "event-named-path": "../../etc/passwd",
}


def _names(desk: Desk) -> Iterator[HostileCase]:
    for name, word in _INHERITED.items():
        event = desk.event(name)
        yield HostileCase(
            name=name,
            title=f"an event called {word}",
            provokes="handlers are looked up by a name that every object has",
            source="a plain object for a table of handlers; only a holder of the secret token can send this",
            requests=(
                desk.received(
                    desk.signed(name, encode({**event.envelope, "event": word})),
                    Expected.EITHER,
                    Expected.ACKNOWLEDGE,
                ),
            ),
        )


def _quirks(desk: Desk) -> Iterator[HostileCase]:
    """Yield events of other products as they were seen, which a receiver of few events does not know."""
    rng = desk.stream("quirks")
    account_id, host_id = ids.short_id(rng), ids.short_id(rng)
    number, uuid = ids.meeting_number(rng), ids.meeting_uuid(rng)
    meeting = {"duration": 60, "topic": "Weekly 🚒 – sync", "type": 2, "uuid": uuid, "host_id": host_id}
    seen, inside = (
        "2026 capture; docs/zoom.md#body",
        "PageSpace 1380; only a holder of the secret can send this",
    )
    one = "one type, one value or one order of keys is taken for granted"
    quirks: tuple[tuple[str, str, str, dict[str, Any]], ...] = (
        ("meeting-id-as-text", "a meeting's id as text", "meeting.started", meeting | {"id": str(number)}),
        (
            "meeting-id-as-number",
            "a meeting's id as a number, as recordings have it",
            "recording.started",
            meeting | {"id": number, "recording_file": {"recording_end": ""}},
        ),
        (
            "absent-as-empty-text",
            "empty text for what is absent",
            "meeting.participant_joined",
            meeting
            | {"id": str(number), "participant": {"registrant_id": "", "email": "", "user_name": "Zoë"}},
        ),
        (
            "download-url-inside",
            "a download URL that leads back into the receiver's own machine",
            "recording.completed",
            meeting | {"id": number, "recording_files": [{"download_url": "http://127.0.0.1:9/secrets"}]},
        ),
    )
    for name, title, event, object_ in quirks:
        order = TOP_LEVEL_ORDER[event]
        envelope = {
            "event": event,
            "event_ts": desk.now_ms,
            "payload": {"account_id": account_id, "object": object_},
        }
        is_inside = name == "download-url-inside"
        yield HostileCase(
            name=name,
            title=f"{title}: {event}, keys in the order {', '.join(key for key in order if key in envelope)}",
            provokes="URLs of a payload are fetched wherever they lead" if is_inside else one,
            source=inside if is_inside else seen,
            requests=(
                desk.received(
                    desk.signed(name, encode(ordered(event, envelope))),
                    Expected.EITHER,
                    Expected.ACKNOWLEDGE,
                ),
            ),
            distinct_events=1,
        )


def _acknowledged(
    desk: Desk, body: bytes, *, name: str, title: str, provokes: str, source: str
) -> HostileCase:
    return HostileCase(
        name=name,
        title=title,
        provokes=provokes,
        source=source,
        requests=(desk.received(desk.signed(name, body), Expected.ACKNOWLEDGE),),
        distinct_events=1,
    )
