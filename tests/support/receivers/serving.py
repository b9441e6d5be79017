"""Serves receivers on one loopback port, one path each: starting a server for each would take the time."""

from __future__ import annotations

import itertools
import select
import socket
import threading
from collections.abc import Callable
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from io import BufferedIOBase

from tests.support.receivers.reference import Answer, Asked

Reads = Callable[[BufferedIOBase, int], bytes]
_LOOKS_S = 0.02


def _whole(stream: BufferedIOBase, length: int) -> bytes:
    return stream.read(length)


class Receivers:
    """Receivers by path; `add` returns the URL of one."""

    def __init__(self, base_url: str) -> None:
        self._base_url = base_url
        self._numbers = itertools.count()
        self.by_path: dict[str, tuple[Callable[[Asked], Answer], Reads]] = {}

    def add(self, receiver: Callable[[Asked], Answer], *, reads: Reads | None = None) -> str:
        path = f"/{next(self._numbers)}"
        self.by_path[path] = receiver, reads or _whole
        return self._base_url + path


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def _answer(self) -> None:
        self.close_connection = True
        server = self.server
        assert isinstance(server, _Server)
        receiver, reads = server.receivers.by_path[self.path.partition("?")[0]]
        body = reads(self.rfile, int(self.headers.get("content-length") or 0))
        headers = {name.lower(): value for name, value in self.headers.items()}
        answer = receiver(Asked(self.command, headers, body, tuple(self.headers.keys()), self._is_gone))
        if answer.delay_s:
            server.closing.wait(answer.delay_s)
        if not answer.is_dropped:
            self._send(answer)

    def _is_gone(self) -> bool:
        readable, _, _ = select.select([self.connection], [], [], _LOOKS_S)
        return bool(readable) and not self.connection.recv(1, socket.MSG_PEEK)

    def __getattr__(self, name: str) -> Callable[[], None]:
        if name.startswith("do_"):  # every method is answered
            return self._answer
        raise AttributeError(name)

    def _send(self, answer: Answer) -> None:
        content = answer.body.encode() if isinstance(answer.body, str) else answer.body
        self.send_response_only(answer.status)
        for name, value in answer.headers:
            self.send_header(name, value)
        if answer.status != 204:
            self.send_header("content-length", str(len(content)))
        self.send_header("connection", "close")
        self.end_headers()
        if answer.status != 204 and self.command != "HEAD":
            self.wfile.write(content)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the library's name
        """Say nothing."""


class _Server(ThreadingHTTPServer):
    request_queue_size = 128
    block_on_close = True
    daemon_threads = False
    receivers: Receivers
    closing: threading.Event

    def handle_error(self, request: object, client_address: object) -> None:
        """Say nothing of a sender that left."""


@contextmanager
def receivers_served():
    """Yield `Receivers` on a free loopback port."""
    server = _Server(("127.0.0.1", 0), _Handler)
    server.closing = threading.Event()
    server.receivers = Receivers(f"http://127.0.0.1:{server.server_port}")
    serving = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, name="receivers")
    serving.start()
    try:
        yield server.receivers
    finally:
        server.closing.set()
        server.shutdown()
        server.server_close()
        serving.join()
