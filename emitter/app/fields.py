"""What the fields of a request may be: how each is read, and how the OpenAPI document describes it.

A request is a pydantic model whose fields are annotated with a `Reader`. The reader turns one value into
what the code wants, or raises a UsageError that says what was expected; its schema says the same to programs.
What fits the schema, the reader takes.
"""

from __future__ import annotations

import difflib
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final, TypeVar

from pydantic_core import PydanticCustomError, core_schema

from emitter.catalog.json_values import kind_of, pointer_to
from emitter.core.secrets import Secret, SecretToken
from emitter.errors import InvalidFieldsError, InvalidSettingError, UsageError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from enum import StrEnum

    from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler

T = TypeVar("T")

SHOWN_CHARS: Final = 60
MAX_ERRORS: Final = 20
"""How many errors are told at most; a request with more is not worth the time."""
MAX_SECRET_CHARS: Final = 1000
UNFIT: Final = "unfit"
"""The type of the error by which pydantic carries what a reader says."""
_DIGITS: Final = re.compile(r"[0-9]{1,40}")


@dataclass(frozen=True)
class Reader:
    """How one field is read and described.

    Attributes:
        read: Returns what the code wants, or raises a UsageError.
        schema: The JSON schema of what is taken.
    """

    read: Callable[[Any], Any]
    schema: dict[str, Any] = field(default_factory=dict)

    def __call__(self, value: Any) -> Any:
        """Return what the code wants; raises a UsageError where the value does not fit."""
        return self.read(value)

    def __get_pydantic_core_schema__(
        self, source: Any, handler: GetCoreSchemaHandler
    ) -> core_schema.CoreSchema:
        """Tell pydantic to read a field so."""
        del source, handler
        return core_schema.no_info_plain_validator_function(self._validated)

    def __get_pydantic_json_schema__(
        self, schema: core_schema.CoreSchema, handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        """Tell pydantic how a field is described."""
        del schema, handler
        return dict(self.schema)

    def _validated(self, value: Any) -> Any:
        try:
            return self.read(value)
        except InvalidFieldsError as error:
            raise PydanticCustomError(UNFIT, "unfit", {"errors": list(error.errors)}) from None
        except UsageError as error:
            raise PydanticCustomError(UNFIT, "unfit", {"errors": [("", str(error))]}) from None


def text(*, min_chars: int = 1, max_chars: int = 1000) -> Reader:
    """Return a reader of text of so many characters."""

    def read(value: Any) -> str:
        if not isinstance(value, str):
            raise InvalidSettingError(f"expected text, found {kind_of(value)}")
        if not min_chars <= len(value) <= max_chars:
            raise InvalidSettingError(f"expected {min_chars} to {max_chars} characters, found {len(value)}")
        return value

    return Reader(read, {"type": "string", "minLength": min_chars, "maxLength": max_chars})


def parsed(
    parse: Callable[[str], Any],
    *,
    max_chars: int = 1000,
    pattern: str = "",
    like: str = "",
    is_shown: bool = True,
) -> Reader:
    """Return a reader of text that a function makes sense of, or refuses with a UsageError.

    Args:
        parse: The function.
        max_chars: The longest text.
        pattern: What all of a text must match besides: a regular expression that every dialect knows.
        like: Examples, for a text that does not.
        is_shown: Whether a message may repeat the text: not where a secret might stand by mistake.
    """
    as_text = text(max_chars=max_chars)
    whole = re.compile(pattern, re.ASCII)

    def read(value: Any) -> Any:
        found = parse(as_text(value))
        if pattern and not whole.fullmatch(value):
            raise InvalidSettingError(f"expected {like}" + (f", found {shown(value)}" if is_shown else ""))
        return found

    return Reader(read, as_text.schema | ({"pattern": f"^(?:{pattern})$"} if pattern else {}))


def integer(low: int, high: int) -> Reader:
    """Return a reader of whole numbers from `low` to `high`; 1.0 is one, as it is in a JSON schema."""

    def read(value: Any) -> int:
        if isinstance(value, float) and value.is_integer():
            value = int(value)
        if isinstance(value, bool) or not isinstance(value, int):
            raise InvalidSettingError(f"expected a whole number, found {kind_of(value)}")
        _check_within(value, low, high)
        return value

    return Reader(read, {"type": "integer", "minimum": low, "maximum": high})


def digits(low: int, high: int) -> Reader:
    """Return a reader of whole numbers written as text, as in a query."""

    def read(value: Any) -> int:
        if not isinstance(value, str) or not _DIGITS.fullmatch(value):
            raise InvalidSettingError(f"expected a whole number, found {shown(value)}")
        _check_within(int(value), low, high)
        return int(value)

    return Reader(read, {"type": "integer", "minimum": low, "maximum": high})


def number(low: float, high: float) -> Reader:
    """Return a reader of numbers from `low` to `high`."""

    def read(value: Any) -> float:
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise InvalidSettingError(f"expected a number, found {kind_of(value)}")
        _check_within(value, low, high)
        return float(value)

    return Reader(read, {"type": "number", "minimum": low, "maximum": high})


def _boolean(value: Any) -> bool:
    if not isinstance(value, bool):
        raise InvalidSettingError(f"expected true or false, found {kind_of(value)}")
    return value


def _flag(value: Any) -> bool:
    if value not in {"true", "false"}:
        raise InvalidSettingError(f"expected true or false, found {shown(value)}")
    return bool(value == "true")


def _object(value: Any) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise InvalidSettingError(f"expected an object, found {kind_of(value)}")
    return value


boolean: Final = Reader(_boolean, {"type": "boolean"})
"""Reads true or false."""
flag: Final = Reader(_flag, {"type": "boolean"})
"""Reads true or false written as text, as in a query."""
json_object: Final = Reader(_object, {"type": "object"})
"""Reads an object of whatever content."""


def one_of(names: type[StrEnum]) -> Reader:
    """Return a reader of one of an enumeration's values."""

    def read(value: Any) -> StrEnum:
        try:
            return names(value)
        except ValueError:
            expected = ", ".join(names)
            raise InvalidSettingError(f"expected one of {expected}, found {shown(value)}") from None

    return Reader(read, {"type": "string", "enum": [*names]})


def list_of(item: Reader, *, max_items: int, min_items: int = 1, are_different: bool = False) -> Reader:
    """Return a reader of lists with so many items, none of them twice where they are different."""

    def read(value: Any) -> tuple[Any, ...]:
        if not isinstance(value, list):
            raise InvalidSettingError(f"expected a list, found {kind_of(value)}")
        if not min_items <= len(value) <= max_items:
            raise InvalidSettingError(f"expected {min_items} to {max_items} items, found {len(value)}")
        items, errors = [], []
        for index, each in enumerate(value):
            try:
                items.append(item(each))
            except UsageError as error:
                errors.append((pointer_to([index]), str(error)))
        if errors:
            raise InvalidFieldsError(errors[:MAX_ERRORS])
        if are_different and len(set(items)) < len(items):
            raise InvalidSettingError("expected each item once; leave out what is there twice")
        return tuple(items)

    schema = {"type": "array", "items": item.schema, "minItems": min_items, "maxItems": max_items}
    return Reader(read, schema | ({"uniqueItems": True} if are_different else {}))


def _secret(value: Any, pattern: re.Pattern[str], like: str, max_chars: int) -> str:
    """Return text that fits; no message says what it was."""
    read = text(max_chars=max_chars)(value)
    if not pattern.fullmatch(read):
        raise InvalidSettingError(f"expected {like}")
    return str(read)


def secret_text(*, max_chars: int, pattern: str = r"[^\r\n]+", like: str = "text on one line") -> Reader:
    """Return a reader of a secret; no message says what it was."""
    whole = re.compile(pattern, re.ASCII)
    schema = text(max_chars=max_chars).schema | {"pattern": f"^(?:{pattern})$", "writeOnly": True}
    return Reader(lambda value: Secret(_secret(value, whole, like, max_chars)), schema)


VISIBLE: Final = r"[!-~](?:[ -~]*[!-~])?"
"""Printable ASCII without white space at its ends, as a header can carry it."""
_VISIBLE: Final = re.compile(VISIBLE)


def _token(value: Any) -> SecretToken:
    token = SecretToken(text(max_chars=MAX_SECRET_CHARS)(value))
    if not _VISIBLE.fullmatch(token.reveal()):
        raise InvalidSettingError("expected printable ASCII, as Zoom's secret tokens are")
    return token


token_text: Final = Reader(
    _token,
    text(max_chars=MAX_SECRET_CHARS).schema | {"pattern": f"^(?:{VISIBLE})$", "writeOnly": True},
)
"""Reads a secret token; no message says what it was."""


def shown(value: Any) -> str:
    """Return a value for a message: text in quotes and cut, anything else by its kind."""
    if not isinstance(value, str):
        return kind_of(value)
    return repr(value if len(value) <= SHOWN_CHARS else value[:SHOWN_CHARS] + "…")


def nearest(name: str, names: Iterable[str]) -> tuple[str, ...]:
    """Return the name that looks most like this one, or nothing."""
    return tuple(difflib.get_close_matches(name[:SHOWN_CHARS], [*names], n=1))


def _check_within(value: float, low: float, high: float) -> None:
    if not low <= value <= high:
        text_of = str(value)
        found = text_of if len(text_of) <= SHOWN_CHARS else f"a number of {len(text_of)} digits"
        raise InvalidSettingError(f"expected {low} to {high}, found {found}")
