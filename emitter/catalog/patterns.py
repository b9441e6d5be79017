"""Events by pattern: ``playlist_*`` names as many as it fits."""

from __future__ import annotations

import fnmatch
from typing import TYPE_CHECKING

from emitter.errors import UnknownNameError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from emitter.catalog.events import Catalog, EventType


def matching(catalog: Catalog, name: str) -> list[EventType]:
    """Return the event of a name, or all that a pattern with ``*`` fits, by full name or last part.

    Raises:
        UnknownNameError: Nothing fits.
    """
    if "*" not in name and "?" not in name:
        return [catalog.find(name)]
    found = [
        event_type
        for event_type in catalog
        if fnmatch.fnmatchcase(event_type.name, name) or fnmatch.fnmatchcase(event_type.short_name, name)
    ]
    if not found:
        raise UnknownNameError("event", name, (), "`zoom-emitter events list` shows the names")
    return found


def matching_all(catalog: Catalog, names: Iterable[str]) -> list[EventType]:
    """Return what each of the names and patterns fits, in their order; raises as `matching`."""
    return [event_type for name in names for event_type in matching(catalog, name)]
