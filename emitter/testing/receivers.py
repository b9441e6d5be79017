"""The ways to a receiver in a test: a URL, an app, or the test client of a framework."""

from __future__ import annotations

import sys
from contextlib import nullcontext
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from emitter.core.targets import parse_target
from emitter.delivery.inprocess.answering import Reply, late
from emitter.delivery.stopwatch import Stopwatch
from emitter.errors import InvalidSettingError

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractContextManager

    from emitter.core.request import HeaderPairs, SignedRequest
    from emitter.delivery.transport import Exchange, Transport

SERVED_AT: Final = "http://localhost:8000"
"""Where an app is told that it was asked."""
_CLIENTS_OWN: Final = frozenset({"host", "content-length"})
"""Headers a test client writes itself."""
_EXPECTED: Final = (
    "expected a WSGI or ASGI app, the test client of Flask, Django, FastAPI or Starlette, an httpx.Client, "
    "a URL, or 'module:app'"
)


@dataclass(frozen=True, slots=True)
class Reached:
    """A receiver that requests can be sent to.

    Attributes:
        url: Where requests go, or what the app is told.
        transport: Sends them; None where they leave this process.
    """

    url: str
    transport: Transport | None

    def started(self) -> AbstractContextManager[None]:
        """Run what an app wants to have running around it."""
        starts = getattr(self.transport, "started", None)
        return starts() if starts else nullcontext()


def reached(receiver: Any, path: str) -> Reached:
    """Return the way to a receiver.

    Args:
        receiver: An app, a test client, a URL, or the name of an app.
        path: Where it takes webhooks; the whole URL where an app wants a name of its own. A URL has its own.

    Raises:
        InvalidSettingError: It is none of these.
        UsageError: The app of that name cannot be imported.
    """
    if isinstance(receiver, str) and "://" in receiver:
        parse_target(receiver)
        return Reached(receiver, None)
    url = told_url(path)
    if isinstance(receiver, str):
        receiver, url = _imported(receiver, url)
    if call := _client_call(receiver):
        return Reached(url, _ClientTransport(call))
    if not callable(receiver):
        raise InvalidSettingError(f"{_named(receiver)} is no receiver; {_EXPECTED}")
    return Reached(url, _app_transport(receiver))


def told_url(path: str) -> str:
    """Return the URL that an app is told it was asked under, of its path or of that URL itself."""
    return path if "://" in path else f"{SERVED_AT}/{path.lstrip('/')}"


def _app_transport(app: Any) -> Transport:
    from emitter.delivery.inprocess.asgi import AsgiTransport  # noqa: PLC0415 - imports asyncio
    from emitter.delivery.inprocess.loading import is_asgi  # noqa: PLC0415
    from emitter.delivery.inprocess.wsgi import WsgiTransport  # noqa: PLC0415

    return AsgiTransport(app) if is_asgi(app) else WsgiTransport(app)


def _imported(text: str, url: str) -> tuple[Any, str]:
    from emitter.delivery.inprocess.loading import load_app  # noqa: PLC0415
    from emitter.delivery.inprocess.naming import AppName  # noqa: PLC0415

    name = AppName.of(text)
    if name is None:
        raise InvalidSettingError(f"{text!r} is no receiver; {_EXPECTED}")
    return load_app(name), url if name.path == "/" else name.url


_Called = tuple[int, "HeaderPairs", bytes]


class _ClientTransport:
    """Calls the client of a framework in this thread. Implements `Transport`."""

    def __init__(self, call: Callable[[SignedRequest], _Called]) -> None:
        self._call = call

    def send(self, request: SignedRequest, *, timeout_s: float) -> Exchange:
        """Return what came back; what took longer than it may counts as late afterwards."""
        stopwatch, reply = Stopwatch(timeout_s), Reply()
        try:
            reply.status, reply.headers, body = self._call(request)
            reply.body += body
            reply.is_whole = True
        except Exception as error:  # noqa: BLE001 - whatever the app raises is a 500
            reply.error = error
        exchange = reply.exchange(stopwatch)
        return exchange if exchange.timing.total_ms <= timeout_s * 1000 else late(stopwatch)


def _client_call(client: Any) -> Callable[[SignedRequest], _Called] | None:
    """Return how to call a client; None where it is none that is known."""
    for module, name, calling in _CLIENTS:
        known = getattr(sys.modules.get(module), name, None)
        if known is not None and isinstance(client, known):
            return calling(client)
    return None


def _werkzeug(client: Any) -> Callable[[SignedRequest], _Called]:
    def call(request: SignedRequest) -> _Called:
        answer = client.open(
            parse_target(request.url).path, method="POST", headers=_pairs(request), data=request.body
        )
        return answer.status_code, tuple(answer.headers.items()), answer.get_data()

    return call


def _django(client: Any) -> Callable[[SignedRequest], _Called]:
    def call(request: SignedRequest) -> _Called:
        headers = {
            f"HTTP_{name.upper().replace('-', '_')}": value
            for name, value in _pairs(request)
            if name.lower() != "content-type"
        }
        answer = client.generic(
            "POST",
            parse_target(request.url).path,
            request.body,
            content_type=request.header("content-type") or "",
            **headers,
        )
        body = b"".join(answer.streaming_content) if answer.streaming else answer.content
        return answer.status_code, tuple(answer.items()), body

    return call


def _httpx(client: Any) -> Callable[[SignedRequest], _Called]:
    def call(request: SignedRequest) -> _Called:
        headers = [(name.encode("ascii"), value.encode("latin-1")) for name, value in _pairs(request)]
        path = parse_target(request.url).path
        answer = client.request("POST", path, headers=headers, content=request.body, follow_redirects=False)
        return answer.status_code, tuple(answer.headers.multi_items()), answer.content

    return call


def _asynchronous(client: Any) -> Callable[[SignedRequest], _Called]:
    raise InvalidSettingError(
        f"{_named(client)} waits for an event loop, and is called from without; give the app itself"
    )


_CLIENTS: Final[tuple[tuple[str, str, Callable[[Any], Callable[[SignedRequest], _Called]]], ...]] = (
    ("werkzeug.test", "Client", _werkzeug),
    ("django.test", "AsyncClient", _asynchronous),
    ("django.test", "Client", _django),
    ("httpx2", "Client", _httpx),
    ("httpx", "Client", _httpx),
    ("httpx2", "AsyncClient", _asynchronous),
    ("httpx", "AsyncClient", _asynchronous),
)
"""Module, class, and how it is called. A client of a framework that is not imported is none."""


def _pairs(request: SignedRequest) -> list[tuple[str, str]]:
    return [(name, value) for name, value in request.headers if name.lower() not in _CLIENTS_OWN]


def _named(receiver: Any) -> str:
    return f"a {type(receiver).__module__}.{type(receiver).__qualname__}"
