"""Which things an event mentions, by the names its ids have: what a call of Zoom's API can ask about it.

Names are written with underscores, whatever the event writes. The `id` of an event's object is called by the
first word of the event's name, so that ``meeting.started`` mentions a `meeting_id`; that of any other object
by what holds it. People mentioned by their part in it are mentioned as a `user_id`, too.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any, Final, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

MOST: Final = 200
"""How many things of one event are looked at."""
LONGEST: Final = 255
"""The longest id, in characters; Zoom's longest has fewer than forty."""
USER: Final = "user_id"
_DEEPEST: Final = 12
_HUMP: Final = re.compile(r"(?<=[a-z0-9])([A-Z])")
_ID: Final = re.compile(r"(?:.*_)?u?u?id")
_PEOPLE: Final = frozenset({"host_id", "operator_id", "owner_id", "creator_id", "participant_user_id"})
_OF_THE_ENVELOPE: Final = "account_id"
_LISTED_BESIDE: Final = {
    "conversation_id": ("host_id", USER, "deal_id"),
    "playlist_id": (USER,),
}
"""By which ids lists of things are narrowed down."""


class Mention(NamedTuple):
    """A thing by the name of its id, as ``conversation_id``, and the id."""

    name: str
    value: str


def snake(name: str) -> str:
    """Return a name with underscores: ``conversation_id`` for ``conversationId``."""
    return _HUMP.sub(r"_\1", name).lower()


def beside(name: str, other: str) -> str:
    """Return the name under which an id is mentioned beside a thing of another kind."""
    return f"{other} beside {name}"


def mentions_of(event: str, body: bytes) -> list[Mention]:
    """Return what an event mentions, each thing once; nothing of what is no event."""
    try:
        payload = json.loads(body)["payload"]
        own = {key: value for key, value in payload.items() if key not in {_OF_THE_ENVELOPE, "object"}}
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        return []
    first_word = event.partition(".")[0]
    found: dict[Mention, None] = {}
    for name, value in (*_ids(own, "payload", 0), *_ids(payload.get("object"), first_word, 0)):
        found[Mention(name, value)] = None
        if name in _PEOPLE:
            found[Mention(USER, value)] = None
        if len(found) >= MOST:
            break
    return [*found, *_beside(found)]


def _beside(found: Iterable[Mention]) -> list[Mention]:
    """Return the ids that lists of things are narrowed down by, where such things are mentioned, too."""
    things = [each.name for each in found if each.name in _LISTED_BESIDE]
    pairs = ((name, each) for name in dict.fromkeys(things) for each in found)
    return [
        Mention(beside(name, each.name), each.value)
        for name, each in pairs
        if each.name in _LISTED_BESIDE[name]
    ]


def _ids(value: Any, holder: str, depth: int) -> Iterator[tuple[str, str]]:
    if depth > _DEEPEST:
        return
    if isinstance(value, list):
        for each in value:
            yield from _ids(each, holder, depth + 1)
    elif isinstance(value, dict):
        for key, member in value.items():
            name = snake(key)
            if isinstance(member, dict | list):
                yield from _ids(member, name, depth + 1)
            elif _ID.fullmatch(name) and (text := _text(member)):
                yield (f"{holder}_{name}" if name in {"id", "uuid"} else name), text


def _text(value: Any) -> str:
    """Return an id as text, an empty one where it is none that can be asked for."""
    if isinstance(value, int) and not isinstance(value, bool):
        value = str(value)
    if not isinstance(value, str) or len(value) > LONGEST or "\0" in value:
        return ""
    return value if value.isascii() else value.encode("utf-8", "replace").decode()
