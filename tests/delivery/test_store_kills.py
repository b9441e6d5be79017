from __future__ import annotations

import contextlib
import sqlite3
import subprocess
import sys
from pathlib import Path
from random import Random

import pytest

from emitter.core.outcome import OutcomeKind
from emitter.delivery.store import Store
from emitter.delivery.store.workers import is_alive
from tests.support.recorded import accepted, lease

RECORD = Path("record.sqlite")
ROOT = Path(__file__).parents[2]

WRITER = """
import os, socket, sys
from pathlib import Path
from emitter.delivery.store import Store
from tests.support.recorded import a_delivery, accepted, lease, subscribed
with Store.open(Path(sys.argv[1])) as store:
    subscription_id = subscribed(store)
    worker = f"{socket.gethostname()}:{os.getpid()}"
    while True:
        for delivery in store.accept([a_delivery(subscription_id) for _ in range(3)]):
            print("accepted", delivery.id, flush=True)
        while leased := lease(store, worker=worker):
            print("begun", leased[0].id, flush=True)
            store.finish(*accepted(*leased))
            print("finished", leased[0].id, flush=True)
"""


def killed_after(lines, path):
    """Kill a writer after so many lines of output, and return what it had said, by word."""
    said: dict[str, list[int]] = {"accepted": [], "begun": [], "finished": []}
    with subprocess.Popen(
        [sys.executable, "-c", WRITER, path.absolute()], cwd=ROOT, stdout=subprocess.PIPE, encoding="utf-8"
    ) as writer:
        assert writer.stdout
        for _ in range(lines):
            word, number = writer.stdout.readline().split()
            said[word].append(int(number))
        writer.kill()
        for line in writer.stdout:
            if line.endswith("\n"):
                said[line.split()[0]].append(int(line.split()[1]))
    return said


def check_after_kill(path, said):
    with Store.open(path) as store, contextlib.closing(sqlite3.connect(path)) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        assert set(said["accepted"]) <= set(store.delivery_ids())
        begun_ids = {number for number in store.delivery_ids() if store.attempts(number)}
        assert set(said["begun"]) <= begun_ids
        cut = [n for n in begun_ids if store.attempts(n)[-1].outcome.kind is OutcomeKind.UNKNOWN]
        assert len(cut) <= 1
        assert not set(cut) & set(said["finished"])

        store.release_dead_leases(is_alive)
        made_again = []
        while leased := lease(store):
            store.finish(*accepted(*leased))
            if leased[1].number > 1:
                made_again.append(leased[0].id)
        assert made_again == cut
        assert store.pending() == {}
        assert all(store.attempts(number)[-1].outcome.is_accepted for number in store.delivery_ids())
        assert all(len(store.attempts(number)) == 1 + (number in cut) for number in store.delivery_ids())


def test_a_killed_writer_loses_nothing():
    check_after_kill(RECORD, killed_after(40, RECORD))


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(20))
def test_a_writer_killed_at_any_point_loses_nothing(seed):
    lines = Random(seed).randrange(1, 200)  # noqa: S311 - a point in time, not a secret

    check_after_kill(RECORD, killed_after(lines, RECORD))
