"""The page one signs in with, where the app wants a token."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING

from flask import Blueprint, current_app, make_response, redirect, render_template, request

from emitter.app.guard import EXTENSION, SESSION_COOKIE, SIGN_IN
from emitter.app.tokens import SIGNED_IN_S, TokenCheck

if TYPE_CHECKING:
    from flask import Response
    from werkzeug.wrappers import Response as AnyResponse

sign_in = Blueprint("sign_in", __name__)


@sign_in.get(SIGN_IN)
def show() -> Response:
    """Show the form."""
    return _form(request.args.get("next", "/"))


@sign_in.post(SIGN_IN)
def enter() -> AnyResponse:
    """Let in who knows the token."""
    tokens: TokenCheck = current_app.extensions[EXTENSION].tokens
    wanted = request.form.get("next", "/")
    if not tokens.is_needed:
        return redirect(_within(wanted), HTTPStatus.SEE_OTHER)
    if not tokens.is_token(request.form.get("token", "")):
        return _form(wanted, error="this is not the token the app was started with")
    answer = redirect(_within(wanted), HTTPStatus.SEE_OTHER)
    answer.set_cookie(
        SESSION_COOKIE,
        tokens.cookie(),
        max_age=SIGNED_IN_S,
        httponly=True,
        samesite="Strict",
        secure=request.is_secure,
    )
    return answer


@sign_in.post("/sign-out")
def leave() -> AnyResponse:
    """Forget the cookie."""
    answer = redirect(SIGN_IN, HTTPStatus.SEE_OTHER)
    answer.delete_cookie(SESSION_COOKIE, httponly=True, samesite="Strict", secure=request.is_secure)
    return answer


def _form(wanted: str, *, error: str = "") -> Response:
    status = HTTPStatus.UNAUTHORIZED if error else HTTPStatus.OK
    return make_response(render_template("sign_in.html", next=_within(wanted), error=error), status)


def _within(path: str) -> str:
    """Return a path of this app; anything that could lead elsewhere becomes the root."""
    is_ours = path.startswith("/") and not path.startswith(("//", "/\\")) and path.isprintable()
    return path if is_ours and "\\" not in path else "/"
