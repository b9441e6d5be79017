"""Paths to the places of an envelope, as ``--override`` and ``--unset`` take them.

A path is names joined by dots, list items as ``[0]``: ``payload.object.playlist_name``,
``payload.object[0].deal_id``. A name that holds a dot or a bracket is written ``["like.this"]``. The leading
``payload.object.`` or ``payload.`` may be left out where only one place is meant; a path that is right as it
stands always means that. Which places an event has, its schema says.
"""

from __future__ import annotations

import difflib
import json
import re
from typing import TYPE_CHECKING, Any, Final, cast

from emitter.catalog.json_values import DECODER, kind_of, pointer_to
from emitter.errors import InvalidPayloadError, UnknownNameError

if TYPE_CHECKING:
    from collections.abc import Iterator

Steps = tuple[str | int, ...]
"""A path taken apart: names of properties and indices of items."""

MAX_STEPS: Final = 100
"""The longest path; far longer than any event is deep."""

_STEP: Final = re.compile(
    r"\.(?P<name>[^.\[\]]+)|\[(?P<index>[0-9]{1,6})\]"
    r'|\[(?P<quoted>"(?:[^"\\\x00-\x1f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*")\]'
)
_PLAIN_NAME: Final = re.compile(r"[^.\[\]=]+")
_PREFIXES: Final[tuple[Steps, ...]] = (("payload",), ("payload", "object"))
_LEAST_SIMILARITY: Final = 0.5
_BRANCHES: Final = ("allOf", "anyOf", "oneOf")
_DEEPEST_BRANCH: Final = 3


def known_paths(schema: dict[str, Any]) -> tuple[str, ...]:
    """Return every path the schema names, in its order, lists by their first item (``[0]``)."""
    return tuple(path_text(steps) for steps in _known_steps(schema, ()))


def parse_assignment(text: str, schema: dict[str, Any]) -> tuple[str, Any]:
    """Return the path and the value of ``PATH=VALUE``.

    What the value is depends on what the schema wants at the path. ``null`` is JSON's null everywhere, and
    text in double quotes is the text inside them. Where the schema wants text, anything else is text as it
    stands (``playlist_name=123`` gives ``"123"``). Elsewhere it is JSON if it reads as JSON
    (``create_time=5``, ``object={"a":1}``), otherwise text.

    Raises:
        InvalidPayloadError: There is no ``=``, or the path cannot be read.
        UnknownNameError: The path may mean several places.
    """
    path, equals, written = text.partition("=")
    if not equals or not path:
        raise InvalidPayloadError(f"expected PATH=VALUE, as in playlist_name=Kickoff, found {text!r}")
    steps = _located(path, schema)
    wanted = None if steps is None else _schema_at(schema, steps)
    try:
        value = DECODER.decode(written)
    except (ValueError, RecursionError):
        return path, written
    if value is None or isinstance(value, str) or not _wants_text(wanted):
        return path, value
    return path, written


def set_value(
    envelope: dict[str, Any], path: str, value: Any, schema: dict[str, Any], *, force: bool
) -> dict[str, Any]:
    """Return the envelope with the value at the path.

    A key that is new stands where the schema's order puts it. An index one past the end appends. What is
    missing on the way is made, as the schema says: an object or a list.

    Args:
        envelope: What is read; never edited.
        path: Where, see the module.
        value: Any JSON value.
        schema: The envelope's schema.
        force: Whether a path the schema does not have is made, read from the top of the envelope.

    Raises:
        UnknownNameError: The schema has no such path, or several; `suggestions` says what may be meant.
        InvalidPayloadError: The path cannot be read, leads through something that is neither object nor
            list, or has an index past the end of its list.
    """
    steps = _steps_of(path, schema, force=force)
    return cast("dict[str, Any]", _with(envelope, steps, value, schema))


def unset(envelope: dict[str, Any], path: str, schema: dict[str, Any], *, force: bool) -> dict[str, Any]:
    """Return the envelope without what is at the path; what is not there is left so.

    Args:
        envelope: What is read; never edited.
        path: Where, see the module. An item taken out of a list moves those after it.
        schema: The envelope's schema.
        force: Whether a path the schema does not have is taken out too, if it is there.

    Raises:
        UnknownNameError: The schema has no such path, or several; `suggestions` says what may be meant.
        InvalidPayloadError: The path cannot be read.
    """
    steps = _steps_of(path, schema, force=force)
    return cast("dict[str, Any]", _without(envelope, steps))


def _steps_of(path: str, schema: dict[str, Any], *, force: bool) -> Steps:
    steps = _located(path, schema)
    if steps is not None:
        return steps
    if force:
        return _parsed(path)
    nearest = _nearest(path, schema)
    hint = "" if nearest else "`zoom-emitter events show NAME` lists what an event has"
    raise UnknownNameError("path", path, nearest, hint)


def _located(path: str, schema: dict[str, Any]) -> Steps | None:
    """Return the full steps of a path the schema has, or None."""
    given = _parsed(path)
    if _schema_at(schema, given) is not None:
        return given
    found = [prefix + given for prefix in _PREFIXES if _schema_at(schema, prefix + given) is not None]
    if len(found) > 1:
        candidates = tuple(path_text(steps) for steps in found)
        raise UnknownNameError("path", path, candidates, "it may be either; write it in full")
    return found[0] if found else None


def _parsed(path: str) -> Steps:
    rest = path if path.startswith("[") else f".{path}"
    steps: list[str | int] = []
    position = 0
    while len(steps) < MAX_STEPS and (found := _STEP.match(rest, position)):
        steps.append(
            found["name"] or (int(found["index"]) if found["index"] else json.loads(found["quoted"]))
        )
        position = found.end()
    if position != len(rest):
        raise InvalidPayloadError(
            f"cannot read the path {path!r}; write names joined by dots, list items as [0]"
        )
    return tuple(steps)


def path_text(steps: Steps) -> str:
    """Return the path that leads these steps, as the other functions read it."""
    text = ""
    for step in steps:
        if isinstance(step, str) and _PLAIN_NAME.fullmatch(step):
            text += f".{step}" if text else step
        else:
            text += f"[{json.dumps(step, ensure_ascii=False)}]"
    return text


def _schema_at(schema: dict[str, Any], steps: Steps) -> dict[str, Any] | None:
    """Return the schema of a place, None if there is no such place, {} if anything may be there."""
    node: Any = schema
    for step in steps:
        if isinstance(step, str):
            members = members_of(node)
            if step not in members:
                return None
            node = members[step]
        elif (items := items_of(node)) is not None:
            node = items
        else:
            return None
        node = node if isinstance(node, dict) else {}
    return cast("dict[str, Any]", node)


def members_of(schema: dict[str, Any]) -> dict[str, Any]:
    """Return the properties that a schema names, itself or in a branch of ``anyOf`` and its like."""
    found: dict[str, Any] = {}
    for part in _parts(schema):
        properties = part.get("properties")
        for name, each in properties.items() if isinstance(properties, dict) else ():
            found.setdefault(name, each)
    return found


def items_of(schema: dict[str, Any]) -> dict[str, Any] | None:
    """Return the schema of a list's items, {} if anything may be one, None if this is no list."""
    for part in _parts(schema):
        if "items" in part or "array" in _types(part):
            items = part.get("items")
            return items if isinstance(items, dict) else {}
    return None


def _parts(schema: dict[str, Any], *, depth: int = 0) -> Iterator[dict[str, Any]]:
    """Yield the schema, and the branches of it that an object or list may be described in."""
    yield schema
    for key in _BRANCHES if depth < _DEEPEST_BRANCH else ():
        branches = schema.get(key)
        for branch in branches if isinstance(branches, list) else ():
            if isinstance(branch, dict):
                yield from _parts(branch, depth=depth + 1)


def _types(schema: dict[str, Any]) -> list[Any]:
    types = schema.get("type", [])
    return types if isinstance(types, list) else [types]


def _wants_text(schema: dict[str, Any] | None) -> bool:
    if not schema:
        return False
    types = {each for each in _types(schema) if isinstance(each, str)} - {"null"}
    return types == {"string"}


def _known_steps(schema: dict[str, Any], start: Steps) -> Iterator[Steps]:
    places: list[tuple[str | int, Any]] = [*members_of(schema).items()]
    if items := items_of(schema):
        places.append((0, items))
    for step, inner in places:
        yield (*start, step)
        if isinstance(inner, dict):
            yield from _known_steps(inner, (*start, step))


def _nearest(path: str, schema: dict[str, Any]) -> tuple[str, ...]:
    """Return the known path that looks most like this one in any of its spellings, or nothing."""
    spellings: dict[str, str] = {}
    for steps in _known_steps(schema, ()):
        short = next(
            (steps[len(each) :] for each in reversed(_PREFIXES) if steps[: len(each)] == each), steps
        )
        for spelling in (steps, short, steps[-1:] if isinstance(steps[-1], str) else steps):
            spellings.setdefault(path_text(spelling).lower(), path_text(steps))
    close = difflib.get_close_matches(path.lower(), spellings, n=1, cutoff=_LEAST_SIMILARITY)
    return (spellings[close[0]],) if close else ()


def _with(node: Any, steps: Steps, value: Any, schema: dict[str, Any], *, passed: Steps = ()) -> Any:
    """Return the node with the value at the steps; the node is None where there is nothing yet."""
    if not steps:
        return value
    step, rest = steps[0], steps[1:]
    inner = _schema_at(schema, (step,)) or {}
    if isinstance(step, int):
        _fits(node, list, passed)
        items = node or []
        if step > len(items):
            message = f"[{step}] is past the end of the list; the next item is [{len(items)}]"
            raise InvalidPayloadError(message, pointer=pointer_to(passed))
        old = items[step] if step < len(items) else None
        return [*items[:step], _with(old, rest, value, inner, passed=(*passed, step)), *items[step + 1 :]]
    _fits(node, dict, passed)
    members = node or {}
    new = _with(members.get(step), rest, value, inner, passed=(*passed, step))
    return members | {step: new} if step in members else _inserted(members, step, new, schema)


def _fits(node: Any, kind: type, passed: Steps) -> None:
    """Refuse to lead a path through a value that has no places inside."""
    if node is not None and not isinstance(node, kind):
        wanted = "an object" if kind is dict else "an array"
        message = f"this is {kind_of(node)}, the path needs {wanted}; set this place first, or another path"
        raise InvalidPayloadError(message, pointer=pointer_to(passed))


def _inserted(members: dict[str, Any], name: str, value: Any, schema: dict[str, Any]) -> dict[str, Any]:
    """Return the members with a new one before the first that the schema has after it."""
    order = list(members_of(schema))
    later = set(order[order.index(name) + 1 :]) if name in order else set()
    index = next((i for i, key in enumerate(members) if key in later), len(members))
    pairs = list(members.items())
    return dict([*pairs[:index], (name, value), *pairs[index:]])


def _without(node: Any, steps: Steps) -> Any:
    step, rest = steps[0], steps[1:]
    if isinstance(step, int):
        if not isinstance(node, list) or step >= len(node):
            return node
        return [*node[:step], *([_without(node[step], rest)] if rest else []), *node[step + 1 :]]
    if not isinstance(node, dict) or step not in node:
        return node
    if rest:
        return node | {step: _without(node[step], rest)}
    return {key: each for key, each in node.items() if key != step}
