"""Which texts of an envelope are what people write, found by having marks written there.

The rules of `emitter.faking.fields` know it; asking them by their result keeps that knowledge in one place.
"""

from __future__ import annotations

from enum import StrEnum
from functools import cache
from typing import TYPE_CHECKING, Any

from emitter.faking.pools import Name, Pools, bundled_pools

if TYPE_CHECKING:
    from collections.abc import Iterable

    from emitter.faking.variants.places import Place, Steps

_PROSE, _LABEL, _GUESSED = "\ue000", "\ue001", "\ue002"  # for private use: no real text holds them


class Writing(StrEnum):
    """What people write in a place."""

    PROSE = "prose"
    """Text that may have several lines."""
    NAME = "name"
    """The name of somebody or something: one line."""

    @property
    def is_prose(self) -> bool:
        """Whether it may have several lines."""
        return self is Writing.PROSE


@cache
def marked_pools() -> Pools:
    """Return pools that hold marks for texts, for an envelope to be asked by `writing_in`."""
    real = bundled_pools()
    names = tuple(
        Name(_LABEL + name.given, _LABEL + name.family, _LABEL + name.full, name.local_part)
        for name in real.names
    )
    labels = (_LABEL,)
    return real._replace(
        names=names, companies=labels, jobs=labels, cities=labels, playlist_names=labels, topics=labels,
        # Also stands where no rule knows a field.
        moment_names=(_GUESSED,), comments=(_PROSE,),
    )  # fmt: skip


def writing_in(envelope: Any, places: Iterable[Place]) -> dict[Steps, Writing]:
    """Return the places of an envelope made with `marked_pools` where people write, and what."""
    found: dict[Steps, Writing] = {}
    for place in places:
        value: Any = envelope
        for step in place.steps if place.is_there else ():
            value = value[step]
        if not isinstance(value, str):
            continue
        if value.startswith(_PROSE):
            found[place.steps] = Writing.PROSE
        elif value.startswith(_LABEL) or (value.startswith(_GUESSED) and "name" in place.field.name):
            found[place.steps] = Writing.NAME
    return found
