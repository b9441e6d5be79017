"""The OpenAPI document of Zoom's side, as it is served: the bundled paths and those of other documents."""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING, Any, Final

from emitter._version import __version__
from emitter.app.zoom.paths import TOKEN_PATH
from emitter.catalog.rest import PREFIX, bundled_rest

if TYPE_CHECKING:
    from collections.abc import Sequence

    from emitter.catalog.rest import RestDocument, RestOperation

ZOOM_DOCUMENT: Final = "/openapi/zoom.json"
_TEXT: Final = {"type": "string", "minLength": 1}
_PAGE_TOKEN: Final = "next_page_token"  # noqa: S105 - a name
_CLIENT: Final = {"client_id": _TEXT, "client_secret": _TEXT}


def served_document(documents: Sequence[RestDocument]) -> dict[str, Any]:
    """Return the document of all paths that are answered; of two that describe the same one, the first."""
    paths: dict[str, Any] = {TOKEN_PATH: {"post": _token_operation()}}
    bundled = bundled_rest()
    responses = _problems(bundled[0])
    for document in documents:
        for operation in document.operations:
            path = paths.setdefault(PREFIX + operation.path, {})
            if operation.method.lower() in path:
                continue
            path[operation.method.lower()] = (
                _without_page_token(document.value["paths"][operation.path][operation.method.lower()])
                if document in bundled
                else _operation(operation, responses)
            )
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Zoom's API, as zoom-emitter answers it",
            "version": __version__,
            "description": "What a receiver calls back, as Zoom's documents have it.",
        },
        "servers": [{"url": "/"}],
        "security": [{"openapi_authorization": []}],
        "components": copy.deepcopy(bundled[0].value["components"]),
        "paths": paths,
    }


def _without_page_token(operation: dict[str, Any]) -> dict[str, Any]:
    """Return an operation without the parameter that no one can make up: it comes with the page before."""
    parameters = [each for each in operation["parameters"] if each["name"] != _PAGE_TOKEN]
    if len(parameters) == len(operation["parameters"]):
        return operation
    said = (
        f"{operation.get('description', '')} The {_PAGE_TOKEN} of an answer, sent as a parameter, leads on."
    )
    return {**operation, "description": said.strip(), "parameters": parameters}


def _problems(document: RestDocument) -> dict[str, Any]:
    """Return the answers that every operation may have."""
    first = document.operations[0]
    responses = document.value["paths"][first.path]["get"]["responses"]
    return {status: response for status, response in responses.items() if status != "200"}


def _operation(operation: RestOperation, problems: dict[str, Any]) -> dict[str, Any]:
    schema = operation.schema or {}
    # What refers to itself has no place of its own here.
    shown = {} if "$defs" in schema else schema
    slots = [segment[1:-1] for segment in operation.segments if segment.startswith("{")]
    return {
        "operationId": operation.id,
        "summary": f"{operation.method} {operation.path}",
        "parameters": [
            *(
                {"name": slot, "in": "path", "required": True, "schema": {"type": "string", "minLength": 1}}
                for slot in slots
            ),
            *(
                {"name": each.name, "in": "query", "required": each.is_required, "schema": each.schema}
                for each in operation.parameters
                if each.name != _PAGE_TOKEN
            ),
        ],
        "responses": {
            "200": {
                "description": "made from its schema",
                "content": {"application/json": {"schema": shown}},
            },
            **problems,
        },
    }


def _token_operation() -> dict[str, Any]:
    grants = [
        ({"grant_type": {"const": "account_credentials"}, "account_id": _TEXT, **_CLIENT}),
        ({"grant_type": {"const": "client_credentials"}, **_CLIENT}),
    ]
    granted = {
        "type": "object",
        "required": ["access_token", "token_type", "expires_in", "scope"],
        "properties": {
            "access_token": {"type": "string"},
            "refresh_token": {"type": "string"},
            "token_type": {"const": "bearer"},
            "expires_in": {"type": "integer"},
            "scope": {"type": "string"},
            "api_url": {"type": "string"},
        },
    }
    refused = {
        "type": "object",
        "required": ["reason", "error"],
        "properties": {"reason": {"type": "string"}, "error": {"type": "string"}},
    }
    schema = {
        "oneOf": [
            {
                "type": "object",
                "required": [*properties],
                "properties": {**properties, "scope": {"type": "string"}},
            }
            for properties in grants
        ]
    }
    return {
        "operationId": "token",
        "summary": "Get an access token",
        "description": "The client's credentials may come as Basic authorization, the rest in the query; "
        "authorization_code (any code, once) and refresh_token are granted, too.",
        "security": [],
        "requestBody": {
            "required": True,
            "content": {"application/x-www-form-urlencoded": {"schema": schema}},
        },
        "responses": {
            "200": {"description": "granted", "content": {"application/json": {"schema": granted}}},
            "400": {"description": "refused", "content": {"application/json": {"schema": refused}}},
        },
    }
