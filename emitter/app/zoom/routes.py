"""Hands requests for Zoom's own API to the side that answers them, before any route of the app is looked for.

Their paths hold ids that are encoded twice, and their errors have another shape than the app's: they are none
of its routes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import request

from emitter.app.api.routing import service
from emitter.app.zoom.paths import is_zooms

if TYPE_CHECKING:
    from flask import Flask, Response


def answer_as_zoom(app: Flask) -> None:
    """Make the app answer Zoom's paths."""
    app.before_request(_answer)


def _answer() -> Response | None:
    return service().zoom.answer(request) if is_zooms(request.path) else None
