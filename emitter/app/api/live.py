"""What happens, as it happens: server-sent events for pages that show it live.

Not in the OpenAPI document, which has no words for an answer that does not end; docs/api.md describes it.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from flask import Blueprint, Response, request

from emitter.app.api.routing import service

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator

    from emitter.app.feed import Happening

live = Blueprint("live", __name__)


@live.get("/api/live")
def follow() -> Response:
    """Tell what happens from now on, or since the happening that ``Last-Event-ID`` names."""
    following = service().feed.follow(request.headers.get("Last-Event-ID", ""))
    answer = Response(_Lines(following), content_type="text/event-stream; charset=utf-8")
    answer.headers["X-Accel-Buffering"] = "no"
    return answer


class _Lines:
    """The happenings as the lines of an event stream; closed by the server when the page has gone."""

    def __init__(self, following: Generator[Happening | None]) -> None:
        self._following = following
        self._begins = True

    def __iter__(self) -> Iterator[bytes]:
        return self

    def __next__(self) -> bytes:
        if self._begins:
            self._begins = False
            return b"retry: 1000\n\n"  # also shows the page at once that it is connected
        happening = next(self._following)
        if happening is None:
            return b": nothing new\n\n"
        data = json.dumps(happening.value, ensure_ascii=True, separators=(",", ":"))
        return f"id: {happening.id}\nevent: {happening.kind}\ndata: {data}\n\n".encode()

    def close(self) -> None:
        self._following.close()
