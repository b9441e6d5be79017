"""The signed requests that carry the events of a corpus."""

from __future__ import annotations

from binascii import hexlify
from typing import TYPE_CHECKING, Final, NamedTuple

from emitter.core.request import SignedRequest, build_request
from emitter.core.signing import Signer
from emitter.core.zoom import (
    CONTENT_TYPE,
    REQUEST_ID_HEADER,
    SIGNATURE_HEADER,
    SIGNATURE_VERSION,
    TIMESTAMP_HEADER,
)
from emitter.faking.ids import ID_BYTES, identity_of, short_id
from emitter.faking.streams import Stream

if TYPE_CHECKING:
    from emitter.core.secrets import SecretToken

TEST_SECRET_TOKEN: Final = "not-a-secret-only-test"  # noqa: S105 - published on purpose
"""Signs every corpus, unless another is asked for. Everybody knows it: never set it up at Zoom."""

HOST: Final = "receiver.example.com"
PATH: Final = "/webhooks/zoom"
URL: Final = f"https://{HOST}{PATH}"

_LINE: Final = (
    f'%b"headers":{{"content-type":"{CONTENT_TYPE}","{REQUEST_ID_HEADER}":"%b_%b_4%b_%b%b_%b",'
    f'"{TIMESTAMP_HEADER}":"%b","{SIGNATURE_HEADER}":"{SIGNATURE_VERSION}=%b"}},"body":"%b"}}\n'
).encode()
_SHORTEST_WAY_MS: Final = 40
_VARIANT: Final = {ord(digit): b"%c" % b"89ab"[int(digit, 16) & 3] for digit in "0123456789abcdef"}


class Delivery(NamedTuple):
    """One delivery of an event of a story.

    Attributes:
        event: The event's full name.
        story: The story's name and index, as ``playlist-life/17``.
        number: The event's place in the story, from 0.
        event_ts_ms: When the event was made, milliseconds since the epoch.
        body: Its body.
        quoted: The body as the content of a JSON text.
        identity: What names the delivery, as bytes.
        sent_ms: When it is sent, milliseconds since the epoch.
        attempt: 1 for the first.
        received_ms: When it arrives; of no account unless arrivals are told.
    """

    event: str
    story: str
    number: int
    event_ts_ms: int
    body: bytes
    quoted: bytes
    identity: bytes
    sent_ms: int
    attempt: int = 1
    received_ms: int = 0


def sent_ms_of(event_ts_ms: int, sending: bytes) -> int:
    """Return when an event is sent: up to 66 seconds after it was made, mostly within one."""
    share = sending[0] << 8 | sending[1]
    return event_ts_ms + _SHORTEST_WAY_MS + (share >> 6 if sending[2] else share)


class Sender:
    """Makes the requests of a corpus.

    Args:
        seed: Decides the client id.
        secret_token: Signs.
    """

    def __init__(self, *, seed: str, secret_token: SecretToken) -> None:
        self.client_id = short_id(Stream(seed, "client"))
        self._secret_token = secret_token
        self._signer = Signer(secret_token)

    def request(self, delivery: Delivery) -> SignedRequest:
        """Return the request of a delivery."""
        return build_request(
            url=URL,
            host=HOST,
            body=delivery.body,
            identity=identity_of(delivery.identity, client_id=self.client_id),
            secret_token=self._secret_token,
            timestamp_s=delivery.sent_ms // 1000,
        )

    def line(  # noqa: PLR0917 - names would cost a twentieth of all
        self, head: bytes, identity: bytes, sent_s: int, body: bytes, quoted: bytes
    ) -> bytes:
        """Return the JSON line of a request, with those headers of `request` that a receiver acts on.

        Made for being wanted a million times: a quarter of the price of making all headers.

        Args:
            head: What the line begins with, up to the headers.
            identity: What names the delivery.
            sent_s: When it is sent, seconds since the epoch.
            body: The body.
            quoted: The body as the content of a JSON text.
        """
        digits = hexlify(identity[:ID_BYTES])
        timestamp_s = b"%d" % sent_s
        return _LINE % (
            head,
            digits[:8],
            digits[8:12],
            digits[13:16],
            _VARIANT[digits[16]],
            digits[17:20],
            digits[20:],
            timestamp_s,
            self._signer.digits(timestamp_s, body),
            quoted,
        )
