"""What people of an account work on, and what becomes of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    from emitter.faking.people import Person

CONTACT_CENTER: Final = "ZOOM_CONTACT_CENTER"
"""The source of the conversations that have an engagement. CONFIRMED (docs/zoom.md#events)."""


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
