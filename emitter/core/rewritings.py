"""A body as common code changes it before it verifies: written again, decoded, or cut.

In the order in which they are likely. What changes nothing for this body is left out.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from emitter.core.bodies import changed_bodies
from emitter.core.digests import Choice
from emitter.core.mismatches import MISMATCHES
from emitter.core.spellings import (
    COMMON_LAYOUTS,
    ESCAPES_BY_LIKELIHOOD,
    GIVEN,
    ZOOM_SPELLING,
    Spelling,
    spellings,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

MOST_DIFFERENCES: Final = 2
"""In how many respects a spelling may differ from Zoom's: order, white space, escapes, slashes, end."""
_TOGETHER: Final = frozenset({GIVEN, "sorted at every level", *COMMON_LAYOUTS, ZOOM_SPELLING.end})
"""Orders, layouts and ends that are tried beside another difference; others are too many."""


def rewritings(body: bytes) -> Iterator[Choice]:
    """Yield what common code makes of a body, each with the mistake in words.

    Different habits that give the same bytes for this body are all yielded, the likelier first.
    """
    found = {spelling: text for spelling, text in spellings(body, wanted=_is_tried) if text != body}
    for spelling in sorted(found, key=_rank):
        yield Choice(found[spelling], (MISMATCHES["reserialised"].seen(_habit(spelling)),))
    yield from changed_bodies(body)


def _differences(spelling: Spelling) -> tuple[str, ...]:
    return spelling.differences(ZOOM_SPELLING)


def _is_tried(spelling: Spelling) -> bool:
    differences = len(_differences(spelling))
    is_common = {spelling.order, spelling.layout, spelling.end} <= _TOGETHER
    return differences <= 1 or (differences <= MOST_DIFFERENCES and is_common)


def _rank(spelling: Spelling) -> tuple[int, int]:
    return len(_differences(spelling)), ESCAPES_BY_LIKELIHOOD.index(spelling.escapes)


def _habit(spelling: Spelling) -> str:
    names = _differences(spelling)
    return ", ".join(getattr(spelling, name) for name in names) if names else "in Zoom's own form"
