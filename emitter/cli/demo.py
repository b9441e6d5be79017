"""``zoom-emitter demo``: a whole story to a receiver on this machine, with the troubles of real life."""

from __future__ import annotations

import os
import secrets
import shlex
import shutil
import sys
import textwrap
from pathlib import Path
from random import SystemRandom
from typing import TYPE_CHECKING, Final

import rich_click as click
from click.core import ParameterSource

from emitter.cli.attempt_lines import colour_of, virtual_text
from emitter.cli.attempts_table import attempts_table, status_text
from emitter.cli.catalogs import chosen_catalog
from emitter.cli.columns import in_columns, output_width
from emitter.cli.listening import stopped_by_signals
from emitter.core.deliveries import DeliveryState
from emitter.core.schedule import ZOOM_RETRIES, format_duration
from emitter.core.secrets import SecretToken
from emitter.core.subscription import Subscription
from emitter.errors import EmitterError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rich.console import Console

    from emitter.cli.target import ResolvedTarget
    from emitter.core.deliveries import Attempt, Delivery
    from emitter.core.events import Event
    from emitter.core.handshake import Handshake

PROGRAM: Final = "zoom-emitter"
STORY: Final = "playlist-and-conversation"
TIME_SCALE: Final = 3000
"""Zoom's waits become 0.1, 0.4 and 1.2 s; the time-out stays the real 3 s."""
REFUSED_TWICE: Final = "playlist_create"
TIMED_OUT: Final = "playlist_delete"
"""The story's last event, so that no first attempt waits while its time-out passes."""
TROUBLES: Final = ("--answer", f"{REFUSED_TWICE}=503,503", "--answer", f"{TIMED_OUT}=4s")
NOT_ALL_ACCEPTED: Final = 1
_FULL_LINE_CHARS: Final = 76


@click.command()
@click.option("--database", envvar="ZOOM_EMITTER_DATABASE", metavar="FILE|URL", help="Record here.")
@click.pass_context
def demo(ctx: click.Context, *, database: str | None) -> None:
    """Deliver a whole story to a sample receiver and show every attempt.

    The receiver is a process of its own on this machine. It passes the handshake, takes seven events of one
    account, refuses one of them twice and lets another run into the time-out. The attempts follow Zoom's
    schedule, its waits some thousand times shorter. Nothing needs to be set up, nothing leaves the machine.

    \b
      zoom-emitter demo
    """
    from rich.console import Console  # noqa: PLC0415 - heavy

    from emitter.delivery.places import place_of  # noqa: PLC0415

    show = _Show(Console(highlight=False), output_width())
    with stopped_by_signals():
        _deliver(SecretToken(secrets.token_urlsafe(16)), show, database)
    show.table()
    is_elsewhere = ctx.get_parameter_source("database") is ParameterSource.COMMANDLINE
    shown = str(place_of(database)) if database and "://" in database else database  # without its password
    show.conclusion(f" --database {_quoted(shown)}" if shown and is_elsewhere else "")
    sys.exit(0 if show.is_all_accepted else NOT_ALL_ACCEPTED)


def _deliver(secret_token: SecretToken, show: _Show, database: str | None) -> None:
    """Carry the story to the receiver until every delivery is settled."""
    from emitter.cli.receiver_process import ReceiverProcess  # noqa: PLC0415 - heavy

    with ReceiverProcess(secret_token, *TROUBLES) as receiver:
        # The receiver starts while these are imported.
        from emitter.cli.recording import open_record, shake_hands, subscribe  # noqa: PLC0415
        from emitter.delivery.clock import SystemClock  # noqa: PLC0415
        from emitter.delivery.courier import Courier  # noqa: PLC0415

        clock, rng = SystemClock(), SystemRandom()
        with open_record(database) as store:
            events = _story(now_ms=clock.now_ms())
            target = _target(receiver.wait_until_ready(), secret_token, database)
            endpoint = target.open()
            subscription_id = subscribe(store, target, now_ms=clock.now_ms())
            handshake = shake_hands(store, subscription_id, endpoint, clock=clock, rng=rng)
            if not handshake.verdict.is_valid:
                raise EmitterError(f"the sample receiver failed the handshake: {handshake.verdict.reason}")
            show.opening(target.subscription.url, handshake, events)
            courier = Courier(
                store=store, clock=clock, rng=rng, endpoint_for=lambda _: endpoint, on_attempt=show.attempt
            )
            courier.accept(subscription_id, events)
            courier.run_until_settled(subscription_id)


def _story(*, now_ms: int) -> list[Event]:
    """Return the events of a new story whose last event happens now."""
    from emitter.faking import story_until  # noqa: PLC0415

    return story_until(now_ms, name=STORY, seed=secrets.token_hex(4), index=0, catalog=chosen_catalog())


def _target(url: str, secret_token: SecretToken, database: str | None) -> ResolvedTarget:
    """Return the receiver as a target; its secret token is kept sealed, since nothing else holds it."""
    from emitter.cli.recording import record_place  # noqa: PLC0415
    from emitter.cli.target import ResolvedTarget  # noqa: PLC0415
    from emitter.delivery.secret_sources import Sealed  # noqa: PLC0415
    from emitter.delivery.vault import vault_of  # noqa: PLC0415
    from emitter.faking.ids import short_id  # noqa: PLC0415

    subscription = Subscription(
        url=url,
        name="demo",
        client_id=short_id(SystemRandom()),
        retry_schedule=ZOOM_RETRIES,
        time_scale=TIME_SCALE,
    )
    vault = vault_of(record_place(database))
    return ResolvedTarget(
        subscription=subscription, secret_token=secret_token, secret_source=Sealed(vault.seal(secret_token))
    )


def _quoted(path: str) -> str:
    """Return a path as the shell of this system takes it."""
    return f'"{path}"' if os.name == "nt" else shlex.quote(path)


def program(called: str, *, found: str | None) -> str:
    """Return what to type for this program: its name, or where no shell finds that, its path.

    Args:
        called: How it was started, the first word of the command line.
        found: Where the shell finds the name, if anywhere.
    """
    path = Path(called)
    if found or path.stem not in {PROGRAM, "zoom-webhook-emitter"}:
        return PROGRAM
    here = Path.cwd()
    return _quoted(str(path.relative_to(here) if path.is_relative_to(here) else path))


class _Show:
    """What the demo says, fitted to the terminal; lines of any length in a pipe."""

    def __init__(self, console: Console, width: int | None) -> None:
        self._console = console
        self._width = width
        self._attempts: list[tuple[Delivery, Attempt]] = []

    @property
    def is_all_accepted(self) -> bool:
        """Whether every delivery got there in the end."""
        last = {delivery.id: delivery for delivery, _ in self._attempts}
        return all(delivery.state is DeliveryState.DELIVERED for delivery in last.values())

    def opening(self, url: str, handshake: Handshake, events: Sequence[Event]) -> None:
        """Say who takes part, and by which schedule."""
        account_id = events[0].envelope["payload"]["account_id"]
        latency_ms = handshake.timing.total_ms
        waits = [format_duration(delay_s) for delay_s in ZOOM_RETRIES.delays_s]
        scaled = [format_duration(delay_s / TIME_SCALE) for delay_s in ZOOM_RETRIES.delays_s]
        self._columns(
            ("receiver", f"{url}, a process of its own, its secret token made for this run"),
            ("handshake", f"it answered the signed challenge rightly, in {latency_ms:.0f} ms"),
            ("story", f"{len(events)} events of account {account_id}: a conversation, and a playlist of it"),
            ("retries", f"after {', '.join(waits)}, as Zoom's; shortened here to {', '.join(scaled)}"),
        )
        self._line()

    def attempt(self, delivery: Delivery, attempt: Attempt) -> None:
        """Show one attempt as it ends."""
        self._attempts.append((delivery, attempt))
        self._line(live_line(delivery, attempt, width=self._width), style=colour_of(attempt.outcome))

    def table(self) -> None:
        """Show every attempt again, by delivery."""
        self._line()
        for line in attempts_table(self._attempts, width=self._width):
            self._console.print(line, soft_wrap=True)

    def conclusion(self, database_option: str) -> None:
        """Say how to look closer, with the option that finds a record in an unusual place."""
        ids = {delivery.event.rpartition(".")[2]: delivery.id for delivery, _ in self._attempts}
        self._line()
        for line in textwrap.wrap(self._summary(), self._width or sys.maxsize):
            self._line(line)
        self._line()
        self._line("how to look closer", style="bold")
        name = program(sys.argv[0], found=shutil.which(PROGRAM))
        rows = (
            (f"deliveries list{database_option}", "all that was ever sent, the newest first"),
            (f"deliveries show {ids[REFUSED_TWICE]}{database_option}", "the event that was refused twice"),
            (f"deliveries show {ids[TIMED_OUT]}{database_option}", "the one that ran into the time-out"),
            ("sample-receiver", "the same receiver, to send to from another terminal"),
            ("emit playlist_create --to URL", "an event to that one, or to your own"),
        )
        self._columns(*((f"{name} {arguments}", said) for arguments, said in rows))

    def _summary(self) -> str:
        accepted = sum(attempt.outcome.is_accepted for _, attempt in self._attempts)
        events = len({delivery.id for delivery, _ in self._attempts})
        first, last = self._attempts[0][1], self._attempts[-1][1]
        took_s = (last.started_at_ms + last.timing.total_ms - first.started_at_ms) / 1000
        virtual = virtual_text(max(attempt.virtual_ms for _, attempt in self._attempts))
        return (
            f"{accepted} of {events} events accepted in {len(self._attempts)} attempts, "
            f"{virtual} of virtual time in {took_s:.1f} s"
        )

    def _line(self, text: str = "", *, style: str = "") -> None:
        self._console.print(text, style=style, soft_wrap=True, markup=False)

    def _columns(self, *rows: tuple[str, str]) -> None:
        for line in in_columns(rows, width=self._width):
            self._line(line)


def live_line(delivery: Delivery, attempt: Attempt, *, width: int | None) -> str:
    """Return one attempt as a line; the event by the last part of its name, which leaves room.

    Args:
        delivery: The delivery as it stands after the attempt.
        attempt: The attempt.
        width: Columns to keep within; None where a line may be any length.
    """
    told = [delivery.event.rpartition(".")[2]]
    if attempt.number > 1:
        told.append(f"attempt {attempt.number}")
    if attempt.next_retry_s is not None:
        told.append(f"next in {format_duration(attempt.next_retry_s)}")
    cells = [virtual_text(attempt.virtual_ms), status_text(attempt.outcome).rjust(3)]
    if width is None or width >= _FULL_LINE_CHARS:
        cells += [f"{attempt.outcome.kind:<9}", f"{attempt.timing.total_ms:>4.0f} ms"]
    return "  ".join([*cells, ", ".join(told)])
