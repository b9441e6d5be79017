"""Calls WSGI apps: Flask, Django, Bottle, Falcon (PEP 3333)."""

from __future__ import annotations

import io
import sys
import threading
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote_to_bytes

from emitter.delivery.inprocess.answering import Aside, Reply, late, place_of
from emitter.delivery.stopwatch import Stopwatch

if TYPE_CHECKING:
    from collections.abc import Callable

    from emitter.core.request import SignedRequest
    from emitter.delivery.transport import Exchange

_OWN_NAMES = {"content-type": "CONTENT_TYPE", "content-length": "CONTENT_LENGTH"}


class WsgiTransport:
    """Calls a WSGI app, each time in a thread of its own. Implements `emitter.delivery.transport.Transport`.

    Args:
        app: The app.
    """

    def __init__(self, app: Callable[..., Any]) -> None:
        self._app = app
        self._aside = Aside()

    def send(self, request: SignedRequest, *, timeout_s: float) -> Exchange:
        """Call the app and return what came of it; a call that hangs is left to itself after the deadline."""
        stopwatch, reply, ended = Stopwatch(timeout_s), Reply(), threading.Event()
        calling = threading.Thread(
            target=_call, args=(self._app, environ_of(request), reply, ended), daemon=True, name="app"
        )
        with self._aside.printing():
            calling.start()
            is_ended = ended.wait(timeout_s)
        return reply.exchange(stopwatch) if is_ended else late(stopwatch)


def environ_of(request: SignedRequest) -> dict[str, Any]:
    """Return what PEP 3333 says of a POST; a header that comes twice is one with a comma."""
    host, port, path, query = place_of(request)
    environ: dict[str, Any] = {
        "REQUEST_METHOD": "POST",
        "SCRIPT_NAME": "",
        "PATH_INFO": unquote_to_bytes(path).decode("latin-1"),
        "QUERY_STRING": query,
        "SERVER_NAME": host,
        "SERVER_PORT": str(port),
        "SERVER_PROTOCOL": "HTTP/1.1",
        "REMOTE_ADDR": "127.0.0.1",
        "REQUEST_URI": path + (f"?{query}" if query else ""),
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": "http",
        "wsgi.input": io.BytesIO(request.body),
        "wsgi.input_terminated": True,
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": True,
        "wsgi.multiprocess": False,
        "wsgi.run_once": False,
    }
    for name, value in (*request.headers, ("content-length", str(len(request.body)))):
        low = name.lower()
        key = _OWN_NAMES.get(low) or f"HTTP_{low.replace('-', '_').upper()}"
        is_again = key in environ and low != "content-length"
        environ[key] = f"{environ[key]},{value}" if is_again else value
    return environ


def _call(app: Callable[..., Any], environ: dict[str, Any], reply: Reply, ended: threading.Event) -> None:
    def start_response(status: str, headers: list[tuple[str, str]], exc_info: Any = None) -> Any:
        del exc_info  # nothing has been sent before the end, so a later answer replaces an earlier one
        reply.status, reply.headers = int(status.split(maxsplit=1)[0]), tuple(headers)
        return reply.body.extend

    pieces: Any = ()
    try:
        pieces = app(environ, start_response)
        for piece in pieces:
            reply.body += piece
        reply.is_whole = True
    except BaseException as error:  # noqa: BLE001 - as a server does: whatever the app raises is a 500
        reply.status, reply.error = None, error
    finally:
        ended.set()
        if hasattr(pieces, "close"):  # work after the answer, see PEP 3333
            pieces.close()
