"""Zoom's prose page of a webhook document, read back into the document it was printed from.

The page is the text of a rendered document: a title and two versions, then a section for each event with
the property list and an example of the request and of each response. Only what the page says goes into the
document: it has no `additionalProperties`, no descriptions of events, and the page's own (empty) examples.
"""

from __future__ import annotations

import re
from typing import Any, Final

from emitter.catalog.page_lines import PageLines
from emitter.catalog.property_list import in_order_of, read_schema

_API_VERSION: Final = re.compile(r"(\S+) - API Version:")
_METHOD: Final = re.compile(r"(DELETE|GET|HEAD|OPTIONS|PATCH|POST|PUT|TRACE) - Path:")
_NAME: Final = re.compile(r"(\S+)(?: - Tags: (.+))?")
_CONTENT_TYPE: Final = re.compile(r"Content-Type: (\S+)")
_STATUS: Final = re.compile(r"Status: ([1-5][0-9][0-9])(?: (.+))?")


def parse_page(text: str) -> dict[str, Any]:
    """Return the OpenAPI document that a prose page describes.

    Args:
        text: The page; empty lines, white space at the ends of lines and CR LF make no difference.

    Returns:
        ``openapi``, ``info`` and ``webhooks`` keyed by event name, in the page's order. Properties stand in
        the order of the page's examples, which is the published one; the page sorts its lists by name.

    Raises:
        InvalidSpecError: The page cannot be understood; the message names the line and what was expected.
    """
    page = PageLines(text)
    title = page.take("the title of the page")
    page.expect("- OpenAPI Version:")
    openapi = page.match(_API_VERSION, "a version and '- API Version:'")[1]
    info = {"title": title, "version": page.take("the version of the API")}
    page.expect("Operations")
    webhooks: dict[str, Any] = {}
    _read_operation(page, webhooks)
    while page.current is not None:
        _read_operation(page, webhooks)
    return {"openapi": openapi, "info": info, "webhooks": webhooks}


def _read_operation(page: PageLines, webhooks: dict[str, Any]) -> None:
    """Add the event of the next section; a heading that is not method and name is its summary."""
    heading = page.take("the heading of an event")
    page.expect("- Method:")
    method = page.match(_METHOD, "a method and '- Path:'")[1]
    if (page.current or "").partition(" - Tags: ")[0] in webhooks:
        page.fail("an event that the page has not had before")
    name, tags = page.match(_NAME, "the name of an event, with or without '- Tags: …'").groups()
    operation: dict[str, Any] = {}
    if heading != f"{method} {name}":
        operation["summary"] = heading
    if tags:
        operation["tags"] = tags.split(", ")
    operation["operationId"] = name
    page.expect("Request Body")
    operation["requestBody"] = {"content": _read_content(page)}
    page.expect("Responses")
    operation["responses"] = _read_responses(page)
    webhooks[name] = {method.lower(): operation}


def _read_responses(page: PageLines) -> dict[str, Any]:
    responses: dict[str, Any] = {}
    while _STATUS.fullmatch(page.current or ""):
        status, description = page.match(_STATUS, "a status").groups()
        # OpenAPI requires a description of every response, the page need not have one.
        responses[status] = {"description": description or ""}
        if _CONTENT_TYPE.fullmatch(page.current or ""):
            responses[status]["content"] = _read_content(page)
    if not responses:
        page.fail("'Status: 200'")
    return responses


def _read_content(page: PageLines) -> dict[str, Any]:
    media_type = page.match(_CONTENT_TYPE, "'Content-Type: application/json'")[1]
    schema = read_schema(page)
    page.expect("Example:")
    example = page.take_json()
    return {
        media_type: {
            "schema": in_order_of(example, schema),
            "examples": {"json-example": {"value": example}},
        }
    }
