from __future__ import annotations

from typing import Annotated

import pytest
from pydantic import Field, TypeAdapter, ValidationError

from emitter.app.event_forms import EventForm
from emitter.app.fields import (
    MAX_ERRORS,
    digits,
    flag,
    integer,
    list_of,
    number,
    one_of,
    parsed,
    secret_text,
    text,
    token_text,
)
from emitter.app.forms import Form
from emitter.app.subscription_forms import SubscriptionForm
from emitter.core.deliveries import DeliveryState
from emitter.core.schedule import parse_duration
from emitter.errors import InvalidFieldsError, UsageError

CANARY = "canary-7f3a91"
LOCAL = "http://localhost:3000/"


class Counted(Form):
    """A form for these tests."""

    name: Annotated[str, text()]
    count: Annotated[int, integer(1, 9)]
    url: Annotated[str, text()]
    events: Annotated[tuple[str, ...], list_of(text(), max_items=3), Field(alias="of")] = ("a",)


def errors_of(value, form=Counted):
    with pytest.raises(InvalidFieldsError) as caught:
        form.read(value)
    return dict(caught.value.errors)


def test_every_wrong_field_is_told_at_once():
    errors = errors_of({"name": 5, "count": 10})

    assert errors == {
        "/name": "expected text, found an integer",
        "/count": "expected 1 to 9, found 10",
        "/url": "this field is required",
    }


def test_an_unknown_field_gets_the_nearest_name():
    errors = errors_of({"body": "{}", "evnt": "x"}, EventForm)

    assert errors == {"/evnt": "unknown field 'evnt'; did you mean 'event'?"}


def test_an_unknown_field_like_none_gets_all_names():
    errors = errors_of({"name": "a", "count": 1, "url": "b", "zzz": "x"})

    assert errors == {"/zzz": "unknown field 'zzz'; there are name, count, url, of"}


def test_a_request_that_is_all_wrong_is_not_told_to_its_end():
    errors = errors_of({f"field {number}": 1 for number in range(10_000)})

    assert len(errors) <= MAX_ERRORS


def test_errors_inside_a_list_point_at_the_item():
    errors = errors_of({"name": "a", "count": 1, "url": "b", "of": ["a", 5]})

    assert errors == {"/of/1": "expected text, found an integer"}


@pytest.mark.parametrize("value", [None, [], "text", 5, True], ids=repr)
def test_what_is_no_object_is_no_request(value):
    assert errors_of(value)[""].startswith("expected an object, found ")


AUTHS = [
    ({}, "/auth", "expected as mode one of none, legacy, basic, oauth, header, found null"),
    (
        {"mode": "basics"},
        "/auth",
        "expected as mode one of none, legacy, basic, oauth, header, found 'basics'",
    ),
    ({"mode": "basic", "username": "a"}, "/auth/password", "this field is required"),
    ({"mode": "basic", "username": "a:b", "password": "c"}, "/auth/username", "holds a colon"),
    (
        {"mode": "basic", "username": "a", "password": CANARY, "scope": 1},
        "/auth/scope",
        "unknown field 'scope'",
    ),
    ({"mode": "header", "name": "Host", "value": CANARY}, "/auth", "reserved by Zoom"),
    ({"mode": "header", "name": "x", "value": CANARY + "\n"}, "/auth/value", "expected printable ASCII"),
]


@pytest.mark.parametrize(("auth", "pointer", "detail"), AUTHS)
def test_what_does_not_fit_in_an_authentication_is_pointed_at(auth, pointer, detail):
    errors = errors_of({"url": LOCAL, "auth": auth}, SubscriptionForm)

    assert list(errors) == [pointer]
    assert detail in errors[pointer] or "expected a name on one line without a colon" in errors[pointer]
    assert CANARY not in str(errors)


def test_a_form_shows_no_secret():
    form = SubscriptionForm.read(
        {"url": LOCAL, "secret_token": CANARY, "auth": {"mode": "legacy", "verification_token": CANARY}}
    )

    assert CANARY not in repr(form) + str(form)


@pytest.mark.parametrize(
    ("read", "value", "expected"),
    [
        (text(), None, "expected text, found null"),
        (text(), "", "expected 1 to 1000 characters, found 0"),
        (text(max_chars=3), "four", "expected 1 to 3 characters, found 4"),
        (integer(1, 9), True, "expected a whole number, found a boolean"),
        (integer(1, 9), 1.5, "expected a whole number, found a number"),
        (integer(1, 9), 10**100, "expected 1 to 9, found a number of 101 digits"),
        (number(0.5, 2), "1", "expected a number, found a string"),
        (number(0.5, 2), 3, "expected 0.5 to 2, found 3"),
        (digits(1, 9), "1.0", "expected a whole number, found '1.0'"),
        (digits(1, 9), "٣", "expected a whole number, found '٣'"),
        (digits(1, 9), "0", "expected 1 to 9, found 0"),
        (flag, "yes", "expected true or false, found 'yes'"),
        (list_of(text(), max_items=2), "a", "expected a list, found a string"),
        (list_of(text(), max_items=2), [], "expected 1 to 2 items, found 0"),
        (
            one_of(DeliveryState),
            "sent",
            "expected one of pending, delivered, failed, cancelled, found 'sent'",
        ),
        (one_of(DeliveryState), [], "expected one of pending, delivered, failed, cancelled, found an array"),
        (parsed(parse_duration), "3 s", "'3 s' is not a duration; write for example 250ms, 5s, 3m or 72h"),
    ],
)
def test_a_value_that_does_not_fit_is_named_with_what_was_expected(read, value, expected):
    with pytest.raises(UsageError) as caught:
        read(value)

    assert str(caught.value) == expected


@pytest.mark.parametrize("read", [secret_text(max_chars=99), token_text], ids=["secret", "secret token"])
@pytest.mark.parametrize(
    "value", [CANARY + " " * 1000, [CANARY], CANARY * 200], ids=["long", "list", "longer"]
)
def test_no_message_repeats_a_secret(read, value):
    with pytest.raises(UsageError) as caught:
        read(value)

    assert CANARY not in str(caught.value)


def test_what_a_reader_says_reaches_pydantic_with_its_place():
    with pytest.raises(ValidationError) as caught:
        TypeAdapter(Annotated[int, integer(1, 9)]).validate_python(10)

    assert caught.value.errors()[0]["ctx"]["errors"] == [("", "expected 1 to 9, found 10")]


def test_a_whole_number_may_be_written_with_a_point_as_in_a_schema():
    assert integer(1, 9)(2.0) == 2
