"""Fetches the access token that OAuth subscriptions are sent with, as Zoom does, for each attempt anew.

Source: docs/zoom.md#authentication. UNSURE: whether Zoom keeps a token; its documents say that one is
fetched when a webhook is triggered.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import quote, urlencode

from emitter.core.request import SignedRequest
from emitter.core.subscription import ClientAuthentication, OAuth, basic_credentials
from emitter.core.targets import Target, parse_target
from emitter.core.zoom import TOKEN_MIN_EXPIRES_IN_S, USER_AGENT
from emitter.errors import InvalidSettingError

if TYPE_CHECKING:
    from emitter.core.deliveries import Answer
    from emitter.core.request import HeaderPairs
    from emitter.core.subscription import Auth
    from emitter.delivery.transport import Exchange, Transport

_OK: Final = 200
_GRANT: Final = ("grant_type", "client_credentials")
_TOKEN: Final = re.compile(r"[\x21-\x7e]+")
_SECONDS: Final = re.compile(r"[0-9]{1,15}", re.ASCII)


class TokenFailure(Exception):  # noqa: N818 - not raised at a caller's mistake: it becomes an outcome
    """No access token could be had. Its message says why, in plain words, and never holds a token."""


class TokenFetcher:
    """Turns any authentication into the header pairs that it adds. Thread-safe; keeps nothing.

    Args:
        transport: Carries the token request: its rules on addresses, certificates and time hold there too.
    """

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    def headers(self, auth: Auth, *, timeout_s: float) -> HeaderPairs:
        """Return what authentication adds to one request; only OAuth asks anyone.

        Args:
            auth: The subscription's authentication.
            timeout_s: The total deadline of the token request, apart from that of the event's own.

        Raises:
            TokenFailure: The token endpoint gave no usable token in time.
            ForbiddenTargetError: The token URL leads to an address the policy does not allow.
        """
        if not isinstance(auth, OAuth):
            return auth.headers()
        try:
            target = parse_target(auth.token_url)
        except InvalidSettingError as error:
            raise TokenFailure(f"the token URL cannot be used: {error}") from None
        exchange = self._transport.send(_token_request(auth, target), timeout_s=timeout_s)
        return (("authorization", f"Bearer {_access_token(exchange, target)}"),)


def _token_request(auth: OAuth, target: Target) -> SignedRequest:
    """Return the request Zoom makes for a token; not signed.

    CONFIRMED for credentials in the header: ``grant_type`` in the query, an empty body, these headers.
    UNSURE: their order, where the scope goes, and what the body holds when the credentials are in it.
    """
    fields = [_GRANT, ("scope", auth.scope)] if auth.scope else [_GRANT]
    if auth.client_authentication is ClientAuthentication.BODY:
        client = [("client_id", auth.client_id), ("client_secret", auth.client_secret.reveal())]
        return _form(auth.token_url, target, body=urlencode([*client, *fields]).encode(), credentials=())
    return _form(
        _with_query(auth.token_url, urlencode(fields, quote_via=quote)),
        target,
        body=b"",
        credentials=(("authorization", basic_credentials(auth.client_id, auth.client_secret)),),
    )


def _form(url: str, target: Target, *, body: bytes, credentials: HeaderPairs) -> SignedRequest:
    headers = (
        ("host", target.host_header),
        ("user-agent", USER_AGENT),
        ("content-length", str(len(body))),
        ("content-type", "application/x-www-form-urlencoded"),
        *credentials,
    )
    return SignedRequest(url=url, headers=headers, body=body)


def _with_query(url: str, query: str) -> str:
    if "?" not in url:
        return f"{url}?{query}"
    return f"{url}{query}" if url.endswith(("?", "&")) else f"{url}&{query}"


def _access_token(exchange: Exchange, target: Target) -> str:
    """Return the token of an answer that has what Zoom expects of it.

    CONFIRMED: 200, ``access_token``, ``token_type`` ``bearer``, ``expires_in`` of at least 3599, which Zoom's
    own example writes as text. UNSURE: that ``token_type`` in another case is taken.
    """
    outcome, answer = exchange.outcome, exchange.answer
    if outcome.status is None or answer is None:
        raise TokenFailure(f"no token from {target.shown}: {outcome.detail or outcome.kind}")
    if outcome.status != _OK:
        raise TokenFailure(f"no token from {target.shown}: it answered {outcome.status}; Zoom expects 200")
    complaint = _complaint(fields := _json_object(answer))
    if complaint:
        raise TokenFailure(f"no token from {target.shown}: {complaint}")
    return str(fields["access_token"])


def _json_object(answer: Answer) -> dict[str, Any]:
    """Return the answer's JSON object, or an empty one."""
    try:
        value = json.loads(answer.body)
    except (ValueError, RecursionError):
        return {}
    return value if isinstance(value, dict) else {}


def _complaint(fields: dict[str, Any]) -> str:
    """Return what Zoom would not take about a token endpoint's answer, or nothing. Quotes no token."""
    if not fields:
        return "its answer is not a JSON object with access_token, token_type and expires_in"
    token, token_type = fields.get("access_token"), fields.get("token_type")
    if not isinstance(token, str) or not _TOKEN.fullmatch(token):
        return "its answer has no access_token that a header can carry"
    if not isinstance(token_type, str) or token_type.lower() != "bearer":
        return "its answer does not say token_type bearer"
    seconds = _seconds(fields.get("expires_in"))
    if seconds is None:
        return "its answer has no expires_in that is a whole number of seconds"
    if seconds < TOKEN_MIN_EXPIRES_IN_S:
        return f"its expires_in is {seconds}; Zoom takes {TOKEN_MIN_EXPIRES_IN_S} or more"
    return ""


def _seconds(value: object) -> int | None:
    """Return a whole number of seconds, which Zoom takes as a number and as text."""
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    return int(value) if isinstance(value, str) and _SECONDS.fullmatch(value) else None
