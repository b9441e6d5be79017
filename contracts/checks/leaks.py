"""What answers give away, to whatever request of the whole run; nothing is sent."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING, Final
from urllib.parse import quote

from contracts.check import Check
from contracts.findings import Evidence, Severity
from contracts.remedies import HIDE_TRACES, Remedy
from contracts.sent import Miss
from contracts.traces import trace_in, variables_in
from emitter.core.signing import SIGNATURE_CHARS, sign
from emitter.core.zoom import SIGNATURE_HEADER, TIMESTAMP_HEADER

if TYPE_CHECKING:
    from collections.abc import Iterator

    from contracts.sent import Sent
    from contracts.session import Session
    from emitter.core.secrets import SecretToken

_NOTHING: Final = "an answer that tells no more than its status"
_DIGITS: Final = SIGNATURE_CHARS - len("v0=")


def _answers(session: Session) -> Iterator[tuple[Sent, str, str]]:
    """Yield each request with the place and the text of what was answered, texts that came before once."""
    seen: set[str] = set()
    for sent in session.traffic:
        if answer := sent.exchange.answer:
            headers = "\n".join(f"{name}: {value}" for name, value in answer.headers)
            body = answer.body.decode("utf-8", "replace")
            for place, text in (("headers", headers), ("body", body)):
                if text and text not in seen:
                    seen.add(text)
                    yield sent, place, text


def _secret_forms(secret_token: SecretToken) -> tuple[tuple[str, str], ...]:
    text = secret_token.reveal()
    return (
        ("", text),
        (" in base64", base64.b64encode(text.encode()).decode().rstrip("=")),
        (" in hexadecimal", text.encode().hex()),
        (" as in a URL", quote(text, safe="")),
    )


def _secrets(session: Session) -> Iterator[Miss]:
    forms = _secret_forms(session.receiver.secret_token)
    for sent, place, text in _answers(session):
        for form, secret in forms:
            if secret in text:
                yield _leaked(sent, place, f"the secret token{form}", kind="secret")
                break


def _signatures(session: Session) -> Iterator[Miss]:
    """Yield answers that hold the right signature of a request that did not have it."""
    for sent, place, text in _answers(session):
        timestamp = sent.request.header(TIMESTAMP_HEADER) or ""
        right = sign(session.receiver.secret_token, timestamp_s=timestamp, body=sent.request.body)[-_DIGITS:]
        given = " ".join(value for name, value in sent.request.headers if name.lower() == SIGNATURE_HEADER)
        forms = (right, base64.b64encode(bytes.fromhex(right)).decode())
        if right not in given.lower() and any(
            form in each for form in forms for each in (text, text.lower())
        ):
            yield _leaked(sent, place, "the right signature of a request that had another", kind="signature")


def _traces(session: Session) -> Iterator[Miss]:
    for sent, place, text in _answers(session):
        if language := trace_in(text):
            yield _leaked(sent, place, f"a trace of the stack ({language})", kind="trace")


def _environments(session: Session) -> Iterator[Miss]:
    for sent, place, text in _answers(session):
        if names := variables_in(text):
            what = f"variables of the environment ({', '.join(names[:4])}, …)"
            yield _leaked(sent, place, what, kind="environment")


def _leaked(sent: Sent, place: str, what: str, *, kind: str) -> Miss:
    """Return a miss that says what stands where and shows none of it."""
    status = sent.exchange.outcome.status
    asked = f"{sent.event}, {sent.case}" if sent.case else sent.event
    return Miss(
        kind=kind,
        expected=_NOTHING,
        received=f"{status}, with {what} in its {place}",
        sent=sent,
        message=f"{what} stands in the {place} of the answer {status} to: {asked}",
    )


CHECKS: Final = (
    Check(
        code="L01",
        title="No answer holds the secret token",
        severity=Severity.ERROR,
        evidence=Evidence.ATTACK,
        sends="nothing of its own; looks in every answer for the secret token, also in "
        "base64, hexadecimal and as in a URL",
        expects=_NOTHING,
        why="Who has it can sign anything. Zoom keeps failed answers in a log that more people can read.",
        source="docs/zoom.md#signing",
        mend=Remedy("Never print settings or errors that hold settings; then set a new secret token."),
        inspects=_secrets,
    ),
    Check(
        code="L02",
        title="No answer holds the signature that would have been right",
        severity=Severity.ERROR,
        evidence=Evidence.ATTACK,
        sends="nothing of its own; looks in every answer for the right signature of "
        "requests that had another or none",
        expects=_NOTHING,
        why="It is all a forger needs: ask with any signature, and send again with the one in the answer.",
        source="docs/zoom.md#signing",
        mend=Remedy("Answer 401 without the two signatures that were compared; log neither."),
        inspects=_signatures,
    ),
    Check(
        code="L03",
        title="No answer holds a trace of the stack",
        severity=Severity.WARNING,
        evidence=Evidence.ATTACK,
        sends="nothing of its own; looks in every answer for traces as Python, Node.js, Java, "
        "PHP, Go, Ruby, .NET and Rust print them",
        expects=_NOTHING,
        why="Traces name files, versions and sometimes values, to whoever finds out how to make it fail.",
        source="docs/zoom.md#failures",
        mend=HIDE_TRACES,
        inspects=_traces,
    ),
    Check(
        code="L04",
        title="No answer holds the environment",
        severity=Severity.WARNING,
        evidence=Evidence.ATTACK,
        sends="nothing of its own; looks in every answer for several environment variables with their values",
        expects=_NOTHING,
        why="Debug pages print the environment, which is where secret tokens and passwords stand.",
        source="docs/zoom.md#failures",
        mend=HIDE_TRACES,
        inspects=_environments,
    ),
)
