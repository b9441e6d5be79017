"""What may go wrong with an answer of Zoom's API, on request: by header, or for a subscription's events."""

from __future__ import annotations

import difflib
import re
from dataclasses import dataclass
from typing import Final, Self

from emitter.core.schedule import format_duration, parse_duration
from emitter.errors import InvalidSettingError, UnknownNameError

HEADER: Final = "x-zoom-emitter-fault"
"""The header with which a caller chooses a fault for one call."""
SLOW: Final = "slow"
ALWAYS: Final = "always"
API_FAULTS: Final = {
    "rate-limit": "429, as where too many calls were made in a second",
    "daily-limit": "429, as where too many were made in a day; Retry-After says when it ends",
    "not-ready": "404 for a conversation whose analysis was announced",
    "expired-token": "401, as if the token's hour were over",
    "server-error": "500",
    SLOW: "answers after a while: slow=2s",
}
"""The faults, and what each does."""
MOST_TIMES: Final = 1000
LONGEST_S: Final = 60.0
_COUNT: Final = re.compile(r"[1-9][0-9]{0,3}", re.ASCII)


@dataclass(frozen=True, slots=True)
class ApiFault:
    """One fault.

    Attributes:
        name: One of `API_FAULTS`.
        times: How many calls of a delivery it spoils; None for all of them.
        wait_s: How long the answer waits; only for `SLOW`.
    """

    name: str
    times: int | None = 1
    wait_s: float = 0.0

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read ``rate-limit``, ``rate-limit=3``, ``not-ready=always``, ``slow=2s``.

        Raises:
            UnknownNameError: There is no such fault.
            InvalidSettingError: The number or the duration is none, or too big.
        """
        name, _, value = text.strip().partition("=")
        if name not in API_FAULTS:
            suggestions = tuple(difflib.get_close_matches(name, API_FAULTS, n=1))
            hint = "" if suggestions else f"there are {', '.join(API_FAULTS)}"
            raise UnknownNameError("fault of Zoom's API", name, suggestions, hint)
        if name == SLOW:
            wait_s = parse_duration(value or "1s")
            if not 0 < wait_s <= LONGEST_S:
                raise InvalidSettingError(f"expected slow=1ms to slow={LONGEST_S:g}s, found {text!r}")
            return cls(name, None, wait_s)
        if value == ALWAYS:
            return cls(name, None)
        if value and (not _COUNT.fullmatch(value) or int(value) > MOST_TIMES):
            raise InvalidSettingError(
                f"expected {name}, {name}=N with N up to {MOST_TIMES}, or {name}={ALWAYS}, found {text!r}"
            )
        return cls(name, int(value or 1))

    def __str__(self) -> str:
        if self.name == SLOW:
            return f"{SLOW}={format_duration(self.wait_s)}"
        if self.times is None:
            return f"{self.name}={ALWAYS}"
        return self.name if self.times == 1 else f"{self.name}={self.times}"
