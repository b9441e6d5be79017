"""How long a receiver took: a chart of every request, drawn as SVG."""

from __future__ import annotations

import math
from html import escape
from typing import TYPE_CHECKING, Final

from contracts.expectations import Kind, kind_of
from contracts.latency import latency_of
from emitter.core.zoom import DEADLINE_S

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from contracts.sent import Sent

DEADLINE_MS: Final = DEADLINE_S * 1000
_WIDTH, _HEIGHT = 1040, 300
_LEFT, _RIGHT, _TOP, _BOTTOM = 58, 70, 20, 34
_TICKS_MS: Final = (0.1, 0.3, 1, 3, 10, 30, 100, 300, 1_000, 3_000, 10_000)
_LEAST_LABEL: Final = 62
_CLASSES: Final = {Kind.ACKNOWLEDGED: "good", Kind.REFUSED: "refused", Kind.REDIRECTED: "refused"}
"""What the others are is drawn as bad."""


def text_of(taken_ms: float) -> str:
    """Return milliseconds as people read them."""
    if taken_ms >= 1000:  # noqa: PLR2004 - a second
        return f"{taken_ms / 1000:.3g} s"
    return f"{taken_ms:.0f} ms" if taken_ms >= 9.95 else f"{taken_ms:.1f} ms"  # noqa: PLR2004 - two digits


class _Scale:
    """Where a request and a time are on the chart; time is logarithmic."""

    def __init__(self, traffic: Sequence[Sent]) -> None:
        taken = [max(sent.exchange.timing.total_ms, _TICKS_MS[0]) for sent in traffic]
        self._low = max(tick for tick in _TICKS_MS if tick <= min(taken))
        self._high = max(min(tick for tick in _TICKS_MS if tick >= min(max(taken), _TICKS_MS[-1])), 10_000)
        self._count = len(traffic)

    def x(self, number: float) -> float:
        return _LEFT + (number + 0.5) / self._count * (_WIDTH - _LEFT - _RIGHT)

    def y(self, taken_ms: float) -> float:
        taken_ms = min(max(taken_ms, self._low), self._high)
        share = math.log(taken_ms / self._low) / math.log(self._high / self._low)
        return _HEIGHT - _BOTTOM - share * (_HEIGHT - _TOP - _BOTTOM)

    def ticks(self) -> Iterator[float]:
        return (tick for tick in _TICKS_MS if self._low <= tick <= self._high)


def chart(traffic: Sequence[Sent], families: Mapping[str, str]) -> str:
    """Return an SVG with one dot a request, in their order, and Zoom's deadline; empty without traffic.

    Args:
        traffic: What was sent.
        families: Names of families of checks by their letters, for the names beneath.
    """
    if not traffic:
        return ""
    scale = _Scale(traffic)
    parts = [
        *_bands(traffic, scale, families),
        *_grid(scale),
        *_levels(traffic, scale),
        *_dots(traffic, scale),
    ]
    label = f"Latency of {len(traffic)} requests in their order, on a logarithmic scale"
    return (
        f'<svg class="chart" viewBox="0 0 {_WIDTH} {_HEIGHT}" role="img" aria-label="{label}">'
        f"{''.join(parts)}</svg>"
    )


def _bands(traffic: Sequence[Sent], scale: _Scale, families: Mapping[str, str]) -> Iterator[str]:
    """Shade every other family and write its name beneath, where there is room for it."""
    floor = _HEIGHT - _BOTTOM
    for number, (letter, first, last) in enumerate(_runs(traffic)):
        left, right = scale.x(first - 0.5), scale.x(last + 0.5)
        if number % 2:
            yield (
                f'<rect class="band" x="{left:.1f}" y="{_TOP}" width="{right - left:.1f}" '
                f'height="{floor - _TOP}"/>'
            )
        name = families.get(letter, letter) if letter else "greeting"
        if right - left >= _LEAST_LABEL:
            yield f'<text class="name" x="{(left + right) / 2:.1f}" y="{floor + 20}">{escape(name)}</text>'


def _runs(traffic: Sequence[Sent]) -> list[tuple[str, int, int]]:
    """Return which family sent which stretch of the requests: its letter, the first, the last."""
    runs: list[tuple[str, int, int]] = []
    for number, sent in enumerate(traffic):
        letter = sent.check[:1]
        if runs and runs[-1][0] == letter:
            runs[-1] = (letter, runs[-1][1], number)
        else:
            runs.append((letter, number, number))
    return runs


def _grid(scale: _Scale) -> Iterator[str]:
    for tick in scale.ticks():
        y = scale.y(tick)
        yield f'<line class="grid" x1="{_LEFT}" x2="{_WIDTH - _RIGHT}" y1="{y:.1f}" y2="{y:.1f}"/>'
        yield (
            f'<text class="tick" x="{_LEFT - 10}" y="{y + 4:.1f}">{tick / 1000:g} s</text>'
            if (
                tick >= 1000  # noqa: PLR2004 - a second
            )
            else f'<text class="tick" x="{_LEFT - 10}" y="{y + 4:.1f}">{tick:g} ms</text>'
        )


def _levels(traffic: Sequence[Sent], scale: _Scale) -> Iterator[str]:
    latency = latency_of(traffic)
    levels = [("deadline", DEADLINE_MS, "deadline")]
    if latency:
        levels += [("level", latency.p50_ms, "p50"), ("level", latency.p95_ms, "p95")]
    last_y = 0.0
    for kind, taken_ms, name in sorted(levels, key=lambda each: -each[1]):
        y = scale.y(taken_ms)
        yield f'<line class="{kind}" x1="{_LEFT}" x2="{_WIDTH - _RIGHT}" y1="{y:.1f}" y2="{y:.1f}"/>'
        last_y = max(y + 4, last_y + 13)
        yield f'<text class="{kind}-name" x="{_WIDTH - _RIGHT + 8}" y="{last_y:.1f}">{name}</text>'


def _dots(traffic: Sequence[Sent], scale: _Scale) -> Iterator[str]:
    radius = max(1.4, min(3.6, 700 / len(traffic)))
    for number, sent in enumerate(traffic):
        exchange = sent.exchange
        taken_ms = exchange.timing.total_ms
        status = exchange.outcome.status or exchange.outcome.kind
        title = f"{sent.check} {sent.case}, {sent.event}: {status}, {text_of(taken_ms)}".strip()
        yield (
            f'<circle class="{_CLASSES.get(kind_of(exchange), "bad")}" cx="{scale.x(number):.1f}" '
            f'cy="{scale.y(taken_ms):.1f}" r="{radius:.1f}"><title>{escape(title)}</title></circle>'
        )
