"""When a failed delivery is tried again."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from emitter.core.zoom import RETRY_DELAYS_S
from emitter.errors import InvalidSettingError

_DURATION: Final = re.compile(r"(\d+(?:\.\d+)?)(ms|s|m|h|d)", re.ASCII)
_UNIT_S: Final = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0, "d": 86400.0}
MAX_DURATION_S: Final = 366 * 24 * 3600.0


@dataclass(frozen=True, slots=True)
class RetrySchedule:
    """The waits between one attempt and the next, in unscaled seconds, first retry first."""

    delays_s: tuple[float, ...]

    def delay_s(self, *, retry_number: int) -> float | None:
        """Return the wait before a retry, or None when the schedule is used up.

        Args:
            retry_number: Which retry is meant; the first is 1.
        """
        return self.delays_s[retry_number - 1] if retry_number <= len(self.delays_s) else None

    @classmethod
    def parse(cls, text: str) -> RetrySchedule:
        """Read ``none``, ``zoom`` or durations such as ``1s,2s``.

        Raises:
            InvalidSettingError: The text is none of these.
        """
        if text in {"none", "zoom"}:
            return NO_RETRIES if text == "none" else ZOOM_RETRIES
        try:
            return cls(tuple(parse_duration(part.strip()) for part in text.split(",")))
        except InvalidSettingError as error:
            raise InvalidSettingError(f"retry schedule {text!r}: {error}; or say none or zoom") from None

    def __str__(self) -> str:
        """Return the text that `parse` reads."""
        if self == ZOOM_RETRIES:
            return "zoom"
        return ",".join(format_duration(delay_s) for delay_s in self.delays_s) or "none"


NO_RETRIES: Final = RetrySchedule(())
ZOOM_RETRIES: Final = RetrySchedule(RETRY_DELAYS_S)


def parse_duration(text: str) -> float:
    """Return the seconds of ``250ms``, ``5s``, ``3m``, ``72h`` or ``30d``; combined forms are not read.

    Raises:
        InvalidSettingError: The text is no such duration, or is longer than a year.
    """
    match = _DURATION.fullmatch(text)
    if not match:
        raise InvalidSettingError(f"{text!r} is not a duration; write for example 250ms, 5s, 3m or 72h")
    seconds = float(match[1]) * _UNIT_S[match[2]]
    if seconds > MAX_DURATION_S:
        raise InvalidSettingError(f"{text!r} is longer than a year; write a shorter duration")
    return seconds


def format_duration(seconds: float) -> str:
    """Return a duration in its largest whole unit, such as ``5m``, ``90s`` or ``250ms``."""
    milliseconds = round(seconds * 1000)
    for unit in ("h", "m", "s"):
        unit_ms = round(_UNIT_S[unit] * 1000)
        if milliseconds and milliseconds % unit_ms == 0:
            return f"{milliseconds // unit_ms}{unit}"
    return f"{milliseconds}ms"
