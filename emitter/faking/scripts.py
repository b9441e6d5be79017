"""Scripts: a course of events told once with stand-ins, so that stories of it need only fill in their values.

Stories of one course and one outline differ in ids, names, texts, people and times. So the plot is played
once in a world of stand-ins, and where they turn up in the bodies the values of a story go. A story told by a
script says what the same story says when its plot is played and the generator makes its envelopes; tests hold
the two together.
"""

from __future__ import annotations

import re
from operator import itemgetter
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from emitter.faking.people import Person
from emitter.faking.plot import HAPPENINGS, Plot
from emitter.faking.templates import shapes_of
from emitter.faking.things import CONTACT_CENTER, Association, Comment, Conversation, Moment, Playlist
from emitter.faking.world import World

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from emitter.catalog.events import EventType
    from emitter.faking.outlines import Outline

Gather = tuple["Callable[[World, int], tuple[str, ...]]", int]
"""Takes the values of one thing of a story, and which of its kind it is."""

_STAND_IN: Final = re.compile("\0([0-9]+)\0")
_TIMES_EACH: Final = 2


class Line(NamedTuple):
    """The body of one event of a script.

    Attributes:
        event: The event's full name.
        number: Its place in the story, from 0.
        text: For ``%`` with the values that `pick` takes.
        quoted: The same for the body as the content of a JSON text, with values that are quoted too.
        pick: Takes them from those of the story.
    """

    event: str
    number: int
    text: bytes
    quoted: bytes
    pick: Callable[[list[bytes]], tuple[bytes, ...]]


class Script(NamedTuple):
    """A course of events, ready for the values of a story.

    Attributes:
        gathers: What to take from the story's world, in this order.
        lines: The events that are wanted.
    """

    gathers: tuple[Gather, ...]
    lines: tuple[Line, ...]

    def values(
        self, world: World, times_ms: Sequence[int], happened_ms: Sequence[int]
    ) -> tuple[list[bytes], list[bytes]]:
        """Return the values of a story, as its lines take them, and the same quoted.

        Args:
            world: What it is about, in the form of the wire.
            times_ms: For each event of the course its ``event_ts``.
            happened_ms: When that happened what it tells of.
        """
        values = [world.account.id, *map(str, times_ms), *map(str, happened_ms)]
        for gather, number in self.gathers:
            values += gather(world, number)
        # Encoded together: a text for each would take four times as long. None of them holds a NUL.
        joined = "\0".join(values).encode()
        plain = joined.split(b"\0")
        return plain, quoted(joined).split(b"\0") if b"\\" in joined else plain


def script_of(
    types: Sequence[EventType], outline: Outline, *, wanted: Sequence[bool], texts: dict[bytes, bytes]
) -> Script | None:
    """Return the script of a course, or None where an event leaves anything to the generator.

    Args:
        types: The types of its events, in their order.
        outline: The outline its stories share.
        wanted: For each event whether it is told; the others happen all the same.
        texts: The texts of other scripts, to share and to add to: few stay in a processor's cache.
    """
    world = _StandIns(outline, events=len(types))
    plot = Plot(world)
    lines: list[Line] = []
    for number, (event_type, is_wanted) in enumerate(zip(types, wanted, strict=True)):
        tell = HAPPENINGS.get(event_type.name)
        if tell is None:
            return None
        event_ts, happened = 1 + number, 1 + len(types) + number
        known, _, lacks = tell(plot, _stand_in(happened))
        ways = shapes_of(event_type).ways.get(lacks)
        if ways is None:
            return None
        if is_wanted:
            known |= {"event_ts": _stand_in(event_ts), "account_id": _stand_in(0)}
            body = ways[outline.presence(number)].body(known)
            lines.append(_line(event_type.name, number, body, texts))
    return Script(tuple(world.gathers), tuple(lines))


def quoted(body: bytes) -> bytes:
    """Return a body, or a part of one, as the content of a JSON text: what Zoom writes holds no controls."""
    return body.replace(b"\\", b"\\\\").replace(b'"', b'\\"')


def _line(event: str, number: int, body: str, texts: dict[bytes, bytes]) -> Line:
    # Every body tells of the account, the time and something more: itemgetter gives tuples.
    places = [int(digits) for digits in _STAND_IN.findall(body)]
    text = _STAND_IN.sub("%b", body.replace("%", "%%")).encode()
    text, quoted_text = (texts.setdefault(each, each) for each in (text, quoted(text)))
    return Line(event, number, text, quoted_text, itemgetter(*places))


def _stand_in(place: int) -> Any:
    """Return what stands in a body for the value at a place; in the place of numbers too."""
    return f"\0{place}\0"


class _StandIns:
    """A world of stand-ins, of which the outline alone is real."""

    def __init__(self, outline: Outline, *, events: int) -> None:
        self.outline = outline
        self.gathers: list[Gather] = []
        self._places = 1 + _TIMES_EACH * events
        self._conversation: Conversation | None = None

    @property
    def conversation(self) -> Conversation:
        if self._conversation is None:
            source = self.outline.source
            id_, host_id, engagement_id = self._new(_of_conversation, 0, count=3)
            self._conversation = Conversation(
                id_,
                source,
                _person(host_id, ""),
                engagement_id if source == CONTACT_CENTER else None,
                start_ms=0,
                topic="",
            )
        return self._conversation

    def playlist(self, number: int) -> Playlist:
        id_, name, owner_id, owner = self._new(_of_playlist, number, count=4)
        return Playlist(id_, name, self.outline.playlist_type(number), _person(owner_id, owner))

    def moment(self, number: int) -> Moment:
        return Moment(*self._new(World.moment_values, number, count=3))

    def comment(self, number: int) -> Comment:
        id_, text, author_id, author = self._new(_of_comment, number, count=4)
        return Comment(id_, text, _person(author_id, author))

    def association(self, number: int) -> Association:
        has_deal, has_lead = self.outline.records(number)
        deal_id, account_id = self._new(World.deal_values, number, count=2) if has_deal else (None, None)
        (lead_id,) = self._new(World.lead_values, number, count=1) if has_lead else (None,)
        return Association(deal_id, account_id, lead_id)

    def _new(
        self, gather: Callable[[World, int], tuple[str, ...]], number: int, *, count: int
    ) -> tuple[str, ...]:
        first = self._places
        self._places += count
        self.gathers.append((gather, number))
        return tuple(_stand_in(place) for place in range(first, first + count))


def _person(id_: str, email: str) -> Person:
    return Person(id_, "", "", "", email)


def _of_conversation(world: World, _: int) -> tuple[str, ...]:
    id_, host, engagement_id = world.conversation_values()
    return id_, host[0], engagement_id or ""


def _of_playlist(world: World, number: int) -> tuple[str, ...]:
    id_, name, owner = world.playlist_values(number)
    return id_, name, owner[0], owner[4]


def _of_comment(world: World, number: int) -> tuple[str, ...]:
    id_, text, author = world.comment_values(number)
    return id_, text, author[0], author[4]
