"""Named deviations from what Zoom sends, for those who ask for them.

A fault acts at one moment: on the envelope before it is encoded, on the spelling of the JSON, on what is
delivered in which order, on the timestamp before it is signed, on the finished request, or on how that
crosses the wire. What it does not name it leaves alone.
Failures they imitate: docs/zoom.md#failures.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from emitter.core.credential_faults import CREDENTIAL_FAULTS
from emitter.core.fault import Fault, Posting, on_signature
from emitter.core.header_faults import HEADER_FAULTS
from emitter.core.secrets import SecretToken
from emitter.core.sequence_faults import SEQUENCE_FAULTS
from emitter.core.signature_faults import SIGNATURE_FAULTS
from emitter.core.signing import sign
from emitter.core.socket_faults import SOCKET_FAULTS
from emitter.core.tampering_faults import TAMPERING_FAULTS
from emitter.core.timestamp_faults import TIMESTAMP_FAULTS
from emitter.core.wire import WireStyle, encode, ordered
from emitter.core.zoom import TIMESTAMP_HEADER
from emitter.errors import InvalidSettingError

if TYPE_CHECKING:
    from emitter.core.pieces import Piece
    from emitter.core.request import SignedRequest

OTHER_SECRET: Final = SecretToken("not-the-secret-token-00")
"""The key of the ``other-secret`` fault: published, and nobody's."""
EXTRA_FIELD: Final = "field_zoom_may_add_one_day"
UNKNOWN_EVENT: Final = "event_zoom_may_add_one_day"


def body_with(faults: Sequence[Fault], event: str, envelope: Mapping[str, Any]) -> tuple[str, bytes]:
    """Return the name an event goes by and the exact body, after the faults that change either.

    Raises:
        UnencodableError: The envelope has no JSON form.
    """
    if not faults:
        return str(envelope.get("event", event)), encode(ordered(event, envelope))
    changed = ordered(event, envelope_with(faults, envelope))
    return str(changed.get("event", event)), encode(changed, style_with(faults))


def envelope_with(faults: Iterable[Fault], envelope: Mapping[str, Any]) -> dict[str, Any]:
    """Return the envelope after every fault that changes it."""
    changed = dict(envelope)
    for fault in faults:
        if fault.envelope:
            changed = fault.envelope(changed)
    return changed


def style_with(faults: Iterable[Fault]) -> WireStyle:
    """Return the spelling the faults ask for; the last one wins."""
    return next((fault.style for fault in reversed([*faults]) if fault.style), WireStyle.ZOOM)


def timestamp_with(faults: Iterable[Fault], timestamp_s: int) -> str:
    """Return the text of the timestamp header; the last fault that changes it wins."""
    changes = [fault.timestamp for fault in faults if fault.timestamp]
    return changes[-1](timestamp_s) if changes else str(timestamp_s)


def request_with(faults: Iterable[Fault], request: SignedRequest) -> SignedRequest:
    """Return the request after every fault that changes it."""
    for fault in faults:
        if fault.request:
            request = fault.request(request)
    return request


def copies_with(faults: Iterable[Fault]) -> int:
    """Return how many deliveries one event becomes."""
    return max((fault.copies for fault in faults), default=1)


def postings_with(faults: Sequence[Fault], bodies: Iterable[tuple[str, bytes]]) -> list[Posting]:
    """Return what is delivered, in order, after every fault that changes it.

    Args:
        faults: What is deviated in.
        bodies: Name and exact body of each event.
    """
    postings = [Posting(event, body, number) for number, (event, body) in enumerate(bodies)]
    for fault in faults:
        if fault.sequence:
            postings = fault.sequence(postings)
    copies = copies_with(faults)
    return [posting for posting in postings for _ in range(copies)]


def pieces_with(faults: Iterable[Fault]) -> Callable[[SignedRequest], tuple[Piece, ...]] | None:
    """Return what turns the finished request into pieces of bytes; None for a plain POST.

    The last fault that says so wins.
    """
    return next((fault.pieces for fault in reversed([*faults]) if fault.pieces), None)


def check_count(faults: Iterable[Fault], count: int) -> None:
    """Refuse faults that mean nothing with so few events.

    Raises:
        InvalidSettingError: A fault takes more events.
    """
    for fault in faults:
        if count < fault.least_events:
            raise InvalidSettingError(
                f"the fault {fault.name!r} takes at least {fault.least_events} events, and this is {count}; "
                "name several, or ask for a count of 2"
            )


def _every_digit_wrong(signature: str) -> str:
    version, _, digest = signature.partition("=")
    return f"{version}={''.join(f'{(int(digit, 16) + 1) % 16:x}' for digit in digest)}"


def _signed_with_other_secret(request: SignedRequest) -> SignedRequest:
    timestamp = request.header(TIMESTAMP_HEADER) or ""
    other = sign(OTHER_SECRET, timestamp_s=timestamp, body=request.body)
    return on_signature(lambda _: other)(request)


def _tampered(request: SignedRequest) -> SignedRequest:
    """Change one digit of the body, so that it stays the JSON it was and keeps its length."""
    body, changes = re.subn(
        rb"\d(?=\D*$)", lambda match: b"%d" % ((int(match[0]) + 1) % 10), request.body, count=1
    )
    if not changes:
        body = request.body[:-1] + (b"]" if request.body[-1:] == b"}" else b"}")
    return replace(request, body=body)


def _header_case(change: Callable[[str], str]) -> Callable[[SignedRequest], SignedRequest]:
    return lambda request: replace(
        request, headers=tuple((change(name), value) for name, value in request.headers)
    )


def _renamed(change: Callable[[str], str]) -> Callable[[Mapping[str, Any]], dict[str, Any]]:
    return lambda envelope: {**envelope, "event": change(str(envelope.get("event", "")))}


def _in_object(
    change: Callable[[dict[str, Any]], dict[str, Any]],
) -> Callable[[Mapping[str, Any]], dict[str, Any]]:
    """Apply a change to ``payload.object``, to each of its items if it is an array, else to the payload."""

    def changed(envelope: Mapping[str, Any]) -> dict[str, Any]:
        payload = envelope.get("payload")
        if not isinstance(payload, Mapping):
            return change(dict(envelope))
        inner = payload.get("object")
        if isinstance(inner, Mapping):
            payload = {**payload, "object": change(dict(inner))}
        elif isinstance(inner, list):
            items = [change(dict(item)) if isinstance(item, Mapping) else item for item in inner]
            payload = {**payload, "object": items}
        else:
            payload = change(dict(payload))
        return {**envelope, "payload": payload}

    return changed


def _last_field_null(fields: dict[str, Any]) -> dict[str, Any]:
    return {**fields, next(reversed(fields)): None} if fields else fields


FAULTS: Final[Mapping[str, Fault]] = {
    fault.name: fault
    for fault in (
        Fault(
            name="duplicate",
            description="deliver the event twice: same body and request id, new signature",
            copies=2,
        ),
        Fault(
            name="wrong-signature",
            description="a signature of the right shape with every digit wrong",
            request=on_signature(_every_digit_wrong),
        ),
        Fault(
            name="missing-signature",
            description="no x-zm-signature header",
            request=on_signature(lambda _: None),
        ),
        Fault(
            name="short-signature",
            description="the first 16 digits of the right signature",
            request=on_signature(lambda signature: signature[: len("v0=") + 16]),
        ),
        Fault(
            name="non-ascii-signature",
            description="64 times é in place of the digits",
            request=on_signature(lambda _: "v0=" + "é" * 64),
        ),
        Fault(
            name="bare-signature",
            description="the right digits without v0= before them",
            request=on_signature(lambda signature: signature.removeprefix("v0=")),
        ),
        Fault(
            name="other-secret",
            description="signed with another secret token",
            request=_signed_with_other_secret,
        ),
        Fault(
            name="stale-timestamp",
            description="a timestamp one hour old, correctly signed",
            timestamp=lambda timestamp_s: str(timestamp_s - 3600),
        ),
        Fault(
            name="future-timestamp",
            description="a timestamp one hour ahead, correctly signed",
            timestamp=lambda timestamp_s: str(timestamp_s + 3600),
        ),
        Fault(
            name="millisecond-timestamp",
            description="a timestamp in milliseconds, correctly signed",
            timestamp=lambda timestamp_s: str(timestamp_s * 1000),
        ),
        Fault(
            name="tampered-body", description="one digit of the body changed after signing", request=_tampered
        ),
        Fault(
            name="unknown-event",
            description="an event name that Zoom does not have yet",
            envelope=_renamed(lambda name: f"{name.rpartition('.')[0] or 'app'}.{UNKNOWN_EVENT}"),
        ),
        Fault(
            name="trailing-space-event",
            description="a space after the event's name, as one of Zoom's own examples has it",
            envelope=_renamed(lambda name: f"{name} "),
        ),
        Fault(
            name="extra-field",
            description="a field no document mentions yet",
            envelope=_in_object(lambda fields: {**fields, EXTRA_FIELD: "new"}),
        ),
        Fault(
            name="null-field",
            description="null in the last field of the object",
            envelope=_in_object(_last_field_null),
        ),
        Fault(name="wire-raw", description="emoji as raw UTF-8 instead of escapes", style=WireStyle.RAW),
        Fault(
            name="wire-escaped",
            description="every character beyond ASCII escaped, as Python and PHP write it",
            style=WireStyle.ESCAPED,
        ),
        Fault(name="wire-spaced", description="a space after each colon and comma", style=WireStyle.SPACED),
        Fault(name="wire-slashes", description=r"every / written as \/", style=WireStyle.SLASHES),
        Fault(
            name="header-title-case",
            description="header names as X-Zm-Signature",
            request=_header_case(str.title),
        ),
        Fault(
            name="header-upper-case",
            description="header names as X-ZM-SIGNATURE",
            request=_header_case(str.upper),
        ),
        *SIGNATURE_FAULTS,
        *TIMESTAMP_FAULTS,
        *TAMPERING_FAULTS,
        *CREDENTIAL_FAULTS,
        *HEADER_FAULTS,
        *SEQUENCE_FAULTS,
        *SOCKET_FAULTS,
    )
}
"""Every fault by name, in the order in which they are listed."""
