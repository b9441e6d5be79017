"""The bundled webhook document and its overlay, and how an overlay is laid over a document.

The document is what the prose page says, no more (`emitter.catalog.prose`). The overlay is an OpenAPI
Overlay 1.0 of what the page says in words only: units, conditions, the name in the envelope. Of the
standard's JSONPath, targets use names and ``*``: ``$.webhooks['playlist.create'].post.responses.*``.
Objects merge key by key, lists are appended to, anything else is replaced.
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any, Final

from emitter.errors import InvalidSpecError

_DATA: Final = Path(__file__).with_name("data")
_STEP: Final = re.compile(r"\.(?P<name>[A-Za-z_][\w-]*)|\['(?P<quoted>[^']*)'\]|(?P<each>\.\*|\[\*\])")


def bundled_document() -> dict[str, Any]:
    """Return the Zoom Revenue Accelerator document as published: OpenAPI 3.1, seven `webhooks`."""
    return read_data("zra.webhooks.json")


def bundled_overlay() -> dict[str, Any]:
    """Return the overlay of the bundled document."""
    return read_data("zra.overlay.json")


def merge(document: dict[str, Any], overlay: dict[str, Any]) -> dict[str, Any]:
    """Return the document with the overlay's actions applied in their order.

    Neither argument is edited; the result shares with the document what no action touches.

    Raises:
        InvalidSpecError: An action removes something, has no target or update, its target cannot be read,
            or it fits nothing in the document.
    """
    for index, action in enumerate(overlay.get("actions", [])):
        pointer = f"/actions/{index}"
        if not isinstance(action, dict) or "update" not in action or "remove" in action:
            raise InvalidSpecError("expected an action with a target and an update", pointer=pointer)
        steps = _steps(action.get("target"), pointer)
        document, count = _updated(document, steps, action["update"])
        if not count:
            message = f"nothing in the document fits {action['target']!r}; correct the target"
            raise InvalidSpecError(message, pointer=f"{pointer}/target")
    return document


def read_data(name: str) -> dict[str, Any]:
    """Return a bundled document by the name of its file."""
    value: dict[str, Any] = json.loads((_DATA / name).read_text(encoding="utf-8"))
    return value


def _steps(target: Any, pointer: str) -> list[str | None]:
    """Return the names on the way to the target, None for any."""
    steps: list[str | None] = []
    position = 1
    while isinstance(target, str) and target.startswith("$") and (step := _STEP.match(target, position)):
        steps.append(None if step["each"] else step["name"] or step["quoted"])
        position = step.end()
    if not steps or position != len(target):
        message = f"cannot read {target!r}; write names and * only, as in $.webhooks['event.name'].post"
        raise InvalidSpecError(message, pointer=f"{pointer}/target")
    return steps


def _updated(node: Any, steps: list[str | None], update: Any) -> tuple[Any, int]:
    """Return the node with the update merged into each place the steps lead to, and how many there were."""
    if not steps:
        return _merged(node, update), 1
    if not isinstance(node, dict):
        return node, 0
    count = 0
    result = dict(node)
    for name in node if steps[0] is None else [steps[0]]:
        if name in node:
            result[name], found = _updated(node[name], steps[1:], update)
            count += found
    return result, count


def _merged(node: Any, update: Any) -> Any:
    if isinstance(node, dict) and isinstance(update, dict):
        return node | {
            key: _merged(node[key], value) if key in node else value for key, value in update.items()
        }
    if isinstance(node, list):
        return [*node, *(update if isinstance(update, list) else [update])]
    return update
