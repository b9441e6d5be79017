"""The work of making a realistic set, in tasks of a few stories, by this process or by several.

Tasks come back in their order and are cut the same way however many processes there are, so the bytes are the
same. A process holds a few tasks' results at a time and no more.
"""

from __future__ import annotations

import multiprocessing
import signal
from collections import deque
from concurrent.futures import ProcessPoolExecutor
from itertools import islice
from typing import TYPE_CHECKING, Final, NamedTuple

from emitter.faking.corpus.realistic import Piece, Realistic

if TYPE_CHECKING:
    from collections.abc import Iterator

    from emitter.catalog.events import Catalog
    from emitter.core.secrets import SecretToken
    from emitter.faking.corpus.settings import Settings
    from emitter.faking.pools import Pools

STORIES_A_TASK: Final = 80
"""About five hundred events, half a megabyte."""

_TASKS_AHEAD: Final = 3


class Result(NamedTuple):
    """What a task made.

    Attributes:
        stories: Of which stories.
        pieces: What they add to the files.
        arrivals: Their keyed lines, for streams.
        truth: What they add to the truth, for streams.
    """

    stories: range
    pieces: list[Piece]
    arrivals: list[bytes]
    truth: list[Piece]


class Worker(NamedTuple):
    """All that a process needs to make any task of a set; what `Realistic` takes."""

    settings: Settings
    catalog: Catalog
    pools: Pools
    secret_token: SecretToken
    is_one_file: bool

    def realistic(self) -> Realistic:
        """Return the set."""
        return Realistic(
            self.settings,
            catalog=self.catalog,
            pools=self.pools,
            secret_token=self.secret_token,
            is_one_file=self.is_one_file,
        )


def results(
    worker: Worker, realistic: Realistic, *, first: int, jobs: int, last: int | None = None
) -> Iterator[Result]:
    """Yield the results of all tasks from a story on, in their order.

    Args:
        worker: Makes the set in other processes.
        realistic: The set, in this one.
        first: The story to begin with, at the border of a task.
        jobs: How many processes work; 1 is this one.
        last: The story to end before, if not after all of them.
    """
    left = range(first, realistic.stories.stop if last is None else last)
    tasks = (left[at : at + STORIES_A_TASK] for at in range(0, len(left), STORIES_A_TASK))
    if jobs == 1:
        for stories in tasks:
            yield _result(realistic, stories)
        return
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(jobs, mp_context=context, initializer=_begin, initargs=(worker,)) as pool:
        waiting = deque(pool.submit(_work, stories) for stories in islice(tasks, jobs * _TASKS_AHEAD))
        try:
            while waiting:
                result = waiting.popleft().result()
                waiting.extend(pool.submit(_work, stories) for stories in islice(tasks, 1))
                yield result
        finally:
            pool.shutdown(wait=False, cancel_futures=True)


def _result(realistic: Realistic, stories: range) -> Result:
    if realistic.is_stream:
        arrived, truth = realistic.stream(stories)
        return Result(stories, [], arrived, truth)
    return Result(stories, [*realistic.pieces(stories)], [], [])


class _OfThisProcess:
    realistic: Realistic


def _begin(worker: Worker) -> None:
    # Ctrl-C reaches every process of a terminal; the one that was started says so and ends the others.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    _OfThisProcess.realistic = worker.realistic()


def _work(stories: range) -> Result:
    return _result(_OfThisProcess.realistic, stories)
