"""The unit that is run. Most cases are data: one request and what is expected; some are procedures."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from contracts.scope import Depth

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from contracts.expectations import Expectation
    from contracts.sent import Miss, Recipe
    from contracts.session import Session


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One request and what is expected of the answer.

    Attributes:
        name: What is special about it, as a clause: ``every digit of the signature wrong``.
        event: The event it is about, by its full name.
        recipe: How its request is made.
        expects: How the answer is judged.
        cause: What cases that fail for one reason share; the case's name where empty. Part of the
            fingerprint, so it never changes.
        depth: From which depth on it is run, and so how dear it is when time runs out.
        hurts: Whether the receiver may die of it; it is asked for a sign of life afterwards.
    """

    name: str
    event: str
    recipe: Recipe
    expects: Expectation
    cause: str = ""
    depth: Depth = Depth.QUICK
    hurts: bool = False

    @property
    def requests(self) -> int:
        """How many requests it sends, a sign of life included."""
        return 2 if self.hurts else 1

    def lasts_s(self, latency_s: float) -> float:
        """Return how long it takes a receiver that needs so many seconds for an answer."""
        return self.requests * latency_s

    def misses(self, session: Session) -> Iterable[Miss]:
        """Send the request and return what was missed."""
        sent = session.send(self.recipe)
        miss = self.expects.judge(sent, session.receiver)
        return () if miss is None else (miss,)


@dataclass(frozen=True, slots=True, kw_only=True)
class Procedure:
    """Several requests that depend on each other. Attributes as for `Case`.

    Attributes:
        requests: How many requests it sends at most.
        misses: Sends them through the session and returns or yields what was missed.
        at_once: Says, by how many seconds the receiver needs for an answer, how long it takes where that
            is not one request after the other.
    """

    name: str
    event: str
    requests: int
    misses: Callable[[Session], Iterable[Miss]]
    cause: str = ""
    depth: Depth = Depth.QUICK
    hurts: bool = False
    at_once: Callable[[float], float] | None = None

    def lasts_s(self, latency_s: float) -> float:
        """Return how long it takes a receiver that needs so many seconds for an answer."""
        return self.at_once(latency_s) if self.at_once else self.requests * latency_s


AnyCase = Case | Procedure
