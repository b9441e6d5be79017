"""``zoom-emitter report``: what is in reports of `check`."""

from __future__ import annotations

import json
import sys
from importlib import resources
from typing import TYPE_CHECKING, Final

import rich_click as click

if TYPE_CHECKING:
    from collections.abc import Iterable

    from contracts.baseline import KnownFinding

SOMETHING_NEW: Final = 1


@click.group()
def report() -> None:
    """Compare reports of `check`, and say what form they have.

    \b
      zoom-emitter report diff before.json after.json
      zoom-emitter report schema
    """


@report.command()
@click.argument("before", metavar="A")
@click.argument("after", metavar="B")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def diff(before: str, after: str, *, as_json: bool) -> None:
    """Compare two JSON reports or baselines: what is new in B, and what A had and B has not.

    Exit status 1 when something is new.

    \b
      zoom-emitter check my-app --report json=after.json
      zoom-emitter report diff before.json after.json
    """
    from contracts.baseline import Baseline, compared  # noqa: PLC0415

    found = compared(Baseline.read(before), Baseline.read(after))
    if as_json:
        value = {name: [known.value() for known in findings] for name, findings in found.items()}
        click.echo(json.dumps(value, ensure_ascii=False, indent=2))
    else:
        click.echo("\n".join(_lines(found.items())) or "nothing new, nothing gone")
    sys.exit(SOMETHING_NEW if found["new"] else 0)


@report.command()
def schema() -> None:
    """Print the JSON Schema of the JSON report.

    \b
      zoom-emitter report schema > report.schema.json
    """
    text = resources.files("contracts.reports").joinpath("report.schema.json").read_text(encoding="utf-8")
    click.echo(text, nl=False)


def _lines(found: Iterable[tuple[str, tuple[KnownFinding, ...]]]) -> Iterable[str]:
    for name, findings in found:
        if findings and name != "stayed":
            yield f"{name}, {len(findings)}:"
            yield from (f"  {known.line}" for known in findings)
