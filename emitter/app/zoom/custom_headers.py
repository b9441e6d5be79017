"""``custom_header`` of Zoom's API: how requests are authenticated, to our own form and back.

Source of limits and messages: docs/zoom.md#authentication.
"""

from __future__ import annotations

import re
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Final

from emitter.app.zoom.errors import ZoomError
from emitter.core.subscription import BasicAuth, CustomHeaderAuth, OAuth
from emitter.core.zoom import BASIC_MAX_CHARS, CUSTOM_HEADER_MAX_CHARS, RESERVED_HEADERS, TOKEN_URL_MAX_CHARS

if TYPE_CHECKING:
    from emitter.core.subscription import Auth

_INVALID: Final = 1500
_NO_SUCH_TYPE: Final = 1801
_MOST_SCOPE_CHARS: Final = 255
_NONE, _BASIC, _OAUTH, _OWN = range(4)
_KEY: Final = re.compile(r"[a-z0-9A-Z-]+", re.ASCII)


def auth_of(given: Any) -> dict[str, Any]:
    """Return a `custom_header` as the form of the app's own API has it.

    Raises:
        ZoomError: It does not fit; 1500 with Zoom's words, 1801 for a type there is not.
    """
    if given is None:
        return {"mode": "none"}
    if not isinstance(given, dict):
        raise _invalid("The custom header is invalid.", "custom_header")
    kind = given.get("custom_header_type")
    if kind == _NONE and not isinstance(kind, bool):
        return {"mode": "none"}
    if kind == _BASIC and not isinstance(kind, bool):
        return {
            "mode": "basic",
            "username": _text(given, "username", "username", BASIC_MAX_CHARS),
            "password": _text(given, "password", "password", BASIC_MAX_CHARS),
        }
    if kind == _OAUTH:
        return _oauth(given)
    if kind == _OWN:
        return {
            "mode": "header",
            "name": _key(given),
            "value": _text(given, "custom_header_value", "header value", CUSTOM_HEADER_MAX_CHARS),
        }
    if isinstance(kind, int) and not isinstance(kind, bool):
        message = f"The custom header type validate failed: {kind}."
        raise ZoomError(HTTPStatus.NOT_FOUND, _NO_SUCH_TYPE, message)
    raise _invalid("The custom header type is required.", "custom_header_type")


def shown_header(auth: Auth) -> dict[str, Any]:
    """Return how requests are authenticated, without what is secret in it."""
    match auth:
        case BasicAuth(username=username):
            return {"custom_header_type": _BASIC, "username": username}
        case OAuth():
            return {
                "custom_header_type": _OAUTH,
                "client_id": auth.client_id,
                "token_url": auth.token_url.partition("?")[0],
                "scope": auth.scope,
                "client_authentication": auth.client_authentication.value,
            }
        case CustomHeaderAuth(name=name):
            return {"custom_header_type": _OWN, "custom_header_key": name}
        case _:
            return {"custom_header_type": _NONE}


def _oauth(given: dict[str, Any]) -> dict[str, Any]:
    how = given.get("client_authentication", "header")
    if how not in ("header", "body"):
        raise _invalid("Client authentication must be 'header' or 'body'.", "client_authentication")
    for name in ("scope", "state"):
        text = given.get(name, "")
        if not isinstance(text, str) or len(text) > _MOST_SCOPE_CHARS:
            raise _invalid(f"The length of {name} exceeds the limit of {_MOST_SCOPE_CHARS}.", name)
    return {
        "mode": "oauth",
        "client_id": _text(given, "client_id", "client id", BASIC_MAX_CHARS),
        "client_secret": _text(given, "client_secret", "client secret", BASIC_MAX_CHARS),
        "token_url": _text(given, "token_url", "token url", TOKEN_URL_MAX_CHARS),
        "client_authentication": how,
        **({"scope": given["scope"]} if given.get("scope") else {}),
    }


def _key(given: dict[str, Any]) -> str:
    name = "custom_header_key"
    key = _text(given, name, "header key", CUSTOM_HEADER_MAX_CHARS, required="custom header key")
    if " " in key:
        raise _invalid("The input value can't contain space.", name)
    if not _KEY.fullmatch(key):
        raise _invalid("The custom header key can only contain letters, numbers, and -.", name)
    if key.lower() in RESERVED_HEADERS:
        raise _invalid("The custom header key is reserved by Zoom.", name)
    return key


def _text(given: dict[str, Any], field: str, what: str, most: int, *, required: str = "") -> str:
    text = given.get(field)
    if not isinstance(text, str) or not text:
        raise _invalid(f"The {required or field.replace('_', ' ')} is required.", field)
    if len(text) > most:
        raise _invalid(f"The length of {what} exceeds the limit of {most}.", field)
    if "\n" in text or "\r" in text:
        raise _invalid("The input value can't contain line feed.", field)
    return text


def _invalid(message: str, field: str) -> ZoomError:
    return ZoomError(HTTPStatus.BAD_REQUEST, _INVALID, message, note=message, field=field)
