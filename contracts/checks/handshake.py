"""URL validation: the answer Zoom needs, and what it gives away to those who are not Zoom."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Final

from contracts.bodies import ChallengeBody, ExactBody
from contracts.cases import Case, Depth, Miss, Procedure, Recipe, Scope
from contracts.check import Check
from contracts.expectations import ANSWERED_RIGHTLY, Kind, kind_of, received_text
from contracts.findings import Evidence, Severity
from contracts.remedies import VERIFY_FIRST, Remedy
from emitter.core.answer_shapes import ENCRYPTED, find_fields, parsed, unwrap
from emitter.core.fault import Fault
from emitter.core.faults import FAULTS
from emitter.core.zoom import SIGNATURE_HEADER, TIMESTAMP_HEADER, VALIDATION_EVENT

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from contracts.cases import Sent
    from contracts.session import Session
    from emitter.core.request import SignedRequest

_TOKENS: Final = (
    ("a token with - and _", "-_a-B_c-D_e-F_g-H_i-J_"),
    ("a token of 16 characters", "Zk3wV9bQ1xT7pL5s"),
    ("a token of 43 characters", "qgg8vlvZRS6UYooatFL8AwXys8n8PGS7mAU0m5YJjRA"),
)


def _challenges(scope: Scope) -> Iterable[Case]:  # noqa: ARG001 - the shape of `Check.cases`
    for name, token in (("a fresh token", None), *_TOKENS):
        yield Case(
            name=name,
            event=VALIDATION_EVENT,
            recipe=Recipe(body=ChallengeBody(plain_token=token)),
            expects=ANSWERED_RIGHTLY,
            cause="challenge",
            depth=Depth.QUICK if token in {None, _TOKENS[0][1]} else Depth.DEFAULT,
        )


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
            kind="signing-oracle",
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
        sends="challenges, rightly signed, with a fresh token, with - and _ in it, and of other lengths",
        expects=ANSWERED_RIGHTLY.words,
        why="Zoom saves an endpoint only if it answers, asks again every 72 hours, and disables the "
        "subscription after six failures.",
        source="docs/zoom.md#handshake",
        mend=Remedy("`zoom-emitter validate-url` tells over fifty wrong answers apart."),
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
        mend=Remedy(f"A challenge is signed like any event. {VERIFY_FIRST.words}", VERIFY_FIRST.code),
        cases=_oracles,
    ),
)
