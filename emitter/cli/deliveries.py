"""``zoom-emitter deliveries``: what was sent, what came of it, and sending it again."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING, Any, Final

import rich_click as click

from emitter.cli.attempt_lines import outcome_text
from emitter.cli.columns import output_width
from emitter.cli.deliveries_export import export
from emitter.cli.deliveries_record import (
    FIRST_STEP,
    database_option,
    echo,
    existing_record,
    filter_of,
    filter_options,
    local_time,
    moment_ms,
    printable,
)
from emitter.cli.deliveries_send import replay, resume
from emitter.cli.deliveries_show import show
from emitter.errors import InvalidSettingError

if TYPE_CHECKING:
    from emitter.delivery.store import Counts, DeliverySummary

_HEADINGS: Final = ("ID", "TIME", "EVENT", "STATE", "ATTEMPTS", "OUTCOME", "URL")


@click.group(name="deliveries")
def deliveries() -> None:
    """Look at, replay, resume and export what was sent.

    \b
      zoom-emitter deliveries list --outcome failed
      zoom-emitter deliveries show 8
      zoom-emitter deliveries replay 8
    """


deliveries.add_command(show)
deliveries.add_command(replay)
deliveries.add_command(resume)
deliveries.add_command(export)


@deliveries.command(name="list")
@filter_options
@click.option("--limit", type=click.IntRange(min=1), default=50, show_default=True, help="At most so many.")
@click.option("--json", "as_json", is_flag=True, help="One JSON line a delivery.")
@database_option
def list_deliveries(chosen: dict[str, Any], limit: int, as_json: bool, database: str | None) -> None:
    """List deliveries, newest first.

    \b
      zoom-emitter deliveries list
      zoom-emitter deliveries list --outcome failed --since 2h --event 'playlist_*'
    """
    from emitter.delivery.clock import SystemClock  # noqa: PLC0415

    wanted = filter_of(chosen, now_ms=SystemClock().now_ms())
    with existing_record(database) as store:
        found = store.find_deliveries(wanted, limit=limit) if store else []
    if as_json:
        for one in found:
            click.echo(json.dumps(_value(one)))
        return
    if not found:
        click.echo(
            "no delivery fits" if any(chosen.values()) else f"no deliveries yet: {FIRST_STEP}", err=True
        )
        return
    for line in _table([_HEADINGS, *map(_row, found)], width=output_width()):
        echo(line)
    if len(found) == limit:
        click.echo(f"the newest {limit}; --limit shows more", err=True)


@deliveries.command()
@click.option("--before", metavar="30d|TIME", help="Delete what is older.")
@click.option("--all", "is_all", is_flag=True, help="Delete everything.")
@click.option("--yes", is_flag=True, help="Do not ask.")
@database_option
def prune(before: str | None, is_all: bool, yes: bool, database: str | None) -> None:
    """Delete old deliveries, their attempts and handshakes, and make the file smaller.

    \b
      zoom-emitter deliveries prune --before 30d
    """
    from emitter.delivery.clock import SystemClock  # noqa: PLC0415

    if bool(before) == is_all:
        raise InvalidSettingError("prune wants either --before, as --before 30d, or --all")
    before_ms = moment_ms(before, now_ms=SystemClock().now_ms()) if before else None
    with existing_record(database) as store:
        counts = store.prunable(before_ms) if store else None
        if store is None or counts is None or not (counts.deliveries or counts.handshakes):
            click.echo("nothing to delete", err=True)
            return
        if not yes and not _is_agreed(counts):
            click.echo("nothing was deleted", err=True)
            return
        click.echo(f"deleted {_counted(store.prune(before_ms))}", err=True)


def _is_agreed(counts: Counts) -> bool:
    if not sys.stdin.isatty():
        raise InvalidSettingError(f"prune would delete {_counted(counts)}; say --yes to let it")
    return click.confirm(f"delete {_counted(counts)}?", err=True)


def _counted(counts: Counts) -> str:
    pending = f" ({counts.pending} still pending)" if counts.pending else ""
    parts = [
        _number(counts.deliveries, "delivery", "deliveries") + pending,
        _number(counts.attempts, "attempt", "attempts"),
        _number(counts.handshakes, "handshake", "handshakes"),
    ]
    return ", ".join(parts)


def _number(count: int, one: str, several: str) -> str:
    return f"{count} {one if count == 1 else several}"


def _row(found: DeliverySummary) -> tuple[str, ...]:
    delivery = found.delivery
    return (
        str(delivery.id),
        local_time(delivery.created_at_ms),
        printable(delivery.event),
        delivery.state,
        str(found.attempts_made),
        outcome_text(found.last_outcome) if found.last_outcome else "-",
        printable(found.url),
    )


def _value(found: DeliverySummary) -> dict[str, Any]:
    delivery, outcome = found.delivery, found.last_outcome
    return {
        "delivery": delivery.id,
        "subscription": delivery.subscription_id,
        "event": delivery.event,
        "request_id": delivery.identity.request_id,
        "created_at_ms": delivery.created_at_ms,
        "state": delivery.state,
        "due_at_ms": delivery.due_at_ms,
        "attempts": found.attempts_made,
        "outcome": outcome and outcome.kind,
        "status": outcome and outcome.status,
        "code": outcome and outcome.code,
        "faults": list(delivery.faults),
        "url": found.url,
    }


def _table(rows: list[tuple[str, ...]], *, width: int | None) -> list[str]:
    """Return aligned lines, no cell cut; where a line is too long, the URL stands below it."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines: list[str] = []
    for *cells, url in rows:
        head = "  ".join(cell.ljust(chars) for cell, chars in zip(cells, widths, strict=False))
        if width is None or sum(widths) + 2 * len(cells) <= width:
            lines.append(f"{head}  {url}")
        else:
            lines += [head.rstrip(), f"    {url}"]
    return lines
