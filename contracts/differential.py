"""Which wrong computation a receiver makes that refuses what is rightly signed.

Who holds the secret token can sign in every common wrong way and see which one the receiver takes. One that
it takes is tried again, and the same request under a signature that nobody computes, before it is named.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from contracts.bodies import EventBody, ExactBody
from contracts.expectations import Kind, kind_of
from contracts.pacing import OutOfTimeError
from contracts.probes import Probe, computing, rewriting, telling_body
from contracts.sent import Recipe
from emitter.core.fault import Fault, on_signature
from emitter.core.signing import sign
from emitter.core.zoom import SIGNATURE_HEADER, TIMESTAMP_HEADER, VALIDATION_EVENT

if TYPE_CHECKING:
    from collections.abc import Iterable

    from contracts.sent import Miss, Sent
    from contracts.session import Session
    from emitter.core.mistakes import Mistake

MOST_S: Final = 20.0
"""How long a search may take: a slow receiver has other cases to be judged by."""
MOST_SEARCHES: Final = 3
"""How many refused bodies are searched for in a run."""
_LABEL: Final = "diagnosis"
_FORGED: Final = Fault(
    name="forged", description="a signature nobody computes", request=on_signature(lambda _: "v0=" + "0" * 64)
)


@dataclass(frozen=True, slots=True)
class Explanation:
    """What a search came to.

    Attributes:
        mistake: What the receiver does instead; None where nothing that was tried accounts for it.
        tried: How many computations were tried.
    """

    mistake: Mistake | None
    tried: int

    def words(self) -> str:
        """Return it as a clause."""
        if self.mistake is None:
            return f"none of {self.tried} common wrong computations is accepted either"
        found = f" ({self.mistake.found})" if self.mistake.found else ""
        return f"it accepts what is computed so: {self.mistake.title}{found}"


class Diagnosis:
    """Explains refusals of rightly signed events; one object a run, since it remembers what it found.

    Args:
        session: Sends the probes.
    """

    def __init__(self, session: Session) -> None:
        self._session = session
        self._computation: Explanation | None = None
        self._habit: Explanation | None = None
        self._searches = 0

    def explained(self, miss: Miss) -> Miss:
        """Return a miss with the wrong computation of the receiver that is proven, else with the guess."""
        explanation = self._of_miss(miss)
        if explanation is None or explanation.mistake is None:
            return _saying(miss, miss.guess)
        return replace(_saying(miss, explanation.words()), mend=explanation.mistake.remedy)

    def of_everything(self, event: str) -> Explanation:
        """Return which computation is accepted by a receiver that refuses every rightly signed event."""
        if self._computation is None:
            session = self._session
            rewritten = rewriting(session.receiver, telling_body(session, event))
            self._computation = self._searched([*computing(session, event), *rewritten])
        return self._computation

    def _of_miss(self, miss: Miss) -> Explanation | None:
        sent = miss.sent
        if miss.kind != Kind.REFUSED or sent is None or not _is_as_zoom_signs(sent, self._session):
            return None
        return self._of_body(sent) if self._is_any_accepted() else self.of_everything(sent.event)

    def _of_body(self, refused: Sent) -> Explanation | None:
        """Return what the receiver makes of a body that it refuses while it accepts others."""
        if self._habit is None:
            self._habit = self._of_telling(refused.event)
        body = ExactBody(body=refused.signed_body, event=refused.event)
        probes = rewriting(self._session.receiver, body, habit=self._habit.mistake)
        if self._habit.mistake is None and self._searches >= MOST_SEARCHES:
            return None
        self._searches += 1
        explanation = self._searched(probes)
        if explanation.mistake:
            self._habit = explanation
        return explanation

    def _of_telling(self, event: str) -> Explanation:
        """Return the habit of a receiver that refuses a text in which all habits differ."""
        telling = telling_body(self._session, event)
        try:
            with self._session.labelled("", _LABEL):
                refused = kind_of(self._session.send(Recipe(body=telling)).exchange) is Kind.REFUSED
        except OutOfTimeError:
            refused = False
        return self._searched(rewriting(self._session.receiver, telling)) if refused else Explanation(None, 0)

    def _searched(self, probes: Iterable[Probe]) -> Explanation:
        """Send probes until one is accepted and stands; never raises for want of time."""
        session, tried = self._session, 0
        until_s = session.pacer.left_s() - MOST_S
        try:
            with session.labelled("", _LABEL):
                for probe in probes:
                    if session.pacer.left_s() < until_s:
                        break
                    tried += 1
                    if self._is_accepted(probe.recipe) and self._stands(probe):
                        return Explanation(probe.mistake, tried)
        except OutOfTimeError:
            pass
        return Explanation(None, tried)

    def _stands(self, probe: Probe) -> bool:
        """Return whether a probe is accepted again, and the same body with a wrong signature is not."""
        forged = replace(probe.recipe, faults=(*probe.recipe.faults, _FORGED))
        return self._is_accepted(probe.recipe) and not self._is_accepted(forged)

    def _is_accepted(self, recipe: Recipe) -> bool:
        return kind_of(self._session.send(recipe).exchange) is Kind.ACKNOWLEDGED

    def _is_any_accepted(self) -> bool:
        return any(
            kind_of(sent.exchange) is Kind.ACKNOWLEDGED and _is_as_zoom_signs(sent, self._session)
            for sent in self._session.traffic
        )


def _saying(miss: Miss, account: str) -> Miss:
    """Return a miss whose message accounts for it; without an account, as it was."""
    return replace(miss, message=f"{miss.message or miss.received}; {account}") if account else miss


def _is_as_zoom_signs(sent: Sent, session: Session) -> bool:
    """Return whether a request is an event with the signature and the time that Zoom would give it."""
    timestamp = sent.request.header(TIMESTAMP_HEADER) or ""
    body = sent.recipe.body
    return (
        sent.event != VALIDATION_EVENT
        and sent.recipe.pieces is None
        and not (isinstance(body, EventBody) and body.age_s)
        and timestamp == str(sent.started_at_ms // 1000)
        and sent.request.header(SIGNATURE_HEADER)
        == sign(session.receiver.secret_token, timestamp_s=timestamp, body=sent.request.body)
    )
