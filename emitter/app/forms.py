"""What every request is: a pydantic model that refuses unknown fields and names everything that is wrong."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Any, Final, Self

from pydantic import BaseModel, ConfigDict, TypeAdapter, ValidationError
from pydantic_core import PydanticCustomError

from emitter.app.fields import MAX_ERRORS, SHOWN_CHARS, UNFIT, nearest, shown
from emitter.catalog.json_values import kind_of, pointer_to
from emitter.errors import InvalidFieldsError, UnknownNameError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pydantic_core import ErrorDetails

_TAGGED: Final = "auth"
"""The field whose model its own `mode` chooses; pydantic names the mode in the place of an error inside."""


def _without_defaults_of_none(schema: dict[str, Any]) -> None:
    """Leave out defaults that are no value of their field: one that is not given is simply not there."""
    for field in schema.get("properties", {}).values():
        if field.get("default", ...) is None:
            del field["default"]
        field.pop("title", None)


class Form(BaseModel):
    """A request; its fields are annotated with an `emitter.app.fields.Reader` each."""

    model_config = ConfigDict(
        extra="forbid", frozen=True, populate_by_name=False, json_schema_extra=_without_defaults_of_none
    )

    @classmethod
    def model_json_schema(cls, *_: Any, **options: Any) -> dict[str, Any]:
        """Return the JSON schema; made once, since the routes look at that of a query with every request."""
        return _schema_of(cls, tuple(options.items()))

    @classmethod
    def read(cls, value: Any) -> Self:
        """Return a JSON value as this request.

        Raises:
            InvalidFieldsError: It is no object, or a field is unknown, missing or does not fit.
        """
        try:
            return cls.model_validate(value)
        except ValidationError as error:
            raise invalid_fields(error, cls) from None


@functools.cache
def _schema_of(form: type[BaseModel], options: tuple[tuple[str, Any], ...]) -> dict[str, Any]:
    return TypeAdapter(form).json_schema(**dict(options))


def described(**more: Any) -> ConfigDict:
    """Return the configuration of a form whose schema says more than its fields do."""

    def describe(schema: dict[str, Any]) -> None:
        _without_defaults_of_none(schema)
        schema.update(more)

    return ConfigDict(json_schema_extra=describe)


def wrong(pointer: str, message: str) -> PydanticCustomError:
    """Return the error for what is wrong between fields."""
    return PydanticCustomError(UNFIT, "unfit", {"errors": [(pointer, message)]})


class NothingForm(Form):
    """``{}``: what is asked for stands in the path."""


def invalid_fields(error: ValidationError, form: type[BaseModel] | None = None) -> InvalidFieldsError:
    """Return pydantic's error in our words.

    Args:
        error: What a `Form` was refused with.
        form: The form, for the names of its fields; found by the error's title if it is not given.
    """
    form = form or _form_named(error.title)
    names = [field.alias or name for name, field in form.model_fields.items()] if form else []
    errors: list[tuple[str, str]] = []
    for each in error.errors(include_url=False, include_input=True)[:MAX_ERRORS]:
        errors += _in_our_words(each, names)
    return InvalidFieldsError(errors[: MAX_ERRORS + len(names)])


def _in_our_words(error: ErrorDetails, names: list[str]) -> Iterable[tuple[str, str]]:
    place = pointer_to(_place(error["loc"]))
    found = error["input"]
    match error["type"]:
        case "unfit":
            return [(place + pointer, message) for pointer, message in error["ctx"]["errors"]]
        case "extra_forbidden":
            name = str(error["loc"][-1])
            is_inner = len(_place(error["loc"])) > 1
            suggestions = () if is_inner else nearest(name, names)
            hint = "" if suggestions or is_inner else f"there are {', '.join(names)}"
            unknown = UnknownNameError("field", name[:SHOWN_CHARS], suggestions, hint)
            cut = pointer_to([str(step)[:SHOWN_CHARS] for step in _place(error["loc"])])
            return [(cut, str(unknown))]
        case "missing":
            return [(place, "this field is required")]
        case "union_tag_invalid" | "union_tag_not_found":
            modes = error["ctx"].get("expected_tags", "").replace("'", "") if "ctx" in error else ""
            mode = found.get("mode") if isinstance(found, dict) else None
            return [(place, f"expected as mode one of {modes or _MODES}, found {shown(mode)}")]
        case "model_type" | "model_attributes_type" | "dict_type":
            return [(place, f"expected an object, found {kind_of(found)}")]
        case _:
            return [(place, error["msg"])]


_MODES: Final = "none, legacy, basic, oauth, header"


def _place(location: tuple[int | str, ...]) -> list[int | str]:
    steps = [*location]
    if steps[:1] == [_TAGGED] and len(steps) > 1:
        del steps[1]
    return steps


def _form_named(title: str) -> type[Form] | None:
    found: list[type[Form]] = [Form]
    while found:
        form = found.pop()
        if form.__name__ == title:
            return form
        found += form.__subclasses__()
    return None
