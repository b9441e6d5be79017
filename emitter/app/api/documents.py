"""What the API says of itself: its OpenAPI document, its routes, its types of problems."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Final, cast

from flask import Blueprint, Response, abort, current_app, request

from emitter._version import __version__
from emitter.app.api.routing import service
from emitter.app.problems import PROBLEM_TYPES, json_answer
from emitter.app.zoom.document import ZOOM_DOCUMENT, served_document

if TYPE_CHECKING:
    from flask_openapi3.openapi import OpenAPI

documents = Blueprint("documents", __name__)
DOCUMENT: Final = "/openapi.json"


def index() -> Response:
    """Say what there is, to programs; people get a page at the same place."""
    routes = {
        f"{method.upper()} {path}": operation["summary"]
        for path, operations in _document()["paths"].items()
        for method, operation in operations.items()
    }
    routes["GET /api/live"] = "Follow what happens, as server-sent events"
    paths = [route.removeprefix("GET ") for route in routes if route.startswith("GET ") and "{" not in route]
    root = request.host_url.rstrip("/")
    links = [root + path for path in (DOCUMENT, ZOOM_DOCUMENT, *paths) if path != "/api/live"]
    return json_answer({"zoom-emitter": __version__, "routes": routes, "links": links})


@documents.get(DOCUMENT)
def openapi() -> Response:
    """Return the OpenAPI 3.1 document."""
    return json_answer(_document())


@documents.get(ZOOM_DOCUMENT)
def zoom_openapi() -> Response:
    """Return the OpenAPI 3.1 document of Zoom's own API, as it is answered here."""
    return json_answer(served_document(service().zoom.documents))


@documents.get("/problems/<name>")
def problem_type(name: str) -> Response:
    """Say what a type of problem means."""
    if name not in PROBLEM_TYPES:
        abort(HTTPStatus.NOT_FOUND)
    return json_answer({"type": f"/problems/{name}", "title": PROBLEM_TYPES[name]})


def _document() -> dict[str, Any]:
    return cast("OpenAPI", current_app).api_doc
