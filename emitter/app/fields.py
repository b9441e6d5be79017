"""Reads JSON objects and queries field by field, and says everything that is wrong with them at once.

A frozen dataclass states what a request holds: each attribute is annotated with its `Field`, which names
the reader. A reader turns one value into what the code wants, or raises a UsageError that says what was
expected.
"""

from __future__ import annotations

import dataclasses
import difflib
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, TypeVar, cast, get_type_hints

from emitter.catalog.json_values import kind_of, pointer_to
from emitter.core.secrets import Secret, SecretToken
from emitter.errors import InvalidFieldsError, InvalidSettingError, UnknownNameError, UsageError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from enum import StrEnum

T = TypeVar("T")

SHOWN_CHARS: Final = 60
MAX_ERRORS: Final = 20
"""How many errors are told at most; a request with more is not worth the time."""
MAX_SECRET_CHARS: Final = 1000
_DIGITS: Final = re.compile(r"[0-9]{1,40}")


@dataclass(frozen=True, slots=True)
class Field:
    """How one field is read.

    Attributes:
        read: The reader.
        name: The field's name where it is not the attribute's.
        is_required: Whether it may not be left out; an attribute with a default may be.
    """

    read: Callable[[Any], Any]
    name: str = ""
    is_required: bool = True


def read_as(kind: type[T], value: Any) -> T:
    """Return a JSON object as an instance of a dataclass whose attributes are annotated with a `Field` each.

    Raises:
        InvalidFieldsError: It is no object, or a field is unknown, missing or does not fit.
    """
    hints = get_type_hints(kind, include_extras=True)
    fields, attributes = {}, {}
    for each in dataclasses.fields(cast("Any", kind)):
        field: Field = hints[each.name].__metadata__[0]
        name = field.name or each.name
        fields[name] = dataclasses.replace(field, is_required=each.default is dataclasses.MISSING)
        attributes[name] = each.name
    found = read_object(value, fields)
    return kind(**{attributes[name]: inner for name, inner in found.items()})


def read_object(value: Any, fields: Mapping[str, Field]) -> dict[str, Any]:
    """Return what the readers make of the fields that are there.

    Raises:
        InvalidFieldsError: As for `read_as`.
    """
    if not isinstance(value, dict):
        raise InvalidFieldsError([("", f"expected an object, found {kind_of(value)}")])
    found: dict[str, Any] = {}
    errors: list[tuple[str, str]] = []
    for name, inner in value.items():
        try:
            found[name] = _field(name, fields).read(inner)
        except InvalidFieldsError as error:
            errors += [(pointer_to([name]) + pointer, message) for pointer, message in error.errors]
        except UsageError as error:
            errors.append((pointer_to([name[:SHOWN_CHARS]]), str(error)))
        if len(errors) >= MAX_ERRORS:
            break
    missing = (name for name, field in fields.items() if field.is_required and name not in value)
    errors += [(pointer_to([name]), "this field is required") for name in missing]
    if errors:
        raise InvalidFieldsError(errors)
    return found


def text(*, min_chars: int = 1, max_chars: int = 1000) -> Callable[[Any], str]:
    """Return a reader of text of so many characters."""

    def read(value: Any) -> str:
        if not isinstance(value, str):
            raise InvalidSettingError(f"expected text, found {kind_of(value)}")
        if not min_chars <= len(value) <= max_chars:
            raise InvalidSettingError(f"expected {min_chars} to {max_chars} characters, found {len(value)}")
        return value

    return read


def parsed(parse: Callable[[str], T], *, max_chars: int = 1000) -> Callable[[Any], T]:
    """Return a reader of text that a function makes sense of, or refuses with a UsageError."""
    as_text = text(max_chars=max_chars)
    return lambda value: parse(as_text(value))


def integer(low: int, high: int) -> Callable[[Any], int]:
    """Return a reader of whole numbers from `low` to `high`."""

    def read(value: Any) -> int:
        if isinstance(value, bool) or not isinstance(value, int):
            raise InvalidSettingError(f"expected a whole number, found {kind_of(value)}")
        _check_within(value, low, high)
        return value

    return read


def digits(low: int, high: int) -> Callable[[Any], int]:
    """Return a reader of whole numbers written as text, as in a query."""

    def read(value: Any) -> int:
        if not isinstance(value, str) or not _DIGITS.fullmatch(value):
            raise InvalidSettingError(f"expected a whole number, found {shown(value)}")
        _check_within(int(value), low, high)
        return int(value)

    return read


def number(low: float, high: float) -> Callable[[Any], float]:
    """Return a reader of numbers from `low` to `high`."""

    def read(value: Any) -> float:
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise InvalidSettingError(f"expected a number, found {kind_of(value)}")
        _check_within(value, low, high)
        return float(value)

    return read


def boolean(value: Any) -> bool:
    """Read true or false."""
    if not isinstance(value, bool):
        raise InvalidSettingError(f"expected true or false, found {kind_of(value)}")
    return value


def json_object(value: Any) -> dict[str, Any]:
    """Read an object of whatever content."""
    if not isinstance(value, dict):
        raise InvalidSettingError(f"expected an object, found {kind_of(value)}")
    return value


def one_of(names: type[StrEnum]) -> Callable[[Any], Any]:
    """Return a reader of one of an enumeration's values."""

    def read(value: Any) -> StrEnum:
        try:
            return names(value)
        except ValueError:
            expected = ", ".join(names)
            raise InvalidSettingError(f"expected one of {expected}, found {shown(value)}") from None

    return read


def list_of(read_item: Callable[[Any], T], *, max_items: int) -> Callable[[Any], tuple[T, ...]]:
    """Return a reader of lists with 1 to `max_items` items."""

    def read(value: Any) -> tuple[T, ...]:
        if not isinstance(value, list):
            raise InvalidSettingError(f"expected a list, found {kind_of(value)}")
        if not 0 < len(value) <= max_items:
            raise InvalidSettingError(f"expected 1 to {max_items} items, found {len(value)}")
        items, errors = [], []
        for index, item in enumerate(value):
            try:
                items.append(read_item(item))
            except UsageError as error:
                errors.append((pointer_to([index]), str(error)))
        if errors:
            raise InvalidFieldsError(errors[:MAX_ERRORS])
        return tuple(items)

    return read


def secret_text(value: Any) -> Secret:
    """Read a secret; no message says what it was."""
    return Secret(text(max_chars=MAX_SECRET_CHARS)(value))


def token_text(value: Any) -> SecretToken:
    """Read a secret token; no message says what it was."""
    return SecretToken(text(max_chars=MAX_SECRET_CHARS)(value))


def shown(value: Any) -> str:
    """Return a value for a message: text in quotes and cut, anything else by its kind."""
    if not isinstance(value, str):
        return kind_of(value)
    return repr(value if len(value) <= SHOWN_CHARS else value[:SHOWN_CHARS] + "…")


def nearest(name: str, names: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the name that looks most like this one, or nothing."""
    return tuple(difflib.get_close_matches(name[:SHOWN_CHARS], names, n=1))


def _field(name: str, fields: Mapping[str, Field]) -> Field:
    if name in fields:
        return fields[name]
    suggestions = nearest(name, fields)
    raise UnknownNameError(
        "field", name[:SHOWN_CHARS], suggestions, "" if suggestions else f"there are {', '.join(fields)}"
    )


def _check_within(value: float, low: float, high: float) -> None:
    if not low <= value <= high:
        text_of = str(value)
        found = text_of if len(text_of) <= SHOWN_CHARS else f"a number of {len(text_of)} digits"
        raise InvalidSettingError(f"expected {low} to {high}, found {found}")
