"""The first answers of a run: whether anyone is there, and whether it can be judged at all."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from contracts.bodies import ChallengeBody, EventBody
from contracts.expectations import Kind, kind_of
from contracts.sent import Recipe
from emitter.core.outcome import OutcomeKind
from emitter.errors import EmitterError, ForbiddenTargetError

if TYPE_CHECKING:
    from contracts.scope import Scope
    from contracts.sent import Sent
    from contracts.session import Session

_NO_HTTP: Final = frozenset(
    {
        OutcomeKind.NOT_CONNECTED,
        OutcomeKind.UNRESOLVED,
        OutcomeKind.UNTRUSTED,
        OutcomeKind.BROKEN,
        OutcomeKind.NO_TOKEN,
    }
)
_RETRY_STEP_S: Final = 0.25


class NoReceiverError(EmitterError):
    """No HTTP answer ever came; exit status 3."""

    exit_status = 3


def greet(session: Session, scope: Scope, *, wait_s: float = 0.0) -> tuple[Sent, ...]:
    """Send a plain event, a challenge and, where neither succeeds, another event; return what came.

    Args:
        session: Sends them.
        scope: Holds the events.
        wait_s: How long a receiver that is still starting is waited for, in seconds.

    Raises:
        NoReceiverError: There is no connection, no trusted one, or whatever answers does not speak HTTP.
        ForbiddenTargetError: The address may not be sent to.
    """
    with session.labelled("", "greeting"):
        first = _first(session, scope, wait_s=wait_s)
        sent = [first, session.send(Recipe(body=ChallengeBody()))]
        if not any(kind_of(each.exchange) is Kind.ACKNOWLEDGED for each in sent):
            sent.append(session.send(Recipe(body=EventBody(event=scope.events[-1].name))))
    if all(each.exchange.outcome.kind in _NO_HTTP for each in sent):
        raise NoReceiverError(_why(sent[0], session))
    return tuple(sent)


def _first(session: Session, scope: Scope, *, wait_s: float) -> Sent:
    until_s = session.pacer.left_s() - wait_s
    while True:
        sent = session.send(Recipe(body=EventBody(event=scope.event.name)))
        outcome = sent.exchange.outcome
        if outcome.kind is OutcomeKind.FORBIDDEN:
            raise ForbiddenTargetError(outcome.detail, host=session.receiver.shown)
        if outcome.kind not in {OutcomeKind.NOT_CONNECTED, OutcomeKind.UNRESOLVED}:
            return sent
        if session.pacer.left_s() <= until_s:
            raise NoReceiverError(_why(sent, session))
        session.pacer.wait_s(_RETRY_STEP_S)


def _why(sent: Sent, session: Session) -> str:
    outcome, shown = sent.exchange.outcome, session.receiver.shown
    detail = f": {outcome.detail}" if outcome.detail else ""
    match outcome.kind:
        case OutcomeKind.BROKEN:
            return f"what listens at {shown} does not speak HTTP{detail}; is the port right?"
        case OutcomeKind.UNTRUSTED:
            return f"no trusted connection to {shown}{detail}; --ca-bundle FILE or --insecure"
        case OutcomeKind.NO_TOKEN:
            return f"no access token for {shown}{detail}"
        case _:
            return f"no connection to {shown}{detail}; start the receiver, or --wait 30s while it starts"
