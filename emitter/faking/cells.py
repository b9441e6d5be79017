"""Where things are in a story's random bytes, so that none depends on which of the others were asked for.

First what there is one of, then a cell for each number, which holds what is drawn for the event of this
number and for the playlist, moment, comment and association of it.
"""

from __future__ import annotations

from functools import lru_cache
from struct import Struct
from typing import TYPE_CHECKING, Any, Final

from emitter.faking.streams import Block

if TYPE_CHECKING:
    from collections.abc import Iterator

    from emitter.faking.streams import Blocks

_START: Final = 0
_ACCOUNT: Final = 4
STORY_BYTES: Final = 64
CELL_BYTES: Final = 192

# The conversation: the minutes since it was held, its id, its host, its engagement, its topic.
CONVERSATION: Final = 8
CONVERSATION_ID: Final = CONVERSATION + 4
HOST: Final = CONVERSATION + 20
ENGAGEMENT_ID: Final = CONVERSATION + 24
TOPIC: Final = CONVERSATION + 40

# Those that there is one of in each cell, as places in the first.
EVENT: Final = STORY_BYTES
PLAYLIST_ID: Final = STORY_BYTES + 72
PLAYLIST_NAME: Final = PLAYLIST_ID + 16
OWNER: Final = PLAYLIST_ID + 20
MOMENT_ID: Final = STORY_BYTES + 96
MOMENT_NAME: Final = MOMENT_ID + 16
DETAIL_ID: Final = MOMENT_ID + 20
COMMENT_ID: Final = STORY_BYTES + 132
AUTHOR: Final = COMMENT_ID + 16
COMMENT_TEXT: Final = COMMENT_ID + 18
COLLEAGUE: Final = COMMENT_ID + 20
DEAL_ID: Final = STORY_BYTES + 156
CRM_ACCOUNT_ID: Final = DEAL_ID + 8
LEAD_ID: Final = DEAL_ID + 16

PACE: Final = Struct(">II184x")
"""Of each cell how long after the event before it the event comes, and how long after what it tells of."""
DELIVERY: Final = Struct(">8x56s8s120x")
"""Of each cell what names the delivery of its event, and how that is sent."""
PACE_AND_REQUEST: Final = Struct(">II16s40xHB125x")
"""Both, of the latter as much as decides the request id and when it is sent."""

SIZES: Final = {"16s": 16, "Q": 8, "H": 2, "HHI": 8}
"""How many bytes things take, by their form as `struct` has it."""


def in_cell(place: int, number: int) -> int:
    """Return where a thing of a number is, from its place in the first cell."""
    return place + number * CELL_BYTES


def story_block(blocks: Blocks, index: int, *, events: int) -> Block:
    """Return a story's random bytes, as many as its events and what they are about usually take.

    Args:
        blocks: Those of the seed and the story's name.
        index: Which of the stories of this name.
        events: How many events it has.
    """
    return Block(blocks, index, block_size(events))


def block_size(events: int) -> int:
    """Return how many random bytes a story of so many events has."""
    return STORY_BYTES + events * CELL_BYTES


def drawn(form: Struct, octets: bytes) -> Iterator[tuple[Any, ...]]:
    """Return what is drawn of a form for each event of a story, from all its random bytes."""
    return form.iter_unpack(memoryview(octets)[STORY_BYTES:])


def start_share(octets: bytes) -> int:
    """Return which part of the time between its neighbours a story begins in, a 32-bit share."""
    return int.from_bytes(octets[_START : _START + 4], "big")


def account_share(octets: bytes) -> int:
    """Return what chooses a story's account, a 32-bit share."""
    return int.from_bytes(octets[_ACCOUNT : _ACCOUNT + 4], "big")


@lru_cache(maxsize=4096)
def at_once(form: str, places: tuple[int, ...]) -> Struct:
    """Return what takes things of one form from rising places all at once; kept and shared."""
    parts, end = [">"], 0
    for place in places:
        parts.append(f"{place - end}x{form}")
        end = place + SIZES[form]
    return Struct("".join(parts))
