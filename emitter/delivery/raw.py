"""Raw bytes to a receiver, for what no HTTP client sends: other methods, half requests, slow bodies."""

from __future__ import annotations

import contextlib
import threading
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Final, cast

from emitter.core.deliveries import Answer
from emitter.core.outcome import FailureCode, Outcome, OutcomeKind, of_status
from emitter.core.pieces import HANG_UP, Piece, wire_bytes
from emitter.core.targets import TargetPolicy, parse_target
from emitter.delivery.connections import AttemptConnection
from emitter.delivery.mishaps import TRANSPORT_ERRORS, outcome_of_error
from emitter.delivery.resolving import AddressBook, Resolver, system_resolver
from emitter.delivery.stopwatch import Stopwatch
from emitter.delivery.transport import Exchange
from emitter.delivery.trust import tls_context

if TYPE_CHECKING:
    from collections.abc import Sequence

    from emitter.core.subscription import Subscription
    from emitter.delivery.timed_sockets import TimedSocket

__all__ = ["KEPT_BODY_BYTES", "Piece", "RawTransport", "raw_transport_for", "wire_bytes"]

KEPT_BODY_BYTES: Final = 64 * 1024
_HUNG_UP: Final = Outcome(
    OutcomeKind.BROKEN, code=FailureCode.REMOTE_ERROR, detail="hung up on purpose, before any answer"
)


class RawTransport:
    """Sends pieces of bytes over a fresh connection each time, to addresses that are allowed. Thread-safe.

    Args:
        policy: Which addresses may be sent to.
        ca_bundle: A PEM file of certificate authorities that replaces the public ones.
        insecure: Whether any certificate is taken, for any name.
        resolve: Finds the addresses of a name.
    """

    def __init__(
        self,
        *,
        policy: TargetPolicy,
        ca_bundle: Path | None = None,
        insecure: bool = False,
        resolve: Resolver = system_resolver,
    ) -> None:
        self._ca_bundle = ca_bundle
        self._insecure = insecure
        self._addresses = AddressBook(policy, resolve)

    def send_raw(self, url: str, pieces: Sequence[Piece], *, timeout_s: float) -> Exchange:
        """Send the pieces one after the other, then read one answer; the connection is closed after.

        Args:
            url: Decides where the connection goes; nothing else of it is sent.
            pieces: Bytes, waits in seconds between them, and perhaps `HANG_UP` at the end. A receiver that
                answers before all are sent is read all the same.
            timeout_s: The total deadline in real seconds, waits included.

        Raises:
            ForbiddenTargetError: All addresses of the host are forbidden; nothing was sent.
            InvalidSettingError: The URL or the file of certificates cannot be used.
        """
        target = parse_target(url)
        self._addresses.settle_localhost(target)
        stopwatch = Stopwatch(timeout_s)
        answer: Answer | None = None
        try:
            is_tls = target.scheme == "https"
            connection = AttemptConnection(
                target,
                self._addresses.addresses(target, stopwatch),
                stopwatch=stopwatch,
                tls_context=tls_context(ca_bundle=self._ca_bundle, insecure=self._insecure)
                if is_tls
                else None,
            )
            with closing(connection):
                connection.connect()
                _send(connection, pieces, stopwatch)
                if pieces[-1] is HANG_UP:
                    return Exchange(outcome=_HUNG_UP, answer=None, timing=stopwatch.timing())
                answer = _read(connection, pieces)
        except TRANSPORT_ERRORS as error:
            status = answer.status if answer else None
            outcome = outcome_of_error(error, host=target.host, stopwatch=stopwatch, status=status)
        else:
            outcome = of_status(answer.status)
        return Exchange(outcome=outcome, answer=answer, timing=stopwatch.timing())


def raw_transport_for(subscription: Subscription) -> RawTransport:
    """Return the transport of raw bytes to a subscription's endpoint."""
    return RawTransport(
        policy=TargetPolicy(frozenset(subscription.allowed_hosts), subscription.allows_private),
        ca_bundle=Path(subscription.ca_bundle) if subscription.ca_bundle else None,
        insecure=not subscription.verifies_tls,
    )


def _send(connection: AttemptConnection, pieces: Sequence[Piece], stopwatch: Stopwatch) -> None:
    with contextlib.suppress(BrokenPipeError, ConnectionResetError, ConnectionAbortedError):
        for piece in pieces:
            if isinstance(piece, bytes):
                connection.sock.sendall(piece)
            elif isinstance(piece, float):
                threading.Event().wait(min(piece, stopwatch.left_s()))


def _read(connection: AttemptConnection, pieces: Sequence[Piece]) -> Answer:
    is_head = isinstance(pieces[0], bytes) and pieces[0].startswith(b"HEAD ")
    with closing(
        connection.response_class(cast("TimedSocket", connection.sock), method="HEAD" if is_head else "POST")
    ) as response:
        response.begin()
        body = response.read(KEPT_BODY_BYTES)
        is_cut = bool(response.read())
        headers = tuple((name, value) for name, value in response.msg.items())
        return Answer(status=response.status, headers=headers, body=body, is_cut=is_cut)
