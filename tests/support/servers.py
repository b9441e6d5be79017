"""Runs a WSGI app on a free loopback port."""

from __future__ import annotations

import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING

from werkzeug.serving import WSGIRequestHandler, make_server

if TYPE_CHECKING:
    import ssl
    from collections.abc import Iterator
    from wsgiref.types import WSGIApplication


class _QuietHandler(WSGIRequestHandler):
    def log(self, type: str, message: str, *args: object) -> None:  # noqa: A002 - werkzeug's name
        """Say nothing: what a test needs to know it asserts."""


@contextmanager
def serve(app: WSGIApplication, *, ssl_context: ssl.SSLContext | None = None) -> Iterator[str]:
    """Serve the app, one thread a connection, and yield its base URL, such as ``http://127.0.0.1:40321``."""
    server = make_server(
        "127.0.0.1", 0, app, threaded=True, ssl_context=ssl_context, request_handler=_QuietHandler
    )
    serving = threading.Thread(
        target=server.serve_forever, kwargs={"poll_interval": 0.02}, name="serving a test's app", daemon=True
    )
    serving.start()
    try:
        yield f"{'https' if ssl_context else 'http'}://127.0.0.1:{server.port}"
    finally:
        server.shutdown()
        server.server_close()
        serving.join()
