"""``zoom-emitter serve``: the emitter as a local web service."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import rich_click as click

from emitter.cli.brokers import broker_option, check_sharing, chosen_broker
from emitter.cli.catalogs import chosen_catalog
from emitter.cli.exact_bytes import exact_bytes
from emitter.cli.listening import (
    listening_socket,
    reached_here,
    serve_until_interrupted,
    stopped_by_signals,
    url_of,
)
from emitter.cli.log_lines import logging_to_stderr
from emitter.cli.rest_documents import rest_documents
from emitter.cli.sample_receiver import PORT as RECEIVER_PORT
from emitter.cli.secret_options import env_file_option, secret_from, secret_token_file_option
from emitter.errors import InvalidSettingError, QueueError
from emitter.settings.file import load_settings

if TYPE_CHECKING:
    from flask import Flask

    from emitter.app.settings import AppSettings
    from emitter.delivery.secret_sources import SecretSource

PORT: Final = 4050
"""Not 4040, where ngrok's own page is: many who write a receiver have that open."""
LOOPBACK: Final = ("127.0.0.1", "localhost", "::1")
ANSWERING_THREADS: Final = 8
"""Threads that answer even where every other one serves a live feed."""
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
@click.option(
    "--host",
    default=LOOPBACK[0],
    show_default=True,
    help="Where to listen; beyond this machine only with a token.",
)
@click.option(
    "--token",
    envvar="ZOOM_EMITTER_TOKEN",
    metavar="TEXT",
    help="What everyone who asks has to show; better given as ZOOM_EMITTER_TOKEN or --token-file.",
)
@click.option("--token-file", metavar="FILE", help="Read that token from a file.")
@click.option(
    "--public-host",
    "public_hosts",
    multiple=True,
    metavar="NAME[:PORT]",
    help="A name under which it is reached, as that of a proxy in front.",
)
@click.option("--database", envvar="ZOOM_EMITTER_DATABASE", metavar="FILE|URL", help="Record here.")
@click.option(
    "--allow-host",
    "allowed_hosts",
    multiple=True,
    metavar="NAME",
    help="A host beyond this machine that subscriptions may lead to.",
)
@click.option(
    "--rest-spec",
    "rest_specs",
    multiple=True,
    metavar="FILE",
    help="Zoom's API also answers the reads of this OpenAPI document; may be repeated.",
)
@click.option(
    "--answer-any-id",
    "answers_any_id",
    is_flag=True,
    help="Zoom's API also answers for ids that no event mentions.",
)
@click.option(
    "--workers",
    "worker_count",
    type=click.IntRange(1, 64),
    default=16,
    show_default=True,
    help="How many attempts are made at once; with --broker the workers decide.",
)
@broker_option
@click.option(
    "--log",
    "log_form",
    type=click.Choice(["text", "json"]),
    help="Form of the log: text at a terminal, otherwise JSON lines.",
)
@secret_token_file_option
@env_file_option
def serve(*, port: int, host: str, log_form: str | None, **flags: Any) -> None:
    """Run the emitter as a local web service: subscribe an endpoint, send it events, read what came of it.

    Retries go on in the background, and after a restart. The API speaks JSON; /openapi.json describes it.
    The secret token is for subscriptions that bring none. Zoom's own API is answered under /v2 and /oauth:
    a receiver calls it back at this URL in place of https://api.zoom.us.

    \b
      zoom-emitter serve
      zoom-emitter serve --port 0 --allow-host staging.example.com
      zoom-emitter serve --database postgresql+psycopg://me@db/zoom --broker redis://queue:6379/0
      ZOOM_EMITTER_TOKEN=… zoom-emitter serve --host 0.0.0.0
    """
    from emitter.app.factory import create_app  # noqa: PLC0415 - imports flask and sqlalchemy
    from emitter.app.feed import MAX_FOLLOWERS  # noqa: PLC0415

    settings, catalog = _app_settings(flags), chosen_catalog()
    if host not in LOOPBACK and not settings.is_shared:
        raise InvalidSettingError(
            f"serve listens on {host!r} only with a token, since whoever reaches it can make it send; "
            "set ZOOM_EMITTER_TOKEN, or leave --host out"
        )
    with stopped_by_signals(), listening_socket(host, port) as listener, logging_to_stderr(log_form):
        app = create_app(settings, catalog=catalog)
        try:
            _say_if_queue_is_down(app)
            click.echo(f"recording in {settings.database}", err=True)
            click.echo(f"serving on {url_of(listener)}")
            click.echo(_first_steps(reached_here(url_of(listener)), is_shared=settings.is_shared), err=True)
            serve_until_interrupted(
                app,
                listener,
                threads=MAX_FOLLOWERS + ANSWERING_THREADS,
                connections=CONNECTIONS,
                max_body_bytes=MAX_READ_BYTES,
            )
        finally:
            if not app.extensions["zoom_emitter"].close():
                click.echo("an attempt was still under way; the next run repeats it", err=True)
    raise KeyboardInterrupt


def _say_if_queue_is_down(app: Flask) -> None:
    """Say it at once, not with the first event; events are accepted all the same."""
    try:
        app.extensions["zoom_emitter"].check_queue()
    except QueueError as error:
        click.echo(f"warning: {error}; events are accepted all the same, and wait in the record", err=True)


def _app_settings(flags: dict[str, Any]) -> AppSettings:
    """Return the settings of the app from flags and environment, then the settings file."""
    from emitter.app.settings import AppSettings  # noqa: PLC0415
    from emitter.delivery.places import database_place  # noqa: PLC0415

    defaults = load_settings(Path.cwd()).defaults
    database = database_place(flags["database"] or defaults.get("database"))
    broker = chosen_broker(flags["broker"] or defaults.get("broker"))
    if broker is not None:
        check_sharing(database)
    return AppSettings(
        database=database,
        broker=broker,
        allowed_hosts=tuple(map(_host, flags["allowed_hosts"] or defaults.get("allow-host", ()))),
        secret_source=_secret_source(flags, defaults),
        environ=os.environ,
        worker_count=flags["worker_count"],
        token_hash=_token_hash(flags["token"], flags["token_file"]),
        public_hosts=tuple(map(_host, flags["public_hosts"])),
        rest_documents=rest_documents(flags["rest_specs"] or defaults.get("rest-spec", ())),
        answers_any_id=flags["answers_any_id"],
    )


def _token_hash(token: str | None, file: str | None) -> str:
    """Return the hash of the app's token, empty where none is given."""
    from emitter.app.tokens import hash_of  # noqa: PLC0415 - imports the signer of cookies
    from emitter.core.secrets import Secret  # noqa: PLC0415

    if file is not None:
        token = exact_bytes(file).decode("utf-8", "replace").strip()
    return "" if token is None else hash_of(Secret(token))


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
        raise InvalidSettingError(f"a host is a name or an address, not {name!r}; leave out scheme and path")
    return name.lower().removeprefix("[").removesuffix("]")


def _first_steps(url: str, *, is_shared: bool) -> str:
    json = "-H 'content-type: application/json'"
    if is_shared:
        json = f"{json} -H 'authorization: Bearer …'"
    subscription = f'{{"url": "http://localhost:{RECEIVER_PORT}/", "time_scale": 1000}}'
    return f"""open {url} in a browser, or try this;
`zoom-emitter sample-receiver` runs in another terminal with the same secret token:
  curl {url}api/subscriptions {json} -d '{subscription}'
  curl {url}api/events {json} -d '{{"event": "playlist_create"}}'
  curl {url}api/deliveries
your receiver calls Zoom back? let it use {url.rstrip("/")} in place of https://api.zoom.us
Ctrl-C ends it; what is pending goes on with the next start"""
