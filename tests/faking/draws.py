"""Draws for the tests of this folder."""

from __future__ import annotations

from emitter.faking.draw import Draw, everything
from emitter.faking.people import Account
from emitter.faking.pools import bundled_pools
from emitter.faking.streams import Stream

NOW_MS = 1_763_888_888_000


def a_draw(*names, wants=everything, known=None, event="a.b"):
    return Draw(
        stream=Stream("test", *names),
        account=Account.numbered(0, seed="test"),
        pools=bundled_pools(),
        event=event,
        event_ts_ms=NOW_MS,
        happened_ms=NOW_MS - 100,
        known=known or {},
        wants=wants,
    )
