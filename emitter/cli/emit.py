"""``zoom-emitter emit``: signed events to a receiver, one attempt each unless retries are asked for."""

from __future__ import annotations

import difflib
import itertools
import secrets
import sys
from collections.abc import Iterator
from dataclasses import replace
from random import Random, SystemRandom
from typing import TYPE_CHECKING, Any, Final

import rich_click as click

from emitter.cli.attempt_lines import what_zoom_does_next
from emitter.cli.catalogs import chosen_catalog
from emitter.cli.chosen_events import EventChoice
from emitter.cli.emit_via import refuse_what_the_app_decides, send_via, via_options
from emitter.cli.tally import Tally, status_of
from emitter.cli.target import ResolvedTarget, TargetChoice, target_options
from emitter.cli.world_options import locale_option
from emitter.core.faults import FAULTS, body_with, check_count
from emitter.core.handshake_forms import handshake_lines
from emitter.core.schedule import NO_RETRIES, ZOOM_RETRIES, RetrySchedule
from emitter.errors import InvalidSettingError, UnknownNameError

if TYPE_CHECKING:
    from emitter.core.fault import Fault
    from emitter.delivery.clock import Clock

BATCH: Final = 100
"""Deliveries committed together before their first attempts."""

Bodies = Iterator[tuple[str, bytes]]


@click.command()
@click.argument("events", nargs=-1, metavar="EVENT…")
@click.option("--to", metavar="URL|NAME", help="The receiver: its URL, or its name in the settings.")
@click.option("--count", type=click.IntRange(min=1), default=1, show_default=True, help="How many rounds.")
@click.option("--seed", help="Generate the same values again; each run shows its seed.")
@click.option("--story", metavar="NAME", help="Tell a whole story; `zoom-emitter events stories` lists them.")
@click.option("--override", "overrides", multiple=True, metavar="PATH=VALUE", help="Set a field.")
@click.option("--unset", multiple=True, metavar="PATH", help="Leave a field out.")
@click.option("--payload", metavar="FILE|-", help="Send this JSON, or these JSON lines, instead.")
@click.option("--raw", is_flag=True, help="Send the payload's exact bytes, whatever they are.")
@click.option("--force", "is_forced", is_flag=True, help="Send what the document does not allow.")
@click.option("--fault", "fault_names", multiple=True, metavar="NAME", help="Deviate from Zoom on purpose.")
@click.option("--list-faults", is_flag=True, help="List the faults and exit.")
@click.option(
    "--retry", default="none", show_default=True, metavar="none|zoom|1s,2s", help="When to try again."
)
@click.option(
    "--time-scale", type=float, default=1.0, show_default=True, help="Virtual seconds in a real one."
)
@click.option("--no-validate", is_flag=True, help="Skip the handshake (URL validation) before the events.")
@click.option("--dry-run", is_flag=True, help="Print the exact request; send and record nothing.")
@click.option("--json", "as_json", is_flag=True, help="One JSON line an attempt.")
@click.option("--database", envvar="ZOOM_EMITTER_DATABASE", metavar="FILE|URL", help="Record here.")
@locale_option
@via_options
@target_options
def emit(
    target: TargetChoice,
    *,
    to: str | None,
    via: str | None,
    via_token_file: str | None,
    fault_names: tuple[str, ...],
    list_faults: bool,
    raw: bool,
    retry: str,
    time_scale: float,
    no_validate: bool,
    dry_run: bool,
    as_json: bool,
    database: str | None,
    **choice: Any,
) -> None:
    """Send signed events to a receiver, as Zoom would.

    EVENT is a full name, its last part, or a pattern with *.

    \b
      zoom-emitter emit playlist_create --to http://localhost:3000/webhooks/zoom
      zoom-emitter emit 'playlist_*' --to my-app --retry zoom --time-scale 1000
      zoom-emitter emit --story playlist-life --to my-app
      zoom-emitter emit playlist_create --override playlist_name='Q3 calls' --to my-app
      zoom-emitter emit playlist_create --fault wrong-signature --to my-app
      zoom-emitter emit playlist_create --via http://localhost:4050
    """
    from emitter.delivery.clock import SystemClock  # noqa: PLC0415

    if list_faults:
        _print_faults()
        return
    chosen = EventChoice(**choice)
    if via:
        refuse_what_the_app_decides()
    if not (to or via) or not (chosen.events or chosen.payload or chosen.story):
        missing = "an event name, --story NAME or --payload FILE" if to or via else "--to URL"
        raise InvalidSettingError(f"emit wants {missing}; `zoom-emitter emit --help` shows examples")
    faults = [_fault(name) for name in fault_names]
    clock = SystemClock()
    rng = Random(f"{chosen.seed} identities") if chosen.seed else SystemRandom()  # noqa: S311 - no secrets
    chosen = chosen if chosen.seed else replace(chosen, seed=str(secrets.randbelow(10**6)))
    bodies = _checked_first(_bodies(chosen, faults, raw, clock.now_ms()), faults, rounds_of=chosen)
    if via:
        send_via(via, bodies, faults=faults, token_file=via_token_file, as_json=as_json)
        return
    resolved = _scheduled(target.resolve(str(to)), retry, time_scale)
    if dry_run:
        from emitter.cli.dry_run import print_requests  # noqa: PLC0415

        print_requests(resolved, bodies, fault_names, now_ms=clock.now_ms(), rng=rng, as_json=as_json)
        return
    run = _Run(resolved, fault_names, clock, rng, as_json=as_json)
    sys.exit(run.send(bodies, chosen.seed or "", database, is_validated=not no_validate))


class _Run:
    """One command's deliveries: handshake, events, retries, and the exit status they come to."""

    def __init__(
        self, target: ResolvedTarget, faults: tuple[str, ...], clock: Clock, rng: Random, *, as_json: bool
    ) -> None:
        self._target = target
        self._faults = faults
        self._clock = clock
        self._rng = rng
        self._tally = Tally(as_json=as_json)

    def send(self, bodies: Bodies, seed: str, database: str | None, *, is_validated: bool) -> int:
        """Send everything and return the exit status."""
        from emitter.cli.recording import open_record, shake_hands, subscribe  # noqa: PLC0415 - heavy
        from emitter.delivery.courier import Courier  # noqa: PLC0415

        endpoint = self._target.open()
        with open_record(database) as store:
            subscription_id = subscribe(store, self._target, now_ms=self._clock.now_ms())
            if is_validated:
                handshake = shake_hands(store, subscription_id, endpoint, clock=self._clock, rng=self._rng)
                if not handshake.verdict.is_valid:
                    click.echo("\n".join(handshake_lines(handshake)), err=True)
                    return status_of(handshake.outcome)
                click.echo(f"handshake valid, {handshake.timing.total_ms:.0f} ms", err=True)
            click.echo(f"seed {seed}", err=True)
            courier = Courier(
                store=store,
                clock=self._clock,
                rng=self._rng,
                endpoint_for=lambda _: endpoint,
                on_attempt=self._tally.show,
            )
            try:
                while batch := list(itertools.islice(bodies, BATCH)):
                    courier.accept_bodies(subscription_id, batch, faults=self._faults)
                    courier.attempt_due(subscription_id)
                courier.run_until_settled(subscription_id)
            except KeyboardInterrupt:
                click.echo("`zoom-emitter deliveries resume` sends what is still pending", err=True)
                raise
        return self._concluded()

    def _concluded(self) -> int:
        """Say what would have followed at Zoom, and return the exit status."""
        tally = self._tally
        if tally.failed:
            if self._target.subscription.retry_schedule == NO_RETRIES:
                for outcome in dict.fromkeys(tally.failed):
                    click.echo(what_zoom_does_next(outcome, ZOOM_RETRIES), err=True)
            click.echo(f"{len(tally.failed)} of {len(tally.failed) + tally.accepted} not accepted", err=True)
        return tally.status()


def _bodies(chosen: EventChoice, faults: list[Fault], is_raw: bool, now_ms: int) -> Bodies:
    if is_raw:
        yield from chosen.raw_bodies()
        return
    for event in chosen.generated_or_own(chosen_catalog(), now_ms=now_ms):
        yield body_with(faults, event.name, event.envelope)


def _checked_first(bodies: Bodies, faults: list[Fault], *, rounds_of: EventChoice) -> Bodies:
    """Make the first round at once, so that what cannot be sent is said before anything is."""
    first = list(itertools.islice(bodies, max(len(rounds_of.events), BATCH)))
    check_count(faults, len(first))
    return itertools.chain(first, bodies)


def _scheduled(target: ResolvedTarget, retry: str, time_scale: float) -> ResolvedTarget:
    if not time_scale > 0:
        raise InvalidSettingError(
            f"the time scale {time_scale} is not above 0; 1000 runs 85 minutes in 5 seconds"
        )
    schedule = RetrySchedule.parse(retry)
    return replace(
        target, subscription=replace(target.subscription, retry_schedule=schedule, time_scale=time_scale)
    )


def _fault(name: str) -> Fault:
    if name not in FAULTS:
        suggestions = tuple(difflib.get_close_matches(name, FAULTS, n=1))
        raise UnknownNameError("fault", name, suggestions, "" if suggestions else "--list-faults shows them")
    return FAULTS[name]


def _print_faults() -> None:
    width = max(map(len, FAULTS))
    for fault in FAULTS.values():
        click.echo(f"{fault.name:<{width}}  {fault.description}")
