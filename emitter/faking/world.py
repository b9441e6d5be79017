"""The world a story is about: what the people of an account work on.

Everything is a pure function of the seed, the story's name and its index: its conversation, playlist *k*,
moment *k*, comment *k*, association *k*. Each is made from a place of its own in the story's random bytes, so
that none depends on which of the others were asked for.

What a story tells of has an outline, drawn apart (`emitter.faking.outlines`): where the conversation took
place, how its CRM records change, which properties an event has. Stories of one outline differ in values.

Names and texts come from the pools as they stand there. Pools in the form of the wire give a world whose
names and texts can be written into a body as they are (`emitter.faking.pools.in_wire_form`).
"""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING, Final, NamedTuple

from emitter.faking import ids
from emitter.faking.outlines import MEETING, Outline, outline_block
from emitter.faking.people import Account
from emitter.faking.pools import COLLEAGUE_SLOT, Pools, bundled_pools
from emitter.faking.streams import Block, Blocks, Stream, below_at, pick_at
from emitter.faking.things import CONTACT_CENTER, Association, Comment, Conversation, Moment, Playlist

if TYPE_CHECKING:
    from collections.abc import Iterator

    from emitter.faking.people import Person

_MINUTE_MS: Final = 60_000

# The places in a story's random bytes: what there is one of, then a cell for each number, which holds what is
# drawn for the event of this number and for the playlist, moment, comment and association of it.
_START: Final = 0
_ACCOUNT: Final = 4
_CONVERSATION: Final = 8
_STORY_BYTES: Final = 64
_CELL_BYTES: Final = 192
_EVENT: Final = struct.Struct(">II56s8s120x")
_PLAYLIST: Final = _STORY_BYTES + 72
_MOMENT: Final = _PLAYLIST + 24
_COMMENT: Final = _MOMENT + 36
_ASSOCIATION: Final = _COMMENT + 24
_LONGEST_BYTES: Final = 36
_FEW: Final = 4


class Chance(NamedTuple):
    """What is drawn for one event of a story.

    Attributes:
        gap: How long after the event before it it comes, a 32-bit share.
        lag: How long after what it tells of, a 32-bit share.
        identity: What names its delivery, `emitter.faking.ids.IDENTITY_BYTES` bytes.
        sending: How it is sent, eight bytes.
    """

    gap: int
    lag: int
    identity: bytes
    sending: bytes


class World:
    """What one story is about.

    Args:
        block: The story's random bytes, see `story_block`.
        outline: Its outline.
        start_ms: When the story begins, milliseconds since the epoch; the conversation ended before.
        account: Where it happens.
        pools: What names and texts are picked from.
    """

    __slots__ = ("_block", "_conversation", "account", "outline", "pools", "start_ms")

    def __init__(
        self, block: Block, outline: Outline, *, start_ms: int, account: Account, pools: Pools
    ) -> None:
        self._block = block
        self.outline = outline
        self.start_ms = start_ms
        self.account = account
        self.pools = pools
        self._conversation: Conversation | None = None

    @classmethod
    def numbered(
        cls,
        index: int,
        *,
        seed: str | int,
        story: str,
        start_ms: int,
        account: Account | None = None,
        pools: Pools | None = None,
    ) -> World:
        """Return the world of story `index` of a name.

        Args:
            index: Which of the stories of this name.
            seed: Decides everything, together with the story's name and index.
            story: The story's name.
            start_ms: When the story begins, milliseconds since the epoch.
            account: Where it happens; account 0 of the seed where none is given.
            pools: What names and texts are picked from; the bundled ones where none are given.
        """
        pools = pools or bundled_pools()
        return cls(
            story_block(Blocks(seed, story), index, events=_FEW),
            Outline(outline_block(Blocks(seed, story, "outline"), index)),
            start_ms=start_ms,
            account=account or Account.numbered(0, seed=seed, pools=pools),
            pools=pools,
        )

    def stream(self, number: int) -> Stream:
        """Return chance for what no story decides of event `number`."""
        at = _STORY_BYTES + number * _CELL_BYTES
        return Stream(self._block.reaching(at + _CELL_BYTES)[at : at + _CELL_BYTES].hex())

    def chances(self, count: int) -> Iterator[Chance]:
        """Return what is drawn for each of the first `count` events of the story."""
        octets = self._block.reaching(_STORY_BYTES + count * _CELL_BYTES)
        return map(Chance._make, drawn(octets[: _STORY_BYTES + count * _CELL_BYTES]))

    @property
    def conversation(self) -> Conversation:
        """The conversation: over, and analysed just when the story begins."""
        if self._conversation is None:
            self._conversation = self._held()
        return self._conversation

    def playlist(self, number: int) -> Playlist:
        """Return playlist `number` of the story."""
        id_, name, owner = self.playlist_values(number)
        return Playlist(id_, name, self.outline.playlist_type(number), owner)

    def playlist_values(self, number: int) -> tuple[str, str, Person]:
        """Return a playlist's id, name and owner."""
        octets, at = self._block.octets, _PLAYLIST + number * _CELL_BYTES
        if at + _LONGEST_BYTES > len(octets):
            octets = self._block.reaching(at + _LONGEST_BYTES)
        names, people = self.pools.playlist_names, self.account.people
        return (
            ids.dashed_uuid_of(octets[at : at + 16]),
            names[(octets[at + 16] << 8 | octets[at + 17]) * len(names) >> 16],
            people[_someone(octets, at + 20, len(people))],
        )

    def moment(self, number: int) -> Moment:
        """Return moment `number` of the story, and what ties it to the playlist it is put into."""
        return Moment(*self.moment_values(number))

    def moment_values(self, number: int) -> tuple[str, str, str]:
        """Return a moment's id, its name, and the id of what ties it to the playlist."""
        octets, at = self._block.octets, _MOMENT + number * _CELL_BYTES
        if at + _LONGEST_BYTES > len(octets):
            octets = self._block.reaching(at + _LONGEST_BYTES)
        names = self.pools.moment_names
        return (
            ids.short_id_of(octets[at : at + 16]),
            names[(octets[at + 16] << 8 | octets[at + 17]) * len(names) >> 16],
            ids.dashed_uuid_of(octets[at + 20 : at + 36]),
        )

    def comment(self, number: int) -> Comment:
        """Return comment `number` on the conversation."""
        return Comment(*self.comment_values(number))

    def comment_values(self, number: int) -> tuple[str, str, Person]:
        """Return a comment's id, its text and its author."""
        octets, at = self._block.octets, _COMMENT + number * _CELL_BYTES
        if at + _LONGEST_BYTES > len(octets):
            octets = self._block.reaching(at + _LONGEST_BYTES)
        texts, people = self.pools.comments, self.account.people
        count = len(people)
        author = _someone(octets, at + 16, count)
        text = texts[(octets[at + 18] << 8 | octets[at + 19]) * len(texts) >> 16]
        if COLLEAGUE_SLOT in text:
            further = 1 + below_at(octets, at + 20, count - 1) if count > 1 else 0
            text = text.replace(COLLEAGUE_SLOT, people[(author + further) % count].name)
        return ids.dashed_uuid_of(octets[at : at + 16]), text, people[author]

    def association(self, number: int) -> Association:
        """Return CRM records that may belong to the conversation; the first has one of each kind."""
        has_deal, has_lead = self.outline.records(number)
        deal_id, account_id = self.deal_values(number) if has_deal else (None, None)
        (lead_id,) = self.lead_values(number) if has_lead else (None,)
        return Association(deal_id, account_id, lead_id)

    def deal_values(self, number: int) -> tuple[str, str]:
        """Return the ids of a deal and an account."""
        octets, at = self._block.octets, _ASSOCIATION + number * _CELL_BYTES
        if at + _LONGEST_BYTES > len(octets):
            octets = self._block.reaching(at + _LONGEST_BYTES)
        return (
            ids.salesforce_id_of(octets[at : at + 8], ids.CRM_OPPORTUNITY),
            ids.salesforce_id_of(octets[at + 8 : at + 16], ids.CRM_ACCOUNT),
        )

    def lead_values(self, number: int) -> tuple[str]:
        """Return the id of a lead."""
        octets, at = self._block.octets, _ASSOCIATION + number * _CELL_BYTES
        if at + _LONGEST_BYTES > len(octets):
            octets = self._block.reaching(at + _LONGEST_BYTES)
        return (ids.salesforce_id_of(octets[at + 16 : at + 24], ids.CRM_LEAD),)

    def conversation_values(self) -> tuple[str, Person, str | None]:
        """Return the conversation's id, host and engagement."""
        octets, at, source = self._block.octets, _CONVERSATION, self.outline.source
        people = self.account.people
        return (
            _conversation_id(octets[at + 4 : at + 20], source, self._held_since_ms()),
            people[_someone(octets, at + 20, len(people))],
            ids.short_id_of(octets[at + 24 : at + 40]) if source == CONTACT_CENTER else None,
        )

    def _held_since_ms(self) -> int:
        ago_ms = (7 + below_at(self._block.octets, _CONVERSATION, 89)) * _MINUTE_MS
        return (self.start_ms - ago_ms) // 1000 * 1000

    def _held(self) -> Conversation:
        id_, host, engagement_id = self.conversation_values()
        topic = pick_at(self._block.octets, _CONVERSATION + 40, self.pools.topics)
        return Conversation(id_, self.outline.source, host, engagement_id, self._held_since_ms(), topic)


def story_block(blocks: Blocks, index: int, *, events: int) -> Block:
    """Return a story's random bytes, as many as its events and what they are about usually take.

    Args:
        blocks: Those of the seed and the story's name.
        index: Which of the stories of this name.
        events: How many events it has.
    """
    return Block(blocks, index, _STORY_BYTES + events * _CELL_BYTES)


def drawn(octets: bytes) -> Iterator[tuple[int, int, bytes, bytes]]:
    """Return what is drawn for each event of a story, see `Chance`, from all its random bytes."""
    return _EVENT.iter_unpack(memoryview(octets)[_STORY_BYTES:])


def start_share(octets: bytes) -> int:
    """Return which part of the time between its neighbours a story begins in, a 32-bit share."""
    return int.from_bytes(octets[_START : _START + 4], "big")


def account_share(octets: bytes) -> int:
    """Return what chooses a story's account, a 32-bit share."""
    return int.from_bytes(octets[_ACCOUNT : _ACCOUNT + 4], "big")


def _someone(octets: bytes, at: int, count: int) -> int:
    """Return the place of one of the people; the first of an account do more than the last."""
    share = octets[at] << 8 | octets[at + 1]
    return share * share * count >> 32


def _conversation_id(octets: bytes, source: str, start_ms: int) -> str:
    """Return an id that goes with the source. CONFIRMED for meetings, UNSURE for each of the others."""
    if source == MEETING:
        return ids.meeting_conversation_id_of(octets, start_ms=start_ms)
    return octets.hex() if source.startswith("ZOOM_") else ids.short_id_of(octets)
