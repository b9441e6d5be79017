"""Lets in only who speaks to this machine by its own name: no foreign web page, no rebinding name.

A page of another site can make a browser send requests here, and a name of another site can be made to
lead here. The first shows in ``Origin``, the second in ``Host``. What changes something must also be JSON,
which no form can send.
"""

from __future__ import annotations

import re
from http import HTTPStatus
from typing import TYPE_CHECKING, Final

from flask import Flask, Request, Response, request

from emitter.app.problems import problem

if TYPE_CHECKING:
    from werkzeug.datastructures import Headers

_OWN_NAME: Final = re.compile(r"(?:localhost|127\.0\.0\.1|\[::1\])(?::(?P<port>[0-9]{1,5}))?", re.IGNORECASE)
_DEFAULT_PORTS: Final = {"http": "80", "https": "443"}
_WITH_A_BODY: Final = frozenset({"POST", "PUT", "PATCH"})
_JSON: Final = "application/json"
_ANSWER_HEADERS: Final = {
    "cache-control": "no-store",
    "content-security-policy": "default-src 'none'; frame-ancestors 'none'",
    "cross-origin-resource-policy": "same-origin",
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
}


def guard(app: Flask) -> None:
    """Refuse foreign requests before anything else sees them, and mark every answer as nobody else's."""
    app.before_request(_refusal)
    app.after_request(_marked)


def _refusal() -> Response | None:
    return _of_host(request) or _of_origin(request) or _of_content_type(request)


def _of_host(asked: Request) -> Response | None:
    host = asked.environ.get("HTTP_HOST", "")
    if _is_own(host, asked.scheme, asked.environ["SERVER_PORT"]):
        return None
    return problem(
        HTTPStatus.MISDIRECTED_REQUEST,
        f"the host {host[:100]!r} is not this server; ask for localhost, 127.0.0.1 or [::1] with its port",
    )


def _of_origin(asked: Request) -> Response | None:
    origin = asked.headers.get("Origin")
    if origin is None:
        return None
    scheme, separator, host = origin.partition("://")
    if separator and scheme == asked.scheme and _is_own(host, scheme, asked.environ["SERVER_PORT"]):
        return None
    return problem(
        HTTPStatus.FORBIDDEN,
        f"the page {origin[:100]!r} may not use this server; use its own pages, or a program such as curl",
    )


def _of_content_type(asked: Request) -> Response | None:
    if asked.method not in _WITH_A_BODY or asked.mimetype == _JSON:
        return None
    return problem(
        HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
        f"the content type is {asked.mimetype[:100]!r}; send JSON with 'content-type: {_JSON}'",
    )


def _is_own(host: str, scheme: str, server_port: str) -> bool:
    found = _OWN_NAME.fullmatch(host)
    return found is not None and (found["port"] or _DEFAULT_PORTS.get(scheme)) == server_port


def _marked(answer: Response) -> Response:
    headers: Headers = answer.headers
    for name, value in _ANSWER_HEADERS.items():
        headers.setdefault(name, value)
    return answer
