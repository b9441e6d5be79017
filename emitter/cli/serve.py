"""``zoom-emitter serve``: the emitter as a local web service."""

from __future__ import annotations

import logging
import os
import sys
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import rich_click as click

from emitter.cli.catalogs import chosen_catalog
from emitter.cli.listening import (
    listening_socket,
    serve_until_interrupted,
    stopped_by_signals,
    url_of,
)
from emitter.cli.sample_receiver import PORT as RECEIVER_PORT
from emitter.cli.secret_options import env_file_option, secret_from, secret_token_file_option
from emitter.cli.settings import load_settings
from emitter.errors import InvalidSettingError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from emitter.app.settings import AppSettings
    from emitter.delivery.secret_sources import SecretSource

PORT: Final = 4050
"""Not 4040, where ngrok's own page is: many who write a receiver have that open."""
LOOPBACK: Final = ("127.0.0.1", "localhost", "::1")
THREADS: Final = 16
CONNECTIONS: Final = 200
MAX_READ_BYTES: Final = 32 * 1024 * 1024
"""Up to here the app says itself that a body is too long; beyond, waitress does without a problem answer."""


@click.command()
@click.option(
    "--port",
    type=click.IntRange(0, 65535),
    default=PORT,
    show_default=True,
    help="0 takes a free one and says which.",
)
@click.option("--host", default=LOOPBACK[0], show_default=True, help="Only this machine: 127.0.0.1 or ::1.")
@click.option("--database", envvar="ZOOM_EMITTER_DATABASE", metavar="FILE", help="Record here.")
@click.option(
    "--allow-host",
    "allowed_hosts",
    multiple=True,
    metavar="NAME",
    help="A host beyond this machine that subscriptions may lead to.",
)
@secret_token_file_option
@env_file_option
def serve(*, port: int, host: str, **flags: Any) -> None:
    """Run the emitter as a local web service: subscribe an endpoint, send it events, read what came of it.

    Retries go on in the background, and after a restart. The API speaks JSON; its root lists the routes.
    The secret token is for subscriptions that bring none.

    \b
      zoom-emitter serve
      zoom-emitter serve --port 0 --allow-host staging.example.com
    """
    from emitter.app.factory import create_app  # noqa: PLC0415 - imports flask and sqlalchemy

    if host not in LOOPBACK:
        raise InvalidSettingError(
            f"serve listens on this machine only, not on {host!r}: whoever reaches it can make it send; "
            "leave --host out, and reach it from elsewhere through an SSH tunnel"
        )
    settings, catalog = _app_settings(flags), chosen_catalog()
    with stopped_by_signals(), listening_socket(host, port) as listener, _logging_to_stderr():
        app = create_app(settings, catalog=catalog)
        try:
            click.echo(f"recording in {settings.database}", err=True)
            click.echo(f"serving on {url_of(listener)}")
            click.echo(_first_steps(url_of(listener)), err=True)
            serve_until_interrupted(
                app, listener, threads=THREADS, connections=CONNECTIONS, max_body_bytes=MAX_READ_BYTES
            )
        finally:
            if not app.extensions["zoom_emitter"].close():
                click.echo("an attempt was still under way; the next run repeats it", err=True)
    raise KeyboardInterrupt


def _app_settings(flags: dict[str, Any]) -> AppSettings:
    """Return the settings of the app from flags and environment, then the settings file."""
    from emitter.app.settings import AppSettings  # noqa: PLC0415
    from emitter.delivery.places import database_path  # noqa: PLC0415

    defaults = load_settings(Path.cwd()).defaults
    return AppSettings(
        database=database_path(flags["database"] or defaults.get("database")),
        allowed_hosts=tuple(map(_host, flags["allowed_hosts"] or defaults.get("allow-host", ()))),
        secret_source=_secret_source(flags, defaults),
        environ=os.environ,
    )


def _secret_source(flags: dict[str, Any], defaults: dict[str, Any]) -> SecretSource | None:
    """Return where the app's own secret token is, None for the usual variables, which may be unset.

    Raises:
        SecretTokenError: A place was named, and there is no secret token there.
    """
    given = {name: flags[name.replace("-", "_")] for name in ("secret-token-file", "env-file")}
    named = {name: value for name, value in given.items() if value} or {
        name: defaults[name]
        for name in ("secret-token-file", "secret-token-env", "env-file")
        if name in defaults
    }
    return secret_from(named)[1] if named else None


def _host(name: str) -> str:
    """Return a host as targets name it: lower case, an IPv6 address without brackets."""
    if "/" in name or not name.strip():
        raise InvalidSettingError(
            f"--allow-host wants a name or an address, not {name!r}; leave out scheme and path"
        )
    return name.lower().removeprefix("[").removesuffix("]")


@contextmanager
def _logging_to_stderr() -> Iterator[None]:
    """Send the app's log to stderr, a line each, so that no payload can write a line of its own."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(_OneLine("%(asctime)s %(message)s", "%H:%M:%S"))
    logger = logging.getLogger("emitter")
    logger.addHandler(handler)
    level = logger.level
    logger.setLevel(logging.INFO)
    try:
        yield
    finally:
        logger.removeHandler(handler)
        logger.setLevel(level)


class _OneLine(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        text = super().format(record)
        if record.exc_info:
            return text
        return "".join(character if character.isprintable() else repr(character)[1:-1] for character in text)


def _first_steps(url: str) -> str:
    json = "-H 'content-type: application/json'"
    subscription = f'{{"url": "http://localhost:{RECEIVER_PORT}/", "time_scale": 1000}}'
    return f"""try this; `zoom-emitter sample-receiver` runs in another terminal with the same secret token:
  curl {url}api/subscriptions {json} -d '{subscription}'
  curl {url}api/events {json} -d '{{"event": "playlist_create"}}'
  curl {url}api/deliveries
Ctrl-C ends it; what is pending goes on with the next start"""
