"""The reference receiver, and how a receiver with one defect is written as a small change of it.

A defect is a function of what was asked and of the right receiver: it asks the right one something else, or
answers something else. ``right(asked.signed_anew())`` is a receiver that does not look at signatures.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

from emitter.app.sample_receiver import reply_to
from emitter.core.secrets import SecretToken
from emitter.core.signing import sign
from emitter.core.subscription import Auth, NoAuth

SECRET_TOKEN = SecretToken("4fv1RkqGQUq5sWbEz6hA5A")


@dataclass(frozen=True)
class Asked:
    """What a receiver sees of a request; names of headers in lower case."""

    method: str
    headers: dict[str, str]
    body: bytes
    header_names: tuple[str, ...] = ()

    @property
    def value(self) -> Any:
        """The body's JSON; None where it is none."""
        try:
            return json.loads(self.body)
        except (ValueError, RecursionError):
            return None

    @property
    def event(self) -> str:
        return str(self.value.get("event", "")) if isinstance(self.value, dict) else ""

    @property
    def object(self) -> Any:
        """``payload.object``, the first where there are several; empty where there is none."""
        payload = self.value.get("payload") if isinstance(self.value, dict) else None
        inner = payload.get("object") if isinstance(payload, dict) else None
        return inner[0] if isinstance(inner, list) and inner else inner or {}

    @property
    def is_challenge(self) -> bool:
        return self.event == "endpoint.url_validation"

    @property
    def signature(self) -> str | None:
        return self.headers.get("x-zm-signature")

    @property
    def timestamp(self) -> str:
        return self.headers.get("x-zm-request-timestamp", "")

    def right_signature(self, body: bytes | None = None) -> str:
        """Return the signature of the timestamp that came, over this body or another."""
        return sign(SECRET_TOKEN, timestamp_s=self.timestamp, body=self.body if body is None else body)

    @property
    def is_signed(self) -> bool:
        return self.signature == self.right_signature()

    def with_headers(self, **changed: str) -> Asked:
        """Return the request with other headers; underscores stand for hyphens."""
        return replace(
            self,
            headers={**self.headers, **{name.replace("_", "-"): value for name, value in changed.items()}},
        )

    def signed_anew(self) -> Asked:
        """Return the request as if it were signed rightly and now."""
        fresh = self.with_headers(x_zm_request_timestamp=str(int(time.time())))  # noqa: TID251
        return fresh.with_headers(x_zm_signature=fresh.right_signature())

    def signed_if(self, is_accepted: bool) -> Asked:
        """Return the request signed rightly or not, as a receiver with a verification of its own decides.

        Its time stays what it is, where it has one: whether that is fresh is another question.
        """
        if not is_accepted:
            return self.with_headers(x_zm_signature="v0=" + "0" * 64)
        if "x-zm-request-timestamp" not in self.headers:
            return self.signed_anew()
        return self.with_headers(x_zm_signature=self.right_signature())


@dataclass(frozen=True)
class Answer:
    """Status, body and headers of an answer, and how long it takes."""

    status: int = 204
    body: bytes | str = b""
    headers: tuple[tuple[str, str], ...] = ()
    delay_s: float = 0.0
    is_dropped: bool = False


DROPPED = Answer(is_dropped=True)
"""The connection is closed without an answer."""

Right = Callable[[Asked], Answer]
Respond = Callable[[Asked, Right], Answer]


def always(answer: Answer) -> Respond:
    """Return a receiver that answers everything alike."""
    return lambda _asked, _right: answer


def right(asked: Asked) -> Answer:
    """Answer as the sample receiver does."""
    if asked.method != "POST":
        return Answer(405, headers=(("allow", "POST"),))
    reply = reply_to(
        headers=asked.headers,
        body=asked.body,
        secret_token=SECRET_TOKEN,
        now_s=int(time.time()),  # noqa: TID251
    )
    content_type = "application/json" if reply.status == 200 else "text/plain"
    return Answer(reply.status, reply.text, (("content-type", content_type),))


@dataclass(frozen=True, kw_only=True)
class Defect:
    """A receiver with one defect.

    Attributes:
        name: What is wrong, in a few words with hyphens.
        codes: The codes of exactly the checks that find it, with spaces between them.
        seen: Where it was seen: a row of docs/zoom.md#failures, or a URL.
        respond: The receiver.
        timeout_s: The deadline it is judged with; short where it never answers, to spare the time.
        remembers: For receivers that keep something: makes `respond` anew for each run, in its place.
        auth: The authentication it is judged with.
    """

    name: str
    codes: str
    seen: str
    respond: Respond | None = None
    remembers: Callable[[], Respond] | None = None
    timeout_s: float = 3.0
    auth: Auth = field(default_factory=NoAuth)

    def receiver(self) -> Callable[[Asked], Answer]:
        """Return the receiver, with nothing remembered."""
        respond = self.remembers() if self.remembers else self.respond
        assert respond is not None
        return lambda asked: respond(asked, right)
