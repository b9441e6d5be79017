"""``POST /oauth/token``: gives out tokens by each of Zoom's grants, and knows them again.

Any client id and secret will do where only this machine can ask. An app that others reach gives tokens to
those alone who know its own token, which stands in for the client secret. Source: docs/zoom.md#rest-tokens.
"""

from __future__ import annotations

import base64
import binascii
import secrets
from dataclasses import dataclass
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Final

from emitter.app.zoom.errors import INVALID_TOKEN, NO_SCOPE, OAuthError, ZoomError
from emitter.delivery.store.zoom_tokens import Granted, TokenKind, add_tokens, find_token, spend_token

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from emitter.app.tokens import TokenCheck
    from emitter.catalog.rest import RestOperation
    from emitter.delivery.clock import Clock
    from emitter.delivery.store import Store

ACCESS_S: Final = 3600
"""How long an access token is good for. CONFIRMED (docs/zoom.md#rest-tokens)."""
REFRESH_S: Final = 90 * 24 * 3600
"""How long a refresh token is good for. CONFIRMED (docs/zoom.md#rest-tokens)."""
_LONGEST: Final = 4000
_INVALID_CLIENT: Final = ("invalid_client", "Invalid client_id or client_secret")
_GRANTS: Final = ("account_credentials", "client_credentials", "authorization_code", "refresh_token")


@dataclass(frozen=True, slots=True)
class Client:
    """Who asks for a token."""

    id: str
    secret: str


class Tokens:
    """Gives out tokens and knows them again. Thread-safe.

    Args:
        store: Keeps their hashes.
        clock: Tells when they expire.
        check: Knows the app's own token, where there is one.
        scopes: What a token may do that asks for nothing in particular: all scopes of the documents.
    """

    def __init__(
        self, store: Store, *, clock: Clock, check: TokenCheck, scopes: Callable[[], Sequence[str]]
    ) -> None:
        self._store = store
        self._clock = clock
        self._check = check
        self._scopes = scopes

    def grant(self, form: Mapping[str, str], authorization: str, *, api_url: str) -> dict[str, Any]:
        """Return the answer to a request for a token.

        Args:
            form: The parameters, of query and body alike.
            authorization: The header; credentials may stand in the form instead.
            api_url: Where the token is good for calls.

        Raises:
            OAuthError: There is none for this request.
        """
        client = self._client(form, authorization)
        grant_type = form.get("grant_type", "")
        if grant_type not in _GRANTS:
            raise OAuthError(
                "unsupported_grant_type",
                "unsupported grant type",
                note=f"the grant_type is {grant_type[:100]!r}; there are {', '.join(_GRANTS)}",
            )
        if self._check.is_needed and not self._check.is_token(client.secret):
            raise OAuthError(*_INVALID_CLIENT, note="where the app wants its token, it is the client secret")
        account_id, scope = form.get("account_id", "")[:_LONGEST], self._scope(form)
        match grant_type:
            case "account_credentials" if not account_id:
                raise OAuthError("invalid_request", "Missing account_id", note="send account_id, too")
            case "authorization_code":
                self._use_code(form.get("code", ""))
            case "refresh_token":
                before = self._refreshed(form.get("refresh_token", ""), client)
                account_id, scope = before.account_id, before.scope
            case _:
                pass
        has_refresh = grant_type in {"authorization_code", "refresh_token"}
        return self._given(client, account_id, scope, has_refresh=has_refresh) | {"api_url": api_url}

    def allowed(self, authorization: str, operation: RestOperation | None) -> Granted:
        """Return what the token in a header stands for.

        Args:
            authorization: The header.
            operation: What is asked for; its scopes are wanted. None where only the token counts.

        Raises:
            ZoomError: There is none, it is unknown or expired, or lacks every scope that would do.
        """
        kind, _, token = authorization.partition(" ")
        if kind.lower() != "bearer" or not token.strip():
            raise _unauthorized("Invalid access token.", "send 'authorization: Bearer' and an access token")
        granted = find_token(self._store, token.strip(), TokenKind.ACCESS)
        if granted is None:
            raise _unauthorized("Invalid access token.", "this access token was not given out here")
        if granted.expires_at_ms <= self._clock.now_ms():
            raise expired()
        scopes = operation.scopes if operation else ()
        if scopes and not set(scopes) & set(granted.scope.split()):
            message = f"Invalid access token, does not contain scopes:[{', '.join(scopes)}]."
            note = "one of them is enough; ask for a token with it, or for one without naming scopes"
            raise ZoomError(HTTPStatus.BAD_REQUEST, NO_SCOPE, message, note=note)
        return granted

    def _client(self, form: Mapping[str, str], authorization: str) -> Client:
        kind, _, credentials = authorization.partition(" ")
        client_id, client_secret = form.get("client_id", ""), form.get("client_secret", "")
        if kind.lower() == "basic":
            try:
                pair = base64.b64decode(credentials.strip(), validate=True).decode()
            except (binascii.Error, ValueError):
                pair = ""
            client_id, _, client_secret = pair.partition(":")
        if not client_id or not client_secret or len(client_id) > _LONGEST:
            raise OAuthError(
                *_INVALID_CLIENT, note="send 'authorization: Basic' and the base64 of client id:client secret"
            )
        return Client(client_id, client_secret)

    def _scope(self, form: Mapping[str, str]) -> str:
        return " ".join(form.get("scope", "")[:_LONGEST].split()) or " ".join(self._scopes())

    def _use_code(self, code: str) -> None:
        if not code or find_token(self._store, code, TokenKind.USED_CODE):
            note = "any code will do, once" if code else "send code, too"
            raise OAuthError("invalid_grant", "Invalid authorization code", note=note)
        used = Granted(
            kind=TokenKind.USED_CODE,
            client_id="",
            account_id="",
            scope="",
            expires_at_ms=self._clock.now_ms() + REFRESH_S * 1000,
        )
        add_tokens(self._store, {code: used}, before_ms=self._forgotten_ms())

    def _refreshed(self, token: str, client: Client) -> Granted:
        found = find_token(self._store, token, TokenKind.REFRESH)
        is_good = found and found.expires_at_ms > self._clock.now_ms() and found.client_id == client.id
        if not found or not is_good or not spend_token(self._store, token):
            note = "a refresh token is good once; the answer to it holds the next one"
            raise OAuthError("invalid_grant", "Invalid Token!", note=note)
        return found

    def _given(self, client: Client, account_id: str, scope: str, *, has_refresh: bool) -> dict[str, Any]:
        now_ms = self._clock.now_ms()

        def granted(kind: TokenKind, seconds: int) -> Granted:
            return Granted(
                kind=kind,
                client_id=client.id,
                account_id=account_id,
                scope=scope,
                expires_at_ms=now_ms + seconds * 1000,
            )

        access, refresh = secrets.token_urlsafe(48), secrets.token_urlsafe(48)
        new = {access: granted(TokenKind.ACCESS, ACCESS_S)}
        answer = {"access_token": access, "token_type": "bearer"}
        if has_refresh:
            new[refresh] = granted(TokenKind.REFRESH, REFRESH_S)
            answer["refresh_token"] = refresh
        add_tokens(self._store, new, before_ms=self._forgotten_ms())
        return answer | {"expires_in": ACCESS_S, "scope": scope}

    def _forgotten_ms(self) -> int:
        """Return when what expired before it is forgotten: an expired token is told from an unknown one."""
        return self._clock.now_ms() - ACCESS_S * 24 * 1000


def expired() -> ZoomError:
    """Return the error for an access token whose hour is over."""
    return _unauthorized("Access token is expired.", "ask for a new one at /oauth/token")


def _unauthorized(message: str, note: str) -> ZoomError:
    headers = {"WWW-Authenticate": "Bearer"}
    return ZoomError(HTTPStatus.UNAUTHORIZED, INVALID_TOKEN, message, note=note, headers=headers)
