"""Deviations of what arrives when: twins, the wrong order, a retry that newer events have overtaken.

All of this Zoom does (docs/zoom.md#delivery); they are faults because one has to ask for it.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from emitter.core.fault import Fault, Posting

if TYPE_CHECKING:
    from collections.abc import Sequence

_EVENT_TS: Final = re.compile(rb'(?<="event_ts":)\d+')


def twin_of(body: bytes) -> bytes:
    """Return the body with an ``event_ts`` one millisecond later; as it is where it has none."""
    return _EVENT_TS.sub(lambda match: b"%d" % (int(match[0]) + 1), body, count=1)


def _with_twins(postings: Sequence[Posting]) -> list[Posting]:
    count = 1 + max((posting.delivery for posting in postings), default=0)
    pairs = (
        (posting, Posting(posting.event, twin_of(posting.body), count + posting.delivery))
        for posting in postings
    )
    return [posting for pair in pairs for posting in pair]


def _first_again(postings: Sequence[Posting]) -> list[Posting]:
    return [*postings, *postings[:1]]


SEQUENCE_FAULTS: Final = (
    Fault(
        name="twin",
        description="deliver the event twice: another request id, a body that differs by a millisecond",
        sequence=_with_twins,
    ),
    Fault(
        name="reorder",
        description="deliver the events of the command in reverse, the last one first",
        sequence=lambda postings: list(reversed(postings)),
        least_events=2,
    ),
    Fault(
        name="late-retry",
        description="deliver the first event again after all others, as a retry that was overtaken",
        sequence=_first_again,
        least_events=2,
    ),
)
"""Those that need several events act on all that one command or request sends together."""
