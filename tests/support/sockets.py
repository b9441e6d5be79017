"""A peer made of a raw socket, for all that no HTTP server would do."""

from __future__ import annotations

import contextlib
import socket
import struct
import threading
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    import ssl
    from collections.abc import Callable, Iterable, Iterator

OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"


class Connection:
    """One accepted connection, handed to the peer's behaviour.

    Attributes:
        request: What has been read of the request.
        has_ended: Set when the behaviour is over.
    """

    def __init__(self, sock: socket.socket, stop: threading.Event) -> None:
        self.request = b""
        self.has_ended = threading.Event()
        self._sock = sock
        self._stop = stop

    def read_request(self) -> None:
        """Read a request to the end of its ``content-length``; it becomes `request`."""
        while not self._is_whole() and (piece := self._sock.recv(65536)):
            self.request += piece

    def receive_some(self) -> None:
        """Wait for the first bytes, and read no more than those."""
        self._sock.recv(65536)

    def send(self, piece: bytes) -> None:
        self._sock.sendall(piece)

    def drip(self, pieces: Iterable[bytes], *, every_s: float) -> None:
        """Send the pieces with pauses, until the other side or the test ends."""
        for piece in pieces:
            if self._stop.wait(every_s):
                return
            self.send(piece)

    def sip(self, *, every_s: float) -> None:
        """Read up to 64 KiB and pause, over and over, until the other side or the test ends."""
        while self._sock.recv(65536) and not self._stop.wait(every_s):
            pass

    def stay(self) -> None:
        """Say nothing until the other side closes."""
        while self._sock.recv(65536):
            pass

    def freeze(self) -> None:
        """Neither read nor write until the test ends."""
        self._stop.wait()

    def finish_sending(self) -> None:
        """Send FIN and keep the other direction open."""
        self._sock.shutdown(socket.SHUT_WR)

    def reset(self) -> None:
        """Close with RST instead of FIN."""
        self._sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self._sock.close()

    def close(self) -> None:
        self._sock.close()

    def unblock(self) -> None:
        """Make a read or a write that another thread is in return."""
        with contextlib.suppress(OSError):
            self._sock.shutdown(socket.SHUT_RDWR)

    def _is_whole(self) -> bool:
        head, blank_line, body = self.request.partition(b"\r\n\r\n")
        if not blank_line:
            return False
        fields = dict(line.lower().split(b":", 1) for line in head.split(b"\r\n")[1:] if b":" in line)
        return len(body) >= int(fields.get(b"content-length", 0))


class RawPeer:
    """Listens on a free loopback port while it is entered; each connection runs the behaviour in a thread.

    Attributes:
        connections: All accepted ones, in order.
        port: Where it listens.
    """

    def __init__(
        self,
        behave: Callable[[Connection], None],
        *,
        host: str = "127.0.0.1",
        port: int = 0,
        listener: socket.socket | None = None,
        ssl_context: ssl.SSLContext | None = None,
    ) -> None:
        self.connections: list[Connection] = []
        self._behave = behave
        self._ssl_context = ssl_context
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        self._listener = listener or socket.create_server((host, port), family=family)
        self._listener.listen()
        self.port: int = self._listener.getsockname()[1]
        self._stop = threading.Event()
        self._threads = [threading.Thread(target=self._accept, name="accepting", daemon=True)]

    @property
    def url(self) -> str:
        return f"{'https' if self._ssl_context else 'http'}://127.0.0.1:{self.port}/"

    @property
    def requests(self) -> list[bytes]:
        """The bytes of every request that was read."""
        return [connection.request for connection in self.connections if connection.request]

    def __enter__(self) -> Self:
        self._threads[0].start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        with contextlib.suppress(OSError):
            socket.create_connection(self._listener.getsockname()[:2]).close()  # ends the wait in accept
        self._threads[0].join()
        self._listener.close()
        for connection in self.connections:
            connection.unblock()
        for thread in self._threads[1:]:
            thread.join()

    def _accept(self) -> None:
        while True:
            sock, _ = self._listener.accept()
            if self._stop.is_set():
                sock.close()
                return
            thread = threading.Thread(target=self._serve, args=(sock,), name="behaving", daemon=True)
            self._threads.append(thread)
            thread.start()

    def _serve(self, sock: socket.socket) -> None:
        with contextlib.suppress(OSError):  # that the other side goes away is what many tests are about
            if self._ssl_context:
                sock = self._ssl_context.wrap_socket(sock, server_side=True)
            connection = Connection(sock, self._stop)
            self.connections.append(connection)
            with contextlib.ExitStack() as ending:
                ending.callback(connection.has_ended.set)
                self._behave(connection)
        sock.close()


@contextlib.contextmanager
def never_accepting() -> Iterator[int]:
    """Yield a loopback port whose queue of connections is full and stays so."""
    with contextlib.ExitStack() as opened:
        listener = opened.enter_context(socket.create_server(("127.0.0.1", 0), backlog=0))
        with contextlib.suppress(TimeoutError):
            while True:
                filler = opened.enter_context(socket.socket())
                filler.settimeout(0.1)
                filler.connect(listener.getsockname())
        yield listener.getsockname()[1]


@contextlib.contextmanager
def not_listening() -> Iterator[socket.socket]:
    """Yield a socket that holds a loopback port and does not listen on it, so that none else can."""
    with socket.socket() as holder:
        holder.bind(("127.0.0.1", 0))
        yield holder


def answers(answer: bytes) -> Callable[[Connection], None]:
    """Read the request, send these bytes, keep the connection open."""

    def behave(connection: Connection) -> None:
        connection.read_request()
        connection.send(answer)
        connection.stay()

    return behave


def answers_and_closes(answer: bytes) -> Callable[[Connection], None]:
    """Read the request, send these bytes, close."""

    def behave(connection: Connection) -> None:
        connection.read_request()
        connection.send(answer)

    return behave


def drips(start: bytes, pieces: Iterable[bytes], *, every_s: float = 0.02) -> Callable[[Connection], None]:
    """Read the request, send a start at once and then piece after piece."""

    def behave(connection: Connection) -> None:
        connection.read_request()
        connection.send(start)
        connection.drip(pieces, every_s=every_s)

    return behave


def is_silent(connection: Connection) -> None:
    """Read the request and say nothing."""
    connection.read_request()
    connection.stay()


def never_reads(connection: Connection) -> None:
    """Accept and leave what arrives where it is."""
    connection.freeze()


def reads_slowly(connection: Connection) -> None:
    """Take a little of what arrives every now and then."""
    connection.sip(every_s=0.005)


def closes_at_once(connection: Connection) -> None:
    """Close before anything is read."""
    connection.close()


def closes_unanswered(connection: Connection) -> None:
    """Read the request and close."""
    connection.read_request()


def resets(connection: Connection) -> None:
    """Read the request and reset the connection."""
    connection.read_request()
    connection.reset()
