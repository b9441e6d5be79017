"""The REST documents: which paths Zoom's API answers, with which parameters, scopes and answers.

Two are bundled, written by us as facts: Revenue Accelerator's reads, and the Marketplace's event
subscriptions and webhook logs. Any other of Zoom's can be read beside them; of those only what is got counts.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit

from emitter.catalog.document import read_data
from emitter.catalog.repairs.references import References
from emitter.catalog.repairs.rule import NOTHING
from emitter.catalog.repairs.walk import Walk
from emitter.errors import InvalidSpecError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from emitter.catalog.repairs.rule import Steps

PREFIX: Final = "/v2"
"""Where Zoom's API begins. CONFIRMED (docs/zoom.md#rest-api)."""
_METHODS: Final = ("get", "post", "put", "patch", "delete")
_SLOT: Final = re.compile(r"\{([^{}]+)\}")
_LABEL: Final = re.compile(r"Rate Limit Label[^`]*`([A-Za-z-]+)`")
_SCOPES: Final = re.compile(r"`([a-z_0-9]+(?::[a-z_0-9]+)+)`")
_SUCCESS: Final = ("200", "201", "2XX", "default")


@dataclass(frozen=True, slots=True)
class Parameter:
    """A parameter of a query; `schema` is JSON Schema of its value."""

    name: str
    is_required: bool
    schema: dict[str, Any] = field(hash=False)


@dataclass(frozen=True)
class RestOperation:
    """One method of one path.

    Attributes:
        method: In capitals.
        path: As the document writes it, as ``/zra/deals/{dealId}``.
        id: What the document calls it; else method and path.
        parameters: Those of the query.
        schema: JSON Schema of the answer, None where it has no body. Not to be edited.
        scopes: Any of these lets a token in; empty where none is asked for.
        rate: The rate limit it counts towards, as ``LIGHT``.
    """

    method: str
    path: str
    id: str
    parameters: tuple[Parameter, ...] = field(hash=False, repr=False)
    schema: dict[str, Any] | None = field(hash=False, repr=False)
    scopes: tuple[str, ...]
    rate: str

    @property
    def segments(self) -> tuple[str, ...]:
        """The parts of the path; a slot keeps its braces."""
        return tuple(self.path.strip("/").split("/"))

    def values(self, segments: tuple[str, ...]) -> dict[str, str] | None:
        """Return what stands in the slots of the path by their names; None if it is another path."""
        if len(segments) != len(self.segments):
            return None
        found: dict[str, str] = {}
        for own, given in zip(self.segments, segments, strict=True):
            slot = _SLOT.fullmatch(own)
            if slot is None and own != given:
                return None
            if slot is not None:
                found[slot[1]] = given
        return found


class RestDocument:
    """The operations of one document.

    Args:
        source: What messages call it.
        value: OpenAPI, parsed.
        only_reads: Whether only what is got counts.

    Raises:
        InvalidSpecError: It has no path with such an operation.
    """

    def __init__(self, source: str, value: dict[str, Any], *, only_reads: bool = True) -> None:
        self.source = source
        self.value = value
        methods = ("get",) if only_reads else _METHODS
        self.operations = tuple(_operations(value, methods))
        if not self.operations:
            raise InvalidSpecError(
                "there is no path that can be read with GET in this document; "
                "name the OpenAPI document of one of Zoom's REST APIs",
                pointer="/paths",
            )


@cache
def bundled_rest() -> tuple[RestDocument, ...]:
    """Return the bundled documents."""
    return tuple(
        RestDocument(f"the bundled {name}", read_data(name), only_reads=False)
        for name in ("zra.rest.json", "marketplace.rest.json")
    )


def _operations(document: dict[str, Any], methods: tuple[str, ...]) -> Iterator[RestOperation]:
    base = _base(document)
    paths = document.get("paths")
    for path, item in (paths if isinstance(paths, dict) else {}).items():
        for method in methods:
            operation = item.get(method) if isinstance(item, dict) else None
            if isinstance(operation, dict) and isinstance(path, str) and path.startswith("/"):
                yield _operation(document, base + path, path, method)


def _base(document: dict[str, Any]) -> str:
    """Return what the servers' path adds to `PREFIX`; nothing for any other server."""
    servers = document.get("servers")
    first = servers[0] if isinstance(servers, list) and servers else None
    url = first.get("url") if isinstance(first, dict) else None
    path = urlsplit(url).path.rstrip("/") if isinstance(url, str) else ""
    return path.removeprefix(PREFIX) if path.startswith(f"{PREFIX}/") else ""


def _operation(document: dict[str, Any], whole_path: str, path: str, method: str) -> RestOperation:
    item = document["paths"][path]
    operation = item[method]
    steps: Steps = ("paths", path, method)
    shared = (item.get("parameters"), ("paths", path))
    own = (operation.get("parameters"), steps)
    parameters = {each.name: each for each in (*_parameters(document, *shared), *_parameters(document, *own))}
    said = str(operation.get("description", ""))
    label = operation.get("x-rate-limit") or next(iter(_LABEL.findall(said)), "LIGHT")
    return RestOperation(
        method=method.upper(),
        path=whole_path,
        id=str(operation.get("operationId") or f"{method} {path}"),
        parameters=tuple(parameters.values()),
        schema=_answer(document, operation, steps),
        scopes=tuple(operation.get("x-scopes") or _SCOPES.findall(said)),
        rate=str(label).upper(),
    )


def _parameters(document: dict[str, Any], given: Any, steps: Steps) -> Iterator[Parameter]:
    for number, written in enumerate(given if isinstance(given, list) else ()):
        way: Steps = (*steps, "parameters", str(number))
        value = _followed(document, written, way)
        if isinstance(value, dict) and value.get("in") == "query" and isinstance(value.get("name"), str):
            schema = _repaired(document, value.get("schema", {}), (*way, "schema"))
            yield Parameter(value["name"], value.get("required") is True, schema)


def _answer(document: dict[str, Any], operation: dict[str, Any], steps: Steps) -> dict[str, Any] | None:
    responses = operation.get("responses")
    for status in _SUCCESS:
        response = responses.get(status) if isinstance(responses, dict) else None
        way: Steps = (*steps, "responses", status)
        response = _followed(document, response, way)
        content = response.get("content") if isinstance(response, dict) else None
        for kind, media in (content if isinstance(content, dict) else {}).items():
            if "json" in kind and isinstance(media, dict) and isinstance(media.get("schema"), dict):
                return _repaired(document, media["schema"], (*way, "content", kind, "schema"))
    return None


def _followed(document: dict[str, Any], value: Any, steps: Steps) -> Any:
    if isinstance(value, dict) and isinstance(value.get("$ref"), str):
        found = References(document, steps).find(value["$ref"])
        return found.value if found else None
    return value


def _repaired(document: dict[str, Any], schema: Any, steps: Steps) -> dict[str, Any]:
    return Walk(References(document, steps)).repaired(schema, steps=steps, example=NOTHING)
