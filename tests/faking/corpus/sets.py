"""Sets for the tests of this folder."""

from __future__ import annotations

from typing import Any

from emitter.catalog.events import Catalog
from emitter.core.secrets import SecretToken
from emitter.faking.corpus.making import Making
from emitter.faking.corpus.requests import TEST_SECRET_TOKEN
from emitter.faking.corpus.settings import Settings
from emitter.faking.pools import bundled_pools

CATALOG = Catalog.bundled()
SECRET = SecretToken(TEST_SECRET_TOKEN)


# An event of another document whose every value is the generator's, beside one the plots know.
FOREIGN = {
    "type": "object",
    "required": ["event", "event_ts", "payload"],
    "properties": {
        "event": {"type": "string"},
        "event_ts": {"type": "integer"},
        "payload": {
            "type": "object",
            "required": ["account_id"],
            "properties": {
                "account_id": {"type": "string"},
                "object": {
                    "type": "object",
                    "properties": {
                        "id": {"type": "string"},
                        "topic": {"type": "string"},
                        "size": {"type": "integer", "minimum": 3, "maximum": 9},
                    },
                },
            },
        },
    },
}
OF_THE_MAKING = ("jobs", "on_progress", "on_going_on", "is_one_file", "secret_token")


def a_making(*, catalog=CATALOG, **given):
    making = {"secret_token": SECRET} | {name: given.pop(name) for name in OF_THE_MAKING if name in given}
    settings: Any = {"sets": ("realistic",), "stories": 300} | given
    if "events" in settings:
        settings["stories"] = None
    return Making(settings=Settings(**settings), catalog=catalog, pools=bundled_pools(), **making)


def realistic(**settings):
    return a_making(**settings).worker().realistic()


def bodies(made):
    return [body for story in made.stories for _, _, _, body, *_ in made.told(story).events]


def content(made):
    return b"".join(piece.data for piece in made.pieces(made.stories))


def foreign_catalog(*names, schema=FOREIGN):
    return Catalog.from_document(
        {
            "info": {"title": "Rooms"},
            "webhooks": {
                name: {"post": {"requestBody": {"content": {"application/json": {"schema": schema}}}}}
                for name in names
            },
        }
    )
