"""One request to the sample receiver, as lines for people; what came is never let loose on the terminal."""

from __future__ import annotations

import json
import os
import sys
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

import click

from emitter.core.schedule import format_duration

if TYPE_CHECKING:
    from emitter.app.sample_receiver import Arrival

SHOWN_CHARS: Final = 10_000
"""Of a body; enough for any event."""
_SUCCESSES: Final = range(200, 300)


def print_arrival(arrival: Arrival, *, shows_body: bool) -> None:
    """Print one request, and its body where that is asked for."""
    colour = "red" if arrival.reply.refusal else "green" if arrival.status in _SUCCESSES else "yellow"
    colours = False if os.environ.get("NO_COLOR") else None
    click.secho(printable(arrival_line(arrival)), fg=colour, color=colours)
    if shows_body and arrival.body:
        for line in body_text(arrival.body).split("\n"):
            click.echo(printable(line), color=colours)


def arrival_line(arrival: Arrival) -> str:
    """Return one line: time, status, event, verified or why not, retry, wait and size."""
    local = datetime.fromtimestamp(arrival.arrived_at_s, tz=UTC).astimezone()
    parts = [f"{local:%H:%M:%S}", str(arrival.status), arrival.reply.event or claimed_event(arrival.body)]
    parts.append(f"refused: {arrival.reply.refusal}" if arrival.reply.refusal else "verified")
    if arrival.step.status is not None:
        parts.append(f"answered {arrival.step.status} as told")
    if arrival.step.delay_s:
        parts.append(f"answered after {format_duration(arrival.step.delay_s)}")
    if arrival.earlier:
        parts.append(f"retry {arrival.earlier}")
    return "  ".join([*parts, f"{len(arrival.body)} bytes"])


def claimed_event(body: bytes) -> str:
    """Return the event that an untrusted body names, or a hyphen; for showing only."""
    event = _object(body).get("event")
    return event if isinstance(event, str) and event else "-"


def body_text(body: bytes) -> str:
    """Return a body for people: a JSON object indented, anything else as text."""
    text = _indented(body) or body.decode(errors="backslashreplace")
    return text if len(text) <= SHOWN_CHARS else f"{text[:SHOWN_CHARS]}… ({len(text)} characters)"


def printable(text: str) -> str:
    """Return text whose every character the terminal can show, and none that could steer it."""
    shown = "".join(char if char.isprintable() else char.encode("unicode_escape").decode() for char in text)
    encoding = sys.stdout.encoding or "utf-8"
    return shown.encode(encoding, errors="backslashreplace").decode(encoding)


def _indented(body: bytes) -> str:
    value = _object(body)
    try:
        return json.dumps(value, indent=2, ensure_ascii=False) if value else ""
    except RecursionError:  # indenting goes deeper than reading
        return ""


def _object(body: bytes) -> dict[str, Any]:
    """Return the JSON object of a body, or an empty one."""
    try:
        value = json.loads(body)
    except (ValueError, RecursionError):
        return {}
    return value if isinstance(value, dict) else {}
