"""How the bodies of one check and event are gone through: sent, shrunk, kept, and told of."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from contracts.expectations import DOUBTFUL
from contracts.generation.encoding import body_of
from contracts.generation.fuzzing import Fuzzing
from contracts.generation.shrinking import MOST_TRIES, reduced
from contracts.generation.sources import GenerationError
from contracts.generation.trials import Trials, shown, value_in

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from hypothesis.strategies import SearchStrategy

    from contracts.expectations import Expectation
    from contracts.generation.keeping import KeptBodies
    from contracts.generation.sources import Generated
    from contracts.sent import Miss
    from contracts.session import Session


@dataclass(frozen=True, slots=True, kw_only=True)
class Course:
    """What is tried with one event for one check.

    Attributes:
        code: The check's.
        event: The event's name.
        expects: What every answer is judged by.
        fits: Says whether a smaller value is still one the check may send.
        names: Says what is wrong with a body, in a word; the cause of what it shows. Empty where the check
            makes no difference.
        kept: Keeps what failed; None keeps nothing.
    """

    code: str
    event: str
    expects: Expectation
    fits: Callable[[Any], bool] = field(default=lambda _: True)
    names: Callable[[bytes], str] = field(default=lambda _: "")
    kept: KeptBodies | None = None

    def covered(self, session: Session, made: Sequence[Generated]) -> Iterator[Miss]:
        """Send what was made; shrink and keep the first of every kind of failure and cause.

        Raises:
            OutOfTimeError: The run's time is up.
            GenerationError: Fewer bodies were sent than planned.
        """
        trials = Trials(session, self.event, self.expects)
        shrinking = Trials(session, self.event, self.expects)
        seen: set[tuple[str, str]] = set()
        for generated in made:
            miss = trials.miss(generated.body)
            if miss is None:
                continue
            cause = self.names(generated.body)
            if (cause, miss.kind) in seen:
                yield replace(miss, cause=cause)
                continue
            seen.add((cause, miss.kind))
            if miss.kind in DOUBTFUL:
                yield self._found(generated.body, miss)
                return
            yield self._found(*self._smallest(shrinking, generated, miss))
        if trials.sent != len(made):
            raise GenerationError(
                f"{trials.sent} of {len(made)} bodies of {self.event} were sent; report this"
            )

    def fuzzed(
        self, session: Session, strategy: SearchStrategy[Generated], *, most: int, seed: str
    ) -> Iterator[Miss]:
        """Send bodies at random until one fails, and shrink that.

        Raises:
            OutOfTimeError: The run's time is up.
            GenerationError: Fewer bodies were sent than planned.
        """
        search = Fuzzing(Trials(session, self.event, self.expects), most=most, seed=seed)
        search.run(strategy)
        if search.smallest is not None:
            generated, miss = search.smallest
            yield self._found(generated.body, miss, f" (seed {seed})")

    def repeated(self, session: Session, bodies: Sequence[bytes]) -> Iterator[Miss]:
        """Send what failed before; forget what fails no more.

        Raises:
            OutOfTimeError: The run's time is up.
        """
        trials = Trials(session, self.event, self.expects)
        for body in bodies:
            miss = trials.miss(body)
            if miss is not None:
                yield self._told(body, miss, ", as in an earlier run")
            elif self.kept is not None:
                self.kept.drop(self.code, self.event, body)

    def _smallest(self, trials: Trials, generated: Generated, miss: Miss) -> tuple[bytes, Miss]:
        value, cause = value_in(generated.body), self.names(generated.body)
        if not isinstance(value, dict | list):
            return generated.body, miss
        last = miss

        def is_failing(smaller: Any) -> bool:
            nonlocal last
            body = body_of(smaller)
            found = trials.miss(body) if self.fits(smaller) and self.names(body) == cause else None
            if found is None or found.kind != miss.kind:
                return False
            last = found
            return True

        # One allowance for all causes: of a receiver that fails on everything not everything need be small.
        return body_of(reduced(value, is_failing, tries=MOST_TRIES - trials.sent)), last

    def _found(self, body: bytes, miss: Miss, how: str = "") -> Miss:
        if self.kept is not None:
            self.kept.keep(self.code, self.event, body)
        return self._told(body, miss, how)

    def _told(self, body: bytes, miss: Miss, how: str) -> Miss:
        message = f"{miss.received}; the smallest body found{how}: {shown(body)}"
        return replace(miss, message=message, cause=self.names(body))
