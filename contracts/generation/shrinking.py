"""The smallest part of a body that still shows what the whole one showed."""

from __future__ import annotations

from copy import deepcopy
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

MOST_TRIES: Final = 60
Path = tuple[str | int, ...]


def reduced(value: Any, is_failing: Callable[[Any], bool], *, tries: int = MOST_TRIES) -> Any:
    """Return the value without every part that failing does not need.

    Args:
        value: What fails as a whole.
        is_failing: Says whether a smaller value fails alike; called at most `tries` times.
        tries: How many smaller values are tried.
    """
    for path in [*_paths(value)]:
        if tries <= 0:
            break
        smaller = without(value, path)
        if smaller is None:
            continue
        tries -= 1
        if is_failing(smaller):
            value = smaller
    return value


def without(value: Any, path: Path) -> Any:
    """Return a copy without what is at the path, or None where nothing is."""
    smaller = deepcopy(value)
    inner = smaller
    try:
        for step in path[:-1]:
            inner = inner[step]
        del inner[path[-1]]
    except (KeyError, IndexError, TypeError):
        return None
    return smaller


def _paths(value: Any, path: Path = ()) -> Iterator[Path]:
    """Yield where parts are, big ones before small ones, items from the last on."""
    if isinstance(value, dict):
        steps: list[str | int] = [*value]
    elif isinstance(value, list):
        steps = [*range(len(value))][::-1]
    else:
        return
    for step in steps:
        yield (*path, step)
    for step in steps:
        yield from _paths(value[step], (*path, step))
