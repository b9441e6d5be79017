"""The requests that the files of a realistic set hold, read again: event, headers and exact body of each."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, NamedTuple

from emitter.faking.corpus.compression import opened

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path
    from typing import IO


class Recorded(NamedTuple):
    """A request.

    Attributes:
        place: Where it is in its file, for messages: a number from 1, or an empty text.
        event: The event's name.
        headers: Its headers.
        body: Its exact body.
    """

    place: str
    event: str
    headers: dict[str, str]
    body: bytes


def requests_in(path: Path) -> Iterator[Recorded]:
    """Yield the requests of a file; none of one that is about no request of its own.

    Raises:
        ValueError: The file cannot be read as what it is.
        KeyError: Likewise; and TypeError, AttributeError.
    """
    name = path.name.removesuffix(".gz").removesuffix(".zst")
    with opened(path) as file:
        if name.endswith(".jsonl"):
            yield from _lines(file)
        elif name.endswith(".har"):
            yield from _entries(file)
        elif name.endswith(".http"):
            yield from _raw(file.read())
        elif name.endswith(".body"):
            body = file.read()
            lines = path.with_suffix(".headers").read_text(encoding="latin-1").splitlines()
            yield Recorded("", _event_in(body), dict(line.split(": ", 1) for line in lines), body)


def _lines(file: IO[bytes]) -> Iterator[Recorded]:
    for number, line in enumerate(file, start=1):
        value = json.loads(line)
        yield Recorded(str(number), value["event"], value["headers"], value["body"].encode())


def _entries(file: IO[bytes]) -> Iterator[Recorded]:
    for number, entry in enumerate(json.load(file)["log"]["entries"], start=1):
        headers = {each["name"]: each["value"] for each in entry["request"]["headers"]}
        body = entry["request"]["postData"]["text"].encode()
        yield Recorded(str(number), _event_in(body), headers, body)


def _raw(content: bytes) -> Iterator[Recorded]:
    number = 0
    while content:
        number += 1
        head, _, rest = content.partition(b"\r\n\r\n")
        headers = dict(line.split(": ", 1) for line in head.decode("latin-1").split("\r\n")[1:])
        length = int(headers["content-length"])
        yield Recorded(str(number), _event_in(rest[:length]), headers, rest[:length])
        content = rest[length:]


def _event_in(body: bytes) -> str:
    return str(json.loads(body)["event"])
