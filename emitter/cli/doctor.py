"""``zoom-emitter doctor``: the surroundings at a glance, and what to do about them."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import rich_click as click

from emitter.cli.target import TargetChoice, target_flags

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from emitter.cli.examinations import Examination

_COLOURS: Final = {"ok": "green", "warning": "yellow", "problem": "red"}
_WORST_FIRST: Final = (2, 3, 1)
"""Surroundings that are wrong say more than a receiver that is not there, and that more than its answer."""


@click.command()
@click.argument("receivers", nargs=-1, metavar="[URL|NAME]…")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@click.option("--database", envvar="ZOOM_EMITTER_DATABASE", metavar="FILE", help="The record to look at.")
@target_flags
def doctor(receivers: tuple[str, ...], *, flags: dict[str, Any], as_json: bool, database: str | None) -> None:
    """Look at the surroundings: Python, versions, settings, record, secret token, receivers; say what to do.

    Without a receiver those of the settings are looked at. Each is sent one signed challenge, which is not
    recorded. Exit status 2 where the surroundings have to be mended, 3 where a receiver does not answer, 1
    where one answers wrongly.

    \b
      zoom-emitter doctor
      zoom-emitter doctor http://localhost:3000/webhooks/zoom
      zoom-emitter doctor --json
    """
    found = [*_examined(receivers, flags, database)]
    status = next((each for each in _WORST_FIRST if each in {one.status for one in found}), 0)
    if as_json:
        click.echo(json.dumps({"status": status, "examinations": [asdict(each) for each in found]}))
    else:
        for each in found:
            _print(each)
    sys.exit(status)


def _examined(names: Sequence[str], flags: dict[str, Any], database: str | None) -> Iterator[Examination]:
    from emitter.cli import examinations  # noqa: PLC0415

    yield examinations.python()
    yield examinations.versions()
    examination, settings = examinations.settings(Path.cwd())
    yield examination
    yield examinations.database(database or settings.defaults.get("database"))
    target = TargetChoice(flags, settings)
    names = names or [*settings.receivers]
    yield examinations.secret(target, is_needed=any("://" in name for name in names))
    if not names:
        yield examinations.clock()
    for name in names:
        if settings.receivers.get(name, {}).get("start"):
            yield examinations.started(name)
        else:
            yield from examinations.receiver(name, target)


def _print(examination: Examination) -> None:
    state = click.style(f"{examination.state:<8}", fg=_COLOURS[examination.state])
    click.echo(f"{state}{examination.name:<10} {examination.text}")
    if examination.remedy:
        click.echo(f"{'':<8}{'do':<10} {examination.remedy}")
