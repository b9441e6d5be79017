"""Lets in only who may ask: no foreign page, no rebinding name, and in a shared app no one without the token.

A page of another site can make a browser send requests here, and a name of another site can be made to lead
here. The first shows in ``Origin``, the second in ``Host``. What changes something must also be JSON, which
no form can send, or one of the app's own forms, which hold a token that no other page knows.
"""

from __future__ import annotations

import ipaddress
import re
from http import HTTPStatus
from typing import TYPE_CHECKING, Final
from urllib.parse import quote

from flask import Flask, Request, Response, current_app, g, redirect, request

from emitter.app.problems import problem
from emitter.app.tokens import FormTokens, TokenCheck
from emitter.app.zoom.paths import as_zoom_says, is_zooms

if TYPE_CHECKING:
    from werkzeug.datastructures import Headers
    from werkzeug.wrappers import Response as AnyResponse

    from emitter.app.settings import AppSettings

EXTENSION: Final = "zoom_emitter_guard"
SESSION_COOKIE: Final = "zoom-emitter-session"
FORM_COOKIE: Final = "zoom-emitter-form"
FORM_FIELD: Final = "form_token"
SIGN_IN: Final = "/sign-in"
_OWN_NAME: Final = re.compile(r"(?:localhost|127\.0\.0\.1|\[::1\])(?::(?P<port>[0-9]{1,5}))?", re.IGNORECASE)
_NAME: Final = re.compile(r"(?P<name>\[[0-9A-Fa-f:.]+\]|[^:\[\]]+)(?::(?P<port>[0-9]{1,5}))?")
_DEFAULT_PORTS: Final = {"http": "80", "https": "443"}
_WITH_A_BODY: Final = frozenset({"POST", "PUT", "PATCH"})
_JSON: Final = "application/json"
_FORMS: Final = frozenset({"application/x-www-form-urlencoded", "multipart/form-data"})
OPEN_TO_ALL: Final = frozenset({SIGN_IN, "/healthz", "/readyz"})
"""What is answered without the token: probes, and the page one signs in with."""
STATIC: Final = "/static/"
_ANSWER_HEADERS: Final = {
    "cache-control": "no-store",
    "content-security-policy": "default-src 'none'; frame-ancestors 'none'",
    "cross-origin-resource-policy": "same-origin",
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
}
PAGE_POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
"""What pages may load: from here only, and no script or style that stands in the page itself."""


class Guard:
    """Decides on each request before anything else sees it.

    Args:
        settings: Say whether the app is shared, and under which names it is reached.
    """

    def __init__(self, settings: AppSettings) -> None:
        self.tokens = TokenCheck(settings.token_hash)
        self.forms = FormTokens()
        self._is_shared = settings.is_shared
        self._public_hosts = frozenset(settings.public_hosts)

    def refusal(self) -> AnyResponse | None:
        """Return why the request is not answered, or None.

        Zoom's own API has tokens and content types of its own; who asks for it is looked at all the same.
        """
        refused = self._of_host(request) or self._of_origin(request)
        if is_zooms(request.path):
            return refused and as_zoom_says(refused)
        return refused or self._of_token(request) or self._of_content_type(request)

    def _of_host(self, asked: Request) -> Response | None:
        host = asked.environ.get("HTTP_HOST", "")
        if self._is_own(host, asked.scheme, asked.environ["SERVER_PORT"]):
            return None
        names = "its address, or a name given with --public-host" if self._is_shared else _LOCAL_NAMES
        return problem(
            HTTPStatus.MISDIRECTED_REQUEST, f"the host {host[:100]!r} is not this server; ask for {names}"
        )

    def _of_origin(self, asked: Request) -> Response | None:
        origin = asked.headers.get("Origin")
        if origin is None:
            return None
        scheme, separator, host = origin.partition("://")
        if self._is_shared:
            # A proxy in front may speak https, which does not show here; the name has to be the one asked.
            is_own = separator and host.lower() == asked.environ.get("HTTP_HOST", "").lower()
        else:
            is_own = (
                separator
                and scheme == asked.scheme
                and self._is_own(host, scheme, asked.environ["SERVER_PORT"])
            )
        if is_own:
            return None
        return problem(
            HTTPStatus.FORBIDDEN,
            f"the page {origin[:100]!r} may not use this server; use its own pages, or a program like curl",
        )

    def _of_token(self, asked: Request) -> AnyResponse | None:
        if not self.tokens.is_needed or asked.path in OPEN_TO_ALL or asked.path.startswith(STATIC):
            return None
        scheme, _, given = asked.headers.get("Authorization", "").partition(" ")
        if scheme.lower() == "bearer" and self.tokens.is_token(given.strip()):
            return None
        if self.tokens.is_cookie(asked.cookies.get(SESSION_COOKIE, "")):
            return None
        wants_page = asked.method == "GET" and "text/html" in asked.headers.get("Accept", "")
        if wants_page and not asked.path.startswith("/api/"):
            return redirect(f"{SIGN_IN}?next={quote(asked.full_path.rstrip('?'), safe='/')}", 303)
        answer = problem(
            HTTPStatus.UNAUTHORIZED,
            "this app wants its token; send it as 'authorization: Bearer …', or sign in at /sign-in",
            name="no-token",
        )
        answer.headers["WWW-Authenticate"] = "Bearer"
        return answer

    def _of_content_type(self, asked: Request) -> Response | None:
        if asked.method not in _WITH_A_BODY or asked.mimetype == _JSON or asked.routing_exception:
            return None
        if asked.mimetype in _FORMS and self.forms.fits(
            asked.cookies.get(FORM_COOKIE, ""), asked.form.get(FORM_FIELD, "")
        ):
            return None
        if asked.mimetype in _FORMS and FORM_FIELD in asked.form:
            return problem(
                HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
                "this form is older than this run of the app, or not its own; load its page anew",
            )
        return problem(
            HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
            f"the content type is {asked.mimetype[:100]!r}; send JSON with 'content-type: {_JSON}'",
        )

    def _is_own(self, host: str, scheme: str, server_port: str) -> bool:
        found = _OWN_NAME.fullmatch(host)
        if found is not None and (found["port"] or _DEFAULT_PORTS.get(scheme)) == server_port:
            return True
        if not self._is_shared:
            return False
        parts = _NAME.fullmatch(host)
        if parts is None:
            return False
        name = parts["name"].lower()
        return host.lower() in self._public_hosts or name == "localhost" or _is_address(name)


_LOCAL_NAMES: Final = "localhost, 127.0.0.1 or [::1] with its port"


def guard(app: Flask, settings: AppSettings) -> None:
    """Refuse who may not ask before anything else sees it, and mark every answer as nobody else's."""
    watch = Guard(settings)
    app.extensions[EXTENSION] = watch
    app.before_request(watch.refusal)
    app.after_request(_marked)
    app.jinja_env.globals["form_token"] = form_token


def form_token() -> str:
    """Return what a form of the page that is being made has to hold in its field `FORM_FIELD`."""
    forms: FormTokens = current_app.extensions[EXTENSION].forms
    cookie = request.cookies.get(FORM_COOKIE) or g.get("form_cookie")
    if not cookie:
        cookie = g.form_cookie = forms.new_cookie()
    return forms.token_for(cookie)


def _is_address(name: str) -> bool:
    """Return whether a host is an address: no name can be made to lead here by it."""
    try:
        ipaddress.ip_address(name.removeprefix("[").removesuffix("]"))
    except ValueError:
        return False
    return True


def _marked(answer: Response) -> Response:
    headers: Headers = answer.headers
    if answer.mimetype == "text/html":
        headers.setdefault("content-security-policy", PAGE_POLICY)
        # With no-referrer a browser says that the app's own forms come from nowhere: "Origin: null".
        headers.setdefault("referrer-policy", "same-origin")
    for name, value in _ANSWER_HEADERS.items():
        headers.setdefault(name, value)
    if cookie := g.get("form_cookie"):
        answer.set_cookie(FORM_COOKIE, cookie, httponly=True, samesite="Strict", secure=request.is_secure)
    return answer
