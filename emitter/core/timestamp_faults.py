"""Deviations of the timestamp. All but the missing one are signed over the text that is sent."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from emitter.core.fault import Fault
from emitter.core.zoom import TIMESTAMP_HEADER

if TYPE_CHECKING:
    from emitter.core.request import SignedRequest

DAY_S: Final = 86_400
"""No receiver has a reason to take a request this old: Zoom's last retry comes after 85 minutes."""
AHEAD_S: Final = 1
"""How far Zoom's clock was seen ahead, in whole seconds (docs/zoom.md#signing)."""


def _without(request: SignedRequest) -> SignedRequest:
    headers = tuple(pair for pair in request.headers if pair[0].lower() != TIMESTAMP_HEADER)
    return replace(request, headers=headers)


def _text(name: str, description: str, text: str) -> Fault:
    return Fault(name=name, description=description, timestamp=lambda _: text)


def _moved(name: str, description: str, by_s: int) -> Fault:
    return Fault(name=name, description=description, timestamp=lambda timestamp_s: str(timestamp_s + by_s))


TIMESTAMP_FAULTS: Final = (
    Fault(name="missing-timestamp", description="no x-zm-request-timestamp header", request=_without),
    _moved("ahead-timestamp", "a timestamp one second ahead, as Zoom's clock may be", AHEAD_S),
    _moved("day-old-timestamp", "a timestamp one day old, correctly signed", -DAY_S),
    _moved("day-ahead-timestamp", "a timestamp one day ahead, correctly signed", DAY_S),
    _text("text-timestamp", "a timestamp that is no number", "yesterday"),
    _text("empty-timestamp", "an x-zm-request-timestamp header without a value", ""),
    _text("negative-timestamp", "a timestamp of -1", "-1"),
    _text("huge-timestamp", "a timestamp of 30 digits", "9" * 30),
    _text("infinite-timestamp", "a timestamp of 1e999, which is infinite where it is read", "1e999"),
    _text("superscript-timestamp", "a timestamp of ², a digit to some functions and no number", "²"),
)
