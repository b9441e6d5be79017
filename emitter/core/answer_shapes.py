"""The two fields of a challenge's answer, found under whatever a receiver wrapped around them.

Wrappers are taken off one by one, each a mistake of its own, so that what is inside is examined too.
"""

from __future__ import annotations

import ast
import json
import re
from typing import TYPE_CHECKING, Any, Final

from emitter.core.mistakes import MISTAKES, Mistake

if TYPE_CHECKING:
    from collections.abc import Callable

PLAIN: Final = "plainToken"
ENCRYPTED: Final = "encryptedToken"
FOUND_CHARS: Final = 120
"""How much of a receiver's text is repeated in what was found."""
_MAX_WRAPPERS: Final = 4
_BARE_KEY: Final = re.compile(r"([{,]\s*)(\w+)\s*:", re.ASCII)

Unwrapped = tuple[Any, str]
"""What was inside, and what was found."""


def parsed(text: str) -> Any:
    """Return the value of a JSON text; NaN and infinity are not JSON.

    Raises:
        ValueError: It is not JSON, or is nested too deeply to be an answer.
    """
    try:
        return json.loads(text, parse_constant=_refuse_constant)
    except RecursionError:
        raise ValueError("nested too deeply") from None


def is_json(text: str) -> bool:
    """Return whether a text is JSON."""
    try:
        parsed(text)
    except ValueError:
        return False
    return True


def literal(text: str) -> dict[str, Any] | None:
    """Return the object that Python, Node or Ruby printed in its own notation, or None."""
    as_python = _BARE_KEY.sub(r"\1'\2':", text.strip().replace("=>", ":"))
    try:
        value = ast.literal_eval(as_python)
    except (ValueError, SyntaxError, TypeError, MemoryError, RecursionError):
        return None
    return value if isinstance(value, dict) and all(isinstance(key, str) for key in value) else None


def unwrap(value: Any) -> tuple[Any, list[Mistake]]:
    """Return what is inside all wrappers, with one mistake a wrapper."""
    mistakes: list[Mistake] = []
    for _ in range(_MAX_WRAPPERS):
        for id_, take_off in _WRAPPERS:
            if inner := take_off(value):
                value, found = inner
                mistakes.append(MISTAKES[id_].seen(found))
                break
    return value, mistakes


def find_fields(value: dict[str, Any]) -> tuple[dict[str, Any], list[Mistake]]:
    """Return the two fields under their right names, as far as they are there, with their names' mistakes."""
    fields: dict[str, Any] = {name: value[name] for name in (PLAIN, ENCRYPTED) if name in value}
    mistakes: dict[str, Mistake] = {}
    for key, each in value.items():
        letters = re.sub(r"[\s_-]", "", key.lower())
        name = {PLAIN.lower(): PLAIN, ENCRYPTED.lower(): ENCRYPTED}.get(letters)
        if name and name not in fields:
            id_ = "snake-case-keys" if key in {"plain_token", "encrypted_token"} else "misspelt-keys"
            mistakes.setdefault(id_, MISTAKES[id_].seen(shown(key)))
            fields[name] = each
    return fields, [*mistakes.values()]


def shown(value: Any) -> str:
    """Return a receiver's value on one short line, safe for any terminal."""
    try:
        text = json.dumps(value, default=repr, skipkeys=True)
    except RecursionError:
        return "a value nested too deeply"
    return text if len(text) <= FOUND_CHARS else f"{text[: FOUND_CHARS - 1]}…"


def _string(value: Any) -> Unwrapped | None:
    return (parsed(value), "") if isinstance(value, str) and is_json(value) else None


def _list(value: Any) -> Unwrapped | None:
    return (value[0], "") if isinstance(value, list) and value else None


def _wrapper(value: Any) -> Unwrapped | None:
    """Take off an object that lacks the fields but has a member, or the JSON of one, that has them."""
    if not isinstance(value, dict) or find_fields(value)[0]:
        return None
    for key, member in value.items():
        inner = parsed(member) if isinstance(member, str) and is_json(member) else member
        if isinstance(inner, dict) and find_fields(inner)[0]:
            return inner, f"inside {shown(key)}"
    return None


_WRAPPERS: Final[tuple[tuple[str, Callable[[Any], Unwrapped | None]], ...]] = (
    ("double-encoded", _string),
    ("list-answer", _list),
    ("wrapped-answer", _wrapper),
)


def _refuse_constant(name: str) -> None:
    raise ValueError(f"{name} is not JSON")
