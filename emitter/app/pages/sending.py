"""The form that sends an event: made for a chosen event, read back, sent."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Final

from emitter.app.event_forms import EventForm, StoryForm
from emitter.app.pages.event_fields import AT, LEFT_OUT, Field, edited, fields_of, json_text
from emitter.catalog.json_values import DECODER
from emitter.catalog.validation import problems
from emitter.core.schedule import format_duration
from emitter.errors import EmitterError, InvalidFieldsError, InvalidPayloadError

if TYPE_CHECKING:
    from werkzeug.datastructures import MultiDict

    from emitter.app.service import Service
    from emitter.catalog.events import EventType
    from emitter.core.deliveries import Delivery

STORY: Final = "story:"
"""Before its name, a story among the events."""
FIELDS: Final = "fields"
JSON: Final = "json"
EXACT: Final = "exact"
_ENVELOPE_KEYS: Final = ("event", "event_ts", "payload")


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """An event that is being written.

    Attributes:
        event_type: What it is one of.
        seed: What its values were made from.
        fields: Its values.
        json: The whole of it.
        view: Which of the two one edits, or the exact body.
        faults: Names of the faults it is sent with.
        subscription: The one it goes to, as text; empty for all that want it.
        is_forced: Whether it is sent although it does not fit.
        event_ts: When the event was made, as text; one that is sent with this time gets that of sending.
        mistakes: What is wrong, by the pointer of its place; what has no field of its own under "".
        error: Why it was not sent, where no place is wrong.
    """

    event_type: EventType
    seed: str
    fields: list[Field]
    json: str
    view: str = FIELDS
    faults: tuple[str, ...] = ()
    subscription: str = ""
    is_forced: bool = False
    event_ts: str = ""
    mistakes: dict[str, list[str]] = field(default_factory=dict)
    error: str = ""

    @property
    def elsewhere(self) -> list[str]:
        """What is wrong at places that have no field, each with its pointer."""
        shown = {each.pointer for each in self.fields} if self.view == FIELDS else set()
        return [
            f"{pointer}: {message}" if pointer else message
            for pointer, messages in self.mistakes.items()
            if pointer not in shown
            for message in messages
        ]


def new_draft(service: Service, event_type: EventType, *, seed: str, subscription: str = "") -> Draft:
    """Return an event with realistic values, to be edited."""
    from emitter.faking import events_for  # noqa: PLC0415 - the generator, which only this page needs

    now_ms = service.clock.now_ms()
    made = next(events_for([event_type.name], catalog=service.catalog, seed=seed, count=1, now_ms=now_ms))
    envelope = dict(made.envelope)
    return Draft(
        event_type=event_type,
        seed=seed,
        fields=fields_of(event_type, envelope),
        json=json_text(envelope),
        subscription=subscription,
        event_ts=str(envelope.get("event_ts", "")),
    )


def send(service: Service, event_type: EventType, form: MultiDict[str, str]) -> Draft | list[Delivery]:
    """Send what a form holds; return its deliveries, or the form with what is wrong beside each place."""
    view = form.get("view", FIELDS)
    given: dict[str, Any] = {key: form.get(key, "") for key in form}
    given[LEFT_OUT] = form.getlist(LEFT_OUT)
    written = form.get("json", "").replace("\r\n", "\n")
    options: dict[str, Any] = {
        "view": view,
        "seed": form.get("seed", "1"),
        "faults": tuple(form.getlist("fault")),
        "subscription": form.get("subscription", ""),
        "is_forced": "force" in form,
        "event_ts": form.get("event_ts", ""),
        "event_type": event_type,
    }
    try:
        envelope = _envelope(written)
        if view == FIELDS:
            envelope = edited(event_type, envelope, given)
    except (InvalidPayloadError, ValueError, RecursionError) as error:
        if view == EXACT:
            return _sent(service, {"body": written}, Draft(fields=[], json=written, **options))
        draft = Draft(fields=_fields_as_typed([], given), json=written, **options)
        return _with_mistakes(draft, {"": [f"this is not JSON: {error}"]})
    fields = _fields_as_typed(fields_of(event_type, envelope), given) if view == FIELDS else []
    draft = Draft(
        fields=fields or fields_of(event_type, envelope),
        json=json_text(envelope) if view == FIELDS else written,
        **options,
    )
    if view == EXACT:
        return _sent(service, {"body": written}, draft)
    if not draft.is_forced and (found := problems(event_type, envelope)):
        mistakes: dict[str, list[str]] = {}
        for each in found:
            mistakes.setdefault(each.pointer, []).append(each.message)
        return _with_mistakes(draft, mistakes)
    return _sent(service, _as_request(envelope, draft), draft)


def send_story(service: Service, name: str, form: MultiDict[str, str]) -> list[Delivery]:
    """Send the events of a story; raises as `emitter.app.emitting.Emitting.tell`."""
    asked: dict[str, Any] = {"story": name, "seed": form.get("seed", "1")}
    asked |= _where(form.get("subscription", ""), tuple(form.getlist("fault")))
    return service.emitting.tell(StoryForm.read(asked))[1]


def waits_text(delays_s: tuple[float, ...]) -> str:
    """Return a schedule in words: ``5m, 20m and 1h``."""
    *first, last = [format_duration(each) for each in delays_s] or ["never"]
    return f"{', '.join(first)} and {last}" if first else last


def _envelope(written: str) -> dict[str, Any]:
    value = DECODER.decode(written)
    if not isinstance(value, dict):
        raise ValueError("expected an object in braces")  # noqa: TRY004 - what is typed, not a type
    return value


def _fields_as_typed(fields: list[Field], given: dict[str, Any]) -> list[Field]:
    """Return the fields with what was typed into them, also where it does not fit."""
    return [
        replace(each, text=given.get(AT + each.path, each.text), is_left_out=each.path in given[LEFT_OUT])
        for each in fields
    ]


def _as_request(envelope: dict[str, Any], draft: Draft) -> dict[str, Any]:
    """Return what the API would be asked for; its time is that of sending unless it was changed."""
    others = {key: value for key, value in envelope.items() if key not in _ENVELOPE_KEYS}
    if str(envelope.get("event_ts")) != draft.event_ts:
        others["event_ts"] = envelope.get("event_ts")
    if envelope.get("event") != draft.event_type.name or not isinstance(envelope.get("payload"), dict):
        return {"body": json_text(envelope), "event": draft.event_type.name}
    asked = {"event": draft.event_type.name, "payload": envelope["payload"], "force": draft.is_forced}
    return asked | ({"overrides": others} if others else {})


def _where(subscription: str, faults: tuple[str, ...]) -> dict[str, Any]:
    where: dict[str, Any] = {"faults": [*faults]} if faults else {}
    if subscription:
        where["subscription"] = int(subscription) if subscription.isdecimal() else subscription
    return where


def _sent(service: Service, asked: dict[str, Any], draft: Draft) -> Draft | list[Delivery]:
    try:
        form = EventForm.read(asked | _where(draft.subscription, draft.faults))
        return service.emitting.emit(form)[1]
    except InvalidFieldsError as error:
        mistakes: dict[str, list[str]] = {}
        for pointer, message in error.errors:
            mistakes.setdefault(pointer, []).append(message)
        return _with_mistakes(draft, mistakes)
    except InvalidPayloadError as error:
        return _with_mistakes(draft, {error.pointer: [str(error)]})
    except EmitterError as error:
        return _refused(draft, str(error))


def _with_mistakes(draft: Draft, mistakes: dict[str, list[str]]) -> Draft:
    return replace(draft, mistakes=mistakes)


def _refused(draft: Draft, error: str) -> Draft:
    return replace(draft, error=error)
