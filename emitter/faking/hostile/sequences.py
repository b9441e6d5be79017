"""Deliveries that come again, together or out of order, as Zoom's do."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from emitter.core.wire import encode, ordered
from emitter.core.zoom import TRACKING_ID_HEADER
from emitter.faking import ids
from emitter.faking.hostile.cases import Expected, HostileCase
from emitter.faking.hostile.desk import Desk, with_header

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from emitter.core.events import Event
    from emitter.core.request import SignedRequest

_FIRST_RETRY_S: Final = 304
_CAPTURE: Final = "2026 capture; docs/zoom.md#failures"


def sequences(desk: Desk) -> Iterator[HostileCase]:
    """Yield several requests each, as Zoom sends them."""
    yield from _repeated(desk)
    yield from _alike(desk)
    yield from _out_of_order(desk)


def _repeated(desk: Desk) -> Iterator[HostileCase]:
    name = "duplicate"
    body = desk.event(name).body()
    first = desk.signed(name, body)
    later = desk.signed(name, body, timestamp_s=desk.now_s + _FIRST_RETRY_S)
    yield _case(
        desk,
        [(first, 0), (later, _FIRST_RETRY_S)],
        name=name,
        title="the same event again after five minutes: same body and request id, new time and signature",
        provokes="duplicates are recognised by timestamp or signature, so that the event counts twice",
        source=f"forum 53977; {_CAPTURE}",
        distinct_events=1,
    )
    name = "duplicate-at-once"
    body = desk.event(name).body()
    yield _case(
        desk,
        [(desk.signed(name, body), 0), (desk.signed(name, body), 0)],
        name=name,
        title="the same request twice within a second",
        provokes="the second comes while the first is still worked on",
        source=_CAPTURE,
        distinct_events=1,
    )
    name = "duplicate-subscription"
    body = desk.event(name).body()
    yield _case(
        desk,
        [(desk.signed(name, body), 0), (desk.signed(name, body, delivery=1), 0)],
        name=name,
        title="one event for two subscriptions: same body, another request id",
        provokes="duplicates are recognised by the request id alone",
        source="docs/zoom.md#delivery",
        distinct_events=1,
    )
    name = "twin-with-another-body"
    event = desk.event(name)
    bodies = [_with_download(desk, name, event, number) for number in (0, 1)]
    yield HostileCase(
        name=name,
        title="one event twice at the same time, the bodies differ in a download URL and a token only",
        provokes="duplicates are recognised by a hash of the body",
        source="forum 128602; docs/zoom.md#delivery; seen with recordings, and new fields to other events",
        requests=tuple(
            desk.received(desk.signed(name, body, delivery=number), Expected.EITHER, Expected.ACKNOWLEDGE)
            for number, body in enumerate(bodies)
        ),
        distinct_events=1,
    )


def _alike(desk: Desk) -> Iterator[HostileCase]:
    name = "shared-tracking-id"
    first, second = (desk.signed(name, desk.event(f"{name} {n}").body(), delivery=n) for n in (0, 1))
    shared = with_header(second, TRACKING_ID_HEADER, first.header(TRACKING_ID_HEADER))
    yield _case(
        desk,
        [(first, 0), (shared, 0)],
        name=name,
        title="two different events with the same x-zm-trackingid",
        provokes="duplicates are recognised by the tracking id, so that an event is lost",
        source="forum 142066; docs/zoom.md#headers",
        distinct_events=2,
    )
    name = "same-millisecond"
    yield _case(
        desk,
        [(desk.signed(name, desk.event(f"{name} {n}").body(), delivery=n), 0) for n in (0, 1)],
        name=name,
        title="two different events of the same name and the same millisecond",
        provokes="duplicates are recognised by name and event_ts, so that an event is lost",
        source=_CAPTURE,
        distinct_events=2,
    )


def _out_of_order(desk: Desk) -> Iterator[HostileCase]:
    types = [*desk.usable]
    name = "story-out-of-order"
    told = [event.body() for event in desk.story(name, types)]
    count = len(told)
    yield _case(
        desk,
        [(desk.signed(name, told[at], delivery=at), 0) for at in reversed(range(count))],
        name=name,
        title="the events of one story, the last first",
        provokes="what is told of something unknown yet is answered 4xx or 5xx",
        source="forum 6498; docs/zoom.md#delivery",
        distinct_events=count,
    )
    name = "retry-after-newer-state"
    story = desk.story(name, [types[0], types[-1]])
    old, new = (event.body() for event in story)
    yield _case(
        desk,
        [
            (desk.signed(name, old), 0),
            (desk.signed(name, new, delivery=1, timestamp_s=desk.now_s + 60), 60),
            (desk.signed(name, old, timestamp_s=desk.now_s + _FIRST_RETRY_S), _FIRST_RETRY_S),
        ],
        name=name,
        title="an event, a newer one of the same story, and then the retry of the first",
        provokes="the retry puts the old state back",
        source="forum 53977; docs/zoom.md#failures",
        distinct_events=2,
    )


def _with_download(desk: Desk, case: str, event: Event, number: int) -> bytes:
    rng = desk.stream(case, "download", number)
    extra = {
        "download_url": f"https://example.com/rec/download/{ids.short_id(rng)}",
        "download_token": ids.short_id(rng),
    }
    return encode(ordered(event.name, {**event.envelope, **extra}))


def _case(
    desk: Desk,
    arrivals: Sequence[tuple[SignedRequest, int]],
    *,
    name: str,
    title: str,
    provokes: str,
    source: str,
    distinct_events: int,
) -> HostileCase:
    return HostileCase(
        name=name,
        title=title,
        provokes=provokes,
        source=source,
        requests=tuple(
            desk.received(request, Expected.ACKNOWLEDGE, after_s=after_s) for request, after_s in arrivals
        ),
        distinct_events=distinct_events,
    )
