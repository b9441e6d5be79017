"""Sending and judging in one step, for procedures; a doubtful answer is believed the second time."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from contracts.expectations import DOUBTFUL
from emitter.core.fault import Fault

if TYPE_CHECKING:
    from contracts.expectations import Expectation
    from contracts.sent import Miss, Recipe, Sent
    from contracts.session import Session
    from emitter.core.request import Identity


LONGEST_TOGETHER_S: Final = 1.5
_LEAST_WAIT_S: Final = 0.1


def signed_earlier(seconds: int) -> Fault:
    """Return what signs a request some seconds ago, so that the same body gets another signature."""
    return Fault(
        name=f"signed-{seconds}-s-ago",
        description="signed some seconds ago",
        timestamp=lambda timestamp_s: str(timestamp_s - seconds),
    )


def may_meet(session: Session, count: int) -> bool:
    """Return whether so many requests at once could be answered in time one after the other.

    A receiver may serve one at a time: more at its pace would blame it for our own haste.
    """
    return count * session.latency_s <= LONGEST_TOGETHER_S


def wait_out(session: Session) -> None:
    """Wait until the receiver is surely done with a request whose answer nobody waited for.

    Raises:
        OutOfTimeError: The run's time is up.
    """
    session.pacer.wait_s(max(_LEAST_WAIT_S, 2 * session.latency_s))


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
