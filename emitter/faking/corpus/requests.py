"""The signed requests that carry the events of a corpus."""

from __future__ import annotations

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
from emitter.faking.ids import ID_BYTES, identity_of, short_id, uuid_parts_of
from emitter.faking.scripts import quoted
from emitter.faking.streams import Stream

if TYPE_CHECKING:
    from emitter.core.secrets import SecretToken

TEST_SECRET_TOKEN: Final = "not-a-secret-only-test"  # noqa: S105 - published on purpose
"""Signs every corpus, unless another is asked for. Everybody knows it: never set it up at Zoom."""

HOST: Final = "receiver.example.com"
PATH: Final = "/webhooks/zoom"
URL: Final = f"https://{HOST}{PATH}"

HEADERS: Final = (
    f'"headers":{{"content-type":"{CONTENT_TYPE}","{REQUEST_ID_HEADER}":"%b%b%b%b",'
    f'"{TIMESTAMP_HEADER}":"%b","{SIGNATURE_HEADER}":"{SIGNATURE_VERSION}=%b"}},'
).encode()
"""The headers of a JSON line, those that a receiver acts on, for ``%`` with the four parts of the request id,
the timestamp, and the digits of the signature."""


class Delivery(NamedTuple):
    """One delivery of an event of a story.

    Attributes:
        event: The event's full name.
        story: The story's name and index, as ``playlist-life/17``.
        number: The event's place in the story, from 0.
        event_ts_ms: When the event was made, milliseconds since the epoch.
        body: Its body.
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
    identity: bytes
    sent_ms: int
    attempt: int = 1
    received_ms: int = 0


class Sender:
    """Makes the requests of a corpus.

    Args:
        seed: Decides the client id.
        secret_token: Signs.

    Attributes:
        client_id: What names the app in the headers.
        signer: Signs for others too.
    """

    def __init__(self, *, seed: str, secret_token: SecretToken) -> None:
        self.client_id = short_id(Stream(seed, "client"))
        self._secret_token = secret_token
        self.signer = Signer(secret_token)

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

    def line(self, delivery: Delivery, head: bytes) -> bytes:
        """Return the JSON line of a delivery, with those headers of `request` that a receiver acts on.

        Args:
            delivery: The delivery.
            head: What the line begins with, up to the headers.
        """
        timestamp_s = b"%d" % (delivery.sent_ms // 1000)
        parts = uuid_parts_of(delivery.identity[:ID_BYTES], b"_")
        headers = HEADERS % (*parts, timestamp_s, self.signer.digits(timestamp_s, delivery.body))
        return b'%b%b"body":"%b"}\n' % (head, headers, quoted(delivery.body))
