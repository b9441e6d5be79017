"""What an event's coverage set holds, before any of it is made for a run."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final

from emitter.faking.variants import variant, variants
from emitter.faking.variants.texts import TEXTS

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from emitter.catalog.events import EventType
    from emitter.faking.variants import Variant

Path = tuple[str | int, ...]

_SEED: Final = "coverage"
_NOW_MS: Final = 1_735_689_600_000
_MAX_CACHED: Final = 1024
_TELLING: Final = {text.name: text.text for text in TEXTS}
_LEAST_CHARS: Final = 12
"""Texts that hold less are no place for people's words."""


@lru_cache(maxsize=_MAX_CACHED)
def coverage(event_type: EventType) -> tuple[Variant, ...]:
    """Return an event's variants: names, kinds and plausibility are the same for every seed and time."""
    return tuple(variants(event_type, seed=_SEED, now_ms=_NOW_MS))


@lru_cache(maxsize=_MAX_CACHED)
def covering(event_type: EventType, name: str) -> Variant | None:
    """Return the one variant of an event that has this name, without making the others; None without one."""
    return variant(event_type, name, seed=_SEED, now_ms=_NOW_MS)


def written_path(event_type: EventType, text: str = "emoji") -> Path | None:
    """Return where people write in an event, the first such place; None where they do not.

    Args:
        event_type: The event.
        text: The kind of text it must take, by its name in `emitter.faking.variants.texts`.
    """
    found = covering(event_type, f"text-{text}")
    if found is None or not found.is_plausible:
        return None
    return _path_of(found.event.envelope, _TELLING[text])


def with_value(path: Path, value: Any) -> Callable[[Mapping[str, Any]], dict[str, Any]]:
    """Return a change of an envelope that puts a value at a place; without the place it changes nothing."""

    def changed(envelope: Mapping[str, Any]) -> dict[str, Any]:
        return dict(_put(envelope, path, value))

    return changed


def _put(node: Any, path: Path, value: Any) -> Any:
    if not path:
        return value
    step, *rest = path
    if isinstance(node, list) and isinstance(step, int) and step < len(node):
        return [*node[:step], _put(node[step], tuple(rest), value), *node[step + 1 :]]
    if isinstance(node, dict) and isinstance(step, str) and step in node:
        return {**node, step: _put(node[step], tuple(rest), value)}
    return node


def _path_of(node: Any, text: str) -> Path | None:
    if isinstance(node, str):
        return () if len(node) >= _LEAST_CHARS and text.startswith(node) else None
    items = node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ()
    for step, each in items:
        below = _path_of(each, text)
        if below is not None:
            return (step, *below)
    return None
