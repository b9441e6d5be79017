"""URL validation: the answer Zoom needs, and what it gives away to those who are not Zoom."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Final

from contracts.bodies import ChallengeBody, EventBody, ExactBody
from contracts.cases import AnyCase, Case, Procedure
from contracts.check import Check, Phase
from contracts.expectations import ANSWERED_RIGHTLY, Kind, kind_of, received_text
from contracts.findings import Evidence, Severity
from contracts.remedies import ANSWER_CHALLENGE, VERIFY_FIRST
from contracts.scope import Depth, Scope
from contracts.sent import Miss, Recipe
from emitter.core.answer_shapes import ENCRYPTED, find_fields, parsed, unwrap
from emitter.core.fault import Fault
from emitter.core.faults import FAULTS
from emitter.core.zoom import SIGNATURE_HEADER, TIMESTAMP_HEADER, VALIDATION_EVENT

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from contracts.sent import Sent
    from contracts.session import Session
    from emitter.core.request import SignedRequest

_AWKWARD: Final = "-_a-B_c-D_e-F_g-H_i-J_"


def _challenges(scope: Scope) -> Iterable[AnyCase]:
    for name, token in (("a fresh token", None), ("a token with - and _", _AWKWARD)):
        yield Case(
            name=name,
            event=VALIDATION_EVENT,
            recipe=Recipe(body=ChallengeBody(plain_token=token)),
            expects=ANSWERED_RIGHTLY,
            cause="challenge",
        )
    yield Procedure(
        name="a fresh token right after an event",
        event=VALIDATION_EVENT,
        requests=2,
        misses=partial(_after_an_event, event=scope.event.name),
        cause="challenge",
        depth=Depth.DEFAULT,
    )


def _after_an_event(session: Session, event: str) -> Iterator[Miss]:
    session.send(Recipe(body=EventBody(event=event)))
    if miss := ANSWERED_RIGHTLY.judge(session.challenge(), session.receiver):
        yield miss


def _oracle(session: Session, event: str, challenge: Fault) -> Iterator[Miss]:
    """Let the receiver sign an event as the hash of a token, and send it: yield a miss if it is taken."""
    body = session.workshop.event(event, seed="forged", now_ms=session.clock.now_ms()).body()
    timestamp = str(session.clock.now_ms() // 1000)
    token = f"v0:{timestamp}:{body.decode()}"
    digest = _digest_in(session.send(Recipe(body=ChallengeBody(plain_token=token), faults=(challenge,))))
    if digest is None:
        return
    forged = session.send(_forgery(event, body, timestamp, f"v0={digest}"))
    control = session.send(_forgery(event, body, timestamp, f"v0={'0' * 64}"))
    if kind_of(forged.exchange) is Kind.ACKNOWLEDGED and kind_of(control.exchange) is Kind.REFUSED:
        yield Miss(
            kind=Kind.ACKNOWLEDGED,
            expected="a challenge that is not rightly signed is refused with a 4xx",
            received=f"its answer was a valid signature; the forged event: {received_text(forged.exchange)}",
            message="the receiver signed an event of our own making and then accepted it",
        )


def _forgery(event: str, body: bytes, timestamp: str, signature: str) -> Recipe:
    def forge(request: SignedRequest) -> SignedRequest:
        forged = {TIMESTAMP_HEADER: timestamp, SIGNATURE_HEADER: signature}
        headers = tuple((name, forged.get(name, value)) for name, value in request.headers)
        return replace(request, headers=headers)

    fault = Fault(name="forged", description="a signature the receiver made itself", request=forge)
    return Recipe(body=ExactBody(body=body, event=event), faults=(fault,))


def _digest_in(sent: Sent) -> str | None:
    """Return the hash in the answer to a challenge, under whatever the receiver wrapped around it."""
    answer = sent.exchange.answer
    if answer is None or kind_of(sent.exchange) is not Kind.ACKNOWLEDGED:
        return None
    try:
        value, _ = unwrap(parsed(answer.body.decode("utf-8-sig")))
    except ValueError:
        return None
    digest = find_fields(value)[0].get(ENCRYPTED) if isinstance(value, dict) else None
    return digest if isinstance(digest, str) else None


def _oracles(scope: Scope) -> Iterable[Procedure]:
    for name, fault in (("unsigned", "unsigned"), ("wrongly signed", "wrong-signature")):
        yield Procedure(
            name=f"a challenge that is {name}, used to sign an event",
            event=VALIDATION_EVENT,
            requests=3,
            misses=partial(_oracle, event=scope.event.name, challenge=FAULTS[fault]),
            cause="signing-oracle",
        )


CHECKS: Final = (
    Check(
        code="H01",
        title="A signed challenge is answered as Zoom expects",
        severity=Severity.ERROR,
        evidence=Evidence.CONFIRMED,
        sends="challenges, rightly signed: with a fresh token each, with - and _ in it, right after an event",
        expects=ANSWERED_RIGHTLY.words,
        why="Zoom saves an endpoint only if it answers, asks again every 72 hours, and disables the "
        "subscription after six failures.",
        source="docs/zoom.md#handshake",
        mend=ANSWER_CHALLENGE,
        cases=_challenges,
    ),
    Check(
        code="H02",
        title="A challenge that Zoom did not sign cannot be used to forge events",
        severity=Severity.ERROR,
        evidence=Evidence.ATTACK,
        sends="a challenge without a right signature whose token is v0:TIMESTAMP:BODY of an event, then that "
        "event with the hash that came back as its signature, and once with another",
        expects="the challenge is refused, or its hash is of no use",
        why="The answer to a challenge is an HMAC with the secret token over a text that the sender chooses: "
        "who gets it unsigned can have anything signed.",
        source="docs/zoom.md#handshake",
        mend=VERIFY_FIRST.saying(f"A challenge is signed like any event. {VERIFY_FIRST.words}"),
        cases=_oracles,
        phase=Phase.REFUSED,
    ),
)
