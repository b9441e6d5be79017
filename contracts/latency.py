"""How fast a receiver answers what Zoom would send it, and what Zoom would have done about it."""

from __future__ import annotations

from dataclasses import dataclass
from statistics import quantiles
from typing import TYPE_CHECKING, Any, Final

from contracts.bodies import EventBody
from contracts.expectations import Kind, kind_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from contracts.sent import Sent

LEAST_SAMPLES: Final = 5
_COUNTED_KINDS: Final = frozenset({Kind.ACKNOWLEDGED, Kind.SERVER_ERROR, Kind.NO_ANSWER, Kind.DROPPED})
_PERCENT: Final = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Latency:
    """Figures of one run; times in milliseconds.

    Attributes:
        samples: How many events they are of.
        p50_ms: Half of the answers took no longer.
        p95_ms: 95 of 100 took no longer.
        p99_ms: 99 of 100 took no longer.
        max_ms: The slowest.
        retried: How many of the events Zoom would have sent again: late, lost, or answered 5xx.
    """

    samples: int
    p50_ms: float
    p95_ms: float
    p99_ms: float
    max_ms: float
    retried: int

    @property
    def retried_share(self) -> float:
        """The share that Zoom would have sent again, from 0 to 1."""
        return self.retried / self.samples

    @property
    def words(self) -> str:
        """All on one line."""
        within = f"95 % within {self.p95_ms:.0f} ms, 99 % within {self.p99_ms:.0f} ms"
        share = f"{_PERCENT * self.retried_share:.3g} % would have been retried by Zoom"
        return f"median {self.p50_ms:.0f} ms, {within}, slowest {self.max_ms:.0f} ms; {share}"

    def value(self) -> dict[str, Any]:
        """Return the figures as JSON."""
        times = {name: round(getattr(self, name), 1) for name in ("p50_ms", "p95_ms", "p99_ms", "max_ms")}
        return {"samples": self.samples, **times, "retried": self.retried}


def latency_of(traffic: Iterable[Sent]) -> Latency | None:
    """Return the figures of the events among the traffic that are as Zoom sends them; None of too few."""
    sents = [sent for sent in traffic if is_as_zoom_sends(sent)]
    if len(sents) < LEAST_SAMPLES:
        return None
    times_ms = [sent.exchange.timing.total_ms for sent in sents]
    cuts = quantiles(times_ms, n=_PERCENT, method="inclusive")
    return Latency(
        samples=len(sents),
        p50_ms=cuts[49],
        p95_ms=cuts[94],
        p99_ms=cuts[98],
        max_ms=max(times_ms),
        retried=sum(sent.exchange.outcome.is_retried for sent in sents),
    )


def is_as_zoom_sends(sent: Sent) -> bool:
    """Return whether a request was a plain event, whole and rightly signed, that came to an end."""
    recipe, body = sent.recipe, sent.recipe.body
    is_plain = isinstance(body, EventBody) and body.change is None and body.rewrite is None
    is_faultless = not recipe.faults and recipe.pieces is None
    return is_plain and is_faultless and kind_of(sent.exchange) in _COUNTED_KINDS
