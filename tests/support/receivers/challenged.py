"""What receivers of challenges are made of: each helper makes a small WSGI app."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

SECRET_TOKEN = "4fv1RkqGQUq5sWbEz6hA5A"
VERIFICATION_TOKEN = "aB3_-fGhIjKlMnOpQrStUw"
KEY = SECRET_TOKEN.encode()
LATE_S = 0.6


@dataclass(frozen=True)
class Challenge:
    """What a receiver sees of a request."""

    body: bytes
    headers: dict[str, str]

    @property
    def token(self) -> str:
        return str(json.loads(self.body)["payload"]["plainToken"])

    @property
    def is_signed(self) -> bool:
        timestamp = self.headers.get("x-zm-request-timestamp", "")
        right = "v0=" + hex_of(KEY, f"v0:{timestamp}:".encode() + self.body)
        return hmac.compare_digest(right.encode(), self.headers.get("x-zm-signature", "").encode())


@dataclass(frozen=True)
class Answer:
    """Status, body and headers of an answer."""

    body: bytes | str = b""
    status: int = 200
    headers: tuple[tuple[str, str], ...] = (("content-type", "application/json"),)


Respond = Callable[[Challenge], Answer]


def receiver(respond: Respond, *, verifies: bool = True):
    """Return a WSGI app that turns unsigned requests away, unless told not to, and else responds."""

    def app(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
        headers = {
            name.removeprefix("HTTP_").replace("_", "-").lower(): value
            for name, value in environ.items()
            if name.startswith("HTTP_")
        }
        challenge = Challenge(body, headers)
        answer = respond(challenge) if challenge.is_signed or not verifies else Answer(status=401)
        content = answer.body.encode() if isinstance(answer.body, str) else answer.body
        length = [] if answer.status == 204 else [("content-length", str(len(content)))]
        start_response(f"{answer.status} Status", [*answer.headers, *length])
        return [content]

    return app


def hex_of(key: bytes, message: bytes, algorithm: str = "sha256") -> str:
    return hmac.new(key, message, algorithm).hexdigest()


def right(challenge: Challenge) -> dict[str, Any]:
    return {"plainToken": challenge.token, "encryptedToken": hex_of(KEY, challenge.token.encode())}


def as_json(value: Any) -> str:
    return json.dumps(value)


def answering(make: Callable[[Challenge], Any]):
    """Return a receiver whose answer is the JSON of what a function makes of the challenge."""
    return receiver(lambda challenge: Answer(as_json(make(challenge))))


def encrypting(make: Callable[[Challenge], Any]):
    """Return a receiver that is right but for how it makes encryptedToken."""
    return answering(lambda challenge: {**right(challenge), "encryptedToken": make(challenge)})


def keyed(key: str | bytes):
    """Return a receiver that uses another key."""
    as_bytes = key.encode() if isinstance(key, str) else key
    return encrypting(lambda challenge: hex_of(as_bytes, challenge.token.encode()))


def spelling(spell: Callable[[bytes], Any]):
    """Return a receiver that writes the right digest in another way."""
    return encrypting(lambda challenge: spell(bytes.fromhex(right(challenge)["encryptedToken"])))


def hashing(make: Callable[[Challenge], bytes]):
    """Return a receiver that hashes another text with the right key."""
    return encrypting(lambda challenge: hex_of(KEY, make(challenge)))


def saying(body: bytes | str, *, content_type: str = "text/plain", status: int = 200):
    """Return a receiver that says the same to every challenge."""
    return receiver(lambda _: Answer(body, status, (("content-type", content_type),)))


def refusing(status: int, *headers: tuple[str, str]):
    """Return a receiver that answers every challenge with a status."""
    return receiver(lambda _: Answer(status=status, headers=headers))


def sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def decoded(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def printed_by_node(value: dict[str, Any]) -> str:
    return "{ " + ", ".join(f"{key}: '{each}'" for key, each in value.items()) + " }"


def late():
    """Return a receiver that thinks about it for longer than a test's deadline."""

    def respond(challenge: Challenge) -> Answer:
        threading.Event().wait(LATE_S)
        return Answer(as_json(right(challenge)))

    return receiver(respond)


def remembering(*, whole_answer: bool):
    """Return a receiver that keeps the first challenge's answer, or only its hash, for all that follow."""
    first: list[dict[str, Any]] = []

    def respond(challenge: Challenge) -> Answer:
        first.append(right(challenge))
        kept = (
            first[0] if whole_answer else {**right(challenge), "encryptedToken": first[0]["encryptedToken"]}
        )
        return Answer(as_json(kept))

    return receiver(respond, verifies=False)
