"""``zoom-emitter worker``: makes the attempts of an app elsewhere, on as many machines as wanted."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Final

import rich_click as click

from emitter.cli.brokers import broker_option, check_sharing, chosen_broker
from emitter.cli.log_lines import logging_to_stderr
from emitter.errors import InvalidSettingError
from emitter.settings.file import load_settings

DEFAULT_COUNT: Final = 16


@click.command()
@click.option("--database", envvar="ZOOM_EMITTER_DATABASE", metavar="URL", help="The app's record.")
@broker_option
@click.option(
    "--workers",
    "count",
    type=click.IntRange(1, 256),
    default=DEFAULT_COUNT,
    show_default=True,
    help="How many attempts are made at once.",
)
@click.option(
    "--log",
    "log_form",
    type=click.Choice(["text", "json"]),
    help="Form of the log: text at a terminal, otherwise JSON lines.",
)
def worker(*, database: str | None, broker: str | None, count: int, log_form: str | None) -> None:
    """Make the attempts of an app that runs with the same --database and --broker.

    Start as many as wanted, on any machine that reaches both and has the app's ZOOM_EMITTER_KEY. One that
    is stopped ends what it has begun; what one that dies has begun, another repeats.

    \b
      ZOOM_EMITTER_KEY=… zoom-emitter worker --database postgresql+psycopg://me@db/zoom --broker redis://queue:6379/0
    """
    from emitter.app.working import Working  # noqa: PLC0415 - imports sqlalchemy
    from emitter.delivery.carrier import Carrier  # noqa: PLC0415
    from emitter.delivery.clock import SystemClock  # noqa: PLC0415
    from emitter.delivery.places import database_place  # noqa: PLC0415
    from emitter.delivery.store import Store  # noqa: PLC0415
    from emitter.delivery.vault import vault_of  # noqa: PLC0415

    defaults = load_settings(Path.cwd()).defaults
    place = database_place(database or defaults.get("database"))
    check_sharing(place)
    chosen = chosen_broker(broker or defaults.get("broker"))
    if chosen is None:
        raise InvalidSettingError("a worker wants the app's broker: say --broker redis://HOST:6379/0")
    vault = vault_of(place)
    vault.check_key()
    with logging_to_stderr(log_form), Store.open(place, vault=vault) as store:
        from emitter.delivery.store.postgres import whole_name  # noqa: PLC0415 - loads its dialect

        carrier = Carrier(chosen, whole_name(store))
        carrier.check()
        working = Working(store, vault, environ=os.environ, clock=SystemClock())
        working.check_key()
        click.echo(f"working for {place} through {chosen}", err=True)
        try:
            carrier.work(working.attempt, count=count)
        finally:
            carrier.close()
    raise KeyboardInterrupt
