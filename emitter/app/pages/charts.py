"""Charts: latency against Zoom's budget, outcomes over time, each event, each subscription."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from flask import Blueprint, make_response, render_template

from emitter.app.pages import figures
from emitter.app.pages.readable import short_name, wait_text
from emitter.app.pages.showing import empty_left_out, names, service, subscriptions
from emitter.delivery.store.samples import MOST, latest_samples

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from flask import Response

    from emitter.delivery.store.samples import Sample

routes = Blueprint("chart_pages", __name__)
_RANGES_S: Final = {"1m": 60, "5m": 300, "15m": 900, "1h": 3600, "6h": 21600, "24h": 86400, "7d": 604800}
_WIDEST_S: Final = 604800
_TIME_TICKS: Final = 5


@routes.get("/charts")
def show() -> Response:
    """Show the attempts of a time, narrowed down by event and subscription where that is asked for."""
    asked = empty_left_out()
    now_ms = service().clock.now_ms()
    everything = latest_samples(service().store, since_ms=now_ms - _WIDEST_S * 1000)
    chosen = asked.get("range") if asked.get("range") in _RANGES_S else _fitting(everything, now_ms)
    length_ms = _RANGES_S[chosen or "1h"] * 1000
    since_ms = now_ms - length_ms
    samples = [
        sample for sample in everything if sample.started_at_ms >= since_ms and _is_asked_for(sample, asked)
    ]
    buckets = figures.over_time(samples, since_ms=since_ms, until_ms=now_ms)
    called = names()
    urls = {each["id"]: each["url"] or "" for each in subscriptions()}
    page = render_template(
        "charts.html",
        figures=figures,
        buckets=buckets,
        whole=figures.summed(samples),
        by_event=figures.by(samples, lambda sample: sample.event),
        by_subscription=figures.by(samples, lambda sample: sample.subscription_id),
        call=lambda number: called.of(number, urls.get(number, f"://subscription {number}, which has ended")),
        ticks=_ticks(length_ms),
        ranges=[*_RANGES_S],
        chosen=chosen,
        asked=asked,
        events={sample.event: short_name(sample.event) for sample in everything},
        subscriptions=[{"id": number, "name": called.of(number, url)} for number, url in urls.items()],
        has_any=bool(everything),
        is_cut=len(everything) >= MOST,
        most=MOST,
    )
    return make_response(page)


def _is_asked_for(sample: Sample, asked: Mapping[str, str]) -> bool:
    return asked.get("event", sample.event) == sample.event and asked.get(
        "subscription", str(sample.subscription_id)
    ) == str(sample.subscription_id)


def _fitting(samples: Sequence[Sample], now_ms: int) -> str:
    """Return the shortest range that holds everything of the last day, or as much of it as is shown."""
    day_ms = _RANGES_S["24h"] * 1000
    recent = [sample.started_at_ms for sample in samples if sample.started_at_ms >= now_ms - day_ms]
    age_s = (now_ms - min(recent, default=now_ms)) / 1000
    return next((name for name, length_s in _RANGES_S.items() if length_s >= age_s), "7d")


def _ticks(length_ms: int) -> list[dict[str, Any]]:
    """Return the labels of the axis of time: how long ago, and where in hundredths."""
    parts = [index / (_TIME_TICKS - 1) for index in range(_TIME_TICKS)]
    return [
        {
            "at": round(part * 100, 2),
            "text": f"{wait_text(length_ms * (1 - part) / 1000)} ago" if part < 1 else "now",
            "anchor": {0.0: "start", 1.0: "end"}.get(part, "middle"),
        }
        for part in parts
    ]
