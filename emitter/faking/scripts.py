"""Scripts: a course of events told once with stand-ins, so that stories of it need only fill in their values.

Stories of one course and one outline differ in ids, names, texts, people and times. So the plot is played
once in a world of stand-ins, and where they turn up in the bodies the values of a story go: those of a kind
are made from the story's random bytes all at once. A story told by a script says what the same story says
when its plot is played and the generator makes its envelopes; tests hold the two together.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from emitter.faking import ids, stand_ins
from emitter.faking.cells import at_once, block_size
from emitter.faking.pacing import Tempo
from emitter.faking.plot import HAPPENINGS, Plot
from emitter.faking.pools import COLLEAGUE_SLOT
from emitter.faking.stand_ins import STAND_IN, StandIns, stand_in
from emitter.faking.templates import shapes_of
from emitter.faking.world import colleague_of, conversation_id, held_since_ms, someone

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from emitter.faking.outlines import Outline
    from emitter.faking.pacing import Beat, Paced
    from emitter.faking.people import Account
    from emitter.faking.pools import Pools
    from emitter.faking.stand_ins import Need

_SLOT: Final = COLLEAGUE_SLOT.encode()
_NUMBERS: Final = (stand_ins.TIME, stand_ins.HAPPENED, stand_ins.SENT)
"""What a story has of each event, in this order."""


class Cast(NamedTuple):
    """An account in the form of the wire.

    Attributes:
        account_id: Its id.
        people: Its people, each as id and address.
        names: Their names.
    """

    account_id: bytes
    people: tuple[tuple[bytes, bytes], ...]
    names: tuple[bytes, ...]

    @classmethod
    def of(cls, account: Account) -> Cast:
        """Return the cast of an account whose names are in the form of the wire."""
        people = tuple((person.id.encode(), person.email.encode()) for person in account.people)
        return cls(account.id.encode(), people, tuple(person.name.encode() for person in account.people))


class Words(NamedTuple):
    """The texts of pools in the form of the wire."""

    playlist_names: tuple[bytes, ...]
    moment_names: tuple[bytes, ...]
    comments: tuple[bytes, ...]

    @classmethod
    def of(cls, pools: Pools) -> Words:
        """Return the words of pools in the form of the wire."""
        kinds = (pools.playlist_names, pools.moment_names, pools.comments)
        return cls(*(tuple(text.encode() for text in texts) for texts in kinds))


class Line(NamedTuple):
    """The body of one event of a script.

    Attributes:
        event: The event's full name.
        number: Its place in the story, from 0.
        text: For ``%`` with the values at `places`.
        places: Which of the values of a story.
    """

    event: str
    number: int
    text: bytes
    places: tuple[int, ...]


class Script:
    """A course of events, ready for the values of a story.

    Args:
        told: Name, place and body of each wanted event, with stand-ins.
        world: What was asked for when they were told.
        beats: The events of the course, wanted or not.

    Attributes:
        lines: The wanted events.
        tempo: Says when they happen.
        events: How many events the course has.
        size: How many random bytes a story of it takes.
        place_of: Which of the values is which, by kind and number.
        texts: Those of the values that may have to be quoted.
    """

    def __init__(self, told: Sequence[tuple[str, int, str]], world: StandIns, beats: Sequence[Beat]) -> None:
        events = len(beats)
        self._source = world.source
        self._uuids = _Kind(world.needs, "16s", stand_ins.UUID)
        self._short_ids = _Kind(world.needs, "16s", stand_ins.SHORT)
        self._records = _Kind(world.needs, "Q", *stand_ins.PREFIXES)
        self._people = _Kind(world.needs, "H", stand_ins.PERSON)
        self._playlist_names = _Kind(world.needs, "H", stand_ins.PLAYLIST_NAME)
        self._moment_names = _Kind(world.needs, "H", stand_ins.MOMENT_NAME)
        self._comments = _Kind(world.needs, "HHI", stand_ins.COMMENT)
        self._prefixes = [stand_ins.PREFIXES[need.kind] for need in self._records.needs]
        self._numbers = b"%d " * (len(_NUMBERS) * events)
        self.place_of = {each: place for place, each in enumerate(self._in_order(events))}
        self.tempo = Tempo(beats)
        self.events = events
        self.size = block_size(events)
        self.texts = slice(len(self.place_of) - self._texts(), None)
        self.lines = tuple(_line(event, number, body, self.place_of) for event, number, body in told)

    def values(self, octets: bytes, cast: Cast, words: Words, paced: Paced) -> list[bytes]:
        """Return the values of a story, as its lines take them.

        Args:
            octets: The story's random bytes.
            cast: Where it happens.
            words: What names and texts are picked from.
            paced: When it happens.
        """
        people, count = cast.people, len(cast.people)
        playlists, moments = words.playlist_names, words.moment_names
        times_ms, happened_ms, sent_s, _ = paced
        values = [
            cast.account_id,
            *(self._numbers % (*times_ms, *happened_ms, *sent_s)).split(),
            *ids.dashed_uuids_of(self._uuids.unpack(octets)),
            *map(ids.ascii_short_id_of, self._short_ids.unpack(octets)),
        ]
        # Each as `emitter.faking.world` has it; spelt out where a call would cost as much as what it does.
        if self._prefixes:
            values += map(ids.ascii_salesforce_id_of, self._records.unpack(octets), self._prefixes)
        for share in self._people.unpack(octets):
            values += people[share * share * count >> 32]
        if self._source:
            since_ms = held_since_ms(octets, times_ms[0])
            values.append(conversation_id(octets, self._source, since_ms).encode())
        values += [playlists[share * len(playlists) >> 16] for share in self._playlist_names.unpack(octets)]
        if self._moment_names.needs:
            values += [moments[share * len(moments) >> 16] for share in self._moment_names.unpack(octets)]
        if self._comments.needs:
            values += self._said(octets, cast, words)
        return values

    def _said(self, octets: bytes, cast: Cast, words: Words) -> Iterator[bytes]:
        drawn, count = self._comments.unpack(octets), len(cast.people)
        for author_share, share, colleague_share in zip(*[iter(drawn)] * 3, strict=True):
            text = words.comments[share * len(words.comments) >> 16]
            if _SLOT in text:
                colleague = colleague_of(someone(author_share, count), colleague_share, count)
                text = text.replace(_SLOT, cast.names[colleague])
            yield text

    def _texts(self) -> int:
        return sum(len(each.needs) for each in (self._playlist_names, self._moment_names, self._comments))

    def _in_order(self, events: int) -> Iterator[tuple[str, int]]:
        """Yield what the values stand for, in the order of `values`."""
        yield stand_ins.ACCOUNT, 0
        for kind in _NUMBERS:
            yield from ((kind, number) for number in range(events))
        for each in (self._uuids, self._short_ids, self._records):
            yield from each.stand_ins()
        for kind, place in self._people.stand_ins():
            yield kind, place
            yield stand_ins.ADDRESS, place
        if self._source:
            yield stand_ins.CONVERSATION, 0
        for each in (self._playlist_names, self._moment_names, self._comments):
            yield from each.stand_ins()


class _Kind:
    """Values of one kind, or of several that take the same form, in the order of their places."""

    def __init__(self, needs: Sequence[Need], form: str, *kinds: str) -> None:
        self.needs = sorted(need for need in needs if need.kind in kinds)
        self.unpack = at_once(form, tuple(need.place for need in self.needs)).unpack_from

    def stand_ins(self) -> list[tuple[str, int]]:
        return [(need.kind, need.place) for need in self.needs]


def script_of(beats: Sequence[Beat], outline: Outline, *, wanted: Sequence[bool]) -> Script | None:
    """Return the script of a course, or None where an event leaves anything to the generator.

    Args:
        beats: Its events, in their order.
        outline: The outline its stories share.
        wanted: For each event whether it is told; the others happen all the same.
    """
    world = StandIns(outline)
    plot = Plot(world)
    told: list[tuple[str, int, str]] = []
    for number, ((event_type, _, _), is_wanted) in enumerate(zip(beats, wanted, strict=True)):
        tell = HAPPENINGS.get(event_type.name)
        if tell is None:
            return None
        known, _, lacks = tell(plot, stand_in(stand_ins.HAPPENED, number))
        ways = shapes_of(event_type).ways.get(lacks)
        if ways is None:
            return None
        if is_wanted:
            known |= {
                "event_ts": stand_in(stand_ins.TIME, number),
                "account_id": stand_in(stand_ins.ACCOUNT, 0),
            }
            told.append((event_type.name, number, ways[outline.presence(number)].body(known)))
    return Script(told, world, beats)


def quoted(body: bytes) -> bytes:
    """Return a body, or a part of one, as the content of a JSON text: what Zoom writes holds no controls."""
    return body.replace(b"\\", b"\\\\").replace(b'"', b'\\"')


def _line(event: str, number: int, body: str, place_of: Mapping[tuple[str, int], int]) -> Line:
    places = [place_of[kind, int(digits)] for kind, digits in STAND_IN.findall(body)]
    return Line(event, number, STAND_IN.sub("%b", body.replace("%", "%%")).encode(), tuple(places))
