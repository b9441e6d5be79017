"""A handshake as lines for people, or as a value for programs: the same words wherever it is shown."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any, Final

from emitter.core.answer_shapes import shown
from emitter.core.attempt_forms import body_value, outcome_text
from emitter.core.targets import parse_target

if TYPE_CHECKING:
    from collections.abc import Iterable

    from emitter.core.deliveries import Answer
    from emitter.core.handshake import Handshake
    from emitter.core.mistakes import Mistake

MAX_ANSWER_CHARS: Final = 200


def handshake_lines(handshake: Handshake) -> list[str]:
    """Return what was sent, what came back, the verdict, and each mistake and warning with its remedy."""
    verdict = handshake.verdict
    lines = [
        f"sent      POST {parse_target(handshake.url).shown}  challenge {handshake.plain_token}",
        f"answered  {_answered(handshake)}",
        f"verdict   {'valid' if verdict.is_valid else 'not valid'}",
    ]
    lines += mistake_lines(verdict.mistakes)
    if verdict.warnings:
        lines += ["warnings", *mistake_lines(verdict.warnings)]
    return lines


def mistake_lines(mistakes: Iterable[Mistake]) -> list[str]:
    """Return each mistake with what was seen, and how to mend it below; a remedy for several stands once."""
    lines: list[str] = []
    for mistake in mistakes:
        found = f" ({mistake.found})" if mistake.found else ""
        remedy = f"    {mistake.remedy}"
        if remedy in lines:
            lines.remove(remedy)
        lines += [f"  {mistake.id}: {mistake.title}{found}", remedy]
    return lines


def handshake_value(handshake: Handshake) -> dict[str, Any]:
    """Return the handshake as JSON: keys are only ever added to."""
    verdict = handshake.verdict
    return {
        "url": parse_target(handshake.url).shown,
        "kind": handshake.kind,
        "is_valid": verdict.is_valid,
        "reason": verdict.reason,
        "mistakes": [asdict(mistake) for mistake in verdict.mistakes],
        "warnings": [asdict(warning) for warning in verdict.warnings],
        "started_at_ms": handshake.started_at_ms,
        "outcome": handshake.outcome.kind,
        "status": handshake.outcome.status,
        "code": handshake.outcome.code,
        "detail": handshake.outcome.detail,
        "connect_ms": handshake.timing.connect_ms,
        "first_byte_ms": handshake.timing.first_byte_ms,
        "total_ms": handshake.timing.total_ms,
        "request": {
            "headers": [list(pair) for pair in handshake.request_headers],
            **body_value(handshake.body),
        },
        "answer": handshake.answer and _answer_value(handshake.answer),
        "probes": [handshake_value(probe) for probe in handshake.probes],
    }


def _answer_value(answer: Answer) -> dict[str, Any]:
    headers = [list(pair) for pair in answer.headers]
    return {"status": answer.status, "headers": headers, **body_value(answer.body), "is_cut": answer.is_cut}


def _answered(handshake: Handshake) -> str:
    parts = [outcome_text(handshake.outcome), f"{handshake.timing.total_ms:.0f} ms"]
    if handshake.outcome.detail:
        parts.append(handshake.outcome.detail)
    if handshake.answer and handshake.answer.body:
        parts.append(_on_one_line(handshake.answer.body.decode("utf-8", "replace").strip()))
    return "  ".join(parts)


def _on_one_line(text: str) -> str:
    """Return a receiver's text as it is if no terminal can misread it, else as JSON text."""
    is_safe = text.isascii() and text.isprintable() and len(text) <= MAX_ANSWER_CHARS
    return text if is_safe else shown(text)
