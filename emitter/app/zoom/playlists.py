"""The playlists of a user: those that events told of and that are not deleted."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from emitter.app.zoom.errors import INVALID_PARAMETER, no_such
from emitter.app.zoom.facts import name_in
from emitter.app.zoom.parameters import time_text
from emitter.app.zoom.reading import filled
from emitter.app.zoom.state import playlists
from emitter.faking.answers import draw_of, item_maker

if TYPE_CHECKING:
    from emitter.app.zoom.reading import Ask, Events

_ID: Final = "playlist_id"
_USER: Final = "user_id"
_ME: Final = "me"
_MOST: Final = 30
"""A page holds no more: the document says so of the array."""
_TYPES: Final = {"BASIC": "Normal", "SMART": "Smart"}


def list_playlists(events: Events, ask: Ask) -> dict[str, Any]:
    """Return a page of a user's playlists, the newest first; raises ZoomError where there is no such user.

    ``me`` is everyone: no event says who a token belongs to.
    """
    user_id = ask.values["userId"]
    if user_id != _ME and not events.is_known(_USER, user_id):
        note = "no event that was sent mentions this user"
        raise no_such("User ID", user_id, code=INVALID_PARAMETER, note=note)
    page = ask.page(_MOST)
    wanted = ask.query.get("type", "All")
    is_following = ask.query.get("following") == "true"
    make = item_maker(ask.operation, "playlists")

    def made(ids: list[str]) -> dict[str, Any]:
        found = {}
        for id_, each in playlists(events.about(_ID, ids)).items():
            kind = _TYPES.get(each.kind, each.kind)
            if each.is_deleted or wanted not in {"All", kind}:
                continue
            known = {
                "playlist_id": id_,
                "type": kind,
                "modified_time": time_text(each.changed_ms),
                "playlist_name": each.name or None,
                "number_of_conversations": len(each.moment_ids),
                "following": is_following,
                "created_by": name_in(each.owner_email) or None,
            }
            found[id_] = filled(make, draw_of("playlist", id_, now_ms=each.changed_ms), known)
        return found

    beside = None if user_id == _ME else (_USER, user_id)
    items, place = events.listed(_ID, page, made, beside=beside)
    return {"next_page_token": page.token(place), "page_size": page.size, "playlists": items}
