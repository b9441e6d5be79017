"""Bodies at random, and the smallest that fails, by Hypothesis.

schemathesis does not shrink as it is: what it raises is no `Exception`, and only those are failures to
Hypothesis. So the loop is ours; that also spares the search for bodies that are answered better and better.
"""

from __future__ import annotations

import warnings
import zlib
from typing import TYPE_CHECKING, Final

from contracts.expectations import DOUBTFUL
from contracts.generation.sources import GenerationError
from contracts.pacing import OutOfTimeError
from emitter.errors import EmitterError

if TYPE_CHECKING:
    from hypothesis.strategies import SearchStrategy

    from contracts.generation.sources import Generated
    from contracts.generation.trials import Trials
    from contracts.sent import Miss

MOST_SHRINKS: Final = 150
_MADE_FOR_ONE: Final = 4
"""Hypothesis repeats itself: so many bodies are made for each that is sent."""


class _Failing(Exception):  # noqa: N818 - it is Hypothesis that has to take it for a failure
    """A body failed."""


class _Enough(BaseException):
    """Ends the search at once: only what is no `Exception` passes through Hypothesis."""


class Fuzzing:
    """One search for a body that fails.

    Args:
        trials: Sends bodies.
        most: How many different bodies are sent while none fails, where so many can be made.
        seed: Decides which.

    Attributes:
        smallest: The smallest body that failed and what was missed; None where none did.
    """

    def __init__(self, trials: Trials, *, most: int, seed: str) -> None:
        self.smallest: tuple[Generated, Miss] | None = None
        self._trials = trials
        self._most = most
        self._seed = zlib.crc32(seed.encode())
        self._made = 0
        self._tried: set[bytes] = set()
        self._tried_since = 0
        self._ended_by: BaseException | None = None

    def run(self, strategy: SearchStrategy[Generated]) -> None:
        """Search, and shrink what is found.

        Raises:
            OutOfTimeError: The run's time is up.
            GenerationError: Fewer bodies were tried than planned, and none failed.
        """
        from hypothesis import HealthCheck, Phase, Verbosity, errors, given, settings  # noqa: PLC0415
        from hypothesis import seed as seeded  # noqa: PLC0415

        @seeded(self._seed)
        @settings(
            max_examples=_MADE_FOR_ONE * self._most,
            database=None,
            deadline=None,
            print_blob=False,
            verbosity=Verbosity.quiet,
            phases=(Phase.generate, Phase.shrink),
            suppress_health_check=[*HealthCheck],
            report_multiple_bugs=False,
        )
        @given(strategy)
        def search(generated: Generated) -> None:
            self._try(generated)

        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                search()
        except (_Failing, _Enough, errors.Flaky):
            pass  # `smallest` says what was found, also where the receiver changed its mind
        if self._ended_by is not None:
            raise self._ended_by
        if self.smallest is None and self._made < self._most:
            raise GenerationError(
                f"only {self._made} of {self._most} bodies of {self._trials.event} were made; report this"
            )

    def _try(self, generated: Generated) -> None:
        self._made += 1
        if self.smallest is None and generated.body in self._tried:
            return
        self._tried.add(generated.body)
        miss = self._sent(generated)
        if self.smallest is not None:
            self._tried_since += 1
            if miss is None or miss.kind != self.smallest[1].kind:
                self._end_if(is_over=self._tried_since >= MOST_SHRINKS)
                return
        if miss is None:
            self._end_if(is_over=len(self._tried) >= self._most)
            return
        if self.smallest is None or len(generated.body) <= len(self.smallest[0].body):
            self.smallest = (generated, miss)
        # What kills or hangs is not done again and again.
        self._end_if(is_over=miss.kind in DOUBTFUL or self._tried_since >= MOST_SHRINKS)
        raise _Failing

    def _sent(self, generated: Generated) -> Miss | None:
        """Send; what ends the run must not be taken for a failing body."""
        try:
            return self._trials.miss(generated.body)
        except (OutOfTimeError, EmitterError) as error:
            self._ended_by = error
            raise _Enough from None

    def _end_if(self, *, is_over: bool) -> None:
        if is_over:
            raise _Enough
