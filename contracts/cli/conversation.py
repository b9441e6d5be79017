"""The judge as a process of its own that is asked test by test: JSON lines in, JSON lines out.

Who asks is `emitter.pytest_receiver`. The first line in holds the options, the first line out the tests there
are; each line after that asks for the greeting or for one test. End of input ends the process.
"""

from __future__ import annotations

import json
import os
import sys
from dataclasses import replace
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, Final

from contracts.cli.choice import ChosenReceiver
from contracts.cli.judgement import Judgement
from contracts.cli.values import names_in
from contracts.findings import EVERY_EVENT
from contracts.greeting import NoReceiverError
from contracts.opening import open_session
from contracts.plan import Plan
from contracts.registry import Registry
from contracts.reports.texts import finding_text
from contracts.reports.verdicts import State, verdicts_of
from contracts.run_events import RunEnded
from contracts.runner import run
from emitter.cli.catalogs import SPEC_VARIABLE
from emitter.cli.settings import load_settings
from emitter.cli.target import TargetChoice
from emitter.errors import EmitterError

if TYPE_CHECKING:
    from contracts.cases import Sent
    from contracts.check import Check
    from contracts.reports.verdicts import Verdict
    from contracts.run_events import RunResult
    from contracts.session import Session

_FLAGS: Final = (
    "secret-token-file", "env-file", "auth", "header", "timeout", "ca-bundle", "insecure", "allow-host",
)  # fmt: skip
_USUAL: Final = {"depth": "default", "time-budget": "10m"}
_OPTIONS: Final = (
    "depth", "time-budget", "wait", "rate-limit", "seed", "events", "baseline", "strict", "strict-response",
    "acks-before-verifying", "observe", "observe-cmd",
)  # fmt: skip
_NOT_OFFERED: Final = {"no_cache": True}
"""Tests may run side by side: no two should write one cache."""


class Conversation:
    """Answers what the tests ask. The session is opened, and its time begins, with the first request.

    Args:
        options: The options of the tests, by their names without ``--zoom-``.

    Raises:
        UsageError: An option cannot be used.
    """

    def __init__(self, options: dict[str, Any]) -> None:
        if options.get("spec"):
            os.environ[SPEC_VARIABLE] = options["spec"]
        registry = Registry.bundled()
        self._checks = registry.select(
            select=names_in(options.get("select")), ignore=names_in(options.get("ignore"))
        )
        target = TargetChoice(_flags(options), load_settings(Path.cwd()))
        given = {name.replace("-", "_"): options.get(name, _USUAL.get(name)) for name in _OPTIONS}
        given |= {**_NOT_OFFERED, "counts_effects": not options.get("side-by-side")}
        chosen = ChosenReceiver(target=options["receiver-url"])
        self._judgement = Judgement(chosen, target, registry, self._checks, **given)
        self._families = {check.code: registry.family(check).name for check in self._checks}
        self._plan = Plan.of(self._checks, self._judgement.scope)
        self._session: Session | None = None
        self._before: list[Sent] = []

    def tests(self) -> list[dict[str, Any]]:
        """Return one test for each check and event."""
        tests = {
            (check.code, event): {
                "code": check.code,
                "title": check.title,
                "family": self._families[check.code],
                "event": event,
                "is_preflight": check.ends_run,
            }
            for check in self._checks
            for event in self._events_of(check)
        }
        return [*tests.values()]

    def greeted(self) -> dict[str, Any]:
        """Greet the receiver; return why it cannot be judged, if so, and what preflight checks found."""
        try:
            result = self._ran([check for check in self._checks if check.ends_run], greets=True)
        except NoReceiverError as error:
            return {"stopped": str(error), "found": {}}
        verdicts = verdicts_of(result)
        found = {verdict.check.code: _value(verdict) for verdict in verdicts if verdict.findings}
        return {"stopped": result.stopped, "found": found}

    def tested(self, code: str, event: str) -> dict[str, Any]:
        """Run the cases of one check and event and return what they come to."""
        check = next(check for check in self._checks if check.code == code)
        cases = [
            planned.case
            for planned in self._plan.cases
            if planned.check is check and planned.case.event == event
        ]
        inspects = check.inspects if event == EVERY_EVENT else None
        result = self._ran([replace(check, cases=lambda _: cases, inspects=inspects)], greets=False)
        verdict = next((each for each in verdicts_of(result) if each.event == event), None)
        return _value(verdict) if verdict else {"state": State.LEFT_OUT, "text": ""}

    def _events_of(self, check: Check) -> list[str]:
        events = [planned.case.event for planned in self._plan.cases if planned.check is check]
        return [*dict.fromkeys(events), *([EVERY_EVENT] if check.inspects else [])]

    def _ran(self, checks: list[Check], *, greets: bool) -> RunResult:
        """Return the result of a run over a part of the checks; it is about that part's traffic only.

        Checks that look back on a run look at all that was sent here until then.
        """
        session = self._opened()
        looks_back = any(check.inspects and not check.ends_run for check in checks)
        if looks_back:
            session.traffic[:0] = self._before
            self._before.clear()
        events = run(session, checks, self._judgement.scope, wait_s=self._judgement.wait_s, greets=greets)
        *_, ended = events
        if not isinstance(ended, RunEnded):
            raise EmitterError("the run ended without a result")
        self._before += session.traffic
        session.traffic.clear()
        return self._judgement.concluded(ended.result)

    def _opened(self) -> Session:
        if self._session is None:
            judgement = self._judgement
            if judgement.observer:
                judgement.observer.count()  # so that one that cannot be asked is known at once
            self._session = open_session(
                judgement.scope,
                budget_s=judgement.budget_s,
                per_second=judgement.per_second,
                observer=judgement.observer,
            )
        return self._session


def _flags(options: dict[str, Any]) -> dict[str, Any]:
    """Return the target options, those that are not given from the environment, as the command does."""
    flags = {
        name: options.get(name) or os.environ.get(f"ZOOM_EMITTER_{name.replace('-', '_').upper()}")
        for name in _FLAGS
    }
    return {**flags, "allow-host": names_in(flags["allow-host"])}


def _value(verdict: Verdict) -> dict[str, Any]:
    return {"state": verdict.state, "text": "\n\n".join(map(finding_text, verdict.findings))}


def converse(requests: IO[str], answers: IO[str]) -> None:
    """Answer line by line until there are no more; an error on purpose is an answer too."""
    conversation: Conversation | None = None
    for line in requests:
        asked = json.loads(line)
        answer: Any
        try:
            if conversation is None:
                conversation = Conversation(asked)
                answer = conversation.tests()
            elif "code" in asked:
                answer = conversation.tested(asked["code"], asked["event"])
            else:
                answer = conversation.greeted()
        except EmitterError as error:
            answer = {"error": str(error), "status": error.exit_status}
        answers.write(json.dumps(answer) + "\n")
        answers.flush()


if __name__ == "__main__":
    converse(sys.stdin, sys.stdout)
