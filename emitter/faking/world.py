"""The world a story is about: what the people of an account work on.

Everything is a pure function of the seed, the story's name and its index: its conversation, playlist *k*,
moment *k*, comment *k*, association *k*. Each is made from a place of its own in the story's random bytes
(`emitter.faking.cells`), so that none depends on which of the others were asked for.

What a story tells of has an outline, drawn apart (`emitter.faking.outlines`): where the conversation took
place, how its CRM records change, which properties an event has. Stories of one outline differ in values.

Many stories are told without a world, by scripts (`emitter.faking.scripts`), which say the same.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from emitter.faking import cells, ids
from emitter.faking.cells import in_cell, story_block
from emitter.faking.outlines import MEETING, Outline, outline_block
from emitter.faking.people import Account
from emitter.faking.pools import COLLEAGUE_SLOT, Pools, bundled_pools
from emitter.faking.streams import Blocks, Stream, below_at, pick_at
from emitter.faking.things import CONTACT_CENTER, Association, Comment, Conversation, Moment, Playlist

if TYPE_CHECKING:
    from collections.abc import Iterator

    from emitter.faking.people import Person
    from emitter.faking.streams import Block

_MINUTE_MS: Final = 60_000
_FEW: Final = 4
_SHARE_BYTES: Final = 2
_LONG_SHARE_BYTES: Final = 4


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
            account: Where it happens; where none is given account 0 of the seed, or those that the pools know
                in turn.
            pools: What names and texts are picked from; the bundled ones where none are given.
        """
        pools = pools or bundled_pools()
        number = index % max(1, len(pools.known.account_ids))
        return cls(
            story_block(Blocks(seed, story), index, events=_FEW),
            Outline(outline_block(Blocks(seed, story, "outline"), index)),
            start_ms=start_ms,
            account=account or Account.numbered(number, seed=seed, pools=pools),
            pools=pools,
        )

    def stream(self, number: int) -> Stream:
        """Return chance for what no story decides of event `number`."""
        return Stream(self._octets(in_cell(cells.EVENT, number), cells.CELL_BYTES).hex())

    def chances(self, count: int) -> Iterator[Chance]:
        """Return what is drawn for each of the first `count` events of the story."""
        octets = self._octets(0, in_cell(cells.STORY_BYTES, count))
        pairs = zip(cells.drawn(cells.PACE, octets), cells.drawn(cells.DELIVERY, octets), strict=True)
        return (Chance(*pace, *delivery) for pace, delivery in pairs)

    @property
    def conversation(self) -> Conversation:
        """The conversation: over, and analysed just when the story begins."""
        if self._conversation is None:
            self._conversation = self._held()
        return self._conversation

    def playlist(self, number: int) -> Playlist:
        """Return playlist `number` of the story."""
        drawn = self._drawn(cells.PLAYLIST_ID, number, ids.ID_BYTES)
        return Playlist(
            _picked(self.pools.known.playlist_ids, drawn) or ids.dashed_uuid_of(drawn),
            pick_at(self._drawn(cells.PLAYLIST_NAME, number, _SHARE_BYTES), 0, self.pools.playlist_names),
            self.outline.playlist_type(number),
            self._someone(cells.OWNER, number),
        )

    def moment(self, number: int) -> Moment:
        """Return moment `number` of the story, and what ties it to the playlist it is put into."""
        return Moment(
            ids.short_id_of(self._drawn(cells.MOMENT_ID, number, ids.ID_BYTES)),
            pick_at(self._drawn(cells.MOMENT_NAME, number, _SHARE_BYTES), 0, self.pools.moment_names),
            ids.dashed_uuid_of(self._drawn(cells.DETAIL_ID, number, ids.ID_BYTES)),
        )

    def comment(self, number: int) -> Comment:
        """Return comment `number` on the conversation."""
        text = pick_at(self._drawn(cells.COMMENT_TEXT, number, _SHARE_BYTES), 0, self.pools.comments)
        people = self.account.people
        author = someone(self._share(cells.AUTHOR, number), len(people))
        if COLLEAGUE_SLOT in text:
            share = int.from_bytes(self._drawn(cells.COLLEAGUE, number, _LONG_SHARE_BYTES), "big")
            text = text.replace(COLLEAGUE_SLOT, people[colleague_of(author, share, len(people))].name)
        id_ = ids.dashed_uuid_of(self._drawn(cells.COMMENT_ID, number, ids.ID_BYTES))
        return Comment(id_, text, people[author])

    def association(self, number: int) -> Association:
        """Return CRM records that may belong to the conversation; the first has one of each kind."""
        has_deal, has_lead = self.outline.records(number)

        def record(place: int, prefix: str) -> str:
            return ids.salesforce_id_of(self._drawn(place, number, ids.SALESFORCE_BYTES), prefix)

        return Association(
            record(cells.DEAL_ID, ids.CRM_OPPORTUNITY) if has_deal else None,
            record(cells.CRM_ACCOUNT_ID, ids.CRM_ACCOUNT) if has_deal else None,
            record(cells.LEAD_ID, ids.CRM_LEAD) if has_lead else None,
        )

    def _held(self) -> Conversation:
        octets, source = self._octets(0, cells.STORY_BYTES), self.outline.source
        engagement = octets[cells.ENGAGEMENT_ID : cells.ENGAGEMENT_ID + ids.ID_BYTES]
        since_ms = held_since_ms(octets, self.start_ms)
        known_id = _picked(self.pools.known.conversation_ids, octets[cells.CONVERSATION_ID :])
        return Conversation(
            known_id or conversation_id(octets, source, since_ms),
            source,
            self._someone(cells.HOST, 0),
            ids.short_id_of(engagement) if source == CONTACT_CENTER else None,
            since_ms,
            pick_at(octets, cells.TOPIC, self.pools.topics),
        )

    def _someone(self, place: int, number: int) -> Person:
        return self.account.people[someone(self._share(place, number), len(self.account.people))]

    def _share(self, place: int, number: int) -> int:
        return int.from_bytes(self._drawn(place, number, _SHARE_BYTES), "big")

    def _drawn(self, place: int, number: int, size: int) -> bytes:
        return self._octets(in_cell(place, number), size)

    def _octets(self, at: int, size: int) -> bytes:
        return self._block.reaching(at + size)[at : at + size]


def _picked(known_ids: tuple[str, ...], octets: bytes) -> str | None:
    return pick_at(octets, 0, known_ids) if known_ids else None


def someone(share: int, count: int) -> int:
    """Return which of the people a 16-bit share chooses; the first of an account do more than the last."""
    return share * share * count >> 32


def colleague_of(author: int, share: int, count: int) -> int:
    """Return which of the people an author mentions, by a 32-bit share: another one, if there is any."""
    further = 1 + (share * (count - 1) >> 32) if count > 1 else 0
    return (author + further) % count


def held_since_ms(octets: bytes, start_ms: int) -> int:
    """Return when a story's conversation began, milliseconds since the epoch, whole seconds.

    Args:
        octets: The story's random bytes.
        start_ms: When the story begins.
    """
    ago_ms = (7 + below_at(octets, cells.CONVERSATION, 89)) * _MINUTE_MS
    return (start_ms - ago_ms) // 1000 * 1000


def conversation_id(octets: bytes, source: str, since_ms: int) -> str:
    """Return an id that goes with the source. CONFIRMED for meetings, UNSURE for each of the others.

    Args:
        octets: The story's random bytes.
        source: Where the conversation took place.
        since_ms: When it began, milliseconds since the epoch.
    """
    octets = octets[cells.CONVERSATION_ID : cells.CONVERSATION_ID + ids.ID_BYTES]
    if source == MEETING:
        return ids.meeting_conversation_id_of(octets, start_ms=since_ms)
    return octets.hex() if source.startswith("ZOOM_") else ids.short_id_of(octets)
