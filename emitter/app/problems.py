"""Every error as a problem answer (RFC 9457): what was given, what was expected, the way out.

Plain HTTP errors have the type ``about:blank``; the others one of `PROBLEM_TYPES`, which is also where the
type's URL leads.
"""

from __future__ import annotations

import json
import logging
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Final

from flask import Flask, Response, request
from werkzeug.exceptions import HTTPException, MethodNotAllowed, NotFound, RequestEntityTooLarge

from emitter.errors import (
    BusyError,
    ConflictError,
    EmitterError,
    ForbiddenTargetError,
    InvalidFieldsError,
    InvalidPayloadError,
    SecretTokenError,
    StoreError,
    UnencodableError,
    UnknownNameError,
    UsageError,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

PROBLEM_JSON: Final = "application/problem+json"
RETRY_AFTER_S: Final = 1
_LOG = logging.getLogger(__name__)

PROBLEM_TYPES: Final[Mapping[str, str]] = {
    "invalid-value": "a value does not fit",
    "invalid-fields": "fields of the request do not fit",
    "invalid-payload": "the event does not fit its schema",
    "unknown-name": "nothing has this name",
    "no-secret-token": "the secret token is missing or cannot be used",
    "forbidden-target": "the emitter does not send there",
    "handshake-failed": "the endpoint did not pass URL validation",
    "conflict": "it does not go with how things stand",
    "no-token": "the app's token is missing or wrong",
    "record-unavailable": "the record cannot be read or written",
    "busy": "too much of this is under way already",
}
"""The problems that are more than an HTTP status: name and title."""

_KINDS: Final[tuple[tuple[type[EmitterError], str, HTTPStatus], ...]] = (
    # What does not fit the OpenAPI document; what fits it but not what is here is a conflict.
    (InvalidFieldsError, "invalid-fields", HTTPStatus.UNPROCESSABLE_ENTITY),
    (ForbiddenTargetError, "forbidden-target", HTTPStatus.FORBIDDEN),
    (InvalidPayloadError, "invalid-payload", HTTPStatus.CONFLICT),
    (UnencodableError, "invalid-payload", HTTPStatus.CONFLICT),
    (UnknownNameError, "unknown-name", HTTPStatus.CONFLICT),
    (SecretTokenError, "no-secret-token", HTTPStatus.CONFLICT),
    (UsageError, "invalid-value", HTTPStatus.CONFLICT),
    (ConflictError, "conflict", HTTPStatus.CONFLICT),
    (StoreError, "record-unavailable", HTTPStatus.SERVICE_UNAVAILABLE),
    (BusyError, "busy", HTTPStatus.SERVICE_UNAVAILABLE),
)


def json_answer(
    value: Any, status: int = HTTPStatus.OK, *, content_type: str = "application/json"
) -> Response:
    """Return an answer whose body is the value as readable JSON, UTF-8."""
    # A lone surrogate has no UTF-8 form; backslashreplace writes just the escape that JSON has for it.
    body = json.dumps(value, ensure_ascii=False, indent=2).encode("utf-8", "backslashreplace") + b"\n"
    return Response(body, status, content_type=content_type)


def problem(status: int, detail: str, *, name: str = "", **members: Any) -> Response:
    """Return a problem answer.

    Args:
        status: The HTTP status.
        detail: What was given, what was expected, the way out.
        name: One of `PROBLEM_TYPES`; empty where the status says it all.
        members: What programs may want to know besides.
    """
    value = {
        "type": f"/problems/{name}" if name else "about:blank",
        "title": PROBLEM_TYPES[name] if name else HTTPStatus(status).phrase,
        "status": int(status),
        "detail": detail,
        **members,
    }
    return json_answer(value, status, content_type=PROBLEM_JSON)


def answer_errors(app: Flask) -> None:
    """Make the app answer every error with a problem, its own defects included."""
    app.register_error_handler(EmitterError, _of_ours)
    app.register_error_handler(HTTPException, _of_http)
    app.register_error_handler(Exception, _of_defect)


def _of_ours(error: EmitterError) -> Response:
    found = next(((name, status) for kind, name, status in _KINDS if isinstance(error, kind)), None)
    if found is None:
        return _of_defect(error)
    name, status = found
    answer = problem(status, str(error), name=name, **_members(error))
    if status is HTTPStatus.SERVICE_UNAVAILABLE:
        answer.headers["Retry-After"] = str(RETRY_AFTER_S)
    return answer


def _members(error: EmitterError) -> dict[str, Any]:
    match error:
        case InvalidFieldsError(errors=errors):
            return {"errors": [{"pointer": pointer, "detail": detail} for pointer, detail in errors]}
        case InvalidPayloadError(pointer=pointer) if pointer:
            return {"pointer": pointer}
        case UnknownNameError(suggestions=suggestions) if suggestions:
            return {"suggestions": list(suggestions)}
        case _:
            return {}


def _of_http(error: HTTPException) -> Response:
    status = error.code or HTTPStatus.INTERNAL_SERVER_ERROR
    is_our_text = error.description != type(error).description
    detail = (error.description if is_our_text else _plain(error)) or HTTPStatus(status).description
    answer = problem(status, detail)
    answer.headers.extend(pair for pair in error.get_headers() if pair[0].lower() != "content-type")
    return answer


def _plain(error: HTTPException) -> str | None:
    """Return what happened and the way out, where werkzeug's own words do not say it."""
    match error:
        case NotFound():
            return f"nothing is at {request.path[:100]!r}; GET / lists the routes"
        case MethodNotAllowed(valid_methods=methods):
            return f"{request.method[:20]} does not fit here; allowed are {', '.join(sorted(methods or ()))}"
        case RequestEntityTooLarge():
            limit = request.max_content_length
            return f"the body has {request.content_length} bytes; at most {limit} are read"
        case _:
            return error.description


def _of_defect(error: Exception) -> Response:
    _LOG.error("a defect of the emitter", exc_info=error)
    detail = "the emitter made a mistake of its own; its log on standard error says more"
    return problem(HTTPStatus.INTERNAL_SERVER_ERROR, detail)
