"""Where events go and how the sender presents itself there."""

from __future__ import annotations

import base64
import fnmatch
import re
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

from emitter.core.schedule import NO_RETRIES, RetrySchedule
from emitter.core.secrets import Secret
from emitter.core.zoom import (
    BASIC_MAX_CHARS,
    CUSTOM_HEADER_MAX_CHARS,
    DEADLINE_S,
    RESERVED_HEADERS,
    TOKEN_URL_MAX_CHARS,
)
from emitter.errors import InvalidSettingError

_HEADER_NAME: Final = re.compile(r"[a-z0-9A-Z-]+", re.ASCII)


@dataclass(frozen=True, slots=True)
class NoAuth:
    """Zoom's default: the signature alone."""

    def headers(self) -> tuple[tuple[str, str], ...]:
        """Return the header pairs this mode adds to every request."""
        return ()


@dataclass(frozen=True, slots=True)
class LegacyTokenAuth:
    """The signature, and the retired verification token in ``authorization``.

    UNSURE whether Zoom still sends it; off unless asked for. Source: docs/zoom.md#headers.
    """

    verification_token: Secret

    def __post_init__(self) -> None:
        _check_value("verification token", self.verification_token, BASIC_MAX_CHARS)

    def headers(self) -> tuple[tuple[str, str], ...]:
        """Return the header pairs this mode adds to every request."""
        return (("authorization", self.verification_token.reveal()),)


@dataclass(frozen=True, slots=True)
class BasicAuth:
    """``authorization: Basic …``. CONFIRMED, with its limits (docs/zoom.md#authentication).

    Raises:
        InvalidSettingError: User name or password is too long or holds a line feed, or the user name
            holds a colon.
    """

    username: str
    password: Secret

    def __post_init__(self) -> None:
        _check_value("user name of basic authentication", Secret(self.username), BASIC_MAX_CHARS)
        _check_value("password of basic authentication", self.password, BASIC_MAX_CHARS)
        if ":" in self.username:
            raise InvalidSettingError(
                "the user name of basic authentication holds a colon, which ends it; remove it"
            )

    def headers(self) -> tuple[tuple[str, str], ...]:
        """Return the header pairs this mode adds to every request."""
        return (("authorization", basic_credentials(self.username, self.password)),)


class ClientAuthentication(StrEnum):
    """How the client id and secret reach the token endpoint. CONFIRMED (docs/zoom.md#authentication)."""

    HEADER = "header"
    BODY = "body"


@dataclass(frozen=True, slots=True)
class OAuth:
    """OAuth client credentials: a token is fetched, then sent as ``authorization: Bearer …``.

    The token comes from `emitter.delivery.oauth`; this only says how. Source: docs/zoom.md#authentication.

    Raises:
        InvalidSettingError: The token URL is too long.
    """

    client_id: str
    client_secret: Secret
    token_url: str
    scope: str = ""
    client_authentication: ClientAuthentication = ClientAuthentication.HEADER

    def __post_init__(self) -> None:
        _check_value("client id of OAuth", Secret(self.client_id), BASIC_MAX_CHARS)
        _check_value("client secret of OAuth", self.client_secret, BASIC_MAX_CHARS)
        if len(self.token_url) > TOKEN_URL_MAX_CHARS:
            raise InvalidSettingError(
                f"the token URL has {len(self.token_url)} characters; Zoom takes {TOKEN_URL_MAX_CHARS}"
            )

    def headers(self) -> tuple[tuple[str, str], ...]:
        """Return no header: the bearer token is known only once it has been fetched."""
        return ()


@dataclass(frozen=True, slots=True)
class CustomHeaderAuth:
    """One header of the subscriber's choice. CONFIRMED, with its limits (docs/zoom.md#authentication).

    Raises:
        InvalidSettingError: The name is not letters, digits and hyphens, is reserved, or name or value
            is too long or holds a line feed.
    """

    name: str
    value: Secret

    def __post_init__(self) -> None:
        if not _HEADER_NAME.fullmatch(self.name) or len(self.name) > CUSTOM_HEADER_MAX_CHARS:
            raise InvalidSettingError(
                f"{self.name!r} cannot name the custom header; "
                f"Zoom takes letters, digits and hyphens, at most {CUSTOM_HEADER_MAX_CHARS}"
            )
        if self.name.lower() in RESERVED_HEADERS:
            raise InvalidSettingError(
                f"the custom header key {self.name!r} is reserved by Zoom; choose another, like x-webhook-key"
            )
        _check_value(f"value of the custom header {self.name}", self.value, CUSTOM_HEADER_MAX_CHARS)

    def headers(self) -> tuple[tuple[str, str], ...]:
        """Return the header pairs this mode adds to every request."""
        return ((self.name, self.value.reveal()),)


Auth = NoAuth | LegacyTokenAuth | BasicAuth | OAuth | CustomHeaderAuth


@dataclass(frozen=True, slots=True, kw_only=True)
class Subscription:
    """A named set of events with one endpoint.

    Attributes:
        url: The endpoint's notification URL, as given; path and query are sent untouched.
        name: For people.
        events: Event names, each with ``*`` allowed as in ``meeting.*``.
        auth: How requests are authenticated beyond the signature.
        client_id: The app's client id, sent as ``clientid`` (22 characters).
        retry_schedule: The waits after failed attempts.
        time_scale: How many virtual seconds pass in one real second; 1 is real time. Shortens waits only.
        timeout_s: The total deadline of one attempt, in real seconds.
        allowed_hosts: Names or addresses that may be public.
        allows_private: Whether the URL was given by a person, and may lead into a private network.
        ca_bundle: A file of certificates to trust instead of the usual ones; empty for the usual ones.
        verifies_tls: Whether a bad certificate ends the attempt.
        api_faults: How Zoom's API answers those who call it back, see `emitter.core.api_faults`.
    """

    url: str
    name: str = ""
    events: tuple[str, ...] = ("*",)
    auth: Auth = field(default_factory=NoAuth)
    client_id: str = ""
    retry_schedule: RetrySchedule = NO_RETRIES
    time_scale: float = 1.0
    timeout_s: float = DEADLINE_S
    allowed_hosts: tuple[str, ...] = ()
    allows_private: bool = True
    ca_bundle: str = ""
    verifies_tls: bool = True
    api_faults: tuple[str, ...] = ()

    def wants(self, event: str) -> bool:
        """Return whether an event of this name is sent to this subscription."""
        return any(fnmatch.fnmatchcase(event, pattern) for pattern in self.events)


def basic_credentials(username: str, password: Secret) -> str:
    """Return ``Basic`` and the base64 of ``username:password`` in UTF-8."""
    pair = f"{username}:{password.reveal()}".encode()
    return f"Basic {base64.b64encode(pair).decode()}"


def _check_value(what: str, value: Secret, max_chars: int) -> None:
    text = value.reveal()
    if not text:
        raise InvalidSettingError(f"the {what} is empty")
    if len(text) > max_chars:
        raise InvalidSettingError(f"the {what} has {len(text)} characters; Zoom takes at most {max_chars}")
    if "\n" in text or "\r" in text:
        raise InvalidSettingError(f"the {what} holds a line break, which a header cannot carry; remove it")
