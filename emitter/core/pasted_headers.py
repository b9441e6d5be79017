"""A request's headers as people have them: copied from a terminal, a log or a debugger."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any, Final

from emitter.core.zoom import SIGNATURE_HEADER, TIMESTAMP_HEADER
from emitter.errors import InvalidSettingError

if TYPE_CHECKING:
    from collections.abc import Iterator

# What `curl -v` puts in front of what was sent and what came.
_DIRECTION: Final = re.compile(r"[<>](?: |$)")
# Request and status lines, the remarks of `curl -v`, and HTTP/2's pseudo-headers.
_NO_HEADER: Final = re.compile(r"[A-Z]+ \S+ HTTP/\d.*|HTTP/\d.*|\* .*|[{}] \[\d+ bytes data\]|:.*", re.ASCII)
_HEADER: Final = re.compile(r"([!#$%&'+.^_`|~0-9A-Za-z-]+)\s*:(.*)", re.ASCII)


def read_headers(text: str) -> dict[str, str]:
    """Return header names in lower case with their values, stripped as HTTP strips them.

    Lines of ``Name: value`` are read, also with the ``>`` and ``<`` of ``curl -v`` in front and with a body
    behind a blank line; and JSON: an object of names and values, or a list of pairs or of objects with
    ``name`` and ``value``. The first of several values is taken.

    Raises:
        InvalidSettingError: It is neither, or there are two signatures or two timestamps.
    """
    headers: dict[str, str] = {}
    for name, value in _from_json(text) if text.lstrip().startswith(("{", "[")) else _from_lines(text):
        first = headers.setdefault(name.lower(), value.strip())
        if first != value.strip() and name.lower() in {SIGNATURE_HEADER, TIMESTAMP_HEADER}:
            raise InvalidSettingError(f"there are two different values of {name.lower()}; keep one request's")
    if not headers:
        raise InvalidSettingError("there are no headers in the file; write lines of 'Name: value', or JSON")
    return headers


def _from_lines(text: str) -> Iterator[tuple[str, str]]:
    is_after_blank = False
    for number, line in enumerate(text.removeprefix("\ufeff").splitlines(), start=1):
        bare = _DIRECTION.sub("", line.strip(), count=1).strip()
        header = _HEADER.fullmatch(bare)
        if header:
            yield header[1], header[2]
        elif bare and not _NO_HEADER.fullmatch(bare):
            if is_after_blank:
                return
            raise InvalidSettingError(f"line {number} of the headers is not 'Name: value'; remove or mend it")
        is_after_blank = is_after_blank or not bare


def _from_json(text: str) -> Iterator[tuple[str, str]]:
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        raise InvalidSettingError(
            "the headers begin like JSON but are not; write an object of names and values"
        ) from None
    for name, given in value.items() if isinstance(value, dict) else map(_pair, value):
        values = given if isinstance(given, list) else [given]
        if not isinstance(name, str) or not all(isinstance(each, str | int) for each in values):
            raise InvalidSettingError("a header in JSON is a name and a text, or a list of texts")
        for each in values:
            yield name, str(each)


def _pair(item: Any) -> tuple[Any, Any]:
    match item:
        case {"name": name, "value": value}:
            return name, value
        case [name, value]:
            return name, value
        case _:
            raise InvalidSettingError("a JSON list of headers holds pairs, or objects with name and value")
