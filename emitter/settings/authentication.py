"""How authentication is written: ``basic:USER:PASSWORD``, a custom header, and where their values may be."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Final

from emitter.core.secrets import Secret
from emitter.core.subscription import (
    Auth,
    BasicAuth,
    ClientAuthentication,
    CustomHeaderAuth,
    LegacyTokenAuth,
    NoAuth,
    OAuth,
)
from emitter.core.targets import parse_target
from emitter.errors import InvalidSettingError

if TYPE_CHECKING:
    from collections.abc import Callable

AUTH_HELP: Final = (
    "basic:USER:PASSWORD, oauth:ID:SECRET@TOKEN_URL, or legacy:TOKEN; "
    "what follows the mode may be env:NAME or @FILE, to keep it off the command line."
)


def parse_auth(auth: str | None, header: str | None = None) -> Auth:
    """Read ``--auth`` and ``--header``.

    Raises:
        InvalidSettingError: The text is no such mode, both are given, or a value breaks Zoom's limits.
    """
    if auth and header:
        raise InvalidSettingError("--auth and --header exclude each other; Zoom has one mode a subscription")
    if header:
        name, colon, value = header.partition(":")
        if not colon:
            raise InvalidSettingError(
                "--header wants a name, a colon and a value, as in 'x-api-key: env:KEY'"
            )
        return CustomHeaderAuth(name.strip(), Secret(_value(value.strip())))
    if not auth:
        return NoAuth()
    mode, _, rest = auth.partition(":")
    if mode not in {"basic", "oauth", "legacy"}:
        raise InvalidSettingError(f"unknown authentication mode {mode!r}; write {AUTH_HELP}")
    return _AUTH_READERS[mode](_value(rest))


def _basic(text: str) -> Auth:
    username, colon, password = text.partition(":")
    if not colon:
        raise InvalidSettingError("basic authentication wants USER:PASSWORD")
    return BasicAuth(username, Secret(password))


def _oauth(text: str) -> Auth:
    credentials, at, token_url = text.rpartition("@")
    client_id, colon, client_secret = credentials.partition(":")
    if not at or not colon:
        raise InvalidSettingError(
            "oauth wants ID:SECRET@TOKEN_URL; add #body to send the credentials in the body"
        )
    token_url, _, place = token_url.partition("#")
    if place not in {"", "header", "body"}:
        raise InvalidSettingError(f"oauth credentials go in the header or the body, not in {place!r}")
    parse_target(token_url)
    return OAuth(
        client_id,
        Secret(client_secret),
        token_url,
        client_authentication=ClientAuthentication(place or "header"),
    )


_AUTH_READERS: Final[dict[str, Callable[[str], Auth]]] = {
    "basic": _basic,
    "oauth": _oauth,
    "legacy": lambda text: LegacyTokenAuth(Secret(text)),
}


def _value(text: str) -> str:
    """Return text given in place, by ``env:NAME`` or by ``@FILE``."""
    if text.startswith("env:"):
        name = text.removeprefix("env:")
        if name not in os.environ:
            raise InvalidSettingError(f"the environment variable {name} is not set")
        return os.environ[name]
    if text.startswith("@"):
        try:
            return Path(text[1:]).read_text(encoding="utf-8").rstrip("\r\n")
        except (OSError, UnicodeDecodeError) as error:
            raise InvalidSettingError(f"cannot read {text[1:]}: {error}") from None
    return text
