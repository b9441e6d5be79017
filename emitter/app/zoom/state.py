"""What things are after the events that were sent about them: the events, told one after the other.

Pure: from events to values. The same body twice, from two subscriptions or a replay, is one event.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Final

from emitter.core.mentions import mentions_of, snake

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from emitter.delivery.store.mentions import SentEvent

    Object = dict[str, Any]

_LATEST_MS: Final = 253_402_300_799_000
"""The end of the year 9999: what comes later has no date."""


@dataclass(slots=True, kw_only=True)
class Told:
    """One event about a thing.

    Attributes:
        event: Its name.
        payload: The payload.
        item: The object in it that is about the thing.
        at_ms: When it happened, milliseconds since the epoch.
    """

    event: str
    payload: Object
    item: Object
    at_ms: int


@dataclass(slots=True, kw_only=True)
class Conversation:
    """A conversation as the events have it.

    Attributes:
        id: Its id.
        account_id: Whose it is.
        source: Where it took place, as the event says it; None where none said it.
        host_id: Who held it.
        engagement_id: The engagement of a contact center.
        analysed_at_ms: When its analysis was announced, None before.
        first_ms: When it was first told of.
        comments: What was posted on it.
        associations: The CRM records that belong to it, the latest last.
    """

    id: str
    account_id: str = ""
    source: str | None = None
    host_id: str | None = None
    engagement_id: str | None = None
    analysed_at_ms: int | None = None
    first_ms: int = 0
    comments: dict[str, Comment] = field(default_factory=dict)
    associations: list[Object] = field(default_factory=list)

    @property
    def deal_ids(self) -> list[str]:
        """The deals it belongs to now, the latest last."""
        return [str(each["deal_id"]) for each in self.associations if each.get("deal_id")]

    @property
    def deal_id(self) -> str | None:
        """The deal it came to belong to last."""
        return self.deal_ids[-1] if self.deal_ids else None


@dataclass(slots=True, kw_only=True)
class Comment:
    """A comment as its event has it."""

    id: str
    text: str
    user_id: str
    user_email: str
    at_ms: int


@dataclass(slots=True, kw_only=True)
class Playlist:
    """A playlist as the events have it; `kind` is BASIC or SMART."""

    id: str
    name: str = ""
    kind: str = "BASIC"
    owner_id: str = ""
    owner_email: str = ""
    changed_ms: int = 0
    moment_ids: list[str] = field(default_factory=list)
    is_deleted: bool = False


def told(events: Iterable[SentEvent], name: str) -> Iterator[tuple[str, Told]]:
    """Return what events say, with the id of the thing each is about; what is no event is passed over.

    Args:
        events: Those about things, as the record has them.
        name: What kind of id the things have, as ``conversation_id``.
    """
    seen: set[tuple[str, bytes]] = set()
    for each in events:
        if (each.about, each.body) in seen:
            continue
        seen.add((each.about, each.body))
        try:
            envelope = json.loads(each.body)
            payload = envelope["payload"]
            made_ms = envelope.get("event_ts")
        except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
            continue
        at_ms = made_ms if _is_time(made_ms) else each.created_at_ms
        for item in _items(payload, name, each.about):
            yield each.about, Told(event=each.event, payload=payload, item=item, at_ms=at_ms)


def regarding(events: Iterable[SentEvent], name: str) -> Iterator[SentEvent]:
    """Return events once for each thing of a kind that they mention, as events about that thing."""
    for each in events:
        for mention in mentions_of(each.event, each.body):
            if mention.name == name:
                yield replace(each, about=mention.value)


def conversations(events: Iterable[SentEvent]) -> dict[str, Conversation]:
    """Return conversations by id, from the events about them, oldest first."""
    found: dict[str, Conversation] = {}
    for id_, each in told(events, "conversation_id"):
        conversation = found.get(id_)
        if conversation is None:
            account_id = _text(each.payload, "account_id")
            conversation = found[id_] = Conversation(id=id_, account_id=account_id, first_ms=each.at_ms)
        _tell_conversation(conversation, each)
    return found


def playlists(events: Iterable[SentEvent]) -> dict[str, Playlist]:
    """Return playlists by id, from the events about them, oldest first."""
    found: dict[str, Playlist] = {}
    for id_, each in told(events, "playlist_id"):
        _tell_playlist(found.setdefault(id_, Playlist(id=id_)), each)
    return found


def _tell_conversation(conversation: Conversation, each: Told) -> None:
    item = each.item
    if "comment_id" in item:
        id_ = _text(item, "comment_id")
        conversation.comments[id_] = Comment(
            id=id_,
            text=_text(item, "text"),
            user_id=_text(each.payload, "operator_id"),
            user_email=_text(each.payload, "operator"),
            at_ms=each.at_ms,
        )
    elif "new_associations" in item or "old_associations" in item:
        gone = _objects(item.get("old_associations"))
        kept = [association for association in conversation.associations if association not in gone]
        new = _objects(item.get("new_associations"))
        conversation.associations = [each for each in kept if each not in new] + new
    else:
        conversation.analysed_at_ms = each.at_ms
        for name in ("source", "host_id", "engagement_id"):
            if text := _text(item, name):
                setattr(conversation, name, text)


def _tell_playlist(playlist: Playlist, each: Told) -> None:
    item = each.item
    what = each.event.rpartition(".")[2]
    playlist.is_deleted = what == "playlist_delete"
    playlist.name = _text(item, "playlist_name") or playlist.name
    playlist.kind = _text(item, "playlist_type") or playlist.kind
    if not playlist.owner_id:
        playlist.owner_id = _text(each.payload, "operator_id")
        playlist.owner_email = _text(each.payload, "operator")
    times = (item.get(name) for name in ("create_time", "update_time", "delete_time"))
    playlist.changed_ms = next(
        (time for time in times if isinstance(time, int) and _is_time(time)), each.at_ms
    )
    moment_id = _text(item, "moment_id")
    if what == "playlist_add_moment" and moment_id not in playlist.moment_ids:
        playlist.moment_ids.append(moment_id)
    elif what == "playlist_remove_moment" and moment_id in playlist.moment_ids:
        playlist.moment_ids.remove(moment_id)


def _items(payload: Object, name: str, id_: str) -> list[Object]:
    """Return the objects of a payload that are about a thing; its object as it is where none names it."""
    given = payload.get("object")
    objects = _objects(given if isinstance(given, list) else [given])
    named = [each for each in objects if any(snake(key) == name and str(each[key]) == id_ for key in each)]
    return named or objects[:1]


def _objects(value: Any) -> list[Object]:
    return [each for each in value if isinstance(each, dict)] if isinstance(value, list) else []


def _text(value: Object, name: str) -> str:
    found = value.get(name)
    return found if isinstance(found, str) else ""


def _is_time(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 0 < value <= _LATEST_MS
