"""The app's memory while traffic goes on: what has been delivered is in the record alone."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from emitter.app.feed import KEPT
from tests.support.moody import MoodyReceiver
from tests.support.servers import serve
from tests.support.serving import serving
from tests.support.waiting import wait_for

TIME_SCALE = 180
"""An hour is twenty seconds; retries come after 1.7, 6.7 and 20 s."""
RATE = 150
WARM_S = KEPT / 2 / RATE + 2
"""Until the feed is full: a delivery is two happenings or more."""
MAY_GROW_KB = 8_000
"""Two and a half kilobytes an event: less than one and its attempts take up."""


def resident_kb(pid):
    (line,) = [line for line in Path(f"/proc/{pid}/status").read_text().splitlines() if "VmRSS" in line]
    return int(line.split()[1])


def streamed(api, duration_s):
    """Let a stream run to its end and everything settle; return how many deliveries it led to."""
    stream = api.do("/api/streams", status=201, rate=RATE, duration=f"{duration_s:.0f}s")
    path = f"/api/streams/{stream['id']}"
    wait_for(lambda: api.get(path).json()["state"] == "done", within_s=180, what="the stream's end")
    wait_for(lambda: not api.deliveries(state="pending", limit=1), within_s=180, what="the last attempt")
    return api.get(path).json()["deliveries_made"]


@pytest.mark.slow
@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="/proc tells how much memory a process has")
def test_an_hour_of_traffic_leaves_no_more_in_memory_than_the_one_before(tmp_path):
    receiver = MoodyReceiver(seed=5, refuses=0.1)
    with serve(receiver.app) as url, serving(tmp_path) as served:
        served.api.subscribe(url, time_scale=TIME_SCALE)
        streamed(served.api, WARM_S)
        before_kb = resident_kb(served.process.pid)
        count = streamed(served.api, 3600 / TIME_SCALE)
        after_kb = resident_kb(served.process.pid)

    assert count == RATE * 3600 / TIME_SCALE
    assert after_kb - before_kb < MAY_GROW_KB
