"""One receiver judged for the command."""

from __future__ import annotations

from contextlib import AbstractContextManager, nullcontext
from typing import TYPE_CHECKING, Any, Final

import rich_click as click

from contracts.cli.apps import loaded, resolved_app, without_load
from contracts.cli.values import events_for, rate_in
from emitter.core.schedule import parse_duration
from emitter.errors import EmitterError

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Sequence

    from contracts.check import Check
    from contracts.generation.keeping import KeptBodies
    from contracts.registry import Registry
    from contracts.run_events import RunEvent, RunResult
    from contracts.session import Session
    from emitter.cli.target import TargetChoice

SEED: Final = "zoom"
FOUND_WANTING: Final = 1
INTERRUPTED: Final = 130
_RANDOM: Final = 10**6


class Judgement:
    """One receiver's run, from the options to the exit status.

    Args:
        name: Its URL, or its name in the settings.
        target: What the target options say.
        registry: All checks.
        checks: Those that are wanted.
        options: The command's other options.

    Raises:
        UsageError: An option cannot be used.
    """

    def __init__(
        self, name: str, target: TargetChoice, registry: Registry, checks: Sequence[Check], **options: Any
    ) -> None:
        from contracts.cases import Depth, Scope  # noqa: PLC0415
        from contracts.inprocess.naming import AppName  # noqa: PLC0415
        from contracts.receiver import Receiver  # noqa: PLC0415
        from emitter.catalog.events import Catalog  # noqa: PLC0415 - reads the whole document

        self._app = AppName.of(name)
        self._target = resolved = resolved_app(self._app, target) if self._app else target.resolve(name)
        self._registry, self._checks = registry, without_load(checks) if self._app else checks
        self._budget_s = parse_duration(options["time_budget"])
        self._wait_s = parse_duration(options["wait"])
        self._per_second = rate_in(options["rate_limit"])
        depth, catalog = Depth(options["depth"]), Catalog.bundled()
        self.receiver = Receiver(
            subscription=resolved.subscription,
            secret_token=resolved.secret_token,
            acks_before_verifying=options["acks_before_verifying"],
        )
        self.scope = Scope(
            receiver=self.receiver,
            catalog=catalog,
            events=events_for(self.receiver, catalog, options["events"]),
            depth=depth,
            seed=options["seed"] or (_random_seed() if depth is Depth.DEEP else SEED),
            is_response_strict=options["strict_response"],
            kept=None if options["no_cache"] else _kept(str(self._app or self.receiver.shown)),
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
        try:
            with self._session() as session:
                events = run(session, self._checks, self.scope, wait_s=self._wait_s)
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

    def _session(self) -> AbstractContextManager[Session]:
        """Return the way to the receiver: over HTTP, or into the app."""
        budget_s, per_second = self._budget_s, self._per_second
        if self._app:
            from contracts.inprocess.opening import app_session  # noqa: PLC0415

            app = loaded(self._app, self._target)
            return app_session(self.scope, app, budget_s=budget_s, per_second=per_second)
        from contracts.opening import open_session  # noqa: PLC0415 - imports requests

        return nullcontext(open_session(self.scope, budget_s=budget_s, per_second=per_second))


def _kept(receiver: str) -> KeptBodies:
    from platformdirs import user_cache_path  # noqa: PLC0415

    from contracts.generation.keeping import KeptBodies  # noqa: PLC0415

    return KeptBodies(user_cache_path("zoom-emitter", appauthor=False) / "failing", receiver=receiver)


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
