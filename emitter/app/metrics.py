"""What Prometheus may ask: how deliveries end, how long attempts take, how much waits and for how long."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

from emitter.core.deliveries import DeliveryState
from emitter.core.zoom import DEADLINE_S

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from prometheus_client import Metric

    from emitter.delivery.store.queues import Queue

_BUCKETS_S: Final = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.0, DEADLINE_S, 5.0, 10.0, 60.0)


class Metrics:
    """Counts what happens in this run of the app, and reads from the record what waits.

    Args:
        queues: Returns what is pending, by the number of its subscription.
        now_ms: Returns the time, milliseconds since the epoch.
        gauges: Other numbers of the moment, by name: what each is, and how it is had.
    """

    def __init__(
        self,
        *,
        queues: Callable[[], Mapping[int, Queue]],
        now_ms: Callable[[], int],
        gauges: Mapping[str, tuple[str, Callable[[], float]]],
    ) -> None:
        self._registry = CollectorRegistry()
        self._attempts = Counter(
            "zoom_emitter_attempts", "Attempts that have ended", ["outcome"], registry=self._registry
        )
        self._settled = Counter(
            "zoom_emitter_deliveries_settled", "Deliveries settled", ["state"], registry=self._registry
        )
        self._accepted = Counter(
            "zoom_emitter_deliveries_accepted", "Deliveries accepted", registry=self._registry
        )
        self._latency = Histogram(
            "zoom_emitter_attempt_seconds",
            "How long attempts took",
            buckets=_BUCKETS_S,
            registry=self._registry,
        )
        self._registry.register(_Moment(queues, now_ms, gauges))

    def accepted(self, count: int) -> None:
        """Count deliveries that were committed."""
        self._accepted.inc(count)

    def attempted(self, *, outcome: str, total_ms: float, state: str) -> None:
        """Count an attempt by how it ended, and its delivery where it is settled."""
        self._attempts.labels(outcome).inc()
        self._latency.observe(total_ms / 1000)
        if state != DeliveryState.PENDING.value:
            self._settled.labels(state).inc()

    def text(self) -> bytes:
        """Return all of it in Prometheus's text format."""
        return generate_latest(self._registry)


class _Moment(Collector):
    """What is read when it is asked for."""

    def __init__(
        self,
        queues: Callable[[], Mapping[int, Queue]],
        now_ms: Callable[[], int],
        gauges: Mapping[str, tuple[str, Callable[[], float]]],
    ) -> None:
        self._queues = queues
        self._now_ms = now_ms
        self._gauges = gauges

    def describe(self) -> Iterable[Metric]:
        """Return nothing: so nothing is read before it is asked for."""
        return ()

    def collect(self) -> Iterable[Metric]:
        """Return the gauges of this moment."""
        depth = GaugeMetricFamily("zoom_emitter_queue_depth", "Deliveries pending", labels=["subscription"])
        lag = GaugeMetricFamily(
            "zoom_emitter_lag_seconds", "How long the first due attempt is overdue", labels=["subscription"]
        )
        now_ms = self._now_ms()
        for number, queue in self._queues().items():
            depth.add_metric([str(number)], queue.depth)
            lag.add_metric([str(number)], max(0, now_ms - queue.first_due_ms) / 1000)
        yield depth
        yield lag
        for name, (what, value) in self._gauges.items():
            yield GaugeMetricFamily(f"zoom_emitter_{name}", what, value=value())
