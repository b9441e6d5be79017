"""Receivers that lose what Zoom sends."""

from __future__ import annotations

from tests.support.receivers.reference import Answer, Defect

_FIELDS = ("playlist_name", "deal_id", "text")


def _refusing_unless(is_known):
    def respond(asked, right):
        return right(asked) if not asked.is_signed or is_known(asked) else Answer(400, "bad request")

    return respond


def _failing_on(is_bad):
    def respond(asked, right):
        return Answer(500, "KeyError") if asked.is_signed and is_bad(asked) else right(asked)

    return respond


def _is_unknown(asked):
    return asked.event.endswith("event_zoom_may_add_one_day")


def _in_title_case(asked):
    return any(name == "X-Zm-Signature" for name in asked.header_names)


DEFECTS = (
    Defect(
        name="refuses-one-event",
        codes="A01",
        seen="fleetdm/fleet 29847: a strict input schema refuses real requests",
        respond=_refusing_unless(lambda asked: not asked.event.endswith("playlist_delete")),
    ),
    Defect(
        name="needs-an-optional-field",
        codes="A02",
        seen="docs/zoom.md#failures: failure on a missing field",
        respond=_failing_on(
            lambda asked: (
                asked.event.endswith("conversation_analysis_completed")
                and asked.object.keys() == {"conversation_id"}
            )
        ),
    ),
    Defect(
        name="fails-on-unknown-events",
        codes="A03",
        seen="docs/zoom.md#failures: ZoomNet 418",
        respond=_failing_on(_is_unknown),
    ),
    Defect(
        name="headers-in-lower-case-only",
        codes="A04",
        seen="docs/zoom.md#failures: signature header dropped by a proxy",
        respond=lambda asked, right: right(asked.signed_if(asked.is_signed and not _in_title_case(asked))),
    ),
)
