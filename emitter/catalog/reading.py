"""From the bytes of a file to a webhook document: JSON, YAML, or Zoom's prose page.

Only reads what it is given; nothing is fetched. Whatever the bytes are, the answer is a document or an
`InvalidSpecError` that says what was expected, in time and memory that the file's size bounds.
"""

from __future__ import annotations

import json
import re
from typing import Any, Final

from emitter.catalog.json_values import DECODER, kind_of, pointer_to
from emitter.catalog.prose import parse_page
from emitter.errors import InvalidSpecError

MAX_DEPTH: Final = 200
"""The most objects and arrays inside each other; Zoom's deepest document has about fifty."""
MAX_BYTES: Final = 16 * 1024 * 1024
"""The longest document that is read; Zoom's longest has under five megabytes."""

_PROSE: Final = re.compile(r"[^\n]*\S[^\n]*\s*\n\s*- OpenAPI Version:")
_DOWNLOAD: Final = "download the product's webhooks as OpenAPI"


def read_document(content: bytes) -> dict[str, Any]:
    """Return the document that a file holds.

    Args:
        content: UTF-8 text in one of the forms above.

    Raises:
        InvalidSpecError: It is no such text, or a document of another kind (AsyncAPI, Swagger 2.0).
    """
    if len(content) > MAX_BYTES:
        size, most = len(content) / 1024**2, MAX_BYTES // 1024**2
        raise InvalidSpecError(f"the document has {size:.0f} MB; at most {most} MB are read")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise InvalidSpecError(f"byte {error.start} is not UTF-8; save the document as UTF-8 text") from None
    document = _parsed(text)
    if not isinstance(document, dict):
        raise InvalidSpecError(f"expected an OpenAPI document, found {kind_of(document)}; {_DOWNLOAD}")
    if "asyncapi" in document:
        raise InvalidSpecError(f"this is AsyncAPI, which is not read; {_DOWNLOAD}", pointer="/asyncapi")
    if "swagger" in document:
        raise InvalidSpecError(f"this is Swagger 2.0, which is not read; {_DOWNLOAD}", pointer="/swagger")
    return document


def _parsed(text: str) -> Any:
    start = text.lstrip()
    if not start:
        raise InvalidSpecError(f"the document is empty; {_DOWNLOAD}")
    if start[0] in "{[":
        return _from_json(text)
    if _PROSE.match(start[:10_000]):
        return parse_page(text)
    # Imported here, since most documents are JSON.
    from emitter.catalog.yaml_text import from_yaml  # noqa: PLC0415

    return from_yaml(text)


def _from_json(text: str) -> Any:
    try:
        value = DECODER.decode(text)
    except json.JSONDecodeError as error:
        raise InvalidSpecError(
            f"line {error.lineno}, column {error.colno}: not JSON: {error.msg.lower()}"
        ) from None
    except ValueError as error:
        raise InvalidSpecError(f"not JSON: {error}") from None
    except RecursionError:
        raise InvalidSpecError(_TOO_DEEP) from None
    _check_depth(value)
    if _SURROGATE.search(text):
        try:
            json.dumps(value, ensure_ascii=False).encode()
        except UnicodeEncodeError:
            raise InvalidSpecError("a text holds half a surrogate pair, which is no character") from None
    return value


_SURROGATE: Final = re.compile(r"\\u[dD][89a-fA-F]")


_TOO_DEEP: Final = f"more than {MAX_DEPTH} objects and arrays lie inside each other"


def _check_depth(value: Any) -> None:
    """Refuse what nobody could walk through; level by level, so that depth costs no stack here."""
    level = [value]
    for _ in range(MAX_DEPTH + 1):
        level = [
            inner
            for each in level
            if isinstance(each, dict | list)
            for inner in (each.values() if isinstance(each, dict) else each)
        ]
        if not level:
            return
    raise InvalidSpecError(_TOO_DEEP, pointer=pointer_to(_way_down(value)))


def _way_down(value: Any) -> tuple[str | int, ...]:
    """Return the first steps of the way to a value that lies too deep."""
    ways: list[tuple[Any, int, tuple[str | int, ...]]] = [(value, 0, ())]
    while ways:
        node, depth, way = ways.pop()
        if depth > MAX_DEPTH:
            return way
        inside = node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ()
        ways += [(inner, depth + 1, (*way, name)[:_SHOWN_STEPS]) for name, inner in inside]
    return ()


_SHOWN_STEPS: Final = 20
