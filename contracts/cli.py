"""``zoom-emitter check``: judges receivers and says what to mend."""

from __future__ import annotations

import sys
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING, Any, Final

import rich_click as click

from emitter.cli.target import TargetChoice, target_options
from emitter.core.schedule import parse_duration
from emitter.errors import EmitterError, InvalidSettingError

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Sequence

    from contracts.check import Check
    from contracts.receiver import Receiver
    from contracts.registry import Registry
    from contracts.run_events import RunEvent, RunResult
    from contracts.session import Session

SEED: Final = "zoom"
FOUND_WANTING: Final = 1
INTERRUPTED: Final = 130
_RANDOM: Final = 10**6


@click.command(name="check")
@click.argument("receivers", nargs=-1, metavar="URL|NAME…")
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
    answers is looked at, so any language will do.

    \b
      zoom-emitter check http://localhost:3000/webhooks/zoom
      zoom-emitter check my-app --select signature,handshake --strict
      zoom-emitter check --explain S01
    """
    from contracts.registry import Registry  # noqa: PLC0415 - imports every check

    registry = Registry.bundled()
    if is_list or explain:
        click.echo("\n".join(_listed(registry) if is_list else _explained(registry, explain or "")))
        return
    if not receivers:
        raise InvalidSettingError(
            "check wants a URL or the name of a receiver; `zoom-emitter check --help` shows examples"
        )
    checks = registry.select(select=_names(select), ignore=_names(ignore))
    writers = [_writer(text) for text in reports]
    runs = [_Run(name, target, registry, checks, **options) for name in receivers]
    if dry_run:
        for each in runs:
            each.print_plan()
        return
    statuses = [each.judged(writers, as_json=as_json, is_strict=strict) for each in runs]
    sys.exit(max(statuses))


class _Run:
    """One receiver's run."""

    def __init__(
        self, name: str, target: TargetChoice, registry: Registry, checks: Sequence[Check], **options: Any
    ) -> None:
        from contracts.cases import Depth, Scope  # noqa: PLC0415
        from contracts.receiver import Receiver  # noqa: PLC0415
        from emitter.catalog.events import Catalog  # noqa: PLC0415 - reads the whole document

        self._target = target.resolve(name)
        self._registry, self._checks = registry, checks
        self._budget_s = parse_duration(options["time_budget"])
        self._wait_s = parse_duration(options["wait"])
        self._per_second = _rate(options["rate_limit"])
        depth, catalog = Depth(options["depth"]), Catalog.bundled()
        self.receiver = Receiver(
            subscription=self._target.subscription,
            secret_token=self._target.secret_token,
            acks_before_verifying=options["acks_before_verifying"],
        )
        self.scope = Scope(
            receiver=self.receiver,
            catalog=catalog,
            events=_events(self.receiver, catalog, options["events"]),
            depth=depth,
            seed=options["seed"] or (_random_seed() if depth is Depth.DEEP else SEED),
            is_response_strict=options["strict_response"],
        )

    def print_plan(self) -> None:
        """Print how many requests of which family would be sent."""
        from contracts.plan import GREETING_REQUESTS, Plan  # noqa: PLC0415
        from contracts.reports.console import plan_lines  # noqa: PLC0415 - imports rich

        plan = Plan.of(self._checks, self.scope)
        click.echo(f"to {self.receiver.shown}, depth {self.scope.depth}:")
        click.echo("\n".join(plan_lines(plan, self._registry, greeting=GREETING_REQUESTS)))

    def judged(
        self, writers: Sequence[Callable[[RunResult], None]], *, as_json: bool, is_strict: bool
    ) -> int:
        """Run the checks, report, and return the exit status."""
        from contracts.reports import renderer  # noqa: PLC0415
        from contracts.reports.console import ConsoleReporter, console  # noqa: PLC0415 - imports rich
        from contracts.runner import run  # noqa: PLC0415 - imports requests

        out = None if as_json else console()
        reporter = ConsoleReporter(self._registry, out=out, err=console(is_stderr=True))
        events = run(self._session(), self._checks, self.scope, wait_s=self._wait_s)
        try:
            result = _reported(events, reporter)
        finally:
            reporter.close()
        if as_json:
            click.echo(renderer("json")(result), nl=False)
        for write in writers:
            write(result)
        if result.is_interrupted:
            return INTERRUPTED
        return FOUND_WANTING if result.is_wanting(is_strict=is_strict) else 0

    def _session(self) -> Session:
        from contracts.bodies import Workshop  # noqa: PLC0415
        from contracts.pacing import Pacer  # noqa: PLC0415
        from contracts.session import Session  # noqa: PLC0415 - imports requests
        from emitter.core.targets import TargetPolicy  # noqa: PLC0415
        from emitter.delivery.raw import RawTransport  # noqa: PLC0415

        subscription = self.receiver.subscription
        raw = RawTransport(
            policy=TargetPolicy(frozenset(subscription.allowed_hosts), subscription.allows_private),
            ca_bundle=Path(subscription.ca_bundle) if subscription.ca_bundle else None,
            insecure=not subscription.verifies_tls,
        )
        return Session(
            self.receiver,
            transport=self._target.open().transport,
            raw_transport=raw,
            workshop=Workshop(self.scope.catalog, seed=self.scope.seed, rng=Random(self.scope.seed)),  # noqa: S311 - no secrets
            pacer=Pacer(budget_s=self._budget_s, per_second=self._per_second),
        )


def _reported(events: Generator[RunEvent], report: Callable[[RunEvent], None]) -> RunResult:
    """Pass a run's events on and return what it comes to, after Ctrl-C what it came to until then."""
    from contracts.run_events import RunEnded  # noqa: PLC0415

    try:
        for event in events:
            report(event)
            if isinstance(event, RunEnded):
                return event.result
    except KeyboardInterrupt:
        ended = events.throw(KeyboardInterrupt())
        report(ended)
        if isinstance(ended, RunEnded):
            return ended.result
    raise EmitterError("the run ended without a result")


def _random_seed() -> str:
    import secrets  # noqa: PLC0415 - only for deep runs

    return str(secrets.randbelow(_RANDOM))


def _names(text: str | None) -> list[str]:
    return [name.strip() for name in (text or "").split(",") if name.strip()]


def _rate(text: str | None) -> float | None:
    if not text:
        return None
    number = text.removesuffix("/s")
    try:
        per_second = float(number)
    except ValueError:
        per_second = 0.0
    if not 0 < per_second < float("inf"):
        raise InvalidSettingError(
            f"the rate limit {text!r} is no number of requests a second; write for example 50/s"
        )
    return per_second


def _events(receiver: Receiver, catalog: Any, names: str | None) -> tuple[Any, ...]:
    from emitter.cli.chosen_events import matching  # noqa: PLC0415

    subscribed = [event for event in catalog if receiver.subscription.wants(event.name)]
    if not names:
        if not subscribed:
            raise InvalidSettingError(
                f"the receiver {receiver.subscription.name!r} subscribes to no event of the document"
            )
        return tuple(subscribed)
    chosen = {event.name: event for name in _names(names) for event in matching(catalog, name)}
    return tuple(event for event in catalog if event.name in chosen)


def _writer(text: str) -> Callable[[RunResult], None]:
    """Read ``FORMAT=PATH``; return what writes that report.

    Raises:
        UsageError: The format is unknown, or the folder is not there.
    """
    from contracts.reports import renderer  # noqa: PLC0415

    name, equals, path = text.partition("=")
    if not equals or not path:
        raise InvalidSettingError(f"{text!r} is not FORMAT=PATH; write for example json=report.json")
    render = renderer(name)
    if not Path(path).absolute().parent.is_dir():
        raise InvalidSettingError(f"the folder of the report {path!r} does not exist; make it first")

    def write(result: RunResult) -> None:
        Path(path).write_text(render(result), encoding="utf-8", newline="\n")

    return write


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
