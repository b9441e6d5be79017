"""The app killed without warning: what it accepted is delivered, each attempt is one row of the record."""

from __future__ import annotations

import multiprocessing
import os
import random
import re
import signal
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import pytest

from emitter.cli.main import run
from emitter.delivery.places import DatabaseUrl
from tests.support.api import ENVIRON, KEY, Api
from tests.support.moody import Client, MoodyReceiver, check_record
from tests.support.postgres import place_text
from tests.support.servers import serve
from tests.support.serving import serving
from tests.support.waiting import wait_for

KILLS_OF_A_FILE, KILLS_OF_A_DATABASE = 30, 8
SHARED = ENVIRON | {"ZOOM_EMITTER_KEY": KEY}
CLIENTS = 3
# What takes a new process longest is imported once; each app is forked from there, and killed for good.
IMPORTED = [
    "emitter.cli.serve",
    "emitter.app.factory",
    "emitter.faking.stories",
    "emitter.catalog.validation",
]


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="SIGKILL is sent")
def test_nothing_accepted_is_lost_when_the_app_is_killed_at_random_points(tmp_path, record):
    kills = KILLS_OF_A_DATABASE if isinstance(record, DatabaseUrl) else KILLS_OF_A_FILE
    forking = multiprocessing.get_context("forkserver")
    forking.set_forkserver_preload(IMPORTED)
    receiver, accepted = MoodyReceiver(seed=1), []
    rng = random.Random(2)  # noqa: S311 - when to kill, not a secret
    with serve(receiver.app) as url:
        with serving(tmp_path, environ=SHARED, database=record) as served:
            served.api.subscribe(url, retry=",".join(["1s"] * 50), time_scale=10)
            served.ended_by(signal.SIGINT)
        for _ in range(kills):
            accepted += killed_while_clients_send(forking, tmp_path, record, after_s=rng.uniform(0.05, 0.6))
        receiver.is_kind = True
        with serving(tmp_path, environ=SHARED, database=record) as served:
            wait_for(lambda: not served.api.deliveries(state="pending", limit=1), within_s=120)
            status, _ = served.ended_by(signal.SIGINT)

    check_record(record, receiver)
    assert status == 130
    assert len(accepted) == len(set(accepted)) > kills
    assert [request_id for request_id in accepted if not receiver.accepted[request_id]] == []


def serve_in(folder, said, record):
    """Run the command in this process; its line on stdout goes to a file."""
    with said.open("wb", buffering=0) as out:
        os.dup2(out.fileno(), 1)
        os.dup2(out.fileno(), 2)
    os.environ.update(SHARED)
    os.chdir(folder)
    run(["serve", "--port", "0", "--database", place_text(record)])


@contextmanager
def forked(forking, folder, record):
    """Serve in a process that has imported everything already, and yield it with its API."""
    said = folder / f"said-{len(list(folder.glob('said-*')))}.txt"
    process = forking.Process(target=serve_in, args=(folder, said, record))
    process.start()

    def line():
        text = said.read_text("utf-8") if said.exists() else ""
        found = re.search(r"^serving on (\S+)/$", text, re.MULTILINE)
        return found and found[1]

    try:
        yield process, Api(wait_for(line, what="the app"))
    finally:
        process.kill()
        process.join()
        process.close()


def killed_while_clients_send(forking, folder, record, *, after_s):
    """Start the app, send it events from several clients, kill it, and return what it had accepted."""
    with forked(forking, folder, record) as (process, api), ThreadPoolExecutor(CLIENTS) as pool:
        clients = [Client(api) for _ in range(CLIENTS)]
        running = [pool.submit(client.run) for client in clients]
        threading.Event().wait(after_s)  # the point of the test: anywhere
        process.kill()
        for each in running:
            each.result()
    return [request_id for client in clients for request_id in client.accepted]
