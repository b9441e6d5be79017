"""Whether the receiver can be judged at all: what would otherwise be found two hundred times is said once."""

from __future__ import annotations

import re
from dataclasses import replace
from http import HTTPStatus
from typing import TYPE_CHECKING, Final

from contracts.check import Check
from contracts.clock_drift import DRIFT
from contracts.differential import Diagnosis
from contracts.expectations import ACKNOWLEDGED, ANSWERED_RIGHTLY, Kind, kind_of, missed
from contracts.findings import Evidence, Severity
from contracts.probes import WRONG_CLOCK
from contracts.remedies import ACKNOWLEDGE_FIRST, EXEMPT_FROM_CSRF, Remedy
from contracts.sent import Miss
from emitter.core.subscription import BasicAuth

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from contracts.sent import Sent
    from contracts.session import Session

_FILTERED: Final = re.compile(
    r"csrf|forbidden by|access denied|proxy|captcha|cloudflare|log ?in", re.IGNORECASE
)
_COLON_HINT: Final = (
    "Look how the receiver reads Basic authentication: this password has a colon, and who splits at every "
    "colon compares its beginning only. Then compare the secret tokens."
)
_WRONG_PLACE: Final = frozenset({HTTPStatus.NOT_FOUND, HTTPStatus.METHOD_NOT_ALLOWED, HTTPStatus.GONE})


def _all(session: Session, fits: Callable[[Sent], bool]) -> bool:
    return all(fits(sent) for sent in session.greeting)


def _everything(session: Session, kind: str, message: str) -> Iterable[Miss]:
    first = session.greeting[0]
    miss = missed(kind, ACKNOWLEDGED.words, first, session.receiver)
    yield Miss(
        kind=kind,
        expected=f"{ACKNOWLEDGED.words} to an event, {ANSWERED_RIGHTLY.words} to a challenge",
        received=miss.received,
        sent=first,
        message=message,
        severity=miss.severity,
        evidence=miss.evidence,
    )


def _redirects(session: Session) -> Iterable[Miss]:
    if not _all(session, lambda sent: kind_of(sent.exchange) is Kind.REDIRECTED):
        return ()
    answer = session.greeting[0].exchange.answer
    to = next((value for name, value in answer.headers if name.lower() == "location"), "") if answer else ""
    where = to.partition("?")[0]
    hint = (
        "; give the https URL" if where.startswith("https:") and session.receiver.url[:5] == "http:" else ""
    )
    return _everything(session, Kind.REDIRECTED, f"every request is redirected to {where or 'nowhere'}{hint}")


def _is_elsewhere(session: Session) -> Iterable[Miss]:
    if not _all(session, lambda sent: sent.exchange.outcome.status in _WRONG_PLACE):
        return ()
    status = session.greeting[0].exchange.outcome.status
    return _everything(session, "wrong-path", f"every request is answered {status}: is the path right?")


def _is_filtered(session: Session) -> Iterable[Miss]:
    if not _all(session, lambda sent: kind_of(sent.exchange) is Kind.REFUSED):
        return ()
    said = [
        sent.exchange.answer.body.decode("utf-8", "replace")
        for sent in session.greeting
        if sent.exchange.answer
    ]
    found = next((match[0] for text in said if (match := _FILTERED.search(text))), "")
    if not found:
        return ()
    return _everything(
        session, "filtered", f"something before the handler refuses everything, it says {found!r}"
    )


def _refuses_everything(session: Session) -> Iterable[Miss]:
    def is_refused(sent: Sent) -> bool:
        return kind_of(sent.exchange) is Kind.REFUSED

    event, challenge, *others = session.greeting
    answered = kind_of(challenge.exchange) is Kind.ACKNOWLEDGED
    wrongly = answered and ANSWERED_RIGHTLY.judge(challenge, session.receiver)
    is_elsewhere = next(iter(_is_elsewhere(session)), None) or next(iter(_is_filtered(session)), None)
    if is_elsewhere or not all(map(is_refused, [event, *others])) or not (is_refused(challenge) or wrongly):
        return ()
    explanation = Diagnosis(session).of_everything(event.event)
    is_clock = explanation.mistake is not None and explanation.mistake.id == WRONG_CLOCK
    (miss,) = _everything(
        session,
        DRIFT if is_clock else "other-secret",
        f"everything that is rightly signed is refused; {explanation.words()}",
    )
    hint = _COLON_HINT if _has_colon(session) else ""
    remedy = explanation.mistake.remedy if explanation.mistake else hint
    return (replace(miss, mend=remedy),)


def _has_colon(session: Session) -> bool:
    auth = session.receiver.subscription.auth
    return isinstance(auth, BasicAuth) and ":" in auth.password.reveal()


def _hangs(session: Session) -> Iterable[Miss]:
    if not _all(session, lambda sent: kind_of(sent.exchange) is Kind.NO_ANSWER):
        return ()
    return _everything(session, Kind.NO_ANSWER, "no request is answered in time")


def _fails(session: Session) -> Iterable[Miss]:
    if not _all(session, lambda sent: kind_of(sent.exchange) in {Kind.SERVER_ERROR, Kind.DROPPED}):
        return ()
    return _everything(session, Kind.SERVER_ERROR, "every request makes it fail")


def _throttles(session: Session) -> Iterable[Miss]:
    obeyed = session.pacer.obeyed
    if obeyed:
        yield Miss(
            kind="throttled",
            expected="no 429: Zoom never sends again what was answered so",
            received=f"429, waited for and sent again, {obeyed} in all",
        )


CHECKS: Final = (
    Check(
        code="P01",
        title="The receiver does not redirect",
        severity=Severity.ERROR,
        evidence=Evidence.CONFIRMED,
        sends="an event and a challenge",
        expects="no 3xx to all of them",
        why="Zoom does not follow redirects, so nothing arrives and the URL cannot be validated.",
        source="docs/zoom.md#handshake",
        mend=Remedy("Register the URL that requests are redirected to, and answer there."),
        inspects=_redirects,
        ends_run=True,
    ),
    Check(
        code="P02",
        title="The receiver is at this path and takes POST",
        severity=Severity.ERROR,
        evidence=Evidence.CONFIRMED,
        sends="an event and a challenge",
        expects="not 404, 405 or 410 to all of them",
        why="Zoom never repeats what was answered 4xx: every event would be lost.",
        source="docs/zoom.md#retries",
        mend=Remedy("Give the path of the handler, with or without the slash at its end, and take POST."),
        inspects=_is_elsewhere,
        ends_run=True,
    ),
    Check(
        code="P03",
        title="Nothing in front of the receiver turns requests away",
        severity=Severity.ERROR,
        evidence=Evidence.CONFIRMED,
        sends="an event and a challenge",
        expects="not a refusal by a CSRF filter, a login or a proxy to all of them",
        why="Endpoints behind a login or a CSRF check are a known reason for lost events.",
        source="docs/zoom.md#failures",
        mend=EXEMPT_FROM_CSRF,
        inspects=_is_filtered,
        ends_run=True,
    ),
    Check(
        code="P04",
        title="The receiver takes what is signed with its secret token",
        severity=Severity.ERROR,
        evidence=Evidence.CONFIRMED,
        sends="events and a challenge, rightly signed; where all are refused, an event computed in each "
        "common wrong way",
        expects="not a refusal of all of them",
        why="Another secret than the app's, or another computation, refuses everything Zoom sends.",
        source="docs/zoom.md#signing",
        mend=Remedy(
            "Give both sides the same secret token: most likely the receiver has another app's, or the one "
            "from before it was regenerated. Then look for what takes signature or body away on the way."
        ),
        inspects=_refuses_everything,
        ends_run=True,
    ),
    Check(
        code="P05",
        title="The receiver answers",
        severity=Severity.ERROR,
        evidence=Evidence.CONFIRMED,
        sends="an event and a challenge",
        expects="an answer to one of them within 3 s",
        why="Zoom waits 3 seconds, tries three times more, and gives up.",
        source="docs/zoom.md#delivery",
        mend=ACKNOWLEDGE_FIRST,
        inspects=_hangs,
        ends_run=True,
    ),
    Check(
        code="P06",
        title="The receiver does not fail on everything",
        severity=Severity.ERROR,
        evidence=Evidence.CONFIRMED,
        sends="an event and a challenge",
        expects="not a 5xx or a lost connection to all of them",
        why="Zoom tries 5xx three times more and gives up.",
        source="docs/zoom.md#retries",
        mend=Remedy("Look into the receiver's own log: it fails before it looks at what came."),
        inspects=_fails,
        ends_run=True,
    ),
    Check(
        code="P07",
        title="The receiver takes events as fast as they come",
        severity=Severity.INFO,
        evidence=Evidence.CONFIRMED,
        sends="nothing of its own",
        expects="no 429 in the whole run",
        why="Zoom never repeats what was answered 4xx, 429 included.",
        source="docs/zoom.md#retries",
        mend=Remedy("Exempt the handler from rate limits, or answer 503, which Zoom tries again."),
        inspects=_throttles,
    ),
)
