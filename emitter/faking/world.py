"""The world an event is about: an account with its people, and what they work on.

Everything is a pure function of the seed and of numbers: account *n*, and of story *j* its conversation,
playlist *k*, moment *k*, comment *k*, association *k*. Each is made from a place of its own in the story's
random bytes, so that none depends on which of the others were asked for.

Names and texts come from the pools as they stand there. Pools in the form of the wire give a world whose
names and texts can be written into a body as they are (`emitter.faking.pools.in_wire_form`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from emitter.faking import ids
from emitter.faking.pools import COLLEAGUE_SLOT, EMAIL_DOMAINS, Pools, bundled_pools
from emitter.faking.streams import Block, Stream, below_at, pick_at

if TYPE_CHECKING:
    from collections.abc import Sequence

CONTACT_CENTER: Final = "ZOOM_CONTACT_CENTER"
"""The source of the conversations that have an engagement. CONFIRMED (docs/zoom.md#events)."""

_MEETING: Final = "ZOOM_MEETING"
_SOURCES: Final = (
    *[_MEETING] * 10, *["ZOOM_PHONE"] * 3, *[CONTACT_CENTER] * 3,
    "MICROSOFT_TEAMS", "MICROSOFT_TEAMS", "GOOGLE_MEET", "OTHERS",
)  # fmt: skip
_PLAYLIST_TYPES: Final = ("BASIC", "BASIC", "BASIC", "SMART")
_FEWEST_RECORDS_PERCENT: Final = 25
_LEAD_PERCENT: Final = 30
_CHANGE_PERCENT: Final = 70
_FEWEST_PEOPLE: Final = 5
_MOST_PEOPLE: Final = 16
_MINUTE_MS: Final = 60_000

# The places in a story's random bytes: the conversation first, then a cell for each number.
_CONVERSATION_BYTES: Final = 56
_CELL_BYTES: Final = 136
_PLAYLIST: Final = _CONVERSATION_BYTES
_MOMENT: Final = _PLAYLIST + 28
_COMMENT: Final = _MOMENT + 36
_ASSOCIATION: Final = _COMMENT + 28
_CHANGE: Final = _ASSOCIATION + 32
_LONGEST_BYTES: Final = 36
_FIRST_CELLS: Final = 3

EVENT_BYTES: Final = 72
"""How many random bytes of a story belong to each of its events: to when it happens and how it is sent."""


class Person(NamedTuple):
    """A user of the account.

    Attributes:
        id: Zoom user id, 22 characters of base64url.
        name: Full name, in the order and script its bearer writes it.
        given: Given name.
        family: Family name.
        email: Address that goes with the name, under one of `EMAIL_DOMAINS`.
    """

    id: str
    name: str
    given: str
    family: str
    email: str


class Account(NamedTuple):
    """An account of Zoom.

    Attributes:
        id: Zoom account id, 22 characters of base64url.
        people: Its users, no two with the same address; at least one.
    """

    id: str
    people: tuple[Person, ...]

    @classmethod
    def numbered(
        cls, number: int, *, seed: str | int, pools: Pools | None = None, size: int | None = None
    ) -> Account:
        """Return account `number` of the seed, its people under one e-mail domain.

        Args:
            number: Which account.
            seed: Decides everything.
            pools: Where the names come from; the bundled ones where none are given.
            size: How many people; between 5 and 16 where it is not given, at most as many as there are names.
        """
        stream = Stream(seed, "account", number)
        domain = stream.pick(EMAIL_DOMAINS)
        account_id = ids.short_id(stream)
        usual = stream.between(_FEWEST_PEOPLE, _MOST_PEOPLE)
        size = usual if size is None else size
        names = stream.some((pools or bundled_pools()).names, size)
        people = (
            Person(ids.short_id(stream), name.full, name.given, name.family, f"{name.local_part}@{domain}")
            for name in names
        )
        return cls(account_id, tuple(people))


class Conversation(NamedTuple):
    """A recorded conversation.

    Attributes:
        id: Its id, in the shape that goes with the source.
        source: Where it took place, as the event says it.
        host: Who held it.
        engagement_id: The contact center's engagement; None unless the source is `CONTACT_CENTER`.
        start_ms: When it began, milliseconds since the epoch, whole seconds.
        topic: What it was called.
    """

    id: str
    source: str
    host: Person
    engagement_id: str | None
    start_ms: int
    topic: str


class Playlist(NamedTuple):
    """A playlist of moments; `kind` is BASIC or SMART."""

    id: str
    name: str
    kind: str
    owner: Person


class Moment(NamedTuple):
    """A moment of a conversation; `detail_id` is what ties it to a playlist."""

    id: str
    name: str
    detail_id: str


class Comment(NamedTuple):
    """A comment on a conversation; it mentions nobody but the author's colleagues."""

    id: str
    text: str
    author: Person


class Association(NamedTuple):
    """Records of a CRM that belong to a conversation; None where there is no such record."""

    deal_id: str | None
    account_id: str | None
    lead_id: str | None


class Change(NamedTuple):
    """How the CRM records of a conversation change: whether one goes, which, and whether one comes."""

    removes: bool
    which: int
    adds: bool


class World:
    """What one story is about.

    Args:
        seed: Decides everything, together with the story's name and index.
        story: The story's name.
        index: Which of the stories of this name.
        start_ms: When the story begins, milliseconds since the epoch; the conversation ended before.
        account: Where it happens; account 0 of the seed where none is given.
        pools: What names and texts are picked from.
    """

    def __init__(
        self,
        *,
        seed: str | int,
        story: str,
        index: int,
        start_ms: int,
        account: Account | None = None,
        pools: Pools | None = None,
    ) -> None:
        self.start_ms = start_ms
        self.pools = pools or bundled_pools()
        self.account = account or Account.numbered(0, seed=seed, pools=self.pools)
        self._names = (seed, story, index)
        self._block = Block(*self._names, size=_CONVERSATION_BYTES + _FIRST_CELLS * _CELL_BYTES)
        self._conversation: Conversation | None = None

    def stream(self, *names: str | int) -> Stream:
        """Return the story's stream of these names."""
        return Stream(*self._names, *names)

    def event_octets(self, count: int) -> bytes:
        """Return the random bytes of the first events of the story, `EVENT_BYTES` each."""
        return Block(*self._names, "events", size=count * EVENT_BYTES).reaching(0)

    @property
    def conversation(self) -> Conversation:
        """The conversation: over, and analysed just when the story begins."""
        if self._conversation is None:
            self._conversation = self._held()
        return self._conversation

    def playlist(self, number: int) -> Playlist:
        """Return playlist `number` of the story."""
        octets, at = self._cell(number, _PLAYLIST)
        return Playlist(
            id=ids.dashed_uuid_of(octets[at : at + 16]),
            name=pick_at(octets, at + 16, self.pools.playlist_names),
            kind=pick_at(octets, at + 20, _PLAYLIST_TYPES),
            owner=_someone(octets, at + 24, self.account.people),
        )

    def moment(self, number: int) -> Moment:
        """Return moment `number` of the story, and what ties it to the playlist it is put into."""
        octets, at = self._cell(number, _MOMENT)
        return Moment(
            id=ids.short_id_of(octets[at : at + 16]),
            name=pick_at(octets, at + 16, self.pools.moment_names),
            detail_id=ids.dashed_uuid_of(octets[at + 20 : at + 36]),
        )

    def comment(self, number: int) -> Comment:
        """Return comment `number` on the conversation."""
        octets, at = self._cell(number, _COMMENT)
        people = self.account.people
        author = _someone(octets, at + 16, people)
        text = pick_at(octets, at + 20, self.pools.comments)
        if COLLEAGUE_SLOT in text:
            others = [person for person in people if person is not author] or people
            text = text.replace(COLLEAGUE_SLOT, pick_at(octets, at + 24, others).name)
        return Comment(id=ids.dashed_uuid_of(octets[at : at + 16]), text=text, author=author)

    def association(self, number: int) -> Association:
        """Return CRM records that may belong to the conversation; the first has one of each kind."""
        octets, at = self._cell(number, _ASSOCIATION)

        def record(place: int, prefix: str) -> str:
            return ids.salesforce_id_of(octets[place : place + ids.SALESFORCE_BYTES], prefix)

        is_lead_only = number and below_at(octets, at + 24, 100) < _FEWEST_RECORDS_PERCENT
        has_lead = not number or is_lead_only or below_at(octets, at + 28, 100) < _LEAD_PERCENT
        return Association(
            deal_id=None if is_lead_only else record(at, ids.CRM_OPPORTUNITY),
            account_id=None if is_lead_only else record(at + 8, ids.CRM_ACCOUNT),
            lead_id=record(at + 16, ids.CRM_LEAD) if has_lead else None,
        )

    def change(self, number: int) -> Change:
        """Return how the CRM records change the next time."""
        octets, at = self._cell(number, _CHANGE)
        return Change(
            removes=below_at(octets, at, 100) < _CHANGE_PERCENT,
            which=int.from_bytes(octets[at + 4 : at + 8], "big"),
            adds=below_at(octets, at + 8, 100) < _CHANGE_PERCENT,
        )

    def _held(self) -> Conversation:
        octets = self._block.reaching(_CONVERSATION_BYTES)
        source = pick_at(octets, 0, _SOURCES)
        ago_ms = (7 + below_at(octets, 4, 89)) * _MINUTE_MS
        start_ms = (self.start_ms - ago_ms) // 1000 * 1000
        return Conversation(
            id=_conversation_id(octets[8:24], source, start_ms),
            source=source,
            host=_someone(octets, 24, self.account.people),
            engagement_id=ids.short_id_of(octets[28:44]) if source == CONTACT_CENTER else None,
            start_ms=start_ms,
            topic=pick_at(octets, 44, self.pools.topics),
        )

    def _cell(self, number: int, place: int) -> tuple[bytes, int]:
        """Return the story's bytes, and where in them a thing of this number is made from."""
        at = number * _CELL_BYTES + place
        return self._block.reaching(at + _LONGEST_BYTES), at


def _someone(octets: bytes, at: int, people: Sequence[Person]) -> Person:
    """Return one of the people; those who come first in the account do more than those who come last."""
    share = int.from_bytes(octets[at : at + 4], "big")
    return people[share * share * len(people) >> 64]


def _conversation_id(octets: bytes, source: str, start_ms: int) -> str:
    """Return an id that goes with the source. CONFIRMED for meetings, UNSURE for each of the others."""
    if source == _MEETING:
        return ids.meeting_conversation_id_of(octets, start_ms=start_ms)
    return octets.hex() if source.startswith("ZOOM_") else ids.short_id_of(octets)
