"""A correct receiver that keeps what arrives and can be told to answer otherwise."""

from __future__ import annotations

import json
from collections import deque
from contextlib import ExitStack
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Self

from flask import Flask, Response, request

from emitter.core.handshake import expected_answer
from emitter.core.signing import verify
from emitter.errors import VerificationError
from tests.support.servers import serve

if TYPE_CHECKING:
    from emitter.core.secrets import SecretToken


@dataclass(frozen=True)
class Arrival:
    """One request: its headers by lower-case name, and its exact body."""

    headers: dict[str, str]
    body: bytes
    path: str

    @property
    def value(self) -> Any:
        return json.loads(self.body)

    @property
    def event(self) -> str:
        return str(self.value["event"])


class Receiver:
    """Serves on a free loopback port while it is entered."""

    def __init__(self, secret_token: SecretToken) -> None:
        self.arrivals: list[Arrival] = []
        self.url = ""
        self._secret_token = secret_token
        self._statuses: deque[int] = deque()
        self._open = ExitStack()

    def answer_with(self, *statuses: int) -> None:
        """Answer the next requests with these statuses, whatever they are."""
        self._statuses.extend(statuses)

    def forget_answers(self) -> None:
        """Answer rightly from now on."""
        self._statuses.clear()

    def __enter__(self) -> Self:
        self.app = app = Flask(__name__)
        app.add_url_rule("/", view_func=self._receive, methods=["POST"])
        app.add_url_rule("/<path:path>", view_func=self._receive, methods=["POST"])
        self.url = self._open.enter_context(serve(app)).rstrip("/") + "/"
        return self

    def __exit__(self, *_: object) -> None:
        self._open.close()

    def _receive(self, path: str = "") -> Response | tuple[dict[str, str], int]:
        body = request.get_data()
        headers = {name.lower(): value for name, value in request.headers.items()}
        self.arrivals.append(Arrival(headers, body, f"/{path}"))
        if self._statuses:
            return Response(status=self._statuses.popleft())
        try:
            verify(self._secret_token, headers=headers, body=body)
        except VerificationError:
            return Response(status=401)
        if b'"endpoint.url_validation"' in body:
            return expected_answer(self._secret_token, json.loads(body)["payload"]["plainToken"]), 200
        return Response(status=204)
