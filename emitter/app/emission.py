"""From what a request asks for to the exact bodies that are sent."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from emitter.catalog.changes import changed
from emitter.catalog.json_values import DECODER
from emitter.catalog.validation import problems
from emitter.core.faults import FAULTS, body_with, check_count
from emitter.errors import InvalidPayloadError, UnknownNameError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from emitter.app.event_forms import EventForm, StoryForm
    from emitter.catalog.events import Catalog, EventType
    from emitter.core.events import Event

UNNAMED: Final = "raw"
"""The event name an exact body goes by where neither it nor the request names one."""
_MAX_NAME_CHARS: Final = 200


def bodies_of(
    request: EventForm, catalog: Catalog, *, seed: str, now_ms: int
) -> tuple[str, list[tuple[str, bytes]]]:
    """Return the event's full name, and name and exact bytes of each event to send.

    Args:
        request: What is asked for.
        catalog: The events there are.
        seed: What generated values follow from.
        now_ms: When the events happen, milliseconds since the epoch.

    Raises:
        UnknownNameError: There is no such event or path.
        InvalidPayloadError: The event does not fit its schema.
        UnencodableError: A value has no JSON form.
        InvalidSettingError: A fault takes more events.
    """
    check_count((FAULTS[fault] for fault in request.faults), request.count)
    if request.body is not None:
        name = request.event or _name_in(request.body)
        return name, [(name, request.body.encode())] * request.count
    event_type = _event_type(request, catalog)
    name = event_type.name if event_type else str(request.event)
    faults = [FAULTS[fault] for fault in request.faults]
    if request.payload is None:
        envelopes = _generated(request, name, catalog, seed=seed, now_ms=now_ms)
    elif event_type is None:
        envelopes = [{"event": name, "event_ts": now_ms, "payload": request.payload}] * request.count
    else:
        from emitter.faking import enveloped  # noqa: PLC0415 - as in `_generated`

        own = enveloped(request.payload, name=name, catalog=catalog, now_ms=now_ms)
        envelopes = [own] * request.count
    checked = (_checked(request, event_type, envelope) for envelope in envelopes)
    return name, [body_with(faults, name, envelope) for envelope in checked]


def bodies_of_story(form: StoryForm, catalog: Catalog, *, seed: str, now_ms: int) -> list[tuple[str, bytes]]:
    """Return name and exact bytes of each event of a story, the last of them happening now.

    Raises:
        UnknownNameError: There is no such story, or the catalog lacks an event of it.
        InvalidSettingError: A fault takes more events.
    """
    events = story_events(form.story, catalog, seed=seed, index=form.index, now_ms=now_ms)
    faults = [FAULTS[fault] for fault in form.faults]
    check_count(faults, len(events))
    return [body_with(faults, event.name, event.envelope) for event in events]


def story_events(name: str, catalog: Catalog, *, seed: str, index: int, now_ms: int) -> list[Event]:
    """Return the events of a story, the last of them happening now; raises as `bodies_of_story`."""
    from emitter.faking import story_until  # noqa: PLC0415 - most requests tell no story

    return story_until(now_ms, name=name, seed=seed, index=index, catalog=catalog)


def _event_type(request: EventForm, catalog: Catalog) -> EventType | None:
    """Return the event asked for; None for a name of one's own with a payload of one's own."""
    try:
        return catalog.find(str(request.event))
    except UnknownNameError:
        if request.force and request.payload is not None:
            return None
        raise


def _generated(
    request: EventForm, name: str, catalog: Catalog, *, seed: str, now_ms: int
) -> Iterable[dict[str, Any]]:
    from emitter.faking import events_for  # noqa: PLC0415 - exact bodies need no generator

    events = events_for([name], catalog=catalog, seed=seed, count=request.count, now_ms=now_ms)
    return (dict(event.envelope) for event in events)


def _checked(request: EventForm, event_type: EventType | None, envelope: dict[str, Any]) -> dict[str, Any]:
    envelope = changed(
        event_type,
        envelope,
        overrides=(request.overrides or {}).items(),
        unset_paths=request.unset,
        force=request.force,
    )
    is_generated_whole = request.payload is None and not request.overrides and not request.unset
    if event_type and not request.force and not is_generated_whole:
        _check(event_type, envelope)
    return envelope


def _check(event_type: EventType, envelope: dict[str, Any]) -> None:
    found = problems(event_type, envelope)
    if found:
        others = f" (and {len(found) - 1} more)" if len(found) > 1 else ""
        message = f'{found[0].message}{others}; correct it, or send it all the same with "force": true'
        raise InvalidPayloadError(message, pointer=found[0].pointer)


def _name_in(body: str) -> str:
    """Return the event an exact body names, if it is short text that can be stored."""
    try:
        value = DECODER.decode(body)
    except (ValueError, RecursionError):
        return UNNAMED
    name = value.get("event") if isinstance(value, dict) else None
    if not isinstance(name, str) or len(name) > _MAX_NAME_CHARS:
        return UNNAMED
    return name.encode("utf-8", "replace").decode() or UNNAMED
