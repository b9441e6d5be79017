"""An event as fields that one can edit: made from its schema, and read back from the form."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from emitter.catalog.json_values import DECODER, pointer_to
from emitter.catalog.paths import path_text, set_value, unset

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from emitter.catalog.events import EventType
    from emitter.catalog.paths import Steps

AT: Final = "at:"
"""Before the path, the name of a field's input."""
LEFT_OUT: Final = "leave-out"
"""The name of the boxes that say which fields are left out."""
_MOST_FIELDS: Final = 300
_LONG_CHARS: Final = 80
_INTEGER: Final = re.compile(r"-?[0-9]{1,30}")
_REFERENCE: Final = "#/"
_TOP: Final = ("payload",)


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """One value of an event.

    Attributes:
        path: Where it is, as in ``payload.object.playlist_name``.
        pointer: The same as a JSON pointer.
        label: The last part of the path.
        group: The path of the object it is in.
        kind: ``text``, ``long``, ``integer``, ``number``, ``boolean``, ``choice`` or ``json``.
        text: The value as one types it.
        choices: What it may be, where the schema says.
        hint: What the document says about it.
        is_required: Whether the schema wants it.
        is_left_out: Whether it is not in the event.
    """

    path: str
    pointer: str
    label: str
    group: str
    kind: str
    text: str
    choices: tuple[str, ...] = ()
    hint: str = ""
    is_required: bool = False
    is_left_out: bool = False


def fields_of(event_type: EventType, envelope: Mapping[str, Any]) -> list[Field]:
    """Return every value of the payload in its order, and those the schema has besides."""
    root = event_type.schema
    schema = _property(root, root, "payload")
    walk = _walk(envelope.get("payload", {}), schema, _TOP, root, is_required=True)
    return [field for field, _ in zip(walk, range(_MOST_FIELDS), strict=False)]


def edited(event_type: EventType, envelope: dict[str, Any], form: Mapping[str, Any]) -> dict[str, Any]:
    """Return the envelope with what the form's fields say.

    What does not fit the schema's type stays the text it is, so that the schema refuses it.

    Args:
        event_type: The event.
        envelope: What the form was made from.
        form: The fields: by `AT` and their path text, by `LEFT_OUT` the list of paths that are left out.
    """
    left_out = set(form.get(LEFT_OUT, ()))
    for field in fields_of(event_type, envelope):
        written = form.get(AT + field.path)
        if field.path in left_out:
            if not field.is_left_out:
                envelope = unset(envelope, field.path, event_type.schema, force=True)
        elif written is not None and (field.is_left_out or written != field.text):
            value = _value(written, field.kind)
            envelope = set_value(envelope, field.path, value, event_type.schema, force=True)
    return envelope


def json_text(envelope: Any) -> str:
    """Return the envelope as readable JSON."""
    return json.dumps(envelope, ensure_ascii=False, indent=2)


def _walk(
    value: Any, schema: dict[str, Any], steps: Steps, root: dict[str, Any], *, is_required: bool
) -> Iterator[Field]:
    match value:
        case dict() if value:
            yield from _members(value, schema, steps, root)
        case list() if value:
            items = _resolved(schema.get("items"), root)
            for index, item in enumerate(value):
                yield from _walk(item, items, (*steps, index), root, is_required=True)
        case _:
            yield _field(value, schema, steps, is_required=is_required)


def _members(
    value: dict[str, Any], schema: dict[str, Any], steps: Steps, root: dict[str, Any]
) -> Iterator[Field]:
    required = schema.get("required") or ()
    for name, member in value.items():
        inner = _property(schema, root, name)
        yield from _walk(member, inner, (*steps, name), root, is_required=name in required)
    for name in schema.get("properties") or {}:
        inner = _property(schema, root, name)
        if name not in value and _kind("", inner) != "json":
            yield _field(None, inner, (*steps, name), is_required=False, is_left_out=True)


def _field(
    value: Any, schema: dict[str, Any], steps: Steps, *, is_required: bool, is_left_out: bool = False
) -> Field:
    kind = _kind(value, schema)
    is_text = isinstance(value, str) and kind != "json"
    text = "" if is_left_out else value if is_text else json.dumps(value, ensure_ascii=False)
    named = [step for step in steps if isinstance(step, str)]
    is_item = isinstance(steps[-1], int)
    return Field(
        path=path_text(steps),
        pointer=pointer_to(steps),
        label=f"{named[-1]}[{steps[-1]}]" if is_item else named[-1],
        group=path_text(steps[:-1]),
        kind=kind,
        text=text,
        choices=tuple(each for each in schema.get("enum", ()) if isinstance(each, str)),
        hint=str(schema.get("description", "")),
        is_required=is_required,
        is_left_out=is_left_out,
    )


def _kind(value: Any, schema: dict[str, Any]) -> str:
    """Return how a value is typed in: as the schema says, else as the value is."""
    types = schema.get("type", "")
    wanted = types if isinstance(types, str) else next((each for each in types if each != "null"), "")
    choices = schema.get("enum")
    if choices and all(isinstance(each, str) for each in choices):
        return "choice"
    if isinstance(value, str) and wanted in {"string", ""}:
        is_long = len(value) > _LONG_CHARS or "\n" in value
        return "long" if is_long else "text"
    if wanted in {"integer", "number", "boolean"}:
        return wanted
    return "text" if wanted == "string" else "json"


def _value(written: str, kind: str) -> Any:
    """Return what was typed as a value of this kind, or as the text it is where it is none."""
    # A browser ends the lines of what is typed as on paper: with both characters.
    written = written.replace("\r\n", "\n")
    match kind:
        case "integer" if _INTEGER.fullmatch(written.strip()):
            return int(written)
        case "number" | "boolean" | "json":
            try:
                return DECODER.decode(written)
            except (ValueError, RecursionError):
                return written
        case _:
            return written


def _property(schema: dict[str, Any], root: dict[str, Any], name: str) -> dict[str, Any]:
    properties = schema.get("properties")
    return _resolved(properties.get(name) if isinstance(properties, dict) else None, root)


def _resolved(schema: Any, root: dict[str, Any]) -> dict[str, Any]:
    """Return a schema, a reference within the document followed once; what is none becomes an empty one."""
    reference = schema.get("$ref") if isinstance(schema, dict) else None
    if isinstance(reference, str) and reference.startswith(_REFERENCE):
        schema = root
        for step in reference.removeprefix(_REFERENCE).split("/"):
            schema = schema.get(step) if isinstance(schema, dict) else None
    return schema if isinstance(schema, dict) else {}
