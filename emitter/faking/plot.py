"""What has happened in a story so far, and what its next event therefore must say.

One method an event; `happenings` ties them to names. Each returns what is decided of the event: values by
property name, and who its operator is. Repeating an event goes on: the next moment, comment, change.
Source of what the events mean: docs/zoom.md#events.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from emitter.faking.draw import ABSENT

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from emitter.faking.draw import Known
    from emitter.faking.world import Association, Moment, Person, World


class Happening(NamedTuple):
    """What is decided of one event.

    Attributes:
        known: Values by property name, see `emitter.faking.draw.Known`.
        operator: Who did it; None where the event tells of nobody.
    """

    known: Known
    operator: Person | None = None


class Plot:
    """The state of one story. Not thread-safe; made for the story and thrown away."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._playlist = world.playlist(0)
        self._playlists = 0
        self._in_playlist: list[Moment] = []
        self._moments = 0
        self._comments = 0
        self._associated: list[Association] = []
        self._associations = 0
        self._changes = 0

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
        conversation = self._world.conversation
        known = {
            "conversation_id": conversation.id,
            "source": conversation.source,
            "host_id": conversation.host.id,
            "engagement_id": conversation.engagement_id or ABSENT,
        }
        return Happening(known)

    def playlist_created(self, happened_ms: int) -> Happening:
        """Tell of a playlist; once there is one, of the next."""
        if self._playlists:
            self._playlist = self._world.playlist(self._playlists)
            self._in_playlist = []
        self._playlists += 1
        known = {"playlist_type": self._playlist.kind, "create_time": happened_ms}
        return self._of_playlist(known)

    def moment_added(self, happened_ms: int) -> Happening:
        """Tell of a moment that was not in the playlist."""
        moment = self._next_moment()
        self._in_playlist.append(moment)
        return self._of_moment(moment, happened_ms)

    def moment_removed(self, happened_ms: int) -> Happening:
        """Tell that the moment that was in the playlist longest is out; of any where none is known of."""
        moment = self._in_playlist.pop(0) if self._in_playlist else self._next_moment()
        return self._of_moment(moment, happened_ms)

    def playlist_deleted(self, happened_ms: int) -> Happening:
        """Tell that the playlist is gone, with all that is in it."""
        self._playlists = max(self._playlists, 1)
        self._in_playlist = []
        return self._of_playlist({"delete_time": happened_ms})

    def comment_posted(self, _: int) -> Happening:
        """Tell of the next comment on the conversation."""
        comment = self._world.comment(self._comments)
        self._comments += 1
        known = {
            "comment_id": comment.id,
            "conversation_id": self._world.conversation.id,
            "text": comment.text,
        }
        return Happening(_by(comment.author, known), comment.author)

    def associations_changed(self, _: int) -> Happening:
        """Tell what was taken from and added to the CRM records of the conversation since the last time.

        The first change adds a record; later ones add, replace or remove one.
        """
        stream = self._world.lane("change", self._changes)
        self._changes += 1
        removes = bool(self._associated) and stream.chance(70)
        adds = not removes or stream.chance(70)
        old = [self._associated.pop(stream.below(len(self._associated)))] if removes else []
        new = [self._next_association()] if adds else []
        self._associated += new
        item = {
            "conversation_id": self._world.conversation.id,
            "old_associations": [_told(each) for each in old],
            "new_associations": [_told(each) for each in new],
        }
        return Happening({"object": [item]})

    def _of_playlist(self, known: Known) -> Happening:
        playlist = self._playlist
        known = {"playlist_id": playlist.id, "playlist_name": playlist.name, **known}
        return Happening(_by(playlist.owner, known), playlist.owner)

    def _of_moment(self, moment: Moment, happened_ms: int) -> Happening:
        known = {
            "playlist_detail_id": moment.detail_id,
            "moment_id": moment.id,
            "moment_name": moment.name,
            "update_time": happened_ms,
        }
        return self._of_playlist(known)

    def _next_moment(self) -> Moment:
        self._moments += 1
        return self._world.moment(self._moments - 1)

    def _next_association(self) -> Association:
        self._associations += 1
        return self._world.association(self._associations - 1)


def _by(operator: Person, known: Known) -> Known:
    return {"operator_id": operator.id, "operator": operator.email, **known}


def _told(association: Association) -> Known:
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
