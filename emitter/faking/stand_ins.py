"""A world of stand-ins: what a plot says of it tells where the values of a story go.

The stand-ins are texts that nothing else says. Which values they stand for is known by where these are in a
story's random bytes (`emitter.faking.cells`).
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from emitter.faking import cells, ids
from emitter.faking.cells import in_cell
from emitter.faking.people import Person
from emitter.faking.things import CONTACT_CENTER, Association, Comment, Conversation, Moment, Playlist

if TYPE_CHECKING:
    from emitter.faking.outlines import Outline

STAND_IN: Final = re.compile("\0([a-z]+)([0-9]+)\0")
"""A stand-in; its groups are the kind and the number of what it stands for."""

# Kinds of values. Numbers are places in the random bytes, except for those of the first four.
ACCOUNT: Final = "account"
TIME: Final = "time"
HAPPENED: Final = "happened"
SENT: Final = "sent"
UUID: Final = "uuid"
SHORT: Final = "short"
DEAL: Final = "deal"
CRM_ACCOUNT: Final = "crmaccount"
LEAD: Final = "lead"
PERSON: Final = "person"
ADDRESS: Final = "address"
CONVERSATION: Final = "conversation"
PLAYLIST_NAME: Final = "playlistname"
MOMENT_NAME: Final = "momentname"
COMMENT: Final = "comment"

PREFIXES: Final = {DEAL: ids.CRM_OPPORTUNITY, CRM_ACCOUNT: ids.CRM_ACCOUNT, LEAD: ids.CRM_LEAD}
"""How the ids of CRM records begin, by kind."""


class Need(NamedTuple):
    """What a script needs of a story's random bytes: a place, and the kind of value that is drawn there."""

    place: int
    kind: str


class StandIns:
    """A world of stand-ins, of which the outline alone is real.

    Attributes:
        outline: The outline.
        needs: What was asked for, each once.
        source: Where the conversation took place; an empty text where nobody asked for it.
    """

    def __init__(self, outline: Outline) -> None:
        self.outline = outline
        self.needs: list[Need] = []
        self.source = ""
        self._conversation: Conversation | None = None

    @property
    def conversation(self) -> Conversation:
        """The conversation."""
        if self._conversation is None:
            self.source = self.outline.source
            has_engagement = self.source == CONTACT_CENTER
            self._conversation = Conversation(
                stand_in(CONVERSATION, 0),
                self.source,
                self._person(cells.HOST),
                self._new(SHORT, cells.ENGAGEMENT_ID) if has_engagement else None,
                start_ms=0,
                topic="",
            )
        return self._conversation

    def playlist(self, number: int) -> Playlist:
        """Return a playlist."""
        return Playlist(
            self._new(UUID, in_cell(cells.PLAYLIST_ID, number)),
            self._new(PLAYLIST_NAME, in_cell(cells.PLAYLIST_NAME, number)),
            self.outline.playlist_type(number),
            self._person(in_cell(cells.OWNER, number)),
        )

    def moment(self, number: int) -> Moment:
        """Return a moment."""
        return Moment(
            self._new(SHORT, in_cell(cells.MOMENT_ID, number)),
            self._new(MOMENT_NAME, in_cell(cells.MOMENT_NAME, number)),
            self._new(UUID, in_cell(cells.DETAIL_ID, number)),
        )

    def comment(self, number: int) -> Comment:
        """Return a comment."""
        return Comment(
            self._new(UUID, in_cell(cells.COMMENT_ID, number)),
            self._new(COMMENT, in_cell(cells.AUTHOR, number)),
            self._person(in_cell(cells.AUTHOR, number)),
        )

    def association(self, number: int) -> Association:
        """Return CRM records."""
        has_deal, has_lead = self.outline.records(number)
        return Association(
            self._new(DEAL, in_cell(cells.DEAL_ID, number)) if has_deal else None,
            self._new(CRM_ACCOUNT, in_cell(cells.CRM_ACCOUNT_ID, number)) if has_deal else None,
            self._new(LEAD, in_cell(cells.LEAD_ID, number)) if has_lead else None,
        )

    def _person(self, place: int) -> Person:
        return Person(self._new(PERSON, place), "", "", "", stand_in(ADDRESS, place))

    def _new(self, kind: str, place: int) -> Any:
        self.needs.append(Need(place, kind))
        return stand_in(kind, place)


def stand_in(kind: str, number: int) -> Any:
    """Return what stands in a body for a value; in the place of numbers too."""
    return f"\0{kind}{number}\0"
