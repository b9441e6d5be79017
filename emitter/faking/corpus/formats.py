"""The bytes of a corpus's files: JSON lines, HAR, raw requests, bodies and headers beside each other.

Described for readers in docs/formats.md#a-corpus.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime
from functools import lru_cache
from typing import TYPE_CHECKING, Final, NamedTuple, Protocol

from emitter._version import __version__
from emitter.faking.corpus.requests import PATH

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from emitter.faking.corpus.requests import Delivery, Sender

_DAY_MS: Final = 86_400_000
_HOUR_MS: Final = 3_600_000
_SECOND_MS: Final = 1000


class Framing(NamedTuple):
    """What stands in a file around and between the pieces written to it."""

    head: bytes = b""
    between: bytes = b""
    tail: bytes = b""


class Format(Protocol):
    """How deliveries become files.

    Attributes:
        framing: What stands around and between the pieces of each file.
    """

    framing: Framing

    def pieces(self, delivery: Delivery) -> Iterator[tuple[str, bytes]]:
        """Yield the path of a file, relative to the set's folder, and what the delivery adds to it."""


class JsonLines:
    """A line a delivery.

    Args:
        sender: Signs.
        partition: ``day`` or ``hour``, or an empty text for one file.
        is_stream: Whether arrivals are told, and the partition is that of the arrival.

    Attributes:
        is_one_file: Whether all lines go into one file, in the order of the stories.
        path: Returns the file of an event by its time in milliseconds since the epoch.
    """

    framing = Framing()

    def __init__(self, sender: Sender, *, partition: str = "", is_stream: bool = False) -> None:
        self._sender = sender
        self._is_stream = is_stream
        self.is_one_file = not (partition or is_stream)
        self.path: Callable[[int], str] = _PATHS[partition]

    def pieces(self, delivery: Delivery) -> Iterator[tuple[str, bytes]]:
        """Yield the one line."""
        at_ms = delivery.received_ms if self._is_stream else delivery.event_ts_ms
        yield self.path(at_ms), self.line(delivery)

    def line(self, delivery: Delivery) -> bytes:
        """Return the line of a delivery."""
        arrival = ""
        if self._is_stream:
            arrival = f'"received_at":"{iso_ms(delivery.received_ms)}","attempt":{delivery.attempt},'
        head = f'{{"event":"{delivery.event}","story":"{delivery.story}","index":{delivery.number},{arrival}'
        return self._sender.line(delivery, head.encode())


class RawRequests:
    """A file a delivery that holds the request as it goes over the wire; or one file with all of them."""

    framing = Framing()

    def __init__(self, sender: Sender, *, is_one_file: bool = False) -> None:
        self._sender = sender
        self._is_one_file = is_one_file

    def pieces(self, delivery: Delivery) -> Iterator[tuple[str, bytes]]:
        """Yield the request, ready for a socket."""
        path = "events.http" if self._is_one_file else f"{file_stem(delivery)}.http"
        yield path, raw_request(self._sender.request(delivery).headers, delivery.body)


class BodiesAndHeaders:
    """Two files a delivery: its exact body, and its headers a line each, for ``curl --header @FILE``."""

    framing = Framing()

    def __init__(self, sender: Sender) -> None:
        self._sender = sender

    def pieces(self, delivery: Delivery) -> Iterator[tuple[str, bytes]]:
        """Yield the body and the headers."""
        stem = file_stem(delivery)
        yield f"{stem}.body", delivery.body
        yield f"{stem}.headers", header_lines(self._sender.request(delivery).headers)


class Har:
    """One HTTP archive (1.2) of requests that nobody answered."""

    framing = Framing(
        head=b'{"log":{"version":"1.2","creator":'
        + json.dumps({"name": "zoom-emitter", "version": __version__}).encode()
        + b',"entries":[\n',
        between=b",\n",
        tail=b"\n]}}\n",
    )

    def __init__(self, sender: Sender) -> None:
        self._sender = sender

    def pieces(self, delivery: Delivery) -> Iterator[tuple[str, bytes]]:
        """Yield the entry."""
        request = self._sender.request(delivery)
        entry = {
            "startedDateTime": iso_ms(delivery.sent_ms),
            "time": 0,
            "request": {
                "method": "POST",
                "url": request.url,
                "httpVersion": "HTTP/1.1",
                "cookies": [],
                "headers": [{"name": name, "value": value} for name, value in request.headers],
                "queryString": [],
                "postData": {"mimeType": request.header("content-type"), "text": delivery.body.decode()},
                "headersSize": -1,
                "bodySize": len(delivery.body),
            },
            "response": {
                "status": 0,
                "statusText": "",
                "httpVersion": "",
                "cookies": [],
                "headers": [],
                "content": {"size": 0, "mimeType": "x-unknown"},
                "redirectURL": "",
                "headersSize": -1,
                "bodySize": -1,
            },
            "cache": {},
            "timings": {"send": 0, "wait": 0, "receive": 0},
            "comment": f"{delivery.event}, {delivery.story} {delivery.number}",
        }
        yield "events.har", json.dumps(entry, ensure_ascii=False, separators=(",", ":")).encode()


def raw_request(headers: tuple[tuple[str, str], ...], body: bytes) -> bytes:
    """Return a request as it goes over the wire."""
    lines = "".join(f"{name}: {value}\r\n" for name, value in headers)
    return f"POST {PATH} HTTP/1.1\r\n{lines}\r\n".encode("latin-1") + body


def header_lines(headers: tuple[tuple[str, str], ...]) -> bytes:
    """Return headers a line each, without the two that a client adds itself."""
    kept = [f"{name}: {value}\n" for name, value in headers if name not in {"host", "content-length"}]
    return "".join(kept).encode("latin-1")


def file_stem(delivery: Delivery) -> str:
    """Return what the files of a delivery are called: story, place in it, event."""
    story, _, index = delivery.story.rpartition("/")
    return f"{int(index):06}-{story.rpartition('.')[2]}-{delivery.number}-{delivery.event.rpartition('.')[2]}"


def iso_ms(time_ms: int) -> str:
    """Return a point in time as ISO 8601 in UTC with milliseconds."""
    seconds, ms = divmod(time_ms, _SECOND_MS)
    return f"{_iso(seconds)}.{ms:03}Z"


@lru_cache(maxsize=1024)
def _iso(seconds: int) -> str:
    return datetime.fromtimestamp(seconds, tz=UTC).strftime("%Y-%m-%dT%H:%M:%S")


@lru_cache(maxsize=64)
def _day(number: int) -> str:
    return f"day={_iso(number * _DAY_MS // _SECOND_MS)[:10]}/events.jsonl"


@lru_cache(maxsize=64)
def _hour(number: int) -> str:
    iso = _iso(number * _HOUR_MS // _SECOND_MS)
    return f"day={iso[:10]}/hour={iso[11:13]}/events.jsonl"


_PATHS: Final[dict[str, Callable[[int], str]]] = {
    "": lambda _: "events.jsonl",
    "day": lambda at_ms: _day(at_ms // _DAY_MS),
    "hour": lambda at_ms: _hour(at_ms // _HOUR_MS),
}
