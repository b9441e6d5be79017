"""Receivers that only a walk through an event's schema finds wanting."""

from __future__ import annotations

from tests.support.receivers.reference import Answer, Defect


def _is_event(asked, name):
    return asked.is_signed and asked.event.endswith(f".{name}") and isinstance(asked.value, dict)


def _answering(answer, is_bad):
    def respond(asked, right):
        return answer if asked.is_signed and is_bad(asked) else right(asked)

    return respond


def _has_two_associations(asked):
    inner = asked.value["payload"].get("object") if isinstance(asked.value.get("payload"), dict) else None
    return isinstance(inner, list) and len(inner) > 1 and all(isinstance(each, dict) for each in inner)


DEFECTS = (
    Defect(
        name="takes-an-optional-field-for-granted-when-another-is-there",
        codes="G01",
        seen="docs/zoom.md#failures: a handler that reads operator wherever there is an operator_id",
        respond=_answering(
            Answer(500, "KeyError: 'operator'"),
            lambda asked: (
                _is_event(asked, "playlist_create")
                and isinstance(asked.value.get("payload"), dict)
                and isinstance(asked.value["payload"].get("operator_id"), str)
                and "operator" not in asked.value["payload"]
            ),
        ),
    ),
    Defect(
        name="refuses-a-value-of-an-enumeration",
        codes="G01",
        seen="an enumeration that was copied from an older document",
        respond=_answering(
            Answer(422),
            lambda asked: (
                asked.event and asked.object.get("source") == "MICROSOFT_TEAMS"
                if isinstance(asked.object, dict)
                else False
            ),
        ),
    ),
    Defect(
        name="fails-on-a-wrong-type",
        codes="G02",
        seen="an unhandled TypeError where a number is text",
        respond=_answering(
            Answer(500, "TypeError"),
            lambda asked: (
                _is_event(asked, "playlist_delete") and isinstance(asked.value.get("event_ts"), str)
            ),
        ),
    ),
)
