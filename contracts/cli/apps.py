"""``zoom-emitter check module:app``: a Python app in the place of a URL."""

from __future__ import annotations

import secrets
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import rich_click as click

from emitter.core.secrets import SecretToken
from emitter.delivery.secret_sources import VARIABLES
from emitter.errors import SecretTokenError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from contracts.check import Check
    from contracts.cli.app_output import AppOutput
    from contracts.scope import Scope
    from contracts.session import Session
    from emitter.cli.target import ResolvedTarget, TargetChoice
    from emitter.delivery.inprocess.naming import AppName

_SENDS_AT_ONCE = "O"
"""The family that measures a server: there is none."""


def resolved_app(name: AppName, target: TargetChoice) -> ResolvedTarget:
    """Return where an app is taken to be served, and its secret token; a random one where none is given.

    Raises:
        UsageError: An option cannot be used.
    """
    try:
        return target.resolve(name.url)
    except SecretTokenError:
        if target.flags.get("secret-token-file") or target.flags.get("env-file"):
            raise
    import os  # noqa: PLC0415

    os.environ[VARIABLES[0]] = SecretToken(secrets.token_urlsafe(16)).reveal()
    click.echo(f"no secret token given: {VARIABLES[0]} holds a random one for the app", err=True)
    return target.resolve(name.url)


def loaded(name: AppName, resolved: ResolvedTarget, output: AppOutput) -> Any:
    """Import the app, its secret token in its environment, and say what is different from a server.

    Args:
        name: Where it is.
        resolved: Holds the secret token.
        output: Takes what is printed meanwhile.

    Raises:
        UsageError: It cannot be imported.
    """
    from emitter.delivery.inprocess.loading import lend_secret, load_app  # noqa: PLC0415

    if lent := lend_secret(resolved.secret_token):
        click.echo(f"{lent} was not set: it holds the secret token for the app", err=True)
    with output.held_back():
        app = load_app(name)
    click.echo(
        f"{name} runs in this process: no raw bytes, no load; commands take it to be served at {name.url}",
        err=True,
    )
    return app


@contextmanager
def called(scope: Scope, app: Any, output: AppOutput, **limits: Any) -> Iterator[Session]:
    """Give a session that calls the app, as `contracts.app_opening.app_session`; its output is held back."""
    from contracts.app_opening import app_session  # noqa: PLC0415

    with output.held_back(), app_session(scope, app, **limits) as session:
        yield session


def without_load(checks: Iterable[Check]) -> tuple[Check, ...]:
    """Return the checks that say something of an app without a server."""
    return tuple(check for check in checks if check.letter != _SENDS_AT_ONCE)
