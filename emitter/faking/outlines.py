"""Outlines: what stories that differ in values only have in common."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from emitter.faking.streams import Block, pick_at
from emitter.faking.things import CONTACT_CENTER, Change

if TYPE_CHECKING:
    from emitter.faking.streams import Blocks

MEETING: Final = "ZOOM_MEETING"
"""The source of the conversations that are Zoom meetings. CONFIRMED (docs/zoom.md#events)."""

_SOURCES: Final = (
    *[MEETING] * 10, *["ZOOM_PHONE"] * 3, *[CONTACT_CENTER] * 3,
    "MICROSOFT_TEAMS", "MICROSOFT_TEAMS", "GOOGLE_MEET", "OTHERS",
)  # fmt: skip
_PLAYLIST_TYPES: Final = ("BASIC", "BASIC", "BASIC", "SMART")
_QUARTER: Final = 64  # of the values of a byte
_FEW: Final = 4

# The places in an outline: the conversation's source, then a cell for each number.
_OUTLINE_BYTES: Final = 2
_OUTLINE_CELL_BYTES: Final = 8
_PRESENCE: Final = _OUTLINE_BYTES
_PLAYLIST_TYPE: Final = _OUTLINE_BYTES + 1
_RECORDS: Final = _OUTLINE_BYTES + 3
_CHANGED: Final = _OUTLINE_BYTES + 5


class Outline:
    """What stories that differ in values only have in common.

    Args:
        block: Its random bytes, see `outline_block`.
    """

    __slots__ = ("_block",)

    def __init__(self, block: Block) -> None:
        self._block = block

    @property
    def source(self) -> str:
        """Where the conversation took place, as the event says it."""
        return pick_at(self._block.reaching(_OUTLINE_BYTES), 0, _SOURCES)

    def presence(self, number: int) -> int:
        """Return the byte that says which optional properties event `number` has."""
        return self._cell(number, _PRESENCE)[0]

    def playlist_type(self, number: int) -> str:
        """Return the type of playlist `number`."""
        return pick_at(self._cell(number, _PLAYLIST_TYPE), 0, _PLAYLIST_TYPES)

    def records(self, number: int) -> tuple[bool, bool]:
        """Say whether association `number` has a deal and an account, and whether it has a lead."""
        octets = self._cell(number, _RECORDS)
        is_lead_only = number > 0 and octets[0] < _QUARTER
        return not is_lead_only, is_lead_only or number == 0 or octets[1] < _QUARTER

    def change(self, number: int) -> Change:
        """Return how the CRM records change the next time."""
        octets = self._cell(number, _CHANGED)
        return Change(octets[0] >= _QUARTER, octets[1], octets[2] >= _QUARTER)

    def _cell(self, number: int, place: int) -> bytes:
        at = number * _OUTLINE_CELL_BYTES + place
        return self._block.reaching(at + _OUTLINE_CELL_BYTES)[at : at + _OUTLINE_CELL_BYTES]


def outline_block(blocks: Blocks, name: str | int) -> Block:
    """Return the random bytes of an outline."""
    return Block(blocks, name, _OUTLINE_BYTES + _FEW * _OUTLINE_CELL_BYTES)
