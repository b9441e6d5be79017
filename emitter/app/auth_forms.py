"""Authentication as requests write it: ``{"mode": …}`` with the fields of that mode."""

from typing import Annotated, Final, Literal, Self

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from emitter.app.fields import UNFIT, VISIBLE, one_of, parsed, secret_text, text
from emitter.app.forms import Form
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
from emitter.core.zoom import (
    BASIC_MAX_CHARS,
    CUSTOM_HEADER_MAX_CHARS,
    RESERVED_HEADERS,
    TOKEN_URL_MAX_CHARS,
)
from emitter.errors import UsageError

MAX_URL_CHARS: Final = 8000
_HEXTET: Final = "[0-9A-Fa-f]{1,4}"
_HOST: Final = (
    r"(?:[A-Za-z0-9](?:[A-Za-z0-9_-]{0,61}[A-Za-z0-9])?)(?:\.[A-Za-z0-9](?:[A-Za-z0-9_-]{0,61}[A-Za-z0-9])?){0,9}"
    rf"|\[(?:::1|{_HEXTET}(?::{_HEXTET}){{7}}|{_HEXTET}(?::{_HEXTET}){{0,5}}::(?:{_HEXTET})?)\]"
)
_PORT: Final = "(?::(?:[1-9][0-9]{0,3}|[1-5][0-9]{4}|6[0-4][0-9]{3}))?"
URL_PATTERN: Final = rf"https?://(?:{_HOST}){_PORT}(?:/[!-\"$->@-~]*)?(?:\?[!-\"$-~]*)?"
URL_LIKE: Final = "a URL such as http://localhost:3000/webhooks/zoom"


def _url(url: str) -> str:
    parse_target(url)
    return url


url_text: Final = parsed(_url, max_chars=MAX_URL_CHARS, pattern=URL_PATTERN, like=URL_LIKE)
"""Reads an http or https URL without user name and fragment; its host in ASCII."""
_token_url: Final = parsed(_url, max_chars=TOKEN_URL_MAX_CHARS, pattern=URL_PATTERN, like=URL_LIKE)
_client_id: Final = text(max_chars=BASIC_MAX_CHARS)
_on_one_line: Final = parsed(str, max_chars=BASIC_MAX_CHARS, pattern=r"[^\r\n]+", like="text on one line")
_user_name: Final = parsed(
    str,
    max_chars=BASIC_MAX_CHARS,
    pattern=r"[^\r\n:]+",
    like="a name on one line without a colon, which ends it",
)
_credential: Final = secret_text(max_chars=BASIC_MAX_CHARS)
_in_a_header: Final = secret_text(
    max_chars=min(BASIC_MAX_CHARS, CUSTOM_HEADER_MAX_CHARS), pattern=VISIBLE, like="printable ASCII"
)
_header_name: Final = text(max_chars=CUSTOM_HEADER_MAX_CHARS)


def _any_case(names: frozenset[str]) -> str:
    """Return a pattern for names in any mixture of cases, for dialects without flags."""
    return "|".join(
        "".join(f"[{one.upper()}{one}]" if one.isalpha() else one for one in name) for name in sorted(names)
    )


_header_name.schema.update(
    pattern="^[0-9A-Za-z-]+$", **{"not": {"pattern": f"^(?:{_any_case(RESERVED_HEADERS)})$"}}
)


class AuthForm(Form):
    """The base of all modes."""

    def auth(self) -> Auth:
        """Return what it says; raises UsageError where it breaks a limit of Zoom's."""
        return NoAuth()

    @model_validator(mode="after")
    def _within_limits(self) -> Self:
        try:
            self.auth()
        except UsageError as error:
            raise PydanticCustomError(UNFIT, "unfit", {"errors": [("", str(error))]}) from None
        return self


class NoAuthForm(AuthForm):
    """The signature alone."""

    mode: Literal["none"]


class LegacyTokenForm(AuthForm):
    """The retired verification token besides."""

    mode: Literal["legacy"]
    verification_token: Annotated[Secret, _in_a_header]

    def auth(self) -> Auth:
        """Return what it says."""
        return LegacyTokenAuth(self.verification_token)


class BasicForm(AuthForm):
    """User name and password."""

    mode: Literal["basic"]
    username: Annotated[str, _user_name]
    password: Annotated[Secret, _credential]

    def auth(self) -> Auth:
        """Return what it says."""
        return BasicAuth(self.username, self.password)


class OAuthForm(AuthForm):
    """Client credentials for a token endpoint."""

    mode: Literal["oauth"]
    client_id: Annotated[str, _on_one_line]
    client_secret: Annotated[Secret, _credential]
    token_url: Annotated[str, _token_url]
    scope: Annotated[str, text(min_chars=0)] = ""
    client_authentication: Annotated[ClientAuthentication, one_of(ClientAuthentication)] = (
        ClientAuthentication.HEADER
    )

    def auth(self) -> Auth:
        """Return what it says."""
        return OAuth(
            self.client_id, self.client_secret, self.token_url, self.scope, self.client_authentication
        )


class HeaderForm(AuthForm):
    """A header of the subscriber's choice."""

    mode: Literal["header"]
    name: Annotated[str, _header_name]
    value: Annotated[Secret, _in_a_header]

    def auth(self) -> Auth:
        """Return what it says."""
        return CustomHeaderAuth(self.name, self.value)


AnyAuthForm = Annotated[
    NoAuthForm | LegacyTokenForm | BasicForm | OAuthForm | HeaderForm, Field(discriminator="mode")
]
