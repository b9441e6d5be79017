"""Makes the README's pictures of the dashboard: ``python -m tests.screenshots FOLDER``.

A real app with a receiver that is a little slow, fails sometimes, and once takes longer than Zoom waits.
"""

from __future__ import annotations

import sys
import tempfile
import threading
from pathlib import Path
from random import Random

from flask import Response

from tests.support.api import SECRET_TOKEN, running_app
from tests.support.browser import chromium, window
from tests.support.receiving import Receiver
from tests.support.waiting import wait_for

PICTURES = {"home": ("/?event=revenue_accelerator.playlist_create", False), "charts": ("/charts", True)}
STREAM = {"rate": 12, "duration": "45s", "events": ["*"], "seed": "screenshots"}
LATE_S = 3.2


def misbehave(receiver, over):
    """Make a receiver as receivers are: some milliseconds, a fault now and then, rarely too late."""
    answer, chance = receiver.app.view_functions["_receive"], Random(7)  # noqa: S311 - a script for pictures

    def receive(path=""):
        drawn = chance.random()
        over.wait(LATE_S if drawn > 0.99 else chance.lognormvariate(-4.3, 0.9))
        return Response(status=503) if drawn < 0.04 else answer(path)

    receiver.app.view_functions["_receive"] = receive


def main(folder):
    folder.mkdir(parents=True, exist_ok=True)
    over = threading.Event()
    with (
        tempfile.TemporaryDirectory() as place,
        Receiver(SECRET_TOKEN) as receiver,
        Receiver(SECRET_TOKEN) as late,
        running_app(place) as api,
        chromium() as browser,
    ):
        api.subscribe(
            receiver.url + "webhooks/zoom", name="Warehouse, staging", events=["revenue_accelerator.*"]
        )
        api.subscribe(late.url + "hook", name="My branch", events=["*playlist_*"])
        misbehave(receiver, over)
        stream = api.do("/api/streams", status=201, **STREAM)["id"]
        wait_for(
            lambda: api.get(f"/api/streams/{stream}").json()["state"] == "done",
            within_s=120,
            what="the stream",
        )
        answer = late.app.view_functions["_receive"]

        def too_late(path=""):
            over.wait(LATE_S)
            return answer(path)

        late.app.view_functions["_receive"] = too_late
        number = api.emit(event="playlist_create", subscription=2, seed="screenshots")[0]
        api.attempted(number)
        late.app.view_functions["_receive"] = answer
        late.answer_with(503)
        api.do(f"/api/deliveries/{number}/retry")
        api.attempted(number, times=2)
        api.settled(api.emit(event="playlist_add_moment", subscription=2)[0])
        for name, (path, dark) in (PICTURES | {"delivery": (f"/deliveries/{number}", False)}).items():
            with window(browser, api.base, width=1280, dark=dark) as page:
                page.goto(path)
                page.locator("#connection[data-state=live]").wait_for()
                page.screenshot(path=folder / f"{name}.png")
        over.set()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
