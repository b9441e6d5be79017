"""The record a sending command writes to: opened, named on stderr, with the handshake in it."""

from __future__ import annotations

from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from emitter.delivery.handshake import perform_handshake
from emitter.delivery.places import database_place
from emitter.delivery.store import Store
from emitter.delivery.vault import vault_of
from emitter.settings.file import load_settings

if TYPE_CHECKING:
    from collections.abc import Iterator
    from random import Random

    from emitter.cli.target import ResolvedTarget
    from emitter.core.handshake import Handshake
    from emitter.delivery.clock import Clock
    from emitter.delivery.courier import Endpoint
    from emitter.delivery.places import Place


def record_place(database: str | None) -> Place:
    """Return where the record is: as given, else as the settings say, else the usual place.

    Raises:
        InvalidSettingError: It is a URL of something else than PostgreSQL.
        StoreError: The folder of the usual place cannot be made.
    """
    return database_place(database or load_settings(Path.cwd()).defaults.get("database"))


@contextmanager
def open_record(database: str | None) -> Iterator[Store]:
    """Open the record, say where it is, and close it in the end.

    Raises:
        StoreError: It cannot be opened.
    """
    place = record_place(database)
    with Store.open(place, vault=vault_of(place)) as store:
        click.echo(f"recording in {place}", err=True)
        yield store


def subscribe(store: Store, target: ResolvedTarget, *, now_ms: int) -> int:
    """Store the target as a subscription of this command and return its number."""
    return store.add_subscription(
        target.subscription, secret_source=target.secret_source, origin="command", now_ms=now_ms
    )


def shake_hands(
    store: Store, subscription_id: int, endpoint: Endpoint, *, clock: Clock, rng: Random
) -> Handshake:
    """Perform the handshake as Zoom does before it saves a subscription, and record it."""
    handshake = perform_handshake(
        endpoint.subscription,
        secret_token=endpoint.secret_token,
        transport=endpoint.transport,
        clock=clock,
        rng=rng,
    )
    store.add_handshake(handshake, subscription_id=subscription_id)
    return handshake
