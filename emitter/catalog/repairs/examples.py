"""Examples as Zoom publishes them: objects, or texts of JSON with comments and a comma too many."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from emitter.catalog.json_values import DECODER

if TYPE_CHECKING:
    from emitter.catalog.repairs.rule import Steps

MAX_CHARS: Final = 1_000_000
_TOKEN: Final = re.compile(r'"(?:[^"\\\n]|\\.)*+"|//[^\n]*|#[^\n]*|/\*.*?\*/|,(?=\s*[}\]])', re.DOTALL)
_TRAILING: Final = re.compile(r'("(?:[^"\\\n]|\\.)*+")|,(\s*[}\]])')


class ReadExample(NamedTuple):
    """An example of an envelope.

    Attributes:
        value: The envelope, or None where no example is one.
        steps: The way to it from the media type; empty where there is none.
        notes: Rule, way from the media type, and message of each example that is not as it should be.
    """

    value: dict[str, Any] | None
    steps: Steps
    notes: tuple[tuple[str, Steps, str], ...]


def read_example(content: dict[str, Any]) -> ReadExample:
    """Return the first example of a media type that is an envelope, or that reads as one."""
    notes: list[tuple[str, Steps, str]] = []
    for steps, candidate in _candidates(content):
        value = candidate
        if isinstance(value, str):
            value, note = _read(value)
            notes.append((*note[:1], steps, note[1]))
        if isinstance(value, dict):
            return ReadExample(value, steps, tuple(notes))
        if not isinstance(candidate, str):
            notes.append(("example-unreadable", steps, "is no object; left out"))
    return ReadExample(None, (), tuple(notes))


def _candidates(content: dict[str, Any]) -> list[tuple[Steps, Any]]:
    found: list[tuple[Steps, Any]] = [(("example",), content["example"])] if "example" in content else []
    examples = content.get("examples")
    if isinstance(examples, list):
        named: Any = enumerate(examples)
    else:
        named = examples.items() if isinstance(examples, dict) else ()
    for name, each in named:
        if isinstance(each, dict) and "value" in each:
            found.append((("examples", name, "value"), each["value"]))
        elif isinstance(each, dict) and "event" in each:
            found.append((("examples", name), each))
        else:
            found.append((("examples", name), None))
    return found


def _read(text: str) -> tuple[Any, tuple[str, str]]:
    """Return the value of a text, and the rule and message that go with how it was read."""
    try:
        return DECODER.decode(text), ("example-as-text", "a text of JSON; read as JSON")
    except (ValueError, RecursionError):
        pass
    if len(text) <= MAX_CHARS:
        try:
            value = DECODER.decode(_plain(text))
        except (ValueError, RecursionError):
            pass
        else:
            if value:
                return value, (
                    "example-with-comments",
                    "JSON with comments or a comma too many; read without them",
                )
    return None, ("example-unreadable", "a text that cannot be read as JSON; left out")


def _plain(text: str) -> str:
    """Return the text without comments and without commas before a closing bracket."""
    bare = _TOKEN.sub(lambda found: found[0] if found[0].startswith('"') else "", text)
    return _TRAILING.sub(lambda found: found[1] or found[2], bare).replace("\u00a0", " ").strip()
