"""How attempts are shown on a terminal; the words themselves are in `emitter.core.attempt_forms`."""

from __future__ import annotations

from typing import Final

from emitter.core.attempt_forms import attempt_line, attempt_value, body_value, outcome_text, virtual_text
from emitter.core.outcome import Outcome, OutcomeKind
from emitter.core.schedule import RetrySchedule, format_duration

__all__ = [
    "attempt_line",
    "attempt_value",
    "body_value",
    "colour_of",
    "outcome_text",
    "virtual_text",
    "what_zoom_does_next",
]

COLOURS: Final = {
    OutcomeKind.ACCEPTED: "green",
    OutcomeKind.UNKNOWN: "magenta",
    OutcomeKind.REDIRECTED: "yellow",
    OutcomeKind.REFUSED: "yellow",
}
FAILURE_COLOUR: Final = "red"


def colour_of(outcome: Outcome) -> str:
    """Return the colour an outcome is shown in."""
    return COLOURS.get(outcome.kind, FAILURE_COLOUR)


def what_zoom_does_next(outcome: Outcome, zoom: RetrySchedule) -> str:
    """Return one sentence on when Zoom would try again after a first attempt with this outcome."""
    if not outcome.is_retried:
        return f"Zoom does not try again after {outcome_text(outcome)}: the event is lost."
    *waits, last = [format_duration(delay_s) for delay_s in zoom.delays_s]
    return (
        f"Zoom would try again after {', '.join(waits)} and {last}; "
        "follow that in seconds with --retry zoom --time-scale 1000"
    )
