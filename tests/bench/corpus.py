"""Making a corpus, beside the loop one would write first, a template written by hand, and itself.

All but the last write lines of the same shape and mix of events to the null device, in one process. The loop
is measured twice: with names and texts of the locales that ours has, and in English only, which is faster and
makes other events than ours.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from itertools import cycle
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING

from faker import Faker

from emitter.catalog.events import Catalog
from emitter.cli.main import run
from emitter.core.secrets import SecretToken
from emitter.faking.build_pools import LOCALES
from emitter.faking.corpus.making import Making
from emitter.faking.corpus.outputs import Stream
from emitter.faking.corpus.requests import TEST_SECRET_TOKEN
from emitter.faking.corpus.settings import Settings
from emitter.faking.pools import bundled_pools
from tests.bench.figures import Figure, in_turns
from tests.bench.handwritten import lines_by_hand
from tests.bench.plain_loop import naive_lines

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from typing import IO

ROUNDS = 15
NAIVE_EVENTS = 300
EVENTS = 6000
PROCESS_ROUNDS = 2
PROCESS_EVENTS = 1_000_000
FEW, MANY = 10_000, 1_000_000
MEGABYTE = 1 << 20
MOST_MEGABYTES = 60


def figures(folder: Path) -> list[Figure]:
    """Measure generating, serialising, signing and writing."""
    Faker.seed(7)
    fake, english = Faker(list(LOCALES)), Faker()
    with open(os.devnull, "wb", buffering=0) as null:  # noqa: PTH123 - no path in the file system
        works = {
            "naive": _timed(lambda: naive_lines(fake, NAIVE_EVENTS, null)),
            "in English": _timed(lambda: naive_lines(english, NAIVE_EVENTS, null)),
            "by hand": _timed(lambda: lines_by_hand(EVENTS, null)),
            "ours": _timed(_ours(null)),
        }
        taken = in_turns(works, rounds=ROUNDS)
    ours_s, by_hand_s = taken["ours"] / EVENTS, taken["by hand"] / EVENTS
    naive_s, english_s = taken["naive"] / NAIVE_EVENTS, taken["in English"] / NAIVE_EVENTS
    return [
        Figure(
            name="make an event of a corpus",
            beside="Faker for each field, json.dumps, hmac.new",
            ours_s=ours_s,
            theirs_s=naive_s,
            bar=1 / 25,
            stretch=1 / 40,
        ),
        Figure(
            name="make an event of a corpus",
            beside="the same, in English only",
            ours_s=ours_s,
            theirs_s=english_s,
            bar=1 / 20,
            stretch=1 / 25,
        ),
        Figure(
            name="make an event of a corpus",
            beside="a template written by hand",
            ours_s=ours_s,
            theirs_s=by_hand_s,
            bar=2,
        ),
        *_of_processes(folder),
        *_of_memory(folder),
    ]


def _ours(out: IO[bytes]) -> Callable[[], None]:
    making = _making(10 * EVENTS)
    realistic = making.worker().realistic()
    stretches = _stretches(realistic.events_in)

    def write() -> None:
        writing = Stream(out, framing=realistic.format.framing)
        for piece in realistic.pieces(next(stretches)):
            writing.write(*piece)

    return write


def _stretches(events_in: Callable[[range], int]) -> Iterator[range]:
    """Yield stretches of stories that have the same number of events, again and again."""
    stretches, first = [], 0
    for last in range(1, 9 * EVENTS):
        if events_in(range(first, last)) >= EVENTS:
            stretches.append(range(first, last))
            first = last
        if len(stretches) == 9:
            break
    return cycle(stretches)


def _making(events: int) -> Making:
    return Making(
        settings=Settings(sets=("realistic",), events=events),
        catalog=Catalog.bundled(),
        pools=bundled_pools(),
        secret_token=SecretToken(TEST_SECRET_TOKEN),
    )


def _timed(work: Callable[[], object]) -> Callable[[], float]:
    def run() -> float:
        began = perf_counter()
        work()
        return perf_counter() - began

    return run


def _of_processes(folder: Path) -> list[Figure]:
    lines: dict[str, list[str]] = {"one": [], "two": ["--jobs", "2"], "zstd": ["--compress", "zstd"]}
    works = {name: _process(folder / "made", options) for name, options in lines.items()}
    taken = in_turns(works, rounds=PROCESS_ROUNDS)
    return [
        Figure(
            name=f"corpus make, {PROCESS_EVENTS:,} events, --jobs 2",
            beside="--jobs 1",
            ours_s=taken["two"],
            theirs_s=taken["one"],
            bar=1 / 1.4,
            stretch=1 / 1.7,
        ),
        Figure(
            name=f"corpus make, {PROCESS_EVENTS:,} events, --compress zstd",
            beside="--compress none",
            ours_s=taken["zstd"],
            theirs_s=taken["one"],
            bar=1.4,
        ),
    ]


def _process(folder: Path, options: list[str]) -> Callable[[], float]:
    return _timed(lambda: make(folder, PROCESS_EVENTS, *options))


def _of_memory(folder: Path) -> list[Figure]:
    began = perf_counter()
    many = make(folder / "many", MANY)
    took_s = perf_counter() - began
    few = make(folder / "few", FEW)
    print(f"{MANY:,} events in one process: {took_s:.1f} s")
    return [
        Figure(
            name=f"memory for {MANY:,} events",
            beside=f"for {FEW:,}",
            ours_s=many,
            theirs_s=few,
            bar=1.1,
            unit="MB",
        ),
        Figure(
            name=f"memory for {MANY:,} events",
            beside="what it may be",
            ours_s=many,
            theirs_s=MOST_MEGABYTES,
            bar=1,
            unit="MB",
        ),
    ]


def make(folder: Path, events: int, *options: str) -> float:
    """Make a corpus in a process of its own, and return the most memory it took, in megabytes."""
    line = ["corpus", "make", str(folder), "--force", "--events", str(events), *options]
    ran = subprocess.run(
        [sys.executable, "-m", "tests.bench.corpus", *line], capture_output=True, text=True, check=False
    )
    assert ran.returncode == 0, ran.stderr
    return float(ran.stdout.splitlines()[-1])


def _main() -> None:
    try:
        run(sys.argv[1:])
    finally:
        print(_most_kilobytes() * 1024 / MEGABYTE)


def _most_kilobytes() -> int:
    """Return the most memory this process took; `getrusage` counts what it was forked from, too."""
    found = re.search(r"VmHWM:\s+(\d+) kB", Path("/proc/self/status").read_text(encoding="utf-8"))
    assert found
    return int(found[1])


if __name__ == "__main__":
    _main()
