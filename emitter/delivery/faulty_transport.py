"""How a delivery's faults change the way its requests cross the wire."""

from __future__ import annotations

from typing import TYPE_CHECKING

from emitter.core.faults import FAULTS, pieces_with
from emitter.delivery.raw import raw_transport_for

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from emitter.core.pieces import Piece
    from emitter.core.request import SignedRequest
    from emitter.core.subscription import Subscription
    from emitter.delivery.raw import RawTransport
    from emitter.delivery.transport import Exchange, Transport


def transport_with(faults: Sequence[str], transport: Transport, subscription: Subscription) -> Transport:
    """Return what sends a delivery's requests: the endpoint's own transport unless a fault wants raw bytes.

    Args:
        faults: The names of the delivery's faults.
        transport: The endpoint's own.
        subscription: Where it goes, and which addresses and certificates are trusted.
    """
    pieces = pieces_with([FAULTS[name] for name in faults]) if faults else None
    return transport if pieces is None else _InPieces(raw_transport_for(subscription), pieces)


class _InPieces:
    """Implements `Transport`."""

    def __init__(
        self, raw_transport: RawTransport, pieces: Callable[[SignedRequest], tuple[Piece, ...]]
    ) -> None:
        self._raw_transport = raw_transport
        self._pieces = pieces

    def send(self, request: SignedRequest, *, timeout_s: float) -> Exchange:
        return self._raw_transport.send_raw(request.url, self._pieces(request), timeout_s=timeout_s)
