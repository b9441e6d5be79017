"""Times that are off: what Zoom's own clock and retries do, replays, and what is no time at all."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from emitter.core.faults import FAULTS
from emitter.core.signing import sign
from emitter.core.zoom import RETRY_DELAYS_S
from emitter.faking.hostile.cases import Expected, HostileCase
from emitter.faking.hostile.desk import Desk, with_signature

if TYPE_CHECKING:
    from collections.abc import Iterator

_CAPTURE: Final = "2026 capture; docs/zoom.md#failures"
_HALF_AN_HOUR_S: Final = 1800


def timestamps(desk: Desk) -> Iterator[HostileCase]:
    """Yield times that Zoom sends, times that only a holder of the secret token signs, and what is none."""
    yield from _of_zoom(desk)
    yield from _signed_but_odd(desk)
    yield from _no_times(desk)


def _of_zoom(desk: Desk) -> Iterator[HostileCase]:
    name = "clock-ahead-by-a-second"
    request = desk.signed(name, desk.event(name).body(), timestamp_s=desk.now_s + 1)
    yield HostileCase(
        name=name,
        title="a timestamp one second ahead, as Zoom's clock sometimes is",
        provokes="freshness is checked on one side only",
        source=_CAPTURE,
        requests=(desk.received(request, Expected.ACKNOWLEDGE),),
        distinct_events=1,
    )
    for name, title, ago_s, source in (
        (
            "late-retry",
            "the third retry: the event is 85 minutes old, timestamp and signature are of now",
            int(sum(RETRY_DELAYS_S)),
            "docs/zoom.md#retries; NangoHQ/nango 7484",
        ),
        (
            "delayed-event",
            "an event that Zoom sends half an hour late",
            _HALF_AN_HOUR_S,
            "hackclub/slash-z 149",
        ),
    ):
        made = desk.event(name)
        envelope = {**made.envelope, "event_ts": made.event_ts_ms - ago_s * 1000}
        request = desk.signed(name, type(made)(made.name, envelope["event_ts"], envelope).body())
        yield HostileCase(
            name=name,
            title=title,
            provokes="freshness is judged by event_ts, which is not when the request was sent",
            source=source,
            requests=(desk.received(request, Expected.ACKNOWLEDGE),),
            distinct_events=1,
        )


def _signed_but_odd(desk: Desk) -> Iterator[HostileCase]:
    for name, provokes, source in (
        (
            "stale-timestamp",
            "a genuine request can be sent again at any time: freshness is not checked",
            "Zoom's documents name no tolerance, so that receivers without one exist",
        ),
        ("future-timestamp", "freshness is checked on one side only", "docs/zoom.md#signing"),
        ("millisecond-timestamp", "milliseconds are taken for seconds, and throw or pass", _CAPTURE),
    ):
        yield HostileCase(
            name=name,
            title=FAULTS[name].description,
            provokes=provokes,
            source=source,
            requests=(
                desk.received(desk.faulty(name, desk.event(name), name), Expected.EITHER, Expected.REFUSE),
            ),
        )


_NO_TIMES: Final = (
    ("timestamp-word", "a word", "now"),
    ("timestamp-huge", "a number of 400 digits", "9" * 400),
    ("timestamp-beyond-64-bits", "2 to the 64th", str(1 << 64)),
    ("timestamp-negative", "a negative number", "-1"),
    ("timestamp-fraction", "a number with a fraction", "{}.5"),
    ("timestamp-exponent", "a number with an exponent", "1e999"),
    ("timestamp-hexadecimal", "a hexadecimal number", "0x692B1E00"),
    ("timestamp-underscores", "digits with underscores, which Python reads as a number", "1_7_0_0"),
    ("timestamp-superscript", "superscript digits, which isdigit() takes and int() does not", "¹²³"),
    ("timestamp-nan", "not a number, which compares with nothing", "NaN"),
    ("timestamp-date", "a date", "2025-11-23T09:00:00Z"),
    ("timestamp-list", "two times in a list", "{}, {}"),
)


def _no_times(desk: Desk) -> Iterator[HostileCase]:
    """Yield what is no time, with a signature that is wrong: whoever reads the time first must not break."""
    for name, title, form in _NO_TIMES:
        text = form.replace("{}", str(desk.now_s))
        request = desk.signed(name, desk.event(name).body(), timestamp_s=text)
        forged = with_signature(request, sign(desk.other_secret, timestamp_s=text, body=request.body))
        yield HostileCase(
            name=name,
            title=f"{title} for a timestamp, and a wrong signature",
            provokes="what is no number breaks the freshness check and is answered 5xx",
            source="AI-Shipping-Labs/website 1432; anyone can send this",
            requests=(desk.received(forged, Expected.REFUSE),),
        )
