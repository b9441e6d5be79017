"""The work of making a realistic set, in tasks of a few stories, by this process or by several.

Of *k* processes number *n* modulo *k* does task *n*, and the results are read in their order. Tasks are cut
the same way however many processes there are, so the bytes are the same. A process that is ahead waits until
its pipe is read, so none holds more than a few tasks' results.
"""

from __future__ import annotations

import multiprocessing
import signal
from contextlib import ExitStack, contextmanager, suppress
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from emitter.errors import EmitterError
from emitter.faking.corpus.realistic import Piece, Realistic

if TYPE_CHECKING:
    from collections.abc import Iterator
    from multiprocessing.connection import Connection

    from emitter.catalog.events import Catalog
    from emitter.core.secrets import SecretToken
    from emitter.faking.corpus.settings import Settings
    from emitter.faking.pools import Pools

STORIES_A_TASK: Final = 80
"""About five hundred events, half a megabyte."""

_PIPE_BYTES: Final = 1 << 20


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

    Raises:
        EmitterError: One of the processes ended before its time.
    """
    stories = range(first, realistic.stories.stop if last is None else last)
    if jobs == 1:
        for task in _Share(stories).tasks():
            yield _result(realistic, task)
        return
    with ExitStack() as stack:
        shares = [_Share(stories, number, jobs) for number in range(jobs)]
        pipes = [stack.enter_context(_started(worker, share)) for share in shares]
        for number, _ in enumerate(_Share(stories).tasks()):
            yield _received(pipes[number % jobs])


class _Share(NamedTuple):
    """What one of the processes does of the stories."""

    stories: range
    number: int = 0
    jobs: int = 1

    def tasks(self) -> Iterator[range]:
        """Yield its tasks."""
        starts = range(self.number * STORIES_A_TASK, len(self.stories), self.jobs * STORIES_A_TASK)
        return (self.stories[at : at + STORIES_A_TASK] for at in starts)


def _result(realistic: Realistic, stories: range) -> Result:
    if realistic.is_stream:
        arrived, truth = realistic.stream(stories)
        return Result(stories, [], arrived, truth)
    return Result(stories, [*realistic.pieces(stories)], [], [])


@contextmanager
def _started(worker: Worker, share: _Share) -> Iterator[Connection]:
    """Start a process, and give the pipe its results come from; it ends when nobody reads there any more."""
    context = multiprocessing.get_context("spawn")
    reading, writing = context.Pipe(duplex=False)
    _widen(writing)
    process = context.Process(target=_work, args=(worker, share, writing), daemon=True)
    with writing, _without_interrupts():
        process.start()
    try:
        with reading:
            yield reading
    finally:
        process.terminate()
        process.join()


def _work(worker: Worker, share: _Share, pipe: Connection) -> None:
    with suppress(BrokenPipeError), pipe:
        try:
            realistic = worker.realistic()
            for task in share.tasks():
                _send(pipe, _result(realistic, task))
        except BrokenPipeError:
            raise
        except Exception as error:  # noqa: BLE001 - told where it is looked for
            pipe.send(error)


def _send(pipe: Connection, result: Result) -> None:
    """Send a result, its bytes as they are: pickling them takes longer than making them."""
    pipe.send(result._replace(pieces=[piece._replace(data=b"") for piece in result.pieces]))
    for piece in result.pieces:
        pipe.send_bytes(piece.data)


def _received(pipe: Connection) -> Result:
    try:
        result: Any = pipe.recv()
        if isinstance(result, Exception):
            raise result
        pieces = [Piece(path, pipe.recv_bytes(), events) for path, _, events in result.pieces]
    except EOFError:
        raise EmitterError(
            "a process that made a part of the corpus has died; run the command again"
        ) from None
    return Result(result.stories, pieces, result.arrivals, result.truth)


@contextmanager
def _without_interrupts() -> Iterator[None]:
    """Keep Ctrl-C from what is started: this process says so, and ends the others."""
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _widen(pipe: Connection) -> None:
    """Give the pipe room for a result or two, where the system allows it."""
    with suppress(ImportError, AttributeError, OSError):
        import fcntl  # noqa: PLC0415 - not everywhere

        fcntl.fcntl(pipe.fileno(), fcntl.F_SETPIPE_SZ, _PIPE_BYTES)
