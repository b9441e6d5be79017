"""``zoom-emitter check``: judges receivers and says what to mend."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

import rich_click as click

from contracts.cli.values import names_in
from emitter.cli.target import TargetChoice, target_options
from emitter.errors import EmitterError, InvalidSettingError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from contracts.cli.judgement import Judgement
    from contracts.cli.report_files import ReportFiles
    from contracts.registry import Registry
    from contracts.run_events import RunResult


@click.command(name="check")
@click.argument("receivers", nargs=-1, metavar="URL|NAME|MODULE:APP…")
@click.option("--all", "is_all", is_flag=True, help="Judge every receiver of the settings.")
@click.option(
    "--start",
    metavar="COMMAND",
    help="Run the receiver: with a secret token of its own, on the port in PORT, with Zoom's API at "
    "ZOOM_API_URL; stop it afterwards. "
    "Then a path such as /webhooks/zoom will do for a URL.",
)
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
    "--wait", metavar="DURATION", help="Wait so long for a receiver that is starting; 30s with --start."
)
@click.option(
    "--rate-limit", metavar="N/s", help="Send at most so many requests in a second, for example 50/s."
)
@click.option("--seed", help="Other values; fixed by default, random with --depth deep.")
@click.option("--events", metavar="NAME,…", help="Only these events; patterns with * are understood.")
@click.option("--select", metavar="CODE,…", help="Only these checks or families, by code, letter or name.")
@click.option("--ignore", metavar="CODE,…", help="All but these.")
@click.option("--baseline", metavar="FILE", help="Known findings: listed, but only others fail.")
@click.option("--strict", is_flag=True, help="Exit with status 1 on warnings, too.")
@click.option("--strict-response", is_flag=True, help="Want the answers that Zoom's document describes.")
@click.option(
    "--acks-before-verifying", is_flag=True, help="The receiver acknowledges first and verifies later."
)
@click.option(
    "--observe", metavar="URL", help="Where the number of the receiver's effects is; read with GET."
)
@click.option(
    "--observe-cmd",
    metavar="COMMAND",
    help="Prints the number of the receiver's effects: rows, messages, jobs.",
)
@click.option("--no-cache", is_flag=True, help="Neither repeat nor keep bodies that failed.")
@click.option("--list", "is_list", is_flag=True, help="List the checks and exit.")
@click.option("--explain", metavar="CODE", help="Explain a check and exit.")
@click.option("--dry-run", is_flag=True, help="Say how many requests would be sent; send none.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON report a receiver.")
@click.option(
    "--report", "reports", multiple=True, metavar="FORMAT=PATH", help="Write a report; - is standard output."
)
@target_options
def check(
    receivers: tuple[str, ...],
    *,
    target: TargetChoice,
    is_all: bool,
    start: str | None,
    is_list: bool,
    explain: str | None,
    select: str | None,
    ignore: str | None,
    dry_run: bool,
    as_json: bool,
    reports: tuple[str, ...],
    **options: Any,
) -> None:
    """Judge receivers: what Zoom's traffic would break, what a forger could do, and how to mend it.

    It sends to the receiver what Zoom sends, and what nobody should get through. Nothing but the receiver's
    answers is looked at, so any language will do; with --observe or --observe-cmd also how many effects
    events had. A Python app needs no server: MODULE:APP/PATH.

    \b
      zoom-emitter check http://localhost:3000/webhooks/zoom
      zoom-emitter check my-app --select signature,handshake --strict
      zoom-emitter check my_package.main:app/webhooks/zoom
      zoom-emitter check my-app --observe-cmd 'psql -Atc "select count(*) from events"'
      zoom-emitter check --start 'npm start' /webhooks/zoom --report html=report.html
      zoom-emitter check --explain S01
    """
    from contracts.cli.choice import chosen_receivers  # noqa: PLC0415
    from contracts.cli.judgement import Judgement  # noqa: PLC0415
    from contracts.cli.report_files import ReportFiles, path_names  # noqa: PLC0415
    from contracts.registry import Registry  # noqa: PLC0415 - imports every check

    registry = Registry.bundled()
    if is_list or explain:
        click.echo("\n".join(_listed(registry) if is_list else _explained(registry, explain or "")))
        return
    chosen = chosen_receivers(receivers, target, is_all=is_all, start=start)
    checks = registry.select(select=names_in(select), ignore=names_in(ignore))
    files = ReportFiles(reports, path_names([each.target.partition("?")[0] for each in chosen]))
    if as_json and files.prints:
        raise InvalidSettingError("--json and a report to - would mix on standard output; name a file")
    runs = [Judgement(each, target, registry, checks, **options) for each in chosen]
    if dry_run:
        for run in runs:
            run.print_plan()
        return
    sys.exit(_judge_all(runs, files, as_json=as_json))


def _judge_all(runs: Sequence[Judgement], files: ReportFiles, *, as_json: bool) -> int:
    """Judge one after the other, write every report, and return the worst status."""
    from contracts.cli.judgement import INTERRUPTED, status_of  # noqa: PLC0415
    from contracts.reports.overview import overview_lines  # noqa: PLC0415
    from emitter.cli.listening import stopped_by_signals  # noqa: PLC0415

    ends: list[tuple[str, RunResult | EmitterError]] = []
    statuses: list[int] = []
    with files, stopped_by_signals():
        for number, run in enumerate(runs):
            try:
                result = run.judged(as_json=as_json)
                files.add(result, number=number)
            except EmitterError as error:
                if len(runs) == 1:
                    raise
                click.echo(f"error: {run.name}: {error}", err=True)
                ends.append((run.name, error))
                statuses.append(error.exit_status)
                continue
            ends.append((run.name, result))
            statuses.append(status_of(result))
            if result.is_interrupted:
                break
    if len(runs) > 1:
        click.echo("\n".join(["", *overview_lines(ends)]), err=as_json)
    return INTERRUPTED if INTERRUPTED in statuses else max(statuses)


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
