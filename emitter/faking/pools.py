"""Realistic values drawn beforehand, so that making an event calls no Faker and imports none.

``pools.json`` beside this file is made by ``python -m emitter.faking.build_pools``.
"""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any, Final, NamedTuple

from emitter.core.wire import encode
from emitter.faking.known import NOTHING, Known

POOLS_FILE: Final = Path(__file__).with_name("pools.json")

EMAIL_DOMAINS: Final = ("example.com", "example.org", "example.net")
"""The only domains of made-up addresses: reserved by RFC 2606, so no message ever reaches anyone."""

COLLEAGUE_SLOT: Final = "{colleague}"
"""Stands in a pooled comment for the name of a person of the account."""


class Name(NamedTuple):
    """A person's name, and how it is spelt before the @ of their e-mail address."""

    given: str
    family: str
    full: str
    local_part: str


class Pools(NamedTuple):
    """What texts and names are picked from; every tuple holds at least one item.

    Attributes:
        faker_version: Which Faker drew them.
        names: People, no two with the same local part.
        companies: Names of companies.
        jobs: Titles of jobs.
        cities: Names of cities.
        playlist_names: Names of playlists.
        moment_names: Names of moments.
        comments: Coaching comments; `COLLEAGUE_SLOT` stands where one is mentioned.
        topics: Topics of meetings.
        known: Who and what is there already, in the place of what would be made up.
    """

    faker_version: str
    names: tuple[Name, ...]
    companies: tuple[str, ...]
    jobs: tuple[str, ...]
    cities: tuple[str, ...]
    playlist_names: tuple[str, ...]
    moment_names: tuple[str, ...]
    comments: tuple[str, ...]
    topics: tuple[str, ...]
    known: Known = NOTHING

    @classmethod
    def from_json(cls, value: dict[str, Any]) -> Pools:
        """Return the pools a parsed ``pools.json`` holds."""
        texts: dict[str, Any] = {key: tuple(items) for key, items in value.items() if isinstance(items, list)}
        texts["names"] = tuple(Name(*each) for each in value["names"])
        return cls(faker_version=value["faker_version"], **texts)


@cache
def bundled_pools() -> Pools:
    """Return the pools that come with the package."""
    return Pools.from_json(json.loads(POOLS_FILE.read_text(encoding="utf-8")))


def in_wire_form(pools: Pools) -> Pools:
    """Return the pools with every text as it stands between the quotes of a body; ASCII words stay the same.

    Escaping goes character by character, so texts put together of such texts are in wire form too.
    """
    texts: dict[str, Any] = {
        field: tuple(_unquoted(encode(text)) for text in getattr(pools, field))
        for field in pools._fields
        if field not in {"faker_version", "names", "known"}
    }
    names = tuple(Name(*(_unquoted(encode(part)) for part in name)) for name in pools.names)
    users = tuple(user._replace(name=_unquoted(encode(user.name))) for user in pools.known.users)
    return pools._replace(names=names, known=pools.known._replace(users=users), **texts)


def _unquoted(encoded: bytes) -> str:
    """Return an encoded text without its quotes."""
    return encoded[1:-1].decode()
