"""The property lists of a prose page: one line a property, dashes for what is left of the nesting.

A property's line ends in `` -`` when another property of its list follows, in ``-`` when the list of an
object's own properties follows, in ``Items:`` when those of an array's items follow, and in nothing when its
list ends there. A line that is only a dash ends a list, or, as the last one before a property, starts it.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from emitter.catalog.page_lines import PageLines

MAX_DEPTH: Final = 60
"""The most lists that may lie inside each other; Zoom's deepest events need fewer than ten."""

_TYPE: Final = "(?:array|boolean|integer|null|number|object|string)"
_TEXT: Final = r'"(?:[^"\\]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"'
_NUMBER: Final = r"-?(?:0|[1-9][0-9]{0,17})(?:\.[0-9]{1,9})?"
_VALUE: Final = rf"(?:{_TEXT}|{_NUMBER}|true|false|null)"
_PLAIN_TYPE: Final = (
    rf"(?P<types>{_TYPE}(?: \| {_TYPE})*)"
    r"(?:, format: ?(?P<format>[^\s,—]+?))?"
    rf"(?:, possible values: ?(?P<enum>{_VALUE}(?:, {_VALUE})*))?"
    rf"(?:, default: ?(?P<default>{_VALUE}))?"
    r"(?: ?— ?(?P<description>.*?))?"
    r"(?P<marker> -|-|Items:)?"
)
_ITEMS: Final = re.compile(_PLAIN_TYPE)
# A name stands right before its type ("sourcestring"): it is the shortest that leaves a whole type.
_PROPERTY: Final = re.compile(r"(?P<name>\S+?) ?(?P<required>\(required\))? ?" + _PLAIN_TYPE)
_OPENS: Final = {"-": "object", "Items:": "array"}


def read_schema(page: PageLines) -> dict[str, Any]:
    """Return the schema of a property list, and leave the page at the ``Example:`` after it.

    Keys and properties stand in the published form, properties in the list's order; `in_order_of` gives
    them the published order.

    Raises:
        InvalidSpecError: The list cannot be understood; the message names the line.
    """
    root = _open({"type": "object"})
    lists = [root]
    marker = ""
    while True:
        dashes = page.take_dashes()
        if page.current == "Example:":
            if marker or dashes != len(lists) - 1:
                page.fail(f"{len(lists) - 1} lines of '-' before it, one for each list inside the first")
            return root
        if marker == "Items:" and not dashes:
            marker = _read_plain_items(page, lists.pop())
            continue
        ended = dashes if marker in {" -", "-"} else dashes - 1
        if not 0 <= ended < len(lists) or (marker and ended):
            page.fail("a line of '-' for each list that ends before it, and one more for its own start")
        del lists[len(lists) - ended :]
        marker = _read_property(page, lists)


def in_order_of(example: Any, schema: dict[str, Any]) -> dict[str, Any]:
    """Return the schema with its properties in the order in which the example shows them, others after."""
    if "items" in schema:
        first = example[0] if isinstance(example, list) and example else None
        return schema | {"items": in_order_of(first, schema["items"])}
    if "properties" not in schema:
        return schema
    shown = example if isinstance(example, dict) else {}
    properties = {name: schema["properties"][name] for name in shown if name in schema["properties"]}
    properties |= schema["properties"]
    ordered = {key: value for key, value in schema.items() if key not in {"required", "properties"}}
    if required := [name for name in properties if name in schema["required"]]:
        ordered["required"] = required
    ordered["properties"] = {name: in_order_of(shown.get(name), each) for name, each in properties.items()}
    return ordered


def _open(schema: dict[str, Any]) -> dict[str, Any]:
    schema["required"] = []
    schema["properties"] = {}
    return schema


def _read_property(page: PageLines, lists: list[dict[str, Any]]) -> str:
    """Add a property to the innermost list, open its own list if it has one, return the marker it ends in."""
    if len(lists) > MAX_DEPTH:
        page.fail(f"at most {MAX_DEPTH} lists inside each other")
    innermost = lists[-1]
    fits = _PROPERTY.fullmatch(page.current or "")
    if fits and fits["name"] in innermost["properties"]:
        page.fail("a property that its list has not had before")
    found = page.match(_PROPERTY, "a property such as 'account_id(required)string— …'")
    schema, marker = _described(found)
    innermost["properties"][found["name"]] = schema
    if found["required"]:
        innermost["required"].append(found["name"])
    if marker == "Items:":
        schema["items"] = _open({"type": "object"})
        lists.append(schema["items"])
    elif marker == "-":
        lists.append(_open(schema))
    return marker


def _read_plain_items(page: PageLines, items: dict[str, Any]) -> str:
    """Put the type on this line in the place of the object assumed, return the marker it ends in."""
    schema, marker = _described(page.match(_ITEMS, "'-' and a property, or the type of the items"))
    items.clear()
    items.update(schema)
    return marker


def _described(found: re.Match[str]) -> tuple[dict[str, Any], str]:
    """Return the schema that a line gives and the marker it ends in."""
    types, description, marker = found["types"].split(" | "), found["description"], found["marker"] or ""
    if marker in _OPENS and _OPENS[marker] not in types:
        description, marker = (description or "") + marker, ""
    schema: dict[str, Any] = {"type": types if len(types) > 1 else types[0]}
    if found["format"]:
        schema["format"] = found["format"]
    if description:
        schema["description"] = description
    if found["enum"]:
        schema["enum"] = json.loads(f"[{found['enum']}]")
    if found["default"]:
        schema["default"] = json.loads(found["default"])
    return schema, marker
