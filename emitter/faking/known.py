"""Who and what is known already: accounts, people, conversations and playlists that a receiver has on record.

A receiver that refuses an account it does not know is right. What is known takes the place of what would be
made up; ``[world]`` of the settings says it (docs/realistic-data.md#a-world-that-a-receiver-knows).
"""

from __future__ import annotations

from typing import Any, Final, NamedTuple

from emitter.errors import InvalidSettingError


class KnownUser(NamedTuple):
    """A user that a receiver knows; their full name as they write it."""

    id: str
    email: str
    name: str


class Known(NamedTuple):
    """What a receiver knows, so that nothing else is told of; nothing is pinned where a tuple is empty.

    Attributes:
        account_ids: The accounts; stories happen in them in turn.
        users: The people of each account.
        conversation_ids: The conversations.
        playlist_ids: The playlists.
    """

    account_ids: tuple[str, ...] = ()
    users: tuple[KnownUser, ...] = ()
    conversation_ids: tuple[str, ...] = ()
    playlist_ids: tuple[str, ...] = ()


NOTHING: Final = Known()
"""Nothing is known."""

WORLD_KEYS: Final = {
    "accounts": "account_ids",
    "users": "users",
    "conversations": "conversation_ids",
    "playlists": "playlist_ids",
}
"""The keys of ``[world]``, and what they give."""
USER_KEYS: Final = ("id", "email", "name")
"""The keys of ``[[world.users]]``; without a name it is made from the address."""


def known_of(world: Any) -> Known:
    """Return what a table ``[world]`` says.

    Raises:
        InvalidSettingError: A key is unknown, or a value is no list of texts or users.
    """
    if not isinstance(world, dict):
        raise InvalidSettingError("world is not a table; write [world]")
    if unknown := sorted(world.keys() - WORLD_KEYS.keys()):
        raise InvalidSettingError(f"world has {unknown[0]!r}; it takes {', '.join(WORLD_KEYS)}")
    given: dict[str, Any] = {}
    for key, field in WORLD_KEYS.items():
        items = world.get(key, [])
        if not isinstance(items, list):
            raise InvalidSettingError(f"world.{key} is {items!r}; expected a list")
        given[field] = tuple(map(_user, items)) if key == "users" else tuple(_id(key, item) for item in items)
    return Known(**given)


def world_of(known: Known) -> dict[str, Any]:
    """Return the table that `known_of` understands, without what is empty."""
    given = {key: getattr(known, field) for key, field in WORLD_KEYS.items()}
    return {
        key: [each._asdict() if isinstance(each, KnownUser) else each for each in items]
        for key, items in given.items()
        if items
    }


def _id(key: str, item: Any) -> str:
    if not isinstance(item, str) or not item or not item.isascii() or not item.isprintable():
        raise InvalidSettingError(f"world.{key} has {item!r}; expected an id, as Zoom gives it")
    return item


def _user(item: Any) -> KnownUser:
    if not isinstance(item, dict) or not {"id", "email"} <= item.keys() <= {*USER_KEYS}:
        raise InvalidSettingError(f"world.users has {item!r}; expected id, email and, if you like, name")
    email, name = item["email"], item.get("name", "")
    if not isinstance(email, str) or not isinstance(name, str) or "@" not in email:
        raise InvalidSettingError(f"world.users has {item!r}; expected texts, and an address with @")
    local_part = email.partition("@")[0]
    return KnownUser(_id("users", item["id"]), email, name or local_part.replace(".", " ").title())
