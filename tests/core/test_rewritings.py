from __future__ import annotations

import json

import pytest

from emitter.core.rewritings import rewritings

BODY = '{"event":"b","payload":{"z":"é \\uD83D\\uDE92 a/b <","a":1}}'.encode()
VALUE = json.loads(BODY)


def found_for(text):
    return [choice.mistakes[0].found for choice in rewritings(BODY) if choice.value == text]


@pytest.mark.parametrize(
    ("text", "habit"),
    [
        (
            json.dumps(VALUE, ensure_ascii=False, separators=(",", ":")),
            "every character raw, as JavaScript does",
        ),
        (
            json.dumps(VALUE, separators=(",", ":")),
            "all but ASCII escaped in lower case, as Python and PHP do",
        ),
        (
            json.dumps(VALUE),
            "a space after each colon and comma, all but ASCII escaped in lower case, as Python and PHP do",
        ),
        (
            json.dumps(VALUE, separators=(",", ":")).replace("/", r"\/"),
            r"all but ASCII escaped in lower case, as Python and PHP do, / written as \/",
        ),
        (
            json.dumps(VALUE, ensure_ascii=False, separators=(",", ":"), sort_keys=True),
            "sorted at every level, every character raw, as JavaScript does",
        ),
        (BODY.decode() + "\n", "a line feed"),
    ],
)
def test_a_common_habit_is_named(text, habit):
    assert found_for(text.encode())[0] == habit


def test_text_forced_into_ascii_is_named():
    assert found_for(BODY.replace("é".encode(), b"?")) == ["signed with question marks"]


def test_what_changes_nothing_is_not_tried():
    assert BODY not in {choice.value for choice in rewritings(BODY)}


def test_another_spelling_than_zooms_may_be_written_as_zoom_does():
    spaced = json.dumps(VALUE, ensure_ascii=False).encode()
    first = next(choice for choice in rewritings(spaced) if choice.value == BODY)

    assert first.mistakes[0].found == "in Zoom's own form"


def test_there_are_not_too_many_to_be_sent():
    assert len({choice.value for choice in rewritings(BODY)}) < 80


@pytest.mark.parametrize("body", [b"", b"\xff", b"nothing", b"7"])
def test_what_is_no_json_object_has_no_spellings(body):
    assert all(choice.mistakes[0].id != "reserialised" for choice in rewritings(body))
