"""What an answer may be, and what it was instead. A receiver's words are its own: only status and time count.

A receiver may answer any 2xx with any body, and refuse with any 4xx: see Severity in `contracts.findings`.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from contracts.findings import Evidence, Severity
from contracts.redaction import Redaction
from contracts.sent import Miss
from emitter.core.answer_shapes import shown
from emitter.core.attempt_forms import outcome_text
from emitter.core.diagnosis import Reply
from emitter.core.handshake import judge as judge_handshake
from emitter.core.handshake import plain_token_of
from emitter.core.outcome import OutcomeKind

if TYPE_CHECKING:
    from collections.abc import Mapping

    from contracts.receiver import Receiver
    from contracts.sent import Sent
    from emitter.core.handshake import Verdict
    from emitter.delivery.transport import Exchange

_SHOWN_CHARS: Final = 120
_PAGE: Final = re.compile(r"<(!doctype html|html)\b", re.IGNORECASE)
_TITLE: Final = re.compile(r"<title[^>]*>([^<]+)", re.IGNORECASE)


class Kind(StrEnum):
    """One word for what a receiver did with a request."""

    ACKNOWLEDGED = "acknowledged"
    REFUSED = "refused"
    REDIRECTED = "redirected"
    SERVER_ERROR = "server-error"
    NO_ANSWER = "no-answer"
    """Nothing whole within the deadline."""
    DROPPED = "dropped"
    """The connection was closed without an answer."""
    UNREACHABLE = "unreachable"
    """There was no connection."""
    DIED = "died"
    """It gave no sign of life afterwards."""


NEVER_ALLOWED: Final = frozenset({Kind.NO_ANSWER, Kind.DIED})
"""An error whoever sends the request."""
DOUBTFUL: Final = frozenset({Kind.NO_ANSWER, Kind.DROPPED, Kind.UNREACHABLE})
"""What a busy machine can cause as well: believed only when it happens again."""

_KINDS: Final[Mapping[OutcomeKind, Kind]] = {
    OutcomeKind.ACCEPTED: Kind.ACKNOWLEDGED,
    OutcomeKind.REFUSED: Kind.REFUSED,
    OutcomeKind.REDIRECTED: Kind.REDIRECTED,
    OutcomeKind.FAILED: Kind.SERVER_ERROR,
    OutcomeKind.TIMED_OUT: Kind.NO_ANSWER,
    OutcomeKind.BROKEN: Kind.DROPPED,
}

Judge = Callable[["Sent", "Receiver"], Miss | None]


def kind_of(exchange: Exchange) -> Kind:
    """Return the one word for an exchange."""
    return _KINDS.get(exchange.outcome.kind, Kind.UNREACHABLE)


def received_text(exchange: Exchange) -> str:
    """Return what came back, on one line: status, time, and the beginning of what the receiver said."""
    text = f"{outcome_text(exchange.outcome)} after {exchange.timing.total_ms:.0f} ms"
    if exchange.outcome.detail:
        text += f", {exchange.outcome.detail}"
    if exchange.answer and exchange.answer.body:
        text += f": {_said(exchange.answer.body.decode('utf-8', 'replace').strip())}"
    return text


def _said(body: str) -> str:
    """Return the beginning of what a receiver said; of a page made for people, its title."""
    if _PAGE.match(body) and (title := _TITLE.search(body)):
        return f"a page titled {shown(' '.join(title[1].split()))}"
    return body if body.isprintable() and len(body) <= _SHOWN_CHARS else shown(body)


@dataclass(frozen=True, slots=True)
class Expectation:
    """How an answer is judged.

    Attributes:
        words: What is expected, in words.
        judge: Returns what was missed in an exchange with a receiver, None where all is well.
    """

    words: str
    judge: Judge


def one_of(words: str, *allowed: Kind, lenient: Mapping[Kind, Severity] | None = None) -> Expectation:
    """Return an expectation by kind of answer.

    Args:
        words: What is expected, in words.
        allowed: What the receiver may do.
        lenient: Severities of single kinds, where they differ from the check's.
    """

    def judge(sent: Sent, receiver: Receiver) -> Miss | None:
        kind = kind_of(sent.exchange)
        return (
            None
            if kind in allowed
            else missed(kind, words, sent, receiver, severity=(lenient or {}).get(kind))
        )

    return Expectation(words, judge)


def missed(
    kind: str, expected: str, sent: Sent, receiver: Receiver, *, severity: Severity | None = None
) -> Miss:
    """Return a miss that a request shows; a hang is an error whoever sent it."""
    is_worst = kind in NEVER_ALLOWED
    return Miss(
        kind=kind,
        expected=expected,
        received=received_text(_clean(sent, receiver)),
        sent=sent,
        severity=Severity.ERROR if is_worst else severity,
        evidence=Evidence.CONFIRMED if is_worst else None,
    )


def _clean(sent: Sent, receiver: Receiver) -> Exchange:
    """Return an exchange without secrets: before its text is cut, which might leave a part of one."""
    return Redaction(receiver.secret_token, receiver.subscription, [sent]).exchange(sent.exchange)


def refusal(words: str, *, lenient: Mapping[Kind, Severity] | None = None) -> Expectation:
    """Return the expectation that a request is not accepted; a redirect does no harm.

    A receiver that acknowledges before it verifies says nothing about requests by its acknowledgement.

    Args:
        words: What is expected, in words.
        lenient: Severities of single kinds, where they differ from the check's.
    """
    not_accepted = one_of(words, Kind.REFUSED, Kind.REDIRECTED, lenient=lenient)

    def judge(sent: Sent, receiver: Receiver) -> Miss | None:
        if kind_of(sent.exchange) is Kind.ACKNOWLEDGED and receiver.acks_before_verifying:
            return None
        return not_accepted.judge(sent, receiver)

    return Expectation(words, judge)


def challenge_verdict(sent: Sent, receiver: Receiver) -> Verdict:
    """Return whether Zoom would take the answer to a challenge, and what it is not known to refuse in it."""
    reply = Reply(
        plain_token=plain_token_of(sent.request.body) or "",
        timestamp_s=sent.started_at_ms // 1000,
        body=sent.request.body,
        outcome=sent.exchange.outcome,
        answer=sent.exchange.answer,
    )
    return judge_handshake(reply, secret_token=receiver.secret_token)


def _judge_challenge(sent: Sent, receiver: Receiver) -> Miss | None:
    """Judge as Zoom does; what Zoom is not known to refuse is no miss here."""
    verdict = challenge_verdict(sent, receiver)
    if verdict.is_valid:
        return None
    mistake = verdict.mistakes[0]
    found = f" ({receiver.redacted(mistake.found)})" if mistake.found else ""
    kind = kind_of(sent.exchange)
    base = missed(kind if kind in NEVER_ALLOWED else mistake.id, ANSWERED_RIGHTLY.words, sent, receiver)
    return Miss(
        kind=base.kind,
        expected=base.expected,
        received=base.received,
        sent=sent,
        message=f"{mistake.title}{found}",
        mend=mistake.remedy,
        severity=base.severity,
        evidence=base.evidence,
    )


CALLS_ZOOM: Final = (
    "does its handler call Zoom's API? Then let it call `zoom-emitter serve`, which answers as Zoom, in "
    "place of https://api.zoom.us; with --start the URL is in ZOOM_API_URL"
)
"""What is asked of a receiver that fails at an event Zoom may send: its second line may be a call."""
_ACCEPTED: Final = one_of("a 2xx within 3 s", Kind.ACKNOWLEDGED)


def _accepted(sent: Sent, receiver: Receiver) -> Miss | None:
    miss = _ACCEPTED.judge(sent, receiver)
    return replace(miss, guess=CALLS_ZOOM) if miss and miss.kind == Kind.SERVER_ERROR else miss


ACKNOWLEDGED: Final = Expectation(_ACCEPTED.words, _accepted)
"""What Zoom counts as delivered. CONFIRMED (docs/zoom.md#delivery)."""
REFUSED: Final = refusal("a 4xx", lenient={Kind.DROPPED: Severity.WARNING})
"""For what nobody may send: any 4xx. A redirect does no harm; a 5xx shows that it crashed."""
NOT_A_SERVER_ERROR: Final = one_of("any answer but a 5xx", Kind.ACKNOWLEDGED, Kind.REFUSED, Kind.REDIRECTED)
"""For signed nonsense: accept it or refuse it."""
ANSWERED: Final = one_of(
    "any answer in time", Kind.ACKNOWLEDGED, Kind.REFUSED, Kind.REDIRECTED, Kind.SERVER_ERROR, Kind.DROPPED
)
"""For what only must not hang or kill."""
ANSWERED_RIGHTLY: Final = Expectation(
    'status 200 and {"plainToken": …, "encryptedToken": …} as JSON within 3 s', _judge_challenge
)
"""For challenges: what Zoom takes (docs/zoom.md#handshake)."""
