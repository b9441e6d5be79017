"""The world an event is about: an account with its people, and what they work on.

Everything is a pure function of the seed and of numbers: account *n*, and of story *j* its conversation,
playlist *k*, moment *k*, comment *k*, association *k*. Each is drawn from a stream of its own, so that none
depends on which of the others were asked for.
"""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Final, NamedTuple

from emitter.faking import ids
from emitter.faking.pools import COLLEAGUE_SLOT, EMAIL_DOMAINS, Pools, bundled_pools
from emitter.faking.streams import Lanes, Stream

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
_KINDS: Final = ("conversation", "playlist", "moment", "comment", "association", "change", "times")
_FEWEST_PEOPLE: Final = 5
_MOST_PEOPLE: Final = 16
_MINUTE_MS: Final = 60_000


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
    def numbered(cls, number: int, *, seed: str | int, pools: Pools | None = None) -> Account:
        """Return account `number` of the seed: between 5 and 16 people under one e-mail domain."""
        stream = Stream(seed, "account", number)
        domain = stream.pick(EMAIL_DOMAINS)
        account_id = ids.short_id(stream)
        size = stream.between(_FEWEST_PEOPLE, _MOST_PEOPLE)
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
        self._lanes = Lanes(*self._names, kinds=_KINDS)

    def stream(self, *names: str | int) -> Stream:
        """Return the story's stream of these names."""
        return Stream(*self._names, *names)

    def lane(self, kind: str, number: int = 0) -> Stream:
        """Return the story's stream for one of the things every story has: those of `_KINDS`."""
        return self._lanes.stream(kind, number)

    @cached_property
    def conversation(self) -> Conversation:
        """The conversation: over, and analysed just when the story begins."""
        stream = self.lane("conversation")
        source = stream.pick(_SOURCES)
        ago_ms = stream.between(5, 75) * _MINUTE_MS + stream.between(2, 20) * _MINUTE_MS
        start_ms = (self.start_ms - ago_ms) // 1000 * 1000
        return Conversation(
            id=_conversation_id(stream, source, start_ms),
            source=source,
            host=stream.pick(self.account.people),
            engagement_id=ids.short_id(stream) if source == CONTACT_CENTER else None,
            start_ms=start_ms,
            topic=stream.pick(self.pools.topics),
        )

    def playlist(self, number: int) -> Playlist:
        """Return playlist `number` of the story."""
        stream = self.lane("playlist", number)
        return Playlist(
            id=ids.dashed_uuid(stream),
            name=stream.pick(self.pools.playlist_names),
            kind=stream.pick(_PLAYLIST_TYPES),
            owner=stream.pick(self.account.people),
        )

    def moment(self, number: int) -> Moment:
        """Return moment `number` of the story, and what ties it to the playlist it is put into."""
        stream = self.lane("moment", number)
        return Moment(
            id=ids.short_id(stream),
            name=stream.pick(self.pools.moment_names),
            detail_id=ids.dashed_uuid(stream),
        )

    def comment(self, number: int) -> Comment:
        """Return comment `number` on the conversation."""
        stream = self.lane("comment", number)
        author, colleague = two_of(stream, self.account.people)
        text = stream.pick(self.pools.comments).replace(COLLEAGUE_SLOT, colleague.name)
        return Comment(id=ids.dashed_uuid(stream), text=text, author=author)

    def association(self, number: int) -> Association:
        """Return CRM records that may belong to the conversation; the first has one of each kind."""
        stream = self.lane("association", number)
        deal_id = ids.salesforce_id(stream, ids.CRM_OPPORTUNITY)
        account_id = ids.salesforce_id(stream, ids.CRM_ACCOUNT)
        lead_id = ids.salesforce_id(stream, ids.CRM_LEAD)
        if number and stream.chance(25):
            return Association(None, None, lead_id)
        return Association(deal_id, account_id, None if number and stream.chance(70) else lead_id)


def two_of(stream: Stream, people: Sequence[Person]) -> tuple[Person, Person]:
    """Return two different people, or the same one twice where there is only one."""
    first, *others = stream.some(people, 2)
    return first, others[0] if others else first


def _conversation_id(stream: Stream, source: str, start_ms: int) -> str:
    """Return an id that goes with the source. CONFIRMED for meetings, UNSURE for each of the others."""
    if source == _MEETING:
        return ids.meeting_conversation_id(stream, start_ms=start_ms)
    return ids.hex_id(stream) if source.startswith("ZOOM_") else ids.short_id(stream)
