"""The hostile set: requests that provoke the failures real receivers had, and what a right one answers.

Most of docs/zoom.md#failures and more. What is expected follows one question: who can send this?

- Zoom sends it: it must be acknowledged, or the event is lost.
- Anyone can send it, without the secret token: it must be refused with 4xx. 5xx will not do: it shows a
  break that strangers can cause.
- Only a holder of the secret token can send it, or Zoom may one day: either will do, but never 5xx, which
  Zoom would answer with three retries. What a careful receiver does is said beside it.

Whoever tests with these sets the clock to `HostileRequest.now_s` and sends exactly the bytes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from emitter.faking.hostile.cases import Expected, HostileCase, HostileRequest
from emitter.faking.hostile.challenges import challenges
from emitter.faking.hostile.desk import Desk
from emitter.faking.hostile.forgeries import forgeries
from emitter.faking.hostile.nonsense import nonsense, odd_events
from emitter.faking.hostile.sequences import sequences
from emitter.faking.hostile.timestamps import timestamps
from emitter.faking.hostile.traffic import traffic

if TYPE_CHECKING:
    from collections.abc import Iterator

    from emitter.catalog.events import Catalog
    from emitter.core.secrets import SecretToken
    from emitter.faking.pools import Pools

__all__ = ["Expected", "HostileCase", "HostileRequest", "hostile_cases"]


def hostile_cases(
    *, secret_token: SecretToken, seed: str | int, now_s: int, catalog: Catalog, pools: Pools | None = None
) -> Iterator[HostileCase]:
    """Yield the hostile set; the same arguments give the same bytes.

    Args:
        secret_token: The key of right signatures.
        seed: Decides ids, people and texts, not which cases there are.
        now_s: When the first request of each case arrives, seconds since the epoch.
        catalog: Which events there are.
        pools: What names and texts are picked from, and what is known; the bundled ones where none are given.

    Raises:
        InvalidSpecError: No value fits the schema of an event.
    """
    desk = Desk(secret_token=secret_token, seed=seed, now_s=now_s, catalog=catalog, pools=pools)
    for part in (traffic, sequences, timestamps, forgeries, challenges, odd_events, nonsense):
        yield from part(desk)
