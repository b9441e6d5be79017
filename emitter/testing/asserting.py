"""Assertions about deliveries that say what was sent, what came back, and what is likely behind it."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING, Final

from emitter.core.attempt_forms import outcome_text
from emitter.core.faults import FAULTS
from emitter.core.handshake_forms import handshake_lines
from emitter.core.outcome import OutcomeKind
from emitter.core.secrets import MASK
from emitter.core.zoom import SIGNATURE_HEADER, TIMESTAMP_HEADER
from emitter.errors import EmitterError
from emitter.testing.emitted import Emitted

if TYPE_CHECKING:
    from collections.abc import Iterable

    from emitter.core.handshake import Handshake
    from emitter.testing.emitted import Attempt

_SHOWN_CHARS: Final = 300
_FRESH_S: Final = 300.0
"""How far the clock may be moved before a correct receiver minds. Source: docs/zoom.md#signing."""


def assert_acknowledged(sent: Emitted | Iterable[Emitted]) -> None:
    """Fail unless Zoom would count what was sent as delivered: a 2xx within three seconds.

    Args:
        sent: What `ZoomEmitter.emit`, `replay` or `story` returned.

    Raises:
        AssertionError: It was not, with what was sent, what came back, and what is likely behind it. To find
            that, more requests are sent to the receiver.
    """
    __tracebackhide__ = True
    for emitted in _each(sent):
        if not emitted.is_acknowledged:
            text = _text(emitted, "was not acknowledged", _why_refused(emitted))
            raise AssertionError(text) from _cause(emitted)


def assert_refused(sent: Emitted | Iterable[Emitted]) -> None:
    """Fail unless what was sent was refused, as a forged request must be: with a 4xx.

    Args:
        sent: What `ZoomEmitter.emit`, `replay` or `story` returned.

    Raises:
        AssertionError: It was not, with what was sent, what came back, and what is likely behind it.
    """
    __tracebackhide__ = True
    for emitted in _each(sent):
        if emitted.outcome.kind is not OutcomeKind.REFUSED:
            text = _text(emitted, "was not refused", _why_accepted(emitted))
            raise AssertionError(text) from _cause(emitted)


def assert_validated(handshake: Handshake) -> None:
    """Fail unless Zoom would take the answer to a challenge; warnings are no failure.

    Args:
        handshake: What `ZoomEmitter.validate` returned.

    Raises:
        AssertionError: It would not, with the mistake in the answer.
    """
    __tracebackhide__ = True
    if not handshake.verdict.is_valid:
        raise AssertionError("\n".join(["URL validation failed", *handshake_lines(handshake)]))


def _each(sent: Emitted | Iterable[Emitted]) -> list[Emitted]:
    deliveries = [sent] if isinstance(sent, Emitted) else [*sent]
    return [emitted for each in deliveries for emitted in (*each.before, each)]


def _cause(emitted: Emitted) -> BaseException | None:
    return emitted.attempts[-1].error


def _text(emitted: Emitted, what: str, reasons: list[str]) -> str:
    lines = [f"{emitted.event} {what}: {_answered(emitted.attempts[-1])}"]
    lines += _sent(emitted)
    if len(emitted.attempts) > 1:
        lines += [f"  attempt   at {each.after_s:g} s: {_answered(each)}" for each in emitted.attempts]
    if emitted.text:
        shown = emitted.text.strip()[:_SHOWN_CHARS]
        lines.append(f"  answered  {shown.replace(emitted.emitter.secret_token.reveal(), MASK)}")
    return "\n".join([*lines, *reasons])


def _answered(attempt: Attempt) -> str:
    detail = f", {attempt.outcome.detail}" if attempt.outcome.detail else ""
    return f"{outcome_text(attempt.outcome)} after {attempt.exchange.timing.total_ms:.0f} ms{detail}"


def _sent(emitted: Emitted) -> list[str]:
    request = emitted.request
    clock_s = emitted.emitter.clock.moved_s
    moved = f", the clock moved by {clock_s:+g} s" if clock_s else ""
    signed = "signed" if SIGNATURE_HEADER in request.headers else "without a signature"
    stamp = request.headers.get(TIMESTAMP_HEADER)
    body = request.body[:_SHOWN_CHARS].decode("utf-8", "replace")
    return [
        f"  sent      {request.method} {request.path}  {signed}, timestamp {stamp}{moved}",
        *(f"  fault     {name}: {FAULTS[name].description}" for name in emitted.faults),
        f"            {body}{'…' if len(request.body) > _SHOWN_CHARS else ''}",
    ]


def _why_refused(emitted: Emitted) -> list[str]:
    """Return what is likely behind it that a request was not acknowledged."""
    emitter = emitted.emitter
    if emitted.faults:
        return ["  likely    the receiver refuses it for its faults, which Zoom does not have"]
    if abs(emitter.clock.moved_s) > _FRESH_S:
        return [
            "  likely    the receiver refuses it for its time; a correct one takes five minutes' difference"
        ]
    if error := _cause(emitted):
        return [
            f"  likely    the app raised {type(error).__name__}; its traceback is above",
            "  mend      catch what an event may cause, and answer before the work is done",
        ]
    question = {
        "ask": "refusal",
        "event": emitted.event,
        "body": base64.b64encode(emitted.body).decode(),
    }
    return _diagnosis(emitted, question)


def _why_accepted(emitted: Emitted) -> list[str]:
    """Return what is likely behind it that a request was not refused."""
    kind = emitted.outcome.kind
    if kind is not OutcomeKind.ACCEPTED:
        return [
            "  likely    the request broke the receiver, which did not get as far as refusing it",
            "  mend      answer 4xx to what is not signed; a 5xx and a late answer are tried again by Zoom",
        ]
    fault = emitted.faults[-1] if emitted.faults else _fault_of_clock(emitted)
    if not fault:
        return [
            "  likely    nothing is wrong with it: it is what Zoom sends, and a receiver must not refuse it"
        ]
    return _diagnosis(emitted, {"ask": "acceptance", "fault": fault})


def _fault_of_clock(emitted: Emitted) -> str:
    moved_s = emitted.emitter.clock.moved_s
    if abs(moved_s) <= _FRESH_S:
        return ""
    return "future-timestamp" if moved_s > 0 else "stale-timestamp"


def _diagnosis(emitted: Emitted, question: dict[str, str]) -> list[str]:
    """Return what the judge says, or nothing where it has nothing to say."""
    try:
        found = emitted.emitter.asked(question)["found"]
    except EmitterError as error:
        return [f"  likely    unknown: {error}"]
    lines = []
    for each in found:
        lines.append(f"  likely    {each['message']}")
        lines += [f"  mend      {each['mend']}"] if each["mend"] else []
    return lines or ["  likely    unknown: other requests of the kind fare otherwise"]
