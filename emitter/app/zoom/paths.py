"""Which paths are Zoom's own, and what is refused there before anyone looks at what is asked."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final

from flask import Response

from emitter.catalog.rest import PREFIX

if TYPE_CHECKING:
    from werkzeug.wrappers import Response as AnyResponse

TOKEN_PATH: Final = "/oauth/token"  # noqa: S105 - a path
JSON: Final = "application/json;charset=UTF-8"


def is_zooms(path: str) -> bool:
    """Return whether a path is one of Zoom's own API."""
    return path == PREFIX or path.startswith((f"{PREFIX}/", "/oauth/"))


def as_zoom_says(problem: AnyResponse) -> Response:
    """Return a problem of the app as an error of Zoom's API."""
    value = {"code": problem.status_code, "message": json.loads(problem.get_data())["detail"]}
    return Response(json.dumps(value), problem.status_code, content_type=JSON)
