"""URL validation at its edges: other lengths, other successes, strangers, and challenges that are none."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any, Final

from contracts.bodies import ChallengeBody, EventBody, ExactBody
from contracts.cases import AnyCase, Case, Procedure
from contracts.check import Check, Phase
from contracts.expectations import (
    ANSWERED_RIGHTLY,
    NOT_A_SERVER_ERROR,
    REFUSED,
    Kind,
    challenge_verdict,
    kind_of,
    missed,
    one_of,
    received_text,
)
from contracts.findings import Evidence, Severity
from contracts.remedies import ANSWER_CHALLENGE, READ_CAREFULLY, VERIFY_FIRST
from contracts.scope import Depth, Scope
from contracts.sent import Miss, Recipe
from emitter.core.faults import FAULTS
from emitter.core.wire import encode
from emitter.core.zoom import VALIDATION_EVENT

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from contracts.bodies import Body
    from contracts.receiver import Receiver
    from contracts.sent import Sent
    from contracts.session import Session
    from emitter.core.fault import Fault

_LENGTHS: Final = ("Zk3wV9bQ", "Zk3wV9bQ1xT7pL5s", "qgg8vlvZRS6UYooatFL8AwXys8n8PGS7mAU0m5YJjRA")
_NO_TOKEN: Final[tuple[tuple[str, Any], ...]] = (
    ("no plainToken", {}),
    ("plainToken null", {"plainToken": None}),
    ("a number for plainToken", {"plainToken": 7}),
    ("a list for plainToken", {"plainToken": ["a"]}),
    ("an object for plainToken", {"plainToken": {"toString": "a"}}),
    ("payload null", None),
    ("text for payload", "plainToken"),
)
_ODD_TOKENS: Final[tuple[tuple[str, Any], ...]] = (
    ("an empty plainToken", {"plainToken": ""}),
    ("a plainToken of 20000 characters", {"plainToken": "a" * 20_000}),
    ("a plainToken that is not ASCII", {"plainToken": "é東京"}),
    ("a plainToken with NUL", {"plainToken": "a\0b"}),
)


def _lengths(scope: Scope) -> Iterable[Case]:  # noqa: ARG001 - the shape of `Check.cases`
    for token in _LENGTHS:
        yield Case(
            name=f"a token of {len(token)} characters",
            event=VALIDATION_EVENT,
            recipe=Recipe(body=ChallengeBody(plain_token=token)),
            expects=ANSWERED_RIGHTLY,
            cause="length",
            depth=Depth.DEFAULT,
        )


def _tolerated(session: Session) -> Iterator[Miss]:
    """Yield what Zoom is not known to refuse in the answer to a challenge."""
    sent = session.challenge()
    for warning in challenge_verdict(sent, session.receiver).warnings:
        found = f" ({session.receiver.redacted(warning.found)})" if warning.found else ""
        yield Miss(
            kind=warning.id,
            expected="status 200, content type application/json, and the two keys alone",
            received=session.receiver.redacted(received_text(sent.exchange)),
            sent=sent,
            message=f"{warning.title}{found}",
            mend=warning.remedy,
        )


def _forms(scope: Scope) -> Iterable[Procedure]:  # noqa: ARG001 - the shape of `Check.cases`
    yield Procedure(
        name="a fresh token",
        event=VALIDATION_EVENT,
        requests=1,
        misses=_tolerated,
        cause="answer",
    )


def _by_a_stranger(session: Session, body: Body, fault: Fault, event: str) -> Iterator[Miss]:
    """Yield a miss if a stranger's challenge is answered or fails, and a stranger's event does not so, too.

    What becomes of such events is told by the family of signatures. An acknowledgement without the hash
    gives nothing away.
    """
    sent = session.send(Recipe(body=body, faults=(fault,)))
    miss = _missed_by(sent, session.receiver)
    if miss is None:
        return
    same = session.send(Recipe(body=EventBody(event=event), faults=(fault,)))
    if kind_of(same.exchange) is not kind_of(sent.exchange):
        yield miss


def _missed_by(sent: Sent, receiver: Receiver) -> Miss | None:
    if kind_of(sent.exchange) is not Kind.ACKNOWLEDGED:
        return REFUSED.judge(sent, receiver)
    if ANSWERED_RIGHTLY.judge(sent, receiver) is not None:
        return None
    miss = missed(Kind.ACKNOWLEDGED, REFUSED.words, sent, receiver, severity=Severity.WARNING)
    return replace(miss, evidence=Evidence.CONFIRMED, message="a stranger got the hash of a token")


def _by_strangers(scope: Scope) -> Iterable[Procedure]:
    whole: list[tuple[str, Body, Fault]] = [
        ("a fresh token", ChallengeBody(), FAULTS[name]) for name in ("unsigned", "wrong-signature")
    ]
    malformed = [(name, _challenge_with(payload), FAULTS["unsigned"]) for name, payload in _NO_TOKEN]
    for name, body, fault in (*whole, *malformed):
        yield Procedure(
            name=f"{name}, {fault.description}",
            event=VALIDATION_EVENT,
            requests=2,
            misses=partial(_by_a_stranger, body=body, fault=fault, event=scope.event.name),
            cause="stranger",
            depth=Depth.QUICK if isinstance(body, ChallengeBody) else Depth.DEFAULT,
        )


_NO_ANSWER_TO_NOTHING: Final = one_of(
    "a 4xx", Kind.REFUSED, Kind.REDIRECTED, lenient={Kind.ACKNOWLEDGED: Severity.INFO}
)


def _malformed(scope: Scope) -> Iterable[AnyCase]:  # noqa: ARG001 - the shape of `Check.cases`
    for expects, payloads in ((_NO_ANSWER_TO_NOTHING, _NO_TOKEN), (NOT_A_SERVER_ERROR, _ODD_TOKENS)):
        for name, payload in payloads:
            yield Case(
                name=name,
                event=VALIDATION_EVENT,
                recipe=Recipe(body=_challenge_with(payload)),
                expects=expects,
                cause="malformed",
                depth=Depth.QUICK if payload == {} else Depth.DEFAULT,
            )


def _challenge_with(payload: Any) -> ExactBody:
    body = encode({"payload": payload, "event_ts": 1_720_705_455_858, "event": VALIDATION_EVENT})
    return ExactBody(body=body, event=VALIDATION_EVENT)


CHECKS: Final = (
    Check(
        code="H03",
        title="A token of another length is hashed like any other",
        severity=Severity.WARNING,
        evidence=Evidence.UNSURE,
        sends="challenges with tokens of 8, 16 and 43 characters, rightly signed",
        expects=ANSWERED_RIGHTLY.words,
        why="Zoom's tokens have 22 characters so far; nothing promises that they always will.",
        source="docs/zoom.md#signing",
        mend=ANSWER_CHALLENGE,
        cases=_lengths,
        implied_by=("H01",),
    ),
    Check(
        code="H04",
        title="A challenge is answered with status 200, as JSON, and with nothing else",
        severity=Severity.WARNING,
        evidence=Evidence.UNSURE,
        sends="a challenge, rightly signed",
        expects="status 200, content type application/json, and the two keys alone",
        why="Zoom documents 200, and nobody has seen how strict it is about the rest.",
        source="docs/zoom.md#handshake",
        mend=ANSWER_CHALLENGE,
        cases=_forms,
    ),
    Check(
        code="H05",
        title="A challenge that Zoom did not sign is refused",
        severity=Severity.ERROR,
        evidence=Evidence.ATTACK,
        sends="challenges without a signature and with a wrong one, whole and malformed",
        expects="a 4xx; an answered one that forges nothing is a warning, a 5xx is an error",
        why="Zoom signs every challenge. Handlers that read the token before they verify fail on what any "
        "stranger sends.",
        source="docs/zoom.md#handshake",
        mend=VERIFY_FIRST.saying(f"A challenge is signed like any event. {VERIFY_FIRST.words}"),
        cases=_by_strangers,
        implied_by=("H02",),
        phase=Phase.REFUSED,
    ),
    Check(
        code="H06",
        title="A malformed challenge makes the receiver neither fail nor hang",
        severity=Severity.WARNING,
        evidence=Evidence.UNSURE,
        sends="challenges without plainToken, with null, a number, a list or an object for it, without "
        "payload, with an empty, a very long and a strange token; rightly signed",
        expects="any answer but a 5xx; a 2xx where there is no token is worth knowing",
        why="Only a holder of the secret can send it, but handlers that take the token for granted have "
        "answered 5xx, or 200 without a token.",
        source="docs/zoom.md#failures",
        mend=READ_CAREFULLY,
        cases=_malformed,
        phase=Phase.REFUSED,
    ),
)
