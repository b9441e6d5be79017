"""Sending and judging in one step, for procedures; a doubtful answer is believed the second time."""

from __future__ import annotations

from typing import TYPE_CHECKING

from contracts.expectations import DOUBTFUL
from emitter.core.fault import Fault

if TYPE_CHECKING:
    from contracts.cases import Miss, Recipe, Sent
    from contracts.expectations import Expectation
    from contracts.session import Session
    from emitter.core.request import Identity


def signed_earlier(seconds: int) -> Fault:
    """Return what signs a request some seconds ago, so that the same body gets another signature."""
    return Fault(
        name=f"signed-{seconds}-s-ago",
        description="signed some seconds ago",
        timestamp=lambda timestamp_s: str(timestamp_s - seconds),
    )


def judged(
    session: Session, recipe: Recipe, expects: Expectation, *, identity: Identity | None = None
) -> tuple[Sent, Miss | None]:
    """Send a request and return it with what was missed in its answer, None where all is well.

    Raises:
        OutOfTimeError: The run's time is up.
    """
    sent = session.send(recipe, identity=identity)
    miss = expects.judge(sent, session.receiver)
    if miss is not None and miss.kind in DOUBTFUL:
        sent = session.send(recipe, identity=identity)
        miss = expects.judge(sent, session.receiver)
    return sent, miss
