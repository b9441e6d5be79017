"""Bodies that are no event: each rightly signed, as only a holder of the secret token can, and unsigned."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from emitter.core.wire import encode
from emitter.faking.hostile.cases import Expected, HostileCase
from emitter.faking.hostile.desk import Desk, unsigned, with_header

if TYPE_CHECKING:
    from collections.abc import Iterator

_DEPTH: Final = 20_000
_MEGABYTE: Final = 1_000_000


def nonsense(desk: Desk) -> Iterator[HostileCase]:
    """Yield bodies that break who parses before verifying, and who trusts what is signed."""
    for name, title, body in _bodies(desk):
        signed = desk.signed(f"signed-{name}", body)
        yield HostileCase(
            name=f"signed-{name}",
            title=f"{title}, rightly signed",
            provokes="what is signed is taken to be an event, and what is none is answered 5xx",
            source="docs/zoom.md#failures; only a holder of the secret token can send this",
            requests=(desk.received(signed, Expected.EITHER),),
        )
        yield HostileCase(
            name=f"unsigned-{name}",
            title=f"{title}, not signed",
            provokes="the body is parsed before the signature is verified, and answered 5xx",
            source="synaptent/aragora 6102; anyone can send this",
            requests=(desk.received(unsigned(desk.signed(f"unsigned-{name}", body)), Expected.REFUSE),),
        )
    yield from _methods(desk)


def _bodies(desk: Desk) -> Iterator[tuple[str, str, bytes]]:
    genuine = desk.event("nonsense").body()
    yield "empty-body", "no body at all", b""
    yield "no-json", "a text that is no JSON", b"event=meeting.started&account=1"
    yield "cut-json", "an event that breaks off in the middle", genuine[: len(genuine) // 2]
    yield "json-and-more", "an event with characters behind it", genuine + b"}"
    yield "json-null", "null", b"null"
    yield "json-list", "an empty list", b"[]"
    yield "json-events-in-a-list", "an event in a list", b"[" + genuine + b"]"
    yield "json-text", "a JSON text", b'"event"'
    yield "json-number", "a JSON number", b"42"
    yield "json-true", "true", b"true"
    yield "json-empty-object", "an empty object", b"{}"
    yield "json-nan", "numbers JSON does not have", b'{"event":NaN,"event_ts":Infinity,"payload":{}}'
    yield "deep-nesting", f"lists in lists, {_DEPTH:,} deep", b"[" * _DEPTH + b"]" * _DEPTH
    yield "deep-objects", f"objects in objects, {_DEPTH:,} deep", b'{"a":' * _DEPTH + b"1" + b"}" * _DEPTH
    yield "invalid-utf-8", "bytes that are no UTF-8", b'{"event":"\xff\xfe\xc3\x28","payload":{}}'
    yield "lone-surrogate", "half an emoji, as an escape", rb'{"event":"a.b","payload":{"text":"\uD83D"}}'
    yield "nul-character", "the character NUL", b'{"event":"a.b\\u0000","payload":{"text":"\\u0000"}}'
    yield "byte-order-mark", "a byte order mark before an event", b"\xef\xbb\xbf" + genuine
    yield "utf-16", "an event in UTF-16", genuine.decode().encode("utf-16")
    yield "huge-number", "a number of 5,000 digits", b'{"event":"a.b","event_ts":' + b"9" * 5_000 + b"}"
    yield "one-megabyte", "an event of one megabyte", desk.long_body(_MEGABYTE)


def _methods(desk: Desk) -> Iterator[HostileCase]:
    for method in ("GET", "PUT", "DELETE", "PATCH"):
        name = f"method-{method.lower()}"
        body = b"" if method == "GET" else desk.event(name).body()
        yield HostileCase(
            name=name,
            title=f"{method} in place of POST, rightly signed",
            provokes="other methods are taken for events",
            source="docs/zoom.md#delivery: Zoom sends POST",
            requests=(
                desk.received(desk.signed(name, body), Expected.EITHER, Expected.REFUSE, method=method),
            ),
        )
    for name, title, header, value in (
        ("no-content-type", "no content type", "content-type", None),
        (
            "content-type-form",
            "the content type of a form",
            "content-type",
            "application/x-www-form-urlencoded",
        ),
        (
            "content-type-without-charset",
            "a content type without its charset",
            "content-type",
            "application/json",
        ),
        ("content-type-broken", "a content type that is none", "content-type", ";;=charset"),
    ):
        request = desk.signed(name, desk.event(name).body())
        yield HostileCase(
            name=name,
            title=f"an event with {title}, rightly signed",
            provokes="the body is read by its content type before the signature is verified",
            source="docs/zoom.md#headers: Zoom sends application/json; charset=utf-8",
            requests=(desk.received(with_header(request, header, value), Expected.EITHER),),
        )


def odd_events(desk: Desk) -> Iterator[HostileCase]:
    """Yield JSON objects that are almost events, rightly signed."""
    event = desk.event("odd-events")
    envelope = dict(event.envelope)
    payload = dict(envelope["payload"])
    values: tuple[tuple[str, str, bytes], ...] = (
        (
            "without-event",
            "no event name",
            encode({key: envelope[key] for key in envelope if key != "event"}),
        ),
        (
            "without-payload",
            "no payload",
            encode({key: envelope[key] for key in envelope if key != "payload"}),
        ),
        ("payload-null", "null for its payload", encode(envelope | {"payload": None})),
        (
            "without-payload-object",
            "no payload.object",
            encode(envelope | {"payload": {key: payload[key] for key in payload if key != "object"}}),
        ),
        (
            "object-null",
            "null for payload.object",
            encode(envelope | {"payload": payload | {"object": None}}),
        ),
        (
            "object-of-another-type",
            "a list where an object belongs, or the other way round",
            encode(envelope | {"payload": payload | {"object": _turned(payload.get("object"))}}),
        ),
        ("event-a-number", "a number for its name", encode(envelope | {"event": 7})),
        ("event-a-list", "a list for its name", encode(envelope | {"event": [event.name]})),
        ("event-empty", "an empty name", encode(envelope | {"event": ""})),
        ("event-long", "a name of 10,000 characters", encode(envelope | {"event": "a." * 5_000})),
        ("event-ts-text", "its time as text", encode(envelope | {"event_ts": str(event.event_ts_ms)})),
        ("event-ts-beyond-64-bits", "a time beyond 64 bits", encode(envelope | {"event_ts": 1 << 64})),
        ("event-ts-negative", "a time before 1970", encode(envelope | {"event_ts": -1})),
        ("event-ts-fraction", "a time with a fraction", encode(envelope | {"event_ts": 1.5e12 + 0.25})),
        ("key-event-twice", "two names", _twice(event.body(), b'"event":"meeting.started"')),
        ("key-payload-twice", "two payloads", _twice(event.body(), b'"payload":null')),
        (
            "key-proto",
            "__proto__ and constructor among its keys",
            encode(envelope | {"payload": payload | _PROTOTYPES}),
        ),
    )
    for name, title, body in values:
        yield HostileCase(
            name=name,
            title=f"an event with {title}, rightly signed",
            provokes="what is not there, or is of another type, is used unseen and answered 5xx",
            source="slash-z 149; fleet 29847; only a holder of the secret token can send this",
            requests=(desk.received(desk.signed(name, body), Expected.EITHER),),
        )


_PROTOTYPES: Final = {"__proto__": {"is_admin": True}, "constructor": {"prototype": {"is_admin": True}}}


def _turned(value: object) -> object:
    return [value] if isinstance(value, dict) else {"items": value}


def _twice(body: bytes, member: bytes) -> bytes:
    """Return the object with one member more at its end, whose key is there before."""
    return body[:-1] + b"," + member + b"}"
