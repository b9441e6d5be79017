"""One connection an attempt: requests' adapter on urllib3's connection, made to add nothing of its own.

requests' `Session` and urllib3's pools are left out. A session reads the body of a redirect whole, however
long, and keeps the receiver's cookies; a pool rewrites the path and keeps connections open.
"""

from __future__ import annotations

import contextlib
import http.client
import re
import ssl
from email import errors as email_errors
from typing import TYPE_CHECKING, Any, Final, cast

import requests
from requests.adapters import HTTPAdapter
from requests.structures import CaseInsensitiveDict
from urllib3.connection import HTTPConnection

from emitter.delivery.timed_sockets import open_socket, start_tls

if TYPE_CHECKING:
    import io
    from collections.abc import ItemsView, Iterator, Sequence

    from emitter.core.request import HeaderPairs, SignedRequest
    from emitter.core.targets import Target
    from emitter.delivery.stopwatch import Stopwatch
    from emitter.delivery.timed_sockets import TimedSocket

_ADDED_WHEN_ABSENT: Final = ("host", "accept-encoding", "content-length", "user-agent")
"""What urllib3 and `http.client` put into a request that does not have it."""

_CLOSED_WHILE_SENDING: Final = (
    BrokenPipeError,
    ConnectionResetError,
    ConnectionAbortedError,
    ssl.SSLEOFError,
    ssl.SSLZeroReturnError,
)

# Older urllib3 leaves folded values as they came.
_FOLD: Final = re.compile(r"\r?\n[ \t]+")
_UNREADABLE_HEAD: Final = (
    email_errors.FirstHeaderLineIsContinuationDefect,
    email_errors.InvalidHeaderDefect,
    email_errors.MisplacedEnvelopeHeaderDefect,
    email_errors.MissingHeaderBodySeparatorDefect,
)


class ExactHeaders(CaseInsensitiveDict[str]):
    """The header pairs of a request, for libraries that would complete them.

    Its items are the pairs, in order, repeated names included. Iterated over, it also claims the names
    that would otherwise be added.
    """

    def __init__(self, pairs: HeaderPairs) -> None:
        super().__init__(pairs)
        self._pairs = pairs

    def __iter__(self) -> Iterator[str]:
        yield from _ADDED_WHEN_ABSENT
        yield from super().__iter__()

    def items(self) -> ItemsView[str, str]:
        """Return the pairs as they go out."""
        return cast("ItemsView[str, str]", self._pairs)


class AttemptRequest(requests.PreparedRequest):
    """A request that nothing prepares, and the connection it goes out on."""

    def __init__(self, signed: SignedRequest, connection: AttemptConnection) -> None:
        super().__init__()
        self.method = "POST"
        self.url = signed.url
        self.headers = ExactHeaders(signed.headers)
        self.body = signed.body
        self.connection = connection


class AttemptAdapter(HTTPAdapter):
    """Sends each `AttemptRequest` on its own connection; stateless, so thread-safe."""

    def send(self, request: requests.PreparedRequest, *_: Any, **__: Any) -> requests.Response:
        """Send the request and return the answer as far as its head; its body is still to be read.

        Raises:
            OSError: The connection could not be made, broke, or ran out of time.
            http.client.HTTPException: What came is not HTTP, or is too much of it.
            urllib3.exceptions.HTTPError: Likewise.
        """
        attempt = cast("AttemptRequest", request)
        connection = attempt.connection
        connection.connect()
        # A receiver may answer and close before it has read everything; its answer can still be read.
        with contextlib.suppress(*_CLOSED_WHILE_SENDING):
            connection.request(
                "POST",
                connection.target.path,
                body=attempt.body,
                headers=attempt.headers,
                preload_content=False,
            )
        return self.build_response(request, connection.getresponse())


def header_pairs(response: requests.Response) -> HeaderPairs:
    """Return an answer's header pairs in order, a folded value on one line.

    The libraries' own collections of headers put repeated names together.
    """
    original = cast("http.client.HTTPResponse", response.raw._original_response)  # noqa: SLF001 - see above
    return tuple((name, _FOLD.sub(" ", value)) for name, value in original.msg.items())


class _HeadLines:
    """The lines of one head, and an error where the connection ends among them.

    `http.client` takes that end for the blank line, and so a cut head for an answer.
    """

    def __init__(self, stream: io.BufferedReader) -> None:
        self.stream = stream
        self._has_begun = False

    def readline(self, limit: int) -> bytes:
        line = self.stream.readline(limit)
        if not line and self._has_begun:
            raise http.client.HTTPException("its head is cut short")
        self._has_begun = True
        return line

    def close(self) -> None:
        self.stream.close()


class _FinalResponse(http.client.HTTPResponse):
    """The answer after all interim ones."""

    def __init__(self, sock: TimedSocket, *args: Any, **kwargs: Any) -> None:
        super().__init__(sock, *args, **kwargs)
        self._stopwatch = sock.stopwatch

    def begin(self) -> None:
        """Read the head; `http.client` itself skips 100 and no other interim answer.

        Raises:
            http.client.HTTPException: It cannot be read whole.
        """
        self._begin_whole()
        while self.status // 100 == 1 and self.status != http.client.SWITCHING_PROTOCOLS:
            self._stopwatch.check()
            self.headers = self.msg = None  # type: ignore[assignment] # how begin() knows that it has not begun
            self._begin_whole()
        if any(isinstance(defect, _UNREADABLE_HEAD) for defect in self.msg.defects):
            # What stands after such a line, perhaps the length of the body, is lost to the parser.
            raise http.client.HTTPException("a line of its head is not a name, a colon and a value")

    def _begin_whole(self) -> None:
        lines = _HeadLines(self.fp)
        self.fp = cast("io.BufferedReader", lines)
        try:
            super().begin()
        finally:
            if self.fp is not None:  # None once http.client has closed it
                self.fp = lines.stream


class AttemptConnection(HTTPConnection):
    """A connection for one request, within the deadline, to addresses that were checked.

    Args:
        target: Where the request goes.
        addresses: IP addresses to try, in order.
        stopwatch: Holds the deadline.
        tls_context: For https, else None.
    """

    response_class = _FinalResponse

    def __init__(
        self,
        target: Target,
        addresses: Sequence[str],
        *,
        stopwatch: Stopwatch,
        tls_context: ssl.SSLContext | None,
    ) -> None:
        super().__init__(target.host, target.port)
        self.target = target
        self._addresses = addresses
        self._stopwatch = stopwatch
        self._tls_context = tls_context

    def connect(self) -> None:
        """Connect and, for https, agree on TLS."""
        sock = open_socket(self._addresses, self.target.port, self._stopwatch)
        if self._tls_context:
            sock = start_tls(sock, self._tls_context, self.target.host)
        self.sock = sock
        self._stopwatch.connected()
