"""What Zoom does, as data. Each fact about Zoom stands here once, with its source.

``docs/zoom.md`` explains the sources; CONFIRMED and UNSURE are used as there. Times are in seconds.
"""

from __future__ import annotations

from typing import Final

DEADLINE_S: Final = 3.0
"""How long a receiver has to answer, in all. CONFIRMED (docs/zoom.md#delivery)."""

RETRY_DELAYS_S: Final = (300.0, 1200.0, 3600.0)
"""The waits before the three retries: 5, then 20, then 60 minutes.

CONFIRMED (docs/zoom.md#retries); the first was measured at 304 s.
"""

REVALIDATION_INTERVAL_S: Final = 72 * 3600.0
"""How often Zoom repeats the handshake. CONFIRMED (docs/zoom.md#handshake)."""

FIRST_NOTICE_AFTER: Final = 2
"""Consecutive failed revalidations before the first e-mail. CONFIRMED (docs/zoom.md#handshake)."""
SECOND_NOTICE_AFTER: Final = 4
"""Consecutive failed revalidations before the second e-mail. CONFIRMED (docs/zoom.md#handshake)."""
DISABLED_AFTER: Final = 6
"""Consecutive failed revalidations before the subscription is disabled. CONFIRMED."""

SIGNATURE_VERSION: Final = "v0"
SIGNATURE_HEADER: Final = "x-zm-signature"
TIMESTAMP_HEADER: Final = "x-zm-request-timestamp"
REQUEST_ID_HEADER: Final = "x-zm-request-id"
TRACKING_ID_HEADER: Final = "x-zm-trackingid"
CONTENT_TYPE: Final = "application/json; charset=utf-8"
USER_AGENT: Final = "Zoom Marketplace/1.0a"
TRACE_UPSTREAM: Final = "Meeting_Web_marketplace-consumer"
"""The value of ``zm-trace-upstream``: CONFIRMED for meeting and recording events, UNSURE for others."""

VALIDATION_EVENT: Final = "endpoint.url_validation"

DEFAULT_TOP_LEVEL_ORDER: Final = ("event", "event_ts", "payload")
"""Key order of an event no capture shows. UNSURE: as Zoom's documents print it."""

_EVENT_FIRST: Final = ("event", "payload", "event_ts")
_PAYLOAD_FIRST: Final = ("payload", "event_ts", "event")
TOP_LEVEL_ORDER: Final[dict[str, tuple[str, ...]]] = {
    "meeting.started": _EVENT_FIRST,
    "meeting.ended": _EVENT_FIRST,
    "meeting.updated": _EVENT_FIRST,
    "recording.started": _EVENT_FIRST,
    "recording.stopped": _EVENT_FIRST,
    VALIDATION_EVENT: _PAYLOAD_FIRST,
    "meeting.participant_joined": _PAYLOAD_FIRST,
    "meeting.participant_left": _PAYLOAD_FIRST,
    "recording.completed": (*_PAYLOAD_FIRST, "download_token"),
}
"""Top-level key order on the wire, by event. CONFIRMED by captures (docs/zoom.md#body)."""

BASIC_MAX_CHARS: Final = 256
"""Longest user name and longest password of Basic authentication. CONFIRMED (docs/zoom.md#authentication)."""
CUSTOM_HEADER_MAX_CHARS: Final = 256
"""Longest key and longest value of the custom header. CONFIRMED (docs/zoom.md#authentication)."""
TOKEN_URL_MAX_CHARS: Final = 1000
"""Longest OAuth token URL. CONFIRMED (docs/zoom.md#authentication)."""
TOKEN_MIN_EXPIRES_IN_S: Final = 3599
"""The shortest token life Zoom accepts from a token endpoint. CONFIRMED (docs/zoom.md#authentication)."""

RESERVED_HEADERS: Final = frozenset(
    {
        "accept", "accept-encoding", "authorization", "clientid", "connection", "content-encoding",
        "content-length", "content-type", "cookie", "expect", "host", "te", "trailer", "transfer-encoding",
        "traceparent", "upgrade", "user-agent", SIGNATURE_HEADER, TIMESTAMP_HEADER, REQUEST_ID_HEADER,
        TRACKING_ID_HEADER, "zm-trace-upstream",
    }
)  # fmt: skip
"""Names a custom header may not have.

CONFIRMED that Zoom reserves names ("The custom header key is reserved by Zoom"), UNSURE which: ours are
those Zoom sends itself and those HTTP gives a meaning.
"""
