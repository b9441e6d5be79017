"""The reads of any other document: made from its schemas, with what events say where names agree."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import jsonschema_rs

from emitter.app.zoom.errors import no_such
from emitter.app.zoom.reading import agreed
from emitter.app.zoom.state import told
from emitter.core.mentions import snake
from emitter.faking.answers import answer_maker, draw_of, item_maker, members

if TYPE_CHECKING:
    from emitter.app.zoom.reading import Ask, Events
    from emitter.catalog.rest import RestOperation

_CODES: Final = {"user": 1001, "meeting": 3001}
"""Zoom's codes for ids that nothing has. CONFIRMED (docs/zoom.md#rest-api)."""
_OTHERWISE: Final = 404
_MADE_UP: Final = 3
"""How many items a list has of which no event says anything."""
_ME: Final = "me"


def answer_other(events: Events, ask: Ask) -> Any:
    """Return what an operation of a document answers.

    Raises:
        ZoomError: The path names a thing that events could mention, and none does.
        InvalidSpecError: No value fits the schema.
    """
    operation = ask.operation
    if operation.schema is None:
        return {}
    known: dict[str, Any] = {}
    for slot, value in ask.values.items():
        known |= _known(events, slot, value)
    subject = "/".join((operation.path, *ask.values.values()))
    made = answer_maker(operation)(draw_of(operation.id, subject, now_ms=ask.now_ms))
    if not isinstance(made, dict):
        return made
    made = _agreed(members(operation), made, known)
    array = _array(operation)
    return _with_items(events, ask, made, array) if array else made


def _known(events: Events, slot: str, value: str) -> dict[str, Any]:
    """Return what events say of the thing in a slot of the path, by property name."""
    name = snake(slot)
    about = events.about(name, [value])
    if not about and name == "id":
        return {}
    if not about and value != _ME and not events.answers_any_id and events.has_any(name):
        kind = name.removesuffix("_id").removesuffix("_uuid")
        message = f"{value}."
        note = f"events that were sent mention others as {name}, and not this one"
        code = _CODES.get(kind, _OTHERWISE)
        raise no_such(kind.replace("_", " ").capitalize(), message, code=code, note=note)
    said: dict[str, Any] = {}
    for _, each in told(about, name):
        said |= {key: scalar for key, scalar in each.item.items() if not isinstance(scalar, dict | list)}
    return said | {slot: value, name: value, name.rpartition("_")[2]: value}


def _agreed(
    schemas: dict[str, dict[str, Any]], made: dict[str, Any], known: dict[str, Any]
) -> dict[str, Any]:
    """Return what was made with what is known in its place, where that fits the schema."""
    kept = {}
    for name, value in known.items():
        schema = schemas.get(name)
        if schema is None:
            continue
        wants_number = schema.get("type") in {"integer", "number"}
        fitting = int(value) if wants_number and isinstance(value, str) and value.isdecimal() else value
        if jsonschema_rs.is_valid(schema, fitting):
            kept[name] = fitting
    return agreed(made, kept)


def _array(operation: RestOperation) -> str:
    """Return which property holds what an operation lists; empty where it lists nothing."""
    schemas = members(operation)
    if "page_size" not in schemas and "next_page_token" not in schemas:
        return ""
    arrays = [name for name, schema in schemas.items() if schema.get("type") == "array"]
    objects = [name for name in arrays if schemas[name].get("items", {}).get("type") == "object"]
    return objects[0] if objects else ""


def _with_items(events: Events, ask: Ask, made: dict[str, Any], array: str) -> dict[str, Any]:
    """Return a list with the things events mentioned; with a few made-up ones where there are none."""
    operation, page = ask.operation, ask.page()
    make = item_maker(operation, array)
    items_schema = members(operation)[array].get("items", {})
    properties = items_schema.get("properties", {})
    name = _name_of_ids(array, properties)

    def item(id_: str) -> dict[str, Any]:
        one = make(draw_of(name or array, id_, now_ms=ask.now_ms))
        return _agreed(properties, one, _known(events, name, id_)) if name else dict(one)

    if name and events.has_any(name):
        items, place = events.listed(name, page, lambda ids: {id_: item(id_) for id_ in ids})
    else:
        subject = "/".join((operation.path, *ask.values.values()))
        made_up = [make(draw_of(array, f"{subject} {n}", now_ms=ask.now_ms)) for n in range(_MADE_UP)]
        items, place = made_up[: page.size], None
    count = len(items)
    figures: dict[str, int] = {
        "page_size": page.size,
        "page_count": 1,
        "page_number": 1,
        "total_records": count,
    }
    head: dict[str, Any] = {key: value for key, value in figures.items() if key in made}
    if "next_page_token" in made:
        head["next_page_token"] = page.token(place)
    return agreed(made, head | {array: items})


def _name_of_ids(array: str, properties: dict[str, Any]) -> str:
    """Return the name by which events mention what an array lists; empty where none could."""
    singular = array.removesuffix("s")
    for name in (f"{singular}_id", f"{singular}_uuid"):
        if name in {snake(each) for each in properties}:
            return name
    return f"{singular}_id" if "id" in properties else f"{singular}_uuid" if "uuid" in properties else ""
