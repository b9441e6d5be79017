"""How a stream arrives at a receiver: again, late, and out of order.

Source: docs/zoom.md#delivery (no order is promised, the same event may come twice), #retries.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from emitter.core.zoom import RETRY_DELAYS_S
from emitter.faking.corpus.settings import MILLION

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from emitter.faking.corpus.requests import Delivery
    from emitter.faking.corpus.settings import Settings

_ON_THE_WAY_MS: Final = 15
_LONGEST_WAY_BITS: Final = 6  # up to 64 ms more
_LEAST_LATE_MS: Final = 10 * 60_000
_MOST_LATE_MS: Final = 6 * 3_600_000
_DEADLINE_MS: Final = 3000
LONGEST_WAY_MS: Final = _MOST_LATE_MS + round(RETRY_DELAYS_S[0] * 1000) + 5 * 60_000
"""How long after its event is made nothing of it can arrive any more, with a little to spare."""


def arrivals(deliveries: Sequence[tuple[Delivery, bytes]], settings: Settings) -> Iterator[Delivery]:
    """Yield the deliveries of a story with when they arrive, and those that are made again.

    Redeliveries carry the same request id and body and are signed for when they are sent. Not in the order of
    arrival yet.

    Args:
        deliveries: Each with its `Chance.sending`.
        settings: Say how many are delivered again, come late or are overtaken.
    """
    arriving = [_arriving(delivery, sending, settings) for delivery, sending in deliveries]
    for place, (_, sending) in enumerate(deliveries[:-1]):
        if _share(sending, 3) < settings.reorder:
            first, second = arriving[place], arriving[place + 1]
            arriving[place] = first._replace(received_ms=max(first.received_ms, second.received_ms + 1))
    for delivery, (_, sending) in zip(arriving, deliveries, strict=True):
        yield delivery
        if _share(sending, 5) < settings.duplicates:
            yield _again(delivery, sending)


def _arriving(delivery: Delivery, sending: bytes, settings: Settings) -> Delivery:
    received_ms = delivery.sent_ms + _ON_THE_WAY_MS + (sending[7] >> (8 - _LONGEST_WAY_BITS))
    share = _share(sending, 4)
    if share < settings.late:
        late_ms = _LEAST_LATE_MS + (_MOST_LATE_MS - _LEAST_LATE_MS) * share // max(1, settings.late)
        received_ms += late_ms
    return delivery._replace(received_ms=received_ms)


def _again(delivery: Delivery, sending: bytes) -> Delivery:
    """Return the delivery as Zoom makes it again after its receiver did not answer in time."""
    wait_ms = round(RETRY_DELAYS_S[0] * 1000) + _DEADLINE_MS
    sent_ms = delivery.sent_ms + wait_ms + sending[6]
    # An attempt that came late is made again all the same, and the second may overtake the first.
    return delivery._replace(
        sent_ms=sent_ms,
        attempt=delivery.attempt + 1,
        received_ms=sent_ms + _ON_THE_WAY_MS + (sending[7] >> 2),
    )


def _share(sending: bytes, at: int) -> int:
    """Return a number from 0 to a million, without it, from the bytes at a place and after it."""
    octets = sending[at:] + sending[:at]
    return int.from_bytes(octets[:4], "big") * MILLION >> 32
