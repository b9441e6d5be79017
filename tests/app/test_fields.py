from __future__ import annotations

import pytest

from emitter.app.fields import (
    MAX_ERRORS,
    Field,
    digits,
    integer,
    list_of,
    number,
    one_of,
    parsed,
    read_object,
    secret_text,
    text,
    token_text,
)
from emitter.core.deliveries import DeliveryState
from emitter.core.schedule import parse_duration
from emitter.errors import InvalidFieldsError, UsageError

CANARY = "canary-7f3a91"


def errors_of(value, fields):
    with pytest.raises(InvalidFieldsError) as caught:
        read_object(value, fields)
    return dict(caught.value.errors)


def test_every_wrong_field_is_told_at_once():
    fields = {"name": Field(text()), "count": Field(integer(1, 9)), "url": Field(text())}

    errors = errors_of({"name": 5, "count": 10}, fields)

    assert errors == {
        "/name": "expected text, found an integer",
        "/count": "expected 1 to 9, found 10",
        "/url": "this field is required",
    }


def test_an_unknown_field_gets_the_nearest_name():
    errors = errors_of({"evnt": "x"}, {"event": Field(text(), is_required=False)})

    assert errors == {"/evnt": "unknown field 'evnt'; did you mean 'event'?"}


def test_an_unknown_field_like_none_gets_all_names():
    errors = errors_of({"zzz": "x"}, {"event": Field(text(), is_required=False)})

    assert errors == {"/zzz": "unknown field 'zzz'; there are event"}


def test_a_request_that_is_all_wrong_is_not_read_to_its_end():
    errors = errors_of({f"field {number}": 1 for number in range(100_000)}, {"event": Field(text())})

    assert len(errors) == MAX_ERRORS + 1


def test_errors_inside_a_list_point_at_the_item():
    errors = errors_of({"events": ["a", 5]}, {"events": Field(list_of(text(), max_items=3))})

    assert errors == {"/events/1": "expected text, found an integer"}


@pytest.mark.parametrize(
    ("read", "value", "expected"),
    [
        (text(), None, "expected text, found null"),
        (text(), "", "expected 1 to 1000 characters, found 0"),
        (text(max_chars=3), "four", "expected 1 to 3 characters, found 4"),
        (integer(1, 9), True, "expected a whole number, found a boolean"),
        (integer(1, 9), 1.0, "expected a whole number, found a number"),
        (integer(1, 9), 10**100, "expected 1 to 9, found a number of 101 digits"),
        (number(0.5, 2), "1", "expected a number, found a string"),
        (number(0.5, 2), 3, "expected 0.5 to 2, found 3"),
        (digits(1, 9), "1.0", "expected a whole number, found '1.0'"),
        (digits(1, 9), "٣", "expected a whole number, found '٣'"),
        (digits(1, 9), "0", "expected 1 to 9, found 0"),
        (list_of(text(), max_items=2), "a", "expected a list, found a string"),
        (list_of(text(), max_items=2), [], "expected 1 to 2 items, found 0"),
        (one_of(DeliveryState), "sent", "expected one of pending, delivered, failed, found 'sent'"),
        (one_of(DeliveryState), [], "expected one of pending, delivered, failed, found an array"),
        (parsed(parse_duration), "3 s", "'3 s' is not a duration; write for example 250ms, 5s, 3m or 72h"),
    ],
)
def test_a_value_that_does_not_fit_is_named_with_what_was_expected(read, value, expected):
    with pytest.raises(UsageError) as caught:
        read(value)

    assert str(caught.value) == expected


@pytest.mark.parametrize("read", [secret_text, token_text], ids=["secret", "secret token"])
@pytest.mark.parametrize(
    "value", [CANARY + " " * 1000, [CANARY], CANARY * 200], ids=["long", "list", "longer"]
)
def test_no_message_repeats_a_secret(read, value):
    with pytest.raises(UsageError) as caught:
        read(value)

    assert CANARY not in str(caught.value)
