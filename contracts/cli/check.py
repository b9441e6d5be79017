"""``zoom-emitter check``: judges receivers and says what to mend."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

import rich_click as click

from contracts.cli.values import names_in, writer_of
from emitter.cli.target import TargetChoice, target_options
from emitter.errors import InvalidSettingError

if TYPE_CHECKING:
    from contracts.registry import Registry


@click.command(name="check")
@click.argument("receivers", nargs=-1, metavar="URL|NAME|MODULE:APP…")
@click.option(
    "--depth",
    type=click.Choice(["quick", "default", "deep"]),
    default="default",
    show_default=True,
    help="How thorough.",
)
@click.option(
    "--time-budget",
    default="120s",
    show_default=True,
    metavar="DURATION",
    help="Leave out what does not fit.",
)
@click.option(
    "--wait", default="0s", metavar="DURATION", help="Wait so long for a receiver that is starting."
)
@click.option(
    "--rate-limit", metavar="N/s", help="Send at most so many requests in a second, for example 50/s."
)
@click.option("--seed", help="Other values; fixed by default, random with --depth deep.")
@click.option("--events", metavar="NAME,…", help="Only these events; patterns with * are understood.")
@click.option("--select", metavar="CODE,…", help="Only these checks or families, by code, letter or name.")
@click.option("--ignore", metavar="CODE,…", help="All but these.")
@click.option("--strict", is_flag=True, help="Exit with status 1 on warnings, too.")
@click.option("--strict-response", is_flag=True, help="Want the answers that Zoom's document describes.")
@click.option(
    "--acks-before-verifying", is_flag=True, help="The receiver acknowledges first and verifies later."
)
@click.option("--no-cache", is_flag=True, help="Neither repeat nor keep bodies that failed.")
@click.option("--list", "is_list", is_flag=True, help="List the checks and exit.")
@click.option("--explain", metavar="CODE", help="Explain a check and exit.")
@click.option("--dry-run", is_flag=True, help="Say how many requests would be sent; send none.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON report a receiver.")
@click.option("--report", "reports", multiple=True, metavar="FORMAT=PATH", help="Write a report to a file.")
@target_options
def check(
    receivers: tuple[str, ...],
    *,
    target: TargetChoice,
    is_list: bool,
    explain: str | None,
    select: str | None,
    ignore: str | None,
    dry_run: bool,
    as_json: bool,
    reports: tuple[str, ...],
    strict: bool,
    **options: Any,
) -> None:
    """Judge receivers: what Zoom's traffic would break, what a forger could do, and how to mend it.

    It sends to the receiver what Zoom sends, and what nobody should get through. Nothing but the receiver's
    answers is looked at, so any language will do. A Python app needs no server: MODULE:APP/PATH.

    \b
      zoom-emitter check http://localhost:3000/webhooks/zoom
      zoom-emitter check my-app --select signature,handshake --strict
      zoom-emitter check my_package.main:app/webhooks/zoom
      zoom-emitter check --explain S01
    """
    from contracts.cli.judgement import Judgement  # noqa: PLC0415
    from contracts.registry import Registry  # noqa: PLC0415 - imports every check

    registry = Registry.bundled()
    if is_list or explain:
        click.echo("\n".join(_listed(registry) if is_list else _explained(registry, explain or "")))
        return
    if not receivers:
        raise InvalidSettingError(
            "check wants a URL or the name of a receiver; `zoom-emitter check --help` shows examples"
        )
    checks = registry.select(select=names_in(select), ignore=names_in(ignore))
    writers = [writer_of(text) for text in reports]
    runs = [Judgement(name, target, registry, checks, **options) for name in receivers]
    if dry_run:
        for each in runs:
            each.print_plan()
        return
    statuses = [each.judged(writers, as_json=as_json, is_strict=strict) for each in runs]
    sys.exit(max(statuses))


def _listed(registry: Registry) -> list[str]:
    lines = []
    for family in registry.families:
        lines.append(f"{family.letter}  {family.name}: {family.title}")
        lines += [f"  {check.code}  {check.severity:<8} {check.title}" for check in family.checks]
    return lines


def _explained(registry: Registry, code: str) -> list[str]:
    found = registry.find(code)
    return [
        f"{found.code}  {found.title}",
        f"severity  {found.severity} ({found.evidence})",
        f"sends     {found.sends}",
        f"expects   {found.expects}",
        f"why       {found.why} ({found.source})",
        f"mend      {found.mend.words}",
    ]
