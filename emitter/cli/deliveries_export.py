"""``zoom-emitter deliveries export``: HAR, JSON lines, or commands for curl."""

from __future__ import annotations

import io
import json
import sys
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, Final

import rich_click as click

from emitter.cli.attempt_lines import attempt_value
from emitter.cli.deliveries_record import (
    ID,
    database_option,
    existing_record,
    filter_of,
    filter_options,
    record_with,
)
from emitter.core.curl import curl_command
from emitter.errors import InvalidSettingError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from emitter.core.deliveries import Attempt
    from emitter.delivery.store import DeliverySummary, Store

    Recorded = tuple[DeliverySummary, list[Attempt]]


@click.command()
@click.argument("delivery_ids", type=ID, metavar="[ID]…", nargs=-1)
@click.option(
    "--format", "name", type=click.Choice(["har", "jsonl", "curl"]), required=True, help="Into what."
)
@click.option("--output", metavar="FILE", help="Write to a file instead of standard output.")
@filter_options
@database_option
def export(
    delivery_ids: tuple[int, ...], name: str, output: str | None, chosen: dict[str, Any], database: str | None
) -> None:
    """Export deliveries, oldest first: those with an ID given, those the options choose, or all.

    Credentials are masked and URLs are without their query, as in the record's clear text.

    \b
      zoom-emitter deliveries export --format har > deliveries.har
      zoom-emitter deliveries export 8 --format curl
    """
    from emitter.delivery.clock import SystemClock  # noqa: PLC0415

    if delivery_ids and any(chosen.values()):
        raise InvalidSettingError("export wants either IDs or options that choose deliveries, not both")
    wanted = filter_of(chosen, now_ms=SystemClock().now_ms())
    with existing_record(database) as record:
        if delivery_ids:
            store = record_with(record, delivery_ids[0])
            found = [store.summary(one) for one in delivery_ids]  # all there, before anything is written
            ids = [one.delivery.id for one in found]
        else:
            ids = record.delivery_ids(wanted) if record else []
        with _destination(output) as stream:
            _FORMATS[name](stream, _recorded(record, ids))
    click.echo(f"exported {len(ids)} {'delivery' if len(ids) == 1 else 'deliveries'}", err=True)


def _recorded(store: Store | None, ids: list[int]) -> Iterator[Recorded]:
    for delivery_id in ids:
        if store:
            yield store.whole(delivery_id)


@contextmanager
def _destination(output: str | None) -> Iterator[BinaryIO]:
    if output is None:
        yield sys.stdout.buffer
        sys.stdout.buffer.flush()
        return
    try:
        with Path(output).open("wb") as file:
            yield file
    except OSError as error:
        raise InvalidSettingError(f"cannot write {output}: {error.strerror}; name another file") from None


def _write_jsonl(stream: BinaryIO, recorded: Iterable[Recorded]) -> None:
    for found, attempts in recorded:
        for attempt in attempts:
            value = attempt_value(found.delivery, attempt) | {"url": found.url}
            stream.write(json.dumps(value, ensure_ascii=False).encode("utf-8", "backslashreplace") + b"\n")


def _write_curl(stream: BinaryIO, recorded: Iterable[Recorded]) -> None:
    stream.writelines(curl_command(found.delivery, found.url, attempts) for found, attempts in recorded)


def _write_har(stream: BinaryIO, recorded: Iterable[Recorded]) -> None:
    from emitter.cli.deliveries_har import write_har  # noqa: PLC0415 - imports harfile

    text = io.TextIOWrapper(stream, encoding="utf-8", errors="backslashreplace", newline="\n")
    write_har(text, recorded)
    text.flush()
    text.detach()


_FORMATS: Final[dict[str, Callable[[BinaryIO, Iterable[Recorded]], None]]] = {
    "har": _write_har,
    "jsonl": _write_jsonl,
    "curl": _write_curl,
}
