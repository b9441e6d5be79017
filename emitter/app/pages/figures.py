"""From attempts to what charts show: percentiles and counts, over time and by what they have in common."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Final

from emitter.app.pages.showing import NO_CONNECTION, TONES
from emitter.core.zoom import DEADLINE_S

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence

    from emitter.delivery.store.samples import Sample

LIMIT_MS: Final = DEADLINE_S * 1000
BUCKETS: Final = 60
TONE_NAMES: Final[Mapping[str, str]] = {
    "good": "accepted",
    "warn": "refused or redirected",
    "bad": "failed",
    "slow": "timed out",
    NO_CONNECTION: "no connection",
}
"""What each colour stands for, from the bottom of a bar upwards."""
PERCENTILES: Final = (50, 95, 99)
_LOWEST_MS: Final = 0.5
_HIGHEST_MS: Final = 10_000.0
TICKS_MS: Final = (1, 10, 100, 1000)


@dataclass(frozen=True, slots=True, kw_only=True)
class Summary:
    """Some attempts, summed up.

    Attributes:
        count: How many there are.
        tones: How many of each colour.
        percentiles_ms: The latency below which so many of a hundred are, by `PERCENTILES`.
        longest_ms: The longest latency.
    """

    count: int
    tones: Mapping[str, int]
    percentiles_ms: tuple[float, ...]
    longest_ms: float

    @property
    def parts(self) -> list[tuple[str, float, float]]:
        """Each colour with where it begins and how much it takes, in hundredths, as one bar."""
        parts, begin = [], 0.0
        for tone in TONE_NAMES:
            share = self.tones.get(tone, 0) / self.count * 100
            if share:
                parts.append((tone, round(begin, 2), round(share, 2)))
            begin += share
        return parts


@dataclass(frozen=True, slots=True, kw_only=True)
class Bucket:
    """One stretch of time; `summary` is None where nothing was attempted."""

    at_ms: int
    until_ms: int
    summary: Summary | None


def summed(samples: Sequence[Sample]) -> Summary | None:
    """Return attempts summed up, None where there are none."""
    if not samples:
        return None
    took = sorted(sample.total_ms for sample in samples)
    return Summary(
        count=len(samples),
        tones=Counter(TONES.get(sample.outcome, NO_CONNECTION) for sample in samples),
        percentiles_ms=tuple(percentile(took, share) for share in PERCENTILES),
        longest_ms=took[-1],
    )


def percentile(ordered: Sequence[float], share: int) -> float:
    """Return the smallest of some ordered values that at least so many of a hundred do not exceed."""
    return ordered[max(0, math.ceil(len(ordered) * share / 100) - 1)]


def over_time(samples: Iterable[Sample], *, since_ms: int, until_ms: int) -> list[Bucket]:
    """Return attempts in `BUCKETS` equal stretches of time."""
    length_ms = max(1, (until_ms - since_ms) // BUCKETS)
    found: defaultdict[int, list[Sample]] = defaultdict(list)
    for sample in samples:
        found[min(BUCKETS - 1, max(0, (sample.started_at_ms - since_ms) // length_ms))].append(sample)
    return [
        Bucket(
            at_ms=since_ms + index * length_ms,
            until_ms=since_ms + (index + 1) * length_ms,
            summary=summed(found[index]),
        )
        for index in range(BUCKETS)
    ]


def by(samples: Iterable[Sample], key: Callable[[Sample], Hashable]) -> dict[Hashable, Summary]:
    """Return attempts summed up by what they have in common, the most frequent first."""
    found: defaultdict[Hashable, list[Sample]] = defaultdict(list)
    for sample in samples:
        found[key(sample)].append(sample)
    summaries = {name: summary for name, some in found.items() if (summary := summed(some))}
    return dict(sorted(summaries.items(), key=lambda pair: -pair[1].count))


def height_of(ms: float) -> float:
    """Return where a latency stands on the logarithmic scale, in hundredths from the bottom."""
    inside = min(_HIGHEST_MS, max(_LOWEST_MS, ms))
    return round(math.log(inside / _LOWEST_MS) / math.log(_HIGHEST_MS / _LOWEST_MS) * 100, 2)


def line_of(buckets: Sequence[Bucket], index: int) -> str:
    """Return the path of one percentile: a line through neighbours, a dot where there are none."""
    path, before = "", -2
    for place, bucket in enumerate(buckets):
        if bucket.summary is None:
            continue
        x, y = place + 0.5, 100 - height_of(bucket.summary.percentiles_ms[index])
        path += f"L{x} {y:.2f}" if before == place - 1 else f"M{x} {y:.2f}h.001"
        before = place
    return path


def band_of(buckets: Sequence[Bucket]) -> str:
    """Return the path of the area between the lowest percentile and the highest."""
    path = ""
    for place, (one, other) in enumerate(pairwise(buckets)):
        if one.summary is None or other.summary is None:
            continue
        corners = [
            (place + 0.5, one.summary.percentiles_ms[0]),
            (place + 1.5, other.summary.percentiles_ms[0]),
            (place + 1.5, other.summary.percentiles_ms[-1]),
            (place + 0.5, one.summary.percentiles_ms[-1]),
        ]
        path += "M" + "L".join(f"{x} {100 - height_of(ms):.2f}" for x, ms in corners) + "Z"
    return path


def bars_of(buckets: Sequence[Bucket]) -> list[tuple[str, int, float, float]]:
    """Return the parts of stacked bars: colour, place, and top and height in hundredths."""
    most = most_of(buckets)
    bars = []
    for place, bucket in enumerate(buckets):
        top = 100.0
        for tone in TONE_NAMES:
            count = bucket.summary.tones.get(tone, 0) if bucket.summary else 0
            height = count / most * 100
            top -= height
            if count:
                bars.append((tone, place, round(top, 2), round(height, 2)))
    return bars


def most_of(buckets: Sequence[Bucket]) -> int:
    """Return the most attempts of one stretch, rounded up to a number one can read; at least 1."""
    most = max((bucket.summary.count for bucket in buckets if bucket.summary), default=1)
    step = int("1".ljust(len(str(most)), "0"))
    return next((each for each in (step, 2 * step, 5 * step) if each >= most), 10 * step)
