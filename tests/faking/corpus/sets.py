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
