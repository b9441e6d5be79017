"""The few files that pages load, kept in memory: no file is left open by a browser that goes away."""

from __future__ import annotations

from http import HTTPStatus
from pathlib import Path
from typing import Final

from flask import Blueprint, Response, abort, request

routes = Blueprint("assets", __name__)
_FOLDER: Final = Path(__file__).parents[1] / "static"
_TYPES: Final = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
}
_FILES: Final = {path.name: path.read_bytes() for path in _FOLDER.iterdir() if path.suffix in _TYPES}


@routes.get("/static/<name>")
def show(name: str) -> Response:
    """Return a file, or that it has not changed."""
    if name not in _FILES:
        abort(HTTPStatus.NOT_FOUND)
    answer = Response(_FILES[name], content_type=_TYPES[Path(name).suffix])
    answer.add_etag()
    answer.cache_control.no_cache = True
    answer.make_conditional(request)
    return answer
