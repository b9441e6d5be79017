"""What has happened in a story so far, and what its next event therefore must say.

One method an event; `HAPPENINGS` ties them to names. Each returns what is decided of the event: values by
property name, and who its operator is. Repeating an event goes on: the next moment, comment, change.
Source of what the events mean: docs/zoom.md#events.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, NamedTuple, Protocol

from emitter.faking.draw import ABSENT

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from emitter.faking.outlines import Outline
    from emitter.faking.people import Person
    from emitter.faking.things import Association, Comment, Conversation, Moment, Playlist

Told = dict[str, Any]
"""What is decided of one event, by property name; see `draw.Known`; made anew for each event."""


class Happening(NamedTuple):
    """What is decided of one event.

    Attributes:
        known: Values by property name.
        operator: Who did it; None where the event tells of nobody.
        lacks: The property that is absent from this event though others of its kind have it, or an empty
            text; it is `ABSENT` in `known`.
    """

    known: Told
    operator: Person | None = None
    lacks: str = ""


class Things(Protocol):
    """What a plot needs of a world."""

    @property
    def outline(self) -> Outline:
        """What the story has in common with others."""

    @property
    def conversation(self) -> Conversation:
        """The conversation."""

    def playlist(self, number: int, /) -> Playlist:
        """Return a playlist."""

    def moment(self, number: int, /) -> Moment:
        """Return a moment."""

    def comment(self, number: int, /) -> Comment:
        """Return a comment."""

    def association(self, number: int, /) -> Association:
        """Return CRM records."""


class Plot:
    """The state of one story. Not thread-safe; made for the story and thrown away.

    Attributes:
        playlists: The playlists that were told of, in their order.
        associated: The CRM records that belong to the conversation now.
        comment_ids: The comments on the conversation so far.
        is_conversation_told: Whether any event was about the conversation.
    """

    def __init__(self, world: Things) -> None:
        self._world = world
        self.playlists: list[PlaylistState] = []
        self.associated: list[Association] = []
        self.comment_ids: list[str] = []
        self.is_conversation_told = False
        self._created = 0
        self._moments = 0
        self._associations = 0
        self._changes = 0

    @property
    def conversation_id(self) -> str:
        """The id of the conversation."""
        return self._world.conversation.id

    def happening(self, event: str, *, happened_ms: int) -> Happening:
        """Return what the event says now that it happens; nothing is decided of events no story knows.

        Args:
            event: The event's full name.
            happened_ms: When, milliseconds since the epoch; never before the last one.
        """
        tell = HAPPENINGS.get(event)
        return tell(self, happened_ms) if tell else Happening({})

    def analysis_completed(self, _: int) -> Happening:
        """Tell that the conversation was analysed."""
        self.is_conversation_told = True
        conversation = self._world.conversation
        known = {
            "conversation_id": conversation.id,
            "source": conversation.source,
            "host_id": conversation.host.id,
            "engagement_id": conversation.engagement_id or ABSENT,
        }
        return Happening(known, lacks="" if conversation.engagement_id else "engagement_id")

    def playlist_created(self, happened_ms: int) -> Happening:
        """Tell of a playlist; once there is one, of the next."""
        if self._created or not self.playlists:
            self.playlists.append(PlaylistState(self._world, self._created))
        self._created += 1
        playlist = self.playlists[-1].playlist
        owner = playlist.owner
        known = {
            "operator_id": owner.id,
            "operator": owner.email,
            "playlist_id": playlist.id,
            "playlist_name": playlist.name,
            "playlist_type": playlist.kind,
            "create_time": happened_ms,
        }
        return Happening(known, owner)

    def moment_added(self, happened_ms: int) -> Happening:
        """Tell of a moment that was not in the playlist."""
        state, moment = self._state(), self._next_moment()
        state.moments.append(moment)
        return _of_moment(state, moment, happened_ms)

    def moment_removed(self, happened_ms: int) -> Happening:
        """Tell that the moment that was in the playlist longest is out; of any where none is known of."""
        state = self._state()
        moment = state.moments.pop(0) if state.moments else self._next_moment()
        return _of_moment(state, moment, happened_ms)

    def playlist_deleted(self, happened_ms: int) -> Happening:
        """Tell that the playlist is gone, with all that is in it."""
        state = self._state()
        self._created = max(self._created, 1)
        state.moments.clear()
        state.is_deleted = True
        playlist = state.playlist
        owner = playlist.owner
        known = {
            "operator_id": owner.id,
            "operator": owner.email,
            "playlist_id": playlist.id,
            "playlist_name": playlist.name,
            "delete_time": happened_ms,
        }
        return Happening(known, owner)

    def comment_posted(self, _: int) -> Happening:
        """Tell of the next comment on the conversation."""
        self.is_conversation_told = True
        comment = self._world.comment(len(self.comment_ids))
        self.comment_ids.append(comment.id)
        author = comment.author
        known = {
            "operator_id": author.id,
            "operator": author.email,
            "comment_id": comment.id,
            "conversation_id": self._world.conversation.id,
            "text": comment.text,
        }
        return Happening(known, author)

    def associations_changed(self, _: int) -> Happening:
        """Tell what was taken from and added to the CRM records of the conversation since the last time.

        The first change adds a record; later ones add, replace or remove one.
        """
        self.is_conversation_told = True
        change, associated = self._world.outline.change(self._changes), self.associated
        self._changes += 1
        removes = change.removes and bool(associated)
        old = [associated.pop(change.which % len(associated))] if removes else []
        new = [self._next_association()] if change.adds or not removes else []
        associated += new
        item = {
            "conversation_id": self._world.conversation.id,
            "old_associations": [_records(each) for each in old],
            "new_associations": [_records(each) for each in new],
        }
        return Happening({"object": [item]})

    def _state(self) -> PlaylistState:
        """Return the playlist the story is about; nobody may have told of its creation."""
        if not self.playlists:
            self.playlists.append(PlaylistState(self._world, 0))
        return self.playlists[-1]

    def _next_moment(self) -> Moment:
        self._moments += 1
        return self._world.moment(self._moments - 1)

    def _next_association(self) -> Association:
        self._associations += 1
        return self._world.association(self._associations - 1)


class PlaylistState:
    """A playlist and what is in it now.

    Attributes:
        playlist: Which playlist.
        moments: What is in it, the longest there first.
        is_deleted: Whether it is gone.
    """

    __slots__ = ("is_deleted", "moments", "playlist")

    def __init__(self, world: Things, number: int) -> None:
        self.playlist = world.playlist(number)
        self.moments: list[Moment] = []
        self.is_deleted = False


def _of_moment(state: PlaylistState, moment: Moment, happened_ms: int) -> Happening:
    playlist = state.playlist
    owner = playlist.owner
    known = {
        "operator_id": owner.id,
        "operator": owner.email,
        "playlist_id": playlist.id,
        "playlist_name": playlist.name,
        "playlist_detail_id": moment.detail_id,
        "moment_id": moment.id,
        "moment_name": moment.name,
        "update_time": happened_ms,
    }
    return Happening(known, owner)


def _records(association: Association) -> Told:
    return {
        "deal_id": association.deal_id or ABSENT,
        "account_id": association.account_id or ABSENT,
        "lead_id": association.lead_id or ABSENT,
    }


_PRODUCT: Final = "revenue_accelerator."

HAPPENINGS: Final[Mapping[str, Callable[[Plot, int], Happening]]] = {
    f"{_PRODUCT}conversation_analysis_completed": Plot.analysis_completed,
    f"{_PRODUCT}playlist_create": Plot.playlist_created,
    f"{_PRODUCT}playlist_add_moment": Plot.moment_added,
    f"{_PRODUCT}playlist_remove_moment": Plot.moment_removed,
    f"{_PRODUCT}playlist_delete": Plot.playlist_deleted,
    f"{_PRODUCT}post_comment_completed": Plot.comment_posted,
    f"{_PRODUCT}conversation_crm_associations_changed": Plot.associations_changed,
}
"""What tells of each event that has a part in a story, by the event's name."""
