"""A great backlog: it starts at once, drains, and survives a kill, without being loaded into memory."""

from __future__ import annotations

import re
import signal
import sys
from pathlib import Path

import pytest

from tests.bench.million import make_record
from tests.support.servers import serve
from tests.support.serving import serving
from tests.support.waiting import wait_for

BACKLOG = 100_000
SOME = 1_000
MORE_MB = 60


class Counter:
    """Accepts every event and counts."""

    def __init__(self):
        self.count = 0

    def __call__(self, environ, start_response):
        environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
        self.count += 1
        start_response("204 No Content", [])
        return []


def memory_mb(process):
    status = Path(f"/proc/{process.pid}/status").read_text(encoding="ascii")
    found = re.search(r"VmHWM:\s+(\d+) kB", status)
    assert found
    return int(found[1]) / 1024


def pending(api):
    return sum(each["pending"] for each in api.get("/api/subscriptions").json()["subscriptions"])


@pytest.mark.slow
@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="memory is read from /proc")
def test_a_backlog_of_a_hundred_thousand_starts_drains_and_survives_a_kill(tmp_path):
    receiver, idle = Counter(), tmp_path / "idle"
    idle.mkdir()
    with serving(idle) as served:
        served.api.get("/api/deliveries")
        idle_mb = memory_mb(served.process)
    with serve(receiver) as url:
        make_record(tmp_path / "record.sqlite", count=BACKLOG, pending=True, url=url + "/")
        with serving(tmp_path, "--log", "text") as served:
            wait_for(lambda: receiver.count > SOME, within_s=120)
            assert served.api.get("/api/deliveries").status_code == 200
            first_mb = memory_mb(served.process)
            served.process.send_signal(signal.SIGKILL)
            served.process.wait()
        seen = receiver.count
        with serving(tmp_path, "--log", "text") as served:
            left = pending(served.api)
            wait_for(lambda: receiver.count > seen + SOME, within_s=120)
            then = pending(served.api)
            second_mb = memory_mb(served.process)
            served.ended_by(signal.SIGINT)
    left_and_sent = left + seen

    assert BACKLOG - SOME < left_and_sent <= BACKLOG + 2 * 16 + SOME
    assert then < left
    assert max(first_mb, second_mb) - idle_mb < MORE_MB


@pytest.mark.slow
def test_a_backlog_is_drained_to_its_end_each_delivery_once(tmp_path):
    receiver = Counter()
    with serve(receiver) as url:
        make_record(tmp_path / "record.sqlite", count=3 * SOME, pending=True, url=url + "/")
        with serving(tmp_path, "--log", "text") as served:
            wait_for(lambda: not pending(served.api), within_s=180)

    assert receiver.count == 3 * SOME
