"""Plausible envelopes of an event, from which the shapes of its values are learnt."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from contracts.bodies import Workshop

SAMPLES: Final = 12
_STEP_MS: Final = 300_000
"""Between samples: the last is as old as an event that arrives with its last retry."""


def samples_of(workshop: Workshop, event: str, *, now_ms: int) -> list[dict[str, Any]]:
    """Return envelopes of an event, the first made now, each a while before the one before it."""
    return [
        dict(
            workshop.event(
                event, seed=f"{workshop.seed}.{number}", now_ms=now_ms - number * _STEP_MS
            ).envelope
        )
        for number in range(SAMPLES)
    ]
