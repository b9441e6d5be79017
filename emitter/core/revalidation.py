"""The 72-hour repetition of the handshake and what follows when it keeps failing.

Source: docs/zoom.md#handshake. The counts are CONFIRMED; that the interval stays 72 hours while it
fails is UNSURE (inferred).
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from emitter.core.zoom import DISABLED_AFTER, FIRST_NOTICE_AFTER, SECOND_NOTICE_AFTER


class Consequence(StrEnum):
    """What Zoom does after a revalidation."""

    NOTHING = "nothing"
    FIRST_NOTICE = "first-notice"
    SECOND_NOTICE = "second-notice"
    DISABLED = "disabled"


_CONSEQUENCES = {
    FIRST_NOTICE_AFTER: Consequence.FIRST_NOTICE,
    SECOND_NOTICE_AFTER: Consequence.SECOND_NOTICE,
    DISABLED_AFTER: Consequence.DISABLED,
}


@dataclass(frozen=True, slots=True)
class RevalidationLadder:
    """How many revalidations in a row have failed."""

    failures_in_a_row: int = 0

    def after(self, *, is_valid: bool) -> tuple[RevalidationLadder, Consequence]:
        """Return the ladder and the consequence after one more revalidation."""
        if is_valid:
            return RevalidationLadder(), Consequence.NOTHING
        failures = self.failures_in_a_row + 1
        return RevalidationLadder(failures), _CONSEQUENCES.get(failures, Consequence.NOTHING)
