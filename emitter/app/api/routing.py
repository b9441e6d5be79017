"""What every group of routes needs: its blueprint, the service, numbers in paths, links to the next page."""

from __future__ import annotations

from contextlib import contextmanager
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlencode

from flask import abort, current_app, request
from flask_openapi3.blueprint import APIBlueprint
from flask_openapi3.models.tag import Tag
from pydantic import BaseModel, ConfigDict, Field
from werkzeug.routing import BaseConverter

from emitter.app.api.answers import problems
from emitter.app.readers import MAX_ID
from emitter.errors import UnknownNameError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from emitter.app.service import Service

EXTENSION: Final = "zoom_emitter"
NUMBER: Final = "<number:number>"
_LISTS: Final = {
    "subscription": "/api/subscriptions",
    "delivery": "/api/deliveries",
    "stream": "/api/streams",
}


class NumberConverter(BaseConverter):
    """The number of a row in a path; every other path leads nowhere."""

    regex = (
        r"[1-9][0-9]{0,17}"  # no longer than `MAX_ID`: a number refused later would look like a wrong method
    )

    def to_python(self, value: str) -> int:
        """Return the number."""
        return int(value)


class Numbered(BaseModel):
    """A path with a number in it."""

    model_config = ConfigDict(extra="forbid")

    number: int = Field(ge=1, le=MAX_ID)


def group(name: str, description: str) -> APIBlueprint:
    """Return a group of routes; each may refuse a request of the wrong host, origin, form or token."""
    return APIBlueprint(
        name,
        __name__,
        abp_tags=[Tag(name=name, description=description)],
        abp_responses={**problems(400, 401, 403, 421, 422, 503)},
    )


def service() -> Service:
    """Return the service of the app that answers."""
    found: Service = current_app.extensions[EXTENSION]
    return found


@contextmanager
def found(kind: str, number: int) -> Iterator[None]:
    """Answer 404 where the number in the path is one that nothing has."""
    try:
        yield
    except UnknownNameError as error:
        if (error.kind, error.given) != (kind, str(number)):
            raise
        abort(HTTPStatus.NOT_FOUND, f"there is no {kind} {number}; GET {_LISTS[kind]} lists them")


def next_page(**place: Any) -> str:
    """Return the path and query of the page after this one."""
    return f"{request.path}?{urlencode(request.args.to_dict() | place)}"
