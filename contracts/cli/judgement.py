"""One receiver judged for the command."""

from __future__ import annotations

import os
from contextlib import AbstractContextManager, ExitStack, nullcontext
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

import rich_click as click

from contracts.cli.apps import called, loaded, resolved_app, without_load
from contracts.cli.values import events_for, observer_in, observing_of, observing_words, rate_in
from emitter.cli.catalogs import chosen_catalog, chosen_files
from emitter.cli.world_options import pools_of
from emitter.core.schedule import parse_duration
from emitter.errors import EmitterError

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Sequence

    from contracts.check import Check
    from contracts.cli.app_output import AppOutput
    from contracts.cli.choice import ChosenReceiver
    from contracts.cli.starting import StartedReceiver
    from contracts.generation.keeping import KeptBodies
    from contracts.registry import Registry
    from contracts.run_events import RunEvent, RunResult
    from contracts.session import Session
    from emitter.cli.target import TargetChoice
    from emitter.testing.zoom_api import ZoomApiProcess

SEED: Final = "zoom"
FOUND_WANTING: Final = 1
INTERRUPTED: Final = 130
_RANDOM: Final = 10**6


class Judgement:
    """One receiver's run, from the options to its result.

    Args:
        chosen: Which receiver.
        target: What the target options say.
        registry: All checks.
        checks: Those that are wanted.
        options: The command's other options.

    Attributes:
        receiver: What is judged.
        scope: What its cases are made from.
        budget_s: How long the run may take, in seconds.
        wait_s: How long a receiver that is starting is waited for, in seconds.
        per_second: How many requests may leave in a second; None for no limit.
        observer: Counts the receiver's effects; None where nobody does.

    Raises:
        UsageError: An option cannot be used.
    """

    def __init__(
        self,
        chosen: ChosenReceiver,
        target: TargetChoice,
        registry: Registry,
        checks: Sequence[Check],
        **options: Any,
    ) -> None:
        from contracts.baseline import Baseline  # noqa: PLC0415
        from contracts.cli.starting import WAIT  # noqa: PLC0415
        from contracts.receiver import Receiver  # noqa: PLC0415
        from contracts.scope import Depth, Scope  # noqa: PLC0415
        from emitter.delivery.inprocess.naming import AppName  # noqa: PLC0415

        self._app = AppName.of(chosen.target)
        self._target = resolved = (
            resolved_app(self._app, target)
            if self._app
            else target.resolve(chosen.target, own_secret=chosen.own_secret)
        )
        settings = target.settings.receivers.get(resolved.subscription.name, {})
        baseline = options["baseline"] or settings.get("baseline")
        self._chosen, self._registry = chosen, registry
        self._checks = without_load(checks) if self._app else checks
        self.budget_s = parse_duration(options["time_budget"])
        self.wait_s = parse_duration(options["wait"] or (WAIT if chosen.command else "0s"))
        self.per_second = rate_in(options["rate_limit"])
        self._baseline = Baseline.read(baseline) if baseline else None
        self._is_strict = options["strict"]
        depth, catalog = Depth(options["depth"]), chosen_catalog()
        self.receiver = Receiver(
            subscription=resolved.subscription,
            secret_token=resolved.secret_token,
            acks_before_verifying=bool(
                options["acks_before_verifying"] or settings.get("acks-before-verifying")
            ),
            address=(str(self._app),) if self._app else chosen.address,
        )
        counted = settings if options.get("counts_effects", True) else {}
        observing = observing_of(options["observe"], options["observe_cmd"], counted)
        self.observer = observer_in(*observing, subscription=resolved.subscription)
        self.scope = Scope(
            receiver=self.receiver,
            catalog=catalog,
            events=events_for(self.receiver, catalog, options["events"]),
            depth=depth,
            seed=options["seed"] or (_random_seed() if depth is Depth.DEEP else SEED),
            is_response_strict=options["strict_response"],
            is_observed=self.observer is not None,
            kept=None if options["no_cache"] else _kept(str(self._app or self.receiver.shown)),
            pools=pools_of((), SEED),
            observing=observing_words(*observing),
            loading=tuple(word for file in chosen_files() for word in ("--spec", str(file))),
        )

    @property
    def name(self) -> str:
        """What the receiver is called: its name in the settings, or its URL as it may be shown."""
        return self.receiver.subscription.name or self.receiver.shown

    def print_plan(self) -> None:
        """Print how many requests of which family would be sent."""
        from contracts.plan import GREETING_REQUESTS, Plan  # noqa: PLC0415
        from contracts.reports.console import plan_lines  # noqa: PLC0415 - imports rich

        plan = Plan.of(self._checks, self.scope)
        click.echo(f"to {self.receiver.shown}, depth {self.scope.depth}:")
        click.echo("\n".join(plan_lines(plan, self._registry, greeting=GREETING_REQUESTS)))

    def judged(self, *, as_json: bool) -> RunResult:
        """Run the checks, tell what they find, and return what the run comes to.

        Raises:
            NoReceiverError: No HTTP answer ever came.
            UsageError: The URL may not be sent to, or the receiver cannot be started.
        """
        with ExitStack() as stack:
            app_output = self._app_output()
            zoom_api = _zoom_api(stack) if self._chosen.command else None
            started = self._started(stack, zoom_api)
            try:
                if started:
                    started.wait_until_listening(self.wait_s)
                if zoom_api:
                    zoom_api.wait_until_ready()
                result = self._run(app_output, as_json=as_json)
            except EmitterError:
                _show_output(started or app_output)
                raise
            if result.is_wanting():
                _show_output(started or app_output)
            return result

    def _app_output(self) -> AppOutput | None:
        from contracts.cli.app_output import AppOutput  # noqa: PLC0415

        return AppOutput(self.receiver.secret_token) if self._app else None

    def _started(self, stack: ExitStack, zoom_api: ZoomApiProcess | None) -> StartedReceiver | None:
        from contracts.cli.starting import StartedReceiver  # noqa: PLC0415

        if not self._chosen.command:
            return None
        started = StartedReceiver(
            self._chosen.command,
            url=self.receiver.url,
            secret_token=self.receiver.secret_token,
            secret_variable=self._chosen.secret_variable,
            zoom_api_url=zoom_api.url if zoom_api else "",
        )
        return stack.enter_context(started)

    def _run(self, app_output: AppOutput | None, *, as_json: bool) -> RunResult:
        from contracts.reports import renderer  # noqa: PLC0415
        from contracts.reports.console import ConsoleReporter, console  # noqa: PLC0415 - imports rich
        from contracts.runner import run  # noqa: PLC0415 - imports requests

        out = None if as_json else console()
        reporter = ConsoleReporter(self._registry, out=out, err=console(is_stderr=True))
        if self.observer:
            self.observer.count()  # so that one that cannot be asked is known before anything is sent
        try:
            with self._session(app_output) as session:
                events = run(session, self._checks, self.scope, wait_s=self.wait_s)
                result = _reported(events, reporter, self.concluded)
        finally:
            reporter.close()
        if as_json:
            click.echo(renderer("json")(result), nl=False)
        return result

    def _session(self, app_output: AppOutput | None) -> AbstractContextManager[Session]:
        """Return the way to the receiver: over HTTP, or into the app."""
        limits: dict[str, Any] = {
            "budget_s": self.budget_s,
            "per_second": self.per_second,
            "observer": self.observer,
        }
        if self._app and app_output:
            return called(self.scope, loaded(self._app, self._target, app_output), app_output, **limits)
        from contracts.opening import open_session  # noqa: PLC0415 - imports requests

        return nullcontext(open_session(self.scope, **limits))

    def concluded(self, result: RunResult) -> RunResult:
        """Return the result with what decides which findings count."""
        return replace(result, baseline=self._baseline, is_strict=self._is_strict)


def _kept(receiver: str) -> KeptBodies:
    from platformdirs import user_cache_path  # noqa: PLC0415

    from contracts.generation.keeping import KeptBodies  # noqa: PLC0415

    return KeptBodies(user_cache_path("zoom-emitter", appauthor=False) / "failing", receiver=receiver)


def _reported(
    events: Generator[RunEvent],
    report: Callable[[RunEvent], None],
    concluded: Callable[[RunResult], RunResult],
) -> RunResult:
    """Pass a run's events on and return what it comes to, after Ctrl-C what it came to until then."""
    from contracts.run_events import RunEnded  # noqa: PLC0415

    event: RunEvent | None = None
    try:
        for event in events:
            if isinstance(event, RunEnded):
                break
            report(event)
    except KeyboardInterrupt:
        event = events.throw(KeyboardInterrupt())
    if not isinstance(event, RunEnded):
        raise EmitterError("the run ended without a result")
    ended = RunEnded(result=concluded(event.result))
    report(ended)
    return ended.result


def status_of(result: RunResult) -> int:
    """Return the exit status that a run comes to."""
    if result.is_interrupted:
        return INTERRUPTED
    return FOUND_WANTING if result.is_wanting() else 0


def _zoom_api(stack: ExitStack) -> ZoomApiProcess | None:
    """Start what a started receiver may call in place of Zoom's API, unless the caller names one."""
    from emitter.testing.zoom_api import VARIABLE, ZoomApiProcess  # noqa: PLC0415 - only with --start

    return None if os.environ.get(VARIABLE) else stack.enter_context(ZoomApiProcess())


def _show_output(source: StartedReceiver | AppOutput | None) -> None:
    if source is None:
        return
    lines = source.output()
    click.echo("the receiver's own output" + (":" if lines else ": none"), err=True)
    for line in lines:
        click.echo(f"  {line}", err=True)


def _random_seed() -> str:
    import secrets  # noqa: PLC0415 - only for deep runs

    return str(secrets.randbelow(_RANDOM))
