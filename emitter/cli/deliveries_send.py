"""``zoom-emitter deliveries replay`` and ``resume``: sending again what is recorded."""

from __future__ import annotations

import sys
from contextlib import contextmanager
from random import SystemRandom
from typing import TYPE_CHECKING, Final

import rich_click as click
from click.core import ParameterSource

from emitter.cli.deliveries_record import ID, database_option, existing_record, record_with
from emitter.cli.tally import Tally
from emitter.cli.target import TargetChoice, target_options
from emitter.core.deliveries import DeliveryState
from emitter.errors import InvalidSettingError, SecretTokenError, UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from emitter.delivery.clock import Clock
    from emitter.delivery.courier import Courier, Endpoint
    from emitter.delivery.store import Store

_UNUSABLE: Final = 2


@click.command()
@click.argument("delivery_id", type=ID, metavar="ID")
@click.option("--to", metavar="URL|NAME", help="Send it there, once; otherwise where it went before.")
@click.option("--json", "as_json", is_flag=True, help="One JSON line an attempt.")
@database_option
@target_options
@click.pass_context
def replay(
    context: click.Context,
    *,
    target: TargetChoice,
    delivery_id: int,
    to: str | None,
    as_json: bool,
    database: str | None,
) -> None:
    """Send a delivery's exact body again, with the same request id and a new signature.

    \b
      zoom-emitter deliveries replay 8
      zoom-emitter deliveries replay 8 --to http://localhost:3000/webhooks/zoom
    """
    from emitter.cli.recording import subscribe  # noqa: PLC0415 - imports SQLAlchemy
    from emitter.delivery.clock import SystemClock  # noqa: PLC0415

    if not to:
        _refuse_target_options(context)
    clock = SystemClock()
    with existing_record(database) as record:
        store = record_with(record, delivery_id)
        delivery = store.get_delivery(delivery_id)
        if to:
            resolved = target.resolve(to)
            endpoint = resolved.open()
            subscription_id = subscribe(store, resolved, now_ms=clock.now_ms())
        else:
            endpoint = _stored_endpoint(store, delivery.subscription_id)
            subscription_id = delivery.subscription_id
        sending = _Sending(store, {subscription_id: endpoint}, clock, as_json=as_json)
        again = sending.courier().redeliver(subscription_id, delivery)
        with _interruptible():
            sending.courier(only=again.id).run_until_settled(subscription_id)
    sys.exit(sending.tally.status())


@click.command()
@click.argument("delivery_id", type=ID, metavar="[ID]", required=False)
@click.option("--json", "as_json", is_flag=True, help="One JSON line an attempt.")
@database_option
def resume(delivery_id: int | None, as_json: bool, database: str | None) -> None:
    """Make every attempt that is still to be made, after an interruption; of one delivery with its ID.

    \b
      zoom-emitter deliveries resume
    """
    from emitter.delivery.clock import SystemClock  # noqa: PLC0415
    from emitter.delivery.store.workers import is_alive  # noqa: PLC0415

    with existing_record(database) as store:
        if delivery_id is not None:
            delivery = record_with(store, delivery_id).get_delivery(delivery_id)
            pending = {delivery.subscription_id: int(delivery.state is DeliveryState.PENDING)}
        else:
            pending = store.pending() if store else {}
        if store is None or not sum(pending.values()):
            click.echo("nothing is pending", err=True)
            return
        click.echo(f"{sum(pending.values())} pending; Ctrl-C stops, and nothing is lost", err=True)
        store.release_dead_leases(is_alive)
        endpoints, is_complete = _endpoints(store, [*pending])
        sending = _Sending(store, endpoints, SystemClock(), as_json=as_json)
        with _interruptible():
            sending.settle_all(only=delivery_id)
    sys.exit(sending.tally.status() if is_complete else _UNUSABLE)


class _Sending:
    """Sends from the record."""

    def __init__(self, store: Store, endpoints: dict[int, Endpoint], clock: Clock, *, as_json: bool) -> None:
        self._store = store
        self._endpoints = endpoints
        self._clock = clock
        self.tally = Tally(as_json=as_json)

    def courier(self, *, only: int | None = None) -> Courier:
        """Return a courier for these endpoints, or for one delivery."""
        from emitter.delivery.courier import Courier  # noqa: PLC0415

        return Courier(
            store=self._store if only is None else self._store.only(only),
            clock=self._clock,
            rng=SystemRandom(),
            endpoint_for=self._endpoints.__getitem__,
            on_attempt=self.tally.show,
        )

    def settle_all(self, *, only: int | None = None) -> None:
        """Make every attempt at these endpoints in turns, so that none waits for another's retries."""
        courier = self.courier(only=only)
        store = self._store if only is None else self._store.only(only)
        while True:
            made = [courier.attempt_next(subscription_id) for subscription_id in self._endpoints]
            if any(made):
                continue
            due = [store.next_due_ms(subscription_id) for subscription_id in self._endpoints]
            first_ms = min((due_ms for due_ms in due if due_ms is not None), default=None)
            if first_ms is None:
                return
            self._clock.wait_until_ms(first_ms)


@contextmanager
def _interruptible() -> Iterator[None]:
    try:
        yield
    except KeyboardInterrupt:
        click.echo("`zoom-emitter deliveries resume` sends what is still pending", err=True)
        raise


def _stored_endpoint(store: Store, subscription_id: int) -> Endpoint:
    from emitter.delivery.endpoints import stored_endpoints  # noqa: PLC0415 - imports requests

    if store.vault is None:
        raise InvalidSettingError("the record is open without its vault")
    try:
        return stored_endpoints(store, store.vault)(subscription_id)
    except SecretTokenError as error:
        raise SecretTokenError(f"{error}; or say --to URL") from None


def _endpoints(store: Store, subscription_ids: list[int]) -> tuple[dict[int, Endpoint], bool]:
    """Return the endpoints that can be opened, and whether these are all; say what hinders the others."""
    endpoints: dict[int, Endpoint] = {}
    for subscription_id in subscription_ids:
        try:
            endpoints[subscription_id] = _stored_endpoint(store, subscription_id)
        except UsageError as error:
            click.echo(f"error: subscription {subscription_id} stays pending: {error}", err=True)
    return endpoints, len(endpoints) == len(subscription_ids)


def _refuse_target_options(context: click.Context) -> None:
    for name in context.params:
        given = context.get_parameter_source(name) is ParameterSource.COMMANDLINE
        if given and name not in {"delivery_id", "to", "as_json", "database"}:
            option = f"--{name.replace('_', '-')}"
            raise InvalidSettingError(f"{option} goes with --to; without it all is as it was recorded")
