"""Changes that a caller wants in an event: values at paths, and paths taken out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from emitter.catalog.paths import set_value, unset

if TYPE_CHECKING:
    from collections.abc import Iterable

    from emitter.catalog.events import EventType


def changed(
    event_type: EventType | None,
    envelope: dict[str, Any],
    *,
    overrides: Iterable[tuple[str, Any]],
    unset_paths: Iterable[str],
    force: bool,
) -> dict[str, Any]:
    """Return the envelope with the values at their paths, then without the paths to be taken out.

    Args:
        event_type: What says which paths there are; None where the event is of no known kind.
        envelope: What is read; never edited.
        overrides: Path and value of each, in order.
        unset_paths: What is taken out.
        force: Whether paths may be new.

    Raises:
        UnknownNameError: The event has no such path.
        InvalidPayloadError: A path cannot be read, or leads through something else.
    """
    schema = event_type.schema if event_type else {}
    for path, value in overrides:
        envelope = set_value(envelope, path, value, schema, force=force)
    for path in unset_paths:
        envelope = unset(envelope, path, schema, force=force)
    return envelope
