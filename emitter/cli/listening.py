"""Listening on a port until someone says stop: what every command that serves has in common."""

from __future__ import annotations

import logging
import os
import signal
import socket
from contextlib import contextmanager
from typing import TYPE_CHECKING

from emitter.errors import InvalidSettingError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from flask import Flask


def listening_socket(host: str, port: int) -> socket.socket:
    """Return a socket that listens on an address and port; 0 takes a free one.

    Raises:
        InvalidSettingError: The host has no address, or the port cannot be had.
    """
    try:
        family, _, _, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
    except (socket.gaierror, UnicodeError):
        message = f"the host {host!r} has no address; write for example 127.0.0.1, or 0.0.0.0 for every one"
        raise InvalidSettingError(message) from None
    try:
        return socket.create_server(address, family=family)
    except OSError as error:
        reason = os.strerror(error.errno or 0).lower()
        message = f"cannot listen on {host} port {port}: {reason}; --port 0 takes a free port"
        raise InvalidSettingError(message) from None


def url_of(listener: socket.socket) -> str:
    """Return the URL under which a listening socket is reached, with a slash at its end."""
    host, port, *_ = listener.getsockname()
    return f"http://[{host}]:{port}/" if ":" in host else f"http://{host}:{port}/"


def reached_here(url: str) -> str:
    """Return what this machine calls a URL that stands for every address, which a browser cannot ask."""
    return url.replace("//0.0.0.0:", "//localhost:").replace("//[::]:", "//localhost:")


def serve_until_interrupted(
    app: Flask, listener: socket.socket, *, threads: int, connections: int, max_body_bytes: int
) -> None:
    """Serve until interrupted; waitress swallows the interrupt and returns.

    Args:
        app: What answers.
        listener: Where.
        threads: How many requests are answered at once.
        connections: How many are open at once.
        max_body_bytes: Longer bodies never reach the app; waitress itself refuses them.
    """
    import waitress  # noqa: PLC0415 - not before it is needed

    logging.getLogger("waitress.queue").setLevel(logging.ERROR)  # a full queue is what it is there for
    server = waitress.create_server(
        app,
        sockets=[listener],
        threads=threads,
        connection_limit=connections,
        max_request_body_size=max_body_bytes,
        ident=None,
    )
    try:
        server.run()
    finally:
        server.close()


@contextmanager
def stopped_by_signals(at_once: Callable[[], object] = lambda: None) -> Iterator[None]:
    """Turn Ctrl-C and SIGTERM into one end.

    Args:
        at_once: Called before anything else, as to end waits.
    """

    def stop(*_: object) -> None:
        at_once()
        raise KeyboardInterrupt

    before = {number: signal.signal(number, stop) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
