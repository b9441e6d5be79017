"""Errors in Zoom's shape. Source: docs/zoom.md#rest-api."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

INVALID_TOKEN: Final = 124
INVALID_PARAMETER: Final = 1001
NO_SUCH_THING: Final = 1005
INVALID_PAGE_TOKEN: Final = 300
UNRECOGNIZED: Final = 2300
NO_SCOPE: Final = 4711


class ZoomError(Exception):
    """An answer that is an error, in Zoom's shape.

    Args:
        status: The HTTP status.
        code: Zoom's code.
        message: Zoom's message.
        note: What a person may want to know besides; it stands beside the call in the record, and where
            `field` is given in the answer, too.
        field: What the note is about.
        headers: Further headers.
    """

    def __init__(
        self,
        status: int,
        code: int,
        message: str,
        *,
        note: str = "",
        field: str = "",
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(message)
        self.status = int(status)
        self.code: int | None = code
        self.message = message
        self.note = note
        self.headers = dict(headers or {})
        self._field = field

    @property
    def value(self) -> dict[str, Any]:
        """What the answer says."""
        value: dict[str, Any] = {"code": self.code, "message": self.message}
        if self._field:
            value["errors"] = [{"field": self._field, "message": self.note}]
        return value


class OAuthError(ZoomError):
    """An error of the token endpoint, which has a shape of its own."""

    def __init__(self, error: str, reason: str, *, note: str = "") -> None:
        super().__init__(HTTPStatus.BAD_REQUEST, 0, reason, note=note)
        self.code = None
        self._error = error

    @property
    def value(self) -> dict[str, Any]:
        """What the answer says."""
        return {"reason": self.message, "error": self._error}


def wrong_parameter(name: str, note: str) -> ZoomError:
    """Return the error for a parameter that does not fit."""
    message = f"Invalid request parameter: {name}."
    return ZoomError(HTTPStatus.BAD_REQUEST, INVALID_PARAMETER, message, note=note, field=name)


def no_such(kind: str, given: str, *, code: int = NO_SUCH_THING, note: str = "") -> ZoomError:
    """Return the error for an id that nothing has, such as ``Deal does not exist: 006…``."""
    return ZoomError(HTTPStatus.NOT_FOUND, code, f"{kind} does not exist: {given}", note=note)
