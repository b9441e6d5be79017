"""Calls ASGI apps: FastAPI, Starlette, Django (ASGI 3, with its lifespan)."""

from __future__ import annotations

import asyncio
import threading
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import unquote

from emitter.delivery.inprocess.answering import Aside, Reply, late, place_of
from emitter.delivery.stopwatch import Stopwatch
from emitter.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterator

    from emitter.core.request import SignedRequest
    from emitter.delivery.transport import Exchange

_VERSION: Final = {"version": "3.0", "spec_version": "2.3"}
_LIFESPAN_S: Final = 30.0
_PATIENCE_S: Final = 1.0
_Message = dict[str, Any]


class AsgiTransport:
    """Calls an ASGI app on an event loop in a thread of its own. Implements a transport.

    Args:
        app: The app.
    """

    def __init__(self, app: Callable[..., Awaitable[None]]) -> None:
        self._app = app
        self._aside = Aside()
        self._loop = asyncio.new_event_loop()
        self._state: dict[str, Any] = {}
        self._at_work: set[asyncio.Task[Any]] = set()

    @contextmanager
    def started(self) -> Iterator[None]:
        """Run the loop, and the app's lifespan if it has one.

        Raises:
            UsageError: The app says that it cannot start.
        """
        thread = threading.Thread(target=self._loop.run_forever, daemon=True, name="app")
        thread.start()
        lifespan = _Lifespan(self._app, self._state)
        try:
            with self._aside.printing():
                self._wait(lifespan.start())
            yield
        finally:
            with self._aside.printing():
                self._wait(lifespan.stop())
                self._wait(self._leave())
            self._loop.call_soon_threadsafe(self._loop.stop)
            thread.join(_PATIENCE_S)
            if not thread.is_alive():
                self._loop.close()

    def send(self, request: SignedRequest, *, timeout_s: float) -> Exchange:
        """Call the app and return what came of it; what it does after its answer goes on."""
        stopwatch, reply = Stopwatch(timeout_s), Reply()
        ended = threading.Event()
        call = _Call(request.body, reply, ended)
        with self._aside.printing():
            self._loop.call_soon_threadsafe(self._begin, self._scope(request), call)
            is_ended = ended.wait(timeout_s)
        return reply.exchange(stopwatch) if is_ended else late(stopwatch)

    async def _leave(self) -> None:
        """End what the app still does, but for what does not let itself be ended."""
        tasks = asyncio.all_tasks() - {asyncio.current_task()}
        for task in tasks:
            task.cancel()
        if tasks:
            await asyncio.wait(tasks, timeout=_PATIENCE_S)

    def _begin(self, scope: _Message, call: _Call) -> None:
        task = self._loop.create_task(call.run(self._app, scope))
        self._at_work.add(task)
        task.add_done_callback(self._at_work.discard)

    def _scope(self, request: SignedRequest) -> _Message:
        host, port, path, query = place_of(request)
        headers = [(name.lower().encode("ascii"), value.encode("latin-1")) for name, value in request.headers]
        if not any(name == b"content-length" for name, _ in headers):
            headers.append((b"content-length", str(len(request.body)).encode()))
        return {
            "type": "http",
            "asgi": _VERSION,
            "http_version": "1.1",
            "method": "POST",
            "scheme": "http",
            "path": unquote(path),
            "raw_path": path.encode("ascii"),
            "query_string": query.encode("ascii"),
            "root_path": "",
            "headers": headers,
            "client": ("127.0.0.1", 50_000),
            "server": (host, port),
            "state": dict(self._state),
        }

    def _wait(self, work: Any) -> None:
        try:
            asyncio.run_coroutine_threadsafe(work, self._loop).result(_LIFESPAN_S)
        except TimeoutError:
            raise UsageError(f"the app's lifespan took longer than {_LIFESPAN_S:g} s") from None


class _Call:
    """One request: what the app receives and sends."""

    def __init__(self, body: bytes, reply: Reply, ended: threading.Event) -> None:
        self._body: bytes | None = body
        self._reply = reply
        self._ended = ended
        self._gone = asyncio.Event()

    async def run(self, app: Callable[..., Awaitable[None]], scope: _Message) -> None:
        try:
            await app(scope, self._receive, self._send)
        except BaseException as error:  # noqa: BLE001 - as a server does: whatever the app raises is a 500
            self._reply.error = error
        finally:
            self._ended.set()
            self._gone.set()

    async def _receive(self) -> _Message:
        if self._body is not None:
            body, self._body = self._body, None
            return {"type": "http.request", "body": body, "more_body": False}
        await self._gone.wait()
        return {"type": "http.disconnect"}

    async def _send(self, message: _Message) -> None:
        if self._reply.is_whole:
            return
        if message["type"] == "http.response.start":
            self._reply.status = message["status"]
            self._reply.headers = tuple(
                (bytes(name).decode("latin-1"), bytes(value).decode("latin-1"))
                for name, value in message.get("headers", ())
            )
        elif message["type"] == "http.response.body":
            self._reply.body += message.get("body", b"")
            if not message.get("more_body"):
                self._reply.is_whole = True
                self._gone.set()
                self._ended.set()


class _Lifespan:
    """The app's start and stop; an app that raises at the question has none, as servers take it."""

    def __init__(self, app: Callable[..., Awaitable[None]], state: dict[str, Any]) -> None:
        self._app = app
        self._state = state
        self._to_app: asyncio.Queue[_Message] = asyncio.Queue()
        self._from_app: asyncio.Queue[_Message] = asyncio.Queue()
        self._task: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Ask the app to start.

        Raises:
            UsageError: It says that it cannot.
        """
        self._task = asyncio.ensure_future(self._run())
        answer = await self._ask("lifespan.startup")
        if answer.get("type") == "lifespan.startup.failed":
            said = " ".join(str(answer.get("message", "")).split()[-20:])
            raise UsageError(f"the app's start-up failed: {said or 'it does not say why'}")

    async def stop(self) -> None:
        """Ask the app to stop, if it is there to be asked."""
        if self._task is not None and not self._task.done():
            await self._ask("lifespan.shutdown")

    async def _ask(self, kind: str) -> _Message:
        await self._to_app.put({"type": kind})
        return await self._from_app.get()

    async def _run(self) -> None:
        scope = {"type": "lifespan", "asgi": _VERSION, "state": self._state}
        with suppress(Exception):  # it has no lifespan
            await self._app(scope, self._to_app.get, self._from_app.put)
        await self._from_app.put({"type": "ended"})
