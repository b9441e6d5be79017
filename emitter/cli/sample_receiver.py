"""``zoom-emitter sample-receiver``: the sample receiver on a port, and a line for each request that comes."""

from __future__ import annotations

import os
import queue
import secrets
import sys
import threading
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Final

import rich_click as click

from emitter.cli.arrival_lines import print_arrival
from emitter.cli.catalogs import chosen_catalog
from emitter.cli.listening import listening_socket, serve_until_interrupted, stopped_by_signals, url_of
from emitter.cli.secret_options import env_file_option, secret_token_file_option
from emitter.core.schedule import parse_duration
from emitter.core.secrets import SecretToken
from emitter.errors import UnknownNameError
from emitter.settings.file import load_settings

if TYPE_CHECKING:
    from collections.abc import Iterator

    from emitter.app.sample_receiver import Arrival, ReceiverScript

    Arrivals = queue.SimpleQueue[Arrival | None]

PORT: Final = 3000
INTERRUPTED: Final = 130
THREADS: Final = 64
"""Each slow answer holds one; Zoom gives up after 3 s, so this is slow answers to 20 events a second."""
CONNECTIONS: Final = 500
BACKLOG_BODY_BYTES: Final = 16 * 1024 * 1024
"""Longer bodies never reach the receiver, which itself refuses far shorter ones."""
_PRINTER_GRACE_S: Final = 1.0


@click.command()
@click.option(
    "--port",
    type=click.IntRange(0, 65535),
    default=PORT,
    show_default=True,
    help="0 takes a free one and says which.",
)
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen on.")
@click.option(
    "--fail-first",
    type=click.IntRange(min=0),
    default=0,
    metavar="N",
    help="Answer 503 to the first N events.",
)
@click.option("--slow", metavar="DURATION", help="Wait before each answer to an event, for example 4s.")
@click.option(
    "--answer",
    "answers",
    multiple=True,
    metavar="EVENT=ANSWER,…",
    help="Answer one event's successive requests with these statuses or durations, then rightly again.",
)
@click.option("--bodies", "shows_bodies", is_flag=True, help="Show the body of each request, indented.")
@secret_token_file_option
@env_file_option
def sample_receiver(
    *,
    port: int,
    host: str,
    fail_first: int,
    slow: str | None,
    answers: tuple[str, ...],
    shows_bodies: bool,
    secret_token_file: str | None,
    env_file: str | None,
) -> None:
    """Run a correct receiver: the thing to point the emitter at on day one.

    It verifies the signature over the raw body, wants a timestamp within five minutes, answers a challenge
    only when it is signed, and acknowledges events before it works on them. It misbehaves when told to.

    \b
      zoom-emitter sample-receiver
      zoom-emitter sample-receiver --fail-first 2
      zoom-emitter sample-receiver --answer playlist_create=503,4s --bodies
    """
    from emitter.app.sample_receiver import (  # noqa: PLC0415 - imports flask
        ReceiverScript,
        create_sample_receiver,
        parse_answers,
    )
    from emitter.delivery.clock import SystemClock  # noqa: PLC0415

    script = ReceiverScript(
        fail_first=fail_first,
        slow_s=parse_duration(slow) if slow else 0.0,
        answers=tuple(map(parse_answers, answers)),
    )
    _note_unknown_events(script)
    secret_token, is_new = _secret_token(secret_token_file, env_file)
    clock, stopping = SystemClock(), threading.Event()
    arrivals: Arrivals = queue.SimpleQueue()
    app = create_sample_receiver(
        secret_token,
        now_s=lambda: clock.now_ms() / 1000,
        script=script,
        on_arrival=arrivals.put,
        wait=stopping.wait,
    )
    with listening_socket(host, port) as listener:
        url = url_of(listener)
        click.echo(f"listening on {url}")
        click.echo(_advice(url, secret_token if is_new else None), err=True)
        with _printing(arrivals, shows_bodies=shows_bodies), stopped_by_signals(stopping.set):
            serve_until_interrupted(
                app, listener, threads=THREADS, connections=CONNECTIONS, max_body_bytes=BACKLOG_BODY_BYTES
            )
    raise KeyboardInterrupt


def _secret_token(file: str | None, env_file: str | None) -> tuple[SecretToken, bool]:
    """Return the secret token, and whether it was made here because there is none anywhere."""
    from emitter.delivery.secret_sources import VARIABLES, find_secret  # noqa: PLC0415

    settings = load_settings(Path.cwd()).defaults
    file, env_file = file or settings.get("secret-token-file"), env_file or settings.get("env-file")
    if not (file or env_file or any(name in os.environ for name in VARIABLES)):
        return SecretToken(secrets.token_urlsafe(16)), True
    secret_token, _ = find_secret(
        file=Path(file) if file else None, env_file=Path(env_file) if env_file else None, environ=os.environ
    )
    return secret_token, False


def _note_unknown_events(script: ReceiverScript) -> None:
    """Say which names of the script no event has; events of one's own may still come by them."""
    if not script.answers:
        return
    catalog = chosen_catalog()
    for name, _ in script.answers:
        try:
            catalog.find(name)
        except UnknownNameError as error:
            click.echo(f"note: {error}", err=True)


def _advice(url: str, new_secret_token: SecretToken | None) -> str:
    """Return how to send here, and the secret token where only this process knows it."""
    command = f"zoom-emitter emit playlist_create --to {url}"
    if not new_secret_token:
        return f"send to it with `{command}`; Ctrl-C ends it"
    text = new_secret_token.reveal()
    setting = f'$env:ZOOM_WEBHOOK_SECRET_TOKEN = "{text}"' if os.name == "nt" else _export(text)
    return f"no secret token is set, so here is a new one; in another terminal:\n  {setting}\n  {command}"


def _export(secret_token: str) -> str:
    return f"export ZOOM_WEBHOOK_SECRET_TOKEN={secret_token}"


@contextmanager
def _printing(arrivals: Arrivals, *, shows_bodies: bool) -> Iterator[None]:
    """Print what arrives, in a thread of its own: the work that no answer waits for."""

    def work() -> None:
        while arrival := arrivals.get():
            try:
                print_arrival(arrival, shows_body=shows_bodies)
            except OSError:  # whoever read the lines has left; keep answering
                sys.stdout = open(os.devnull, "w", encoding="utf-8")  # noqa: PTH123, SIM115

    printer = threading.Thread(target=work, name="arrivals", daemon=True)
    printer.start()
    try:
        yield
    finally:
        arrivals.put(None)
        printer.join(_PRINTER_GRACE_S)
        if printer.is_alive():
            # It is stuck on a pipe that nobody empties, holding the lock of stdout, which an orderly exit
            # would wait for.
            os._exit(INTERRUPTED)
