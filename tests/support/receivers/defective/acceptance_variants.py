"""Receivers that lose events of one shape or value."""

from __future__ import annotations

from tests.support.receivers.reference import Answer, Defect


def _failing_on(is_bad):
    def respond(asked, right):
        return Answer(500, "KeyError") if asked.is_signed and is_bad(asked) else right(asked)

    return respond


def _refusing(is_bad, status=400):
    def respond(asked, right):
        return Answer(status, "bad request") if asked.is_signed and is_bad(asked) else right(asked)

    return respond


def _object(asked):
    return asked.object if isinstance(asked.object, dict) else {}


def _values(asked):
    return [*_object(asked).values()]


DEFECTS = (
    Defect(
        name="needs-one-optional-field-beside-another",
        codes="A05",
        seen="docs/zoom.md#failures: payload.object.host_id taken to be there, hackclub/slash-z 149",
        respond=_failing_on(lambda asked: "source" in _object(asked) and "host_id" not in _object(asked)),
    ),
    Defect(
        name="knows-five-of-six-sources",
        codes="A06",
        seen="PipedreamHQ/pipedream 18036: a value that was spelt from memory never matches",
        respond=_failing_on(lambda asked: _object(asked).get("source") == "MICROSOFT_TEAMS"),
    ),
    Defect(
        name="takes-the-first-item",
        codes="A07",
        seen="ttulttul's receiver and others: element 0 of a list that may be empty",
        respond=_failing_on(lambda asked: _object(asked).get("new_associations") == []),
    ),
    Defect(
        name="requires-what-may-be-empty",
        codes="A08",
        seen="fleetdm/fleet 29847: a strict input schema refuses real requests",
        respond=_refusing(lambda asked: _object(asked).get("playlist_name") == ""),
    ),
    Defect(
        name="fails-on-an-empty-id",
        codes="A09",
        seen="docs/zoom.md#body: absent values arrive as empty texts",
        respond=_failing_on(lambda asked: _object(asked).get("conversation_id") == ""),
    ),
    Defect(
        name="refuses-new-fields",
        codes="A10",
        seen="fleetdm/fleet 29847; octokit/webhooks 939",
        respond=_refusing(lambda asked: b"field_zoom_may_add" in asked.body),
    ),
    Defect(
        name="fails-on-null",
        codes="A11",
        seen="Jericho/ZoomNet 418: null for text",
        respond=_failing_on(lambda asked: any(value is None for value in _values(asked))),
    ),
    Defect(
        name="takes-the-object-for-an-object",
        codes="A12",
        seen="hackclub/slash-z 149, PipedreamHQ/pipedream 2388: payload.object.id taken to be there",
        respond=_failing_on(
            lambda asked: (
                isinstance(asked.value, dict)
                and isinstance(asked.value.get("payload"), dict)
                and isinstance(asked.value["payload"].get("object"), list)
                and not asked.event.endswith("crm_associations_changed")
            )
        ),
    ),
    Defect(
        name="compares-the-content-type",
        codes="A13",
        seen="a body parser that is told application/json; charset=utf-8 as text",
        respond=_refusing(
            lambda asked: asked.headers.get("content-type") != "application/json; charset=utf-8", 415
        ),
    ),
    Defect(
        name="takes-100-kilobytes",
        codes="A14",
        seen="the limit of express.json() as it comes",
        respond=_refusing(lambda asked: len(asked.body) > 102_400, 413),
    ),
    Defect(
        name="answers-otherwise-than-the-document",
        codes="A15",
        seen="docs/zoom.md#delivery: every receiver, as Zoom itself does not look",
        is_response_strict=True,
    ),
    Defect(
        name="fails-on-what-it-does-not-subscribe-to",
        codes="A03",
        seen="mattermost/mattermost-plugin-zoom 257: 501 for events of no interest",
        respond=_failing_on(lambda asked: asked.event.endswith("playlist_delete")),
        events=("*.conversation_*", "*.playlist_create"),
    ),
)
