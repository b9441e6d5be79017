"""The judge as a process of its own that is asked test by test: JSON lines in, JSON lines out.

Who asks is `emitter.testing.judge`. Each line in is a question, each line out its answer. ``about`` holds the
options of the tests; questions about the same options are about the same receiver, which is greeted once.
``ask`` is one of

- ``tests``: which there are;
- ``greeting``: whether the receiver can be judged;
- ``test``, with ``code`` and ``event``: what one test comes to;
- ``refusal``, with ``event`` and ``body`` in base64: why it refuses this body;
- ``acceptance``, with ``fault``: what it means that it accepts this.

Where the receiver is in the asking process (``relayed`` among the options), the answer may be a ``call``
first: a request to be made, whose exchange is the next line in. End of input ends the process.
"""

from __future__ import annotations

import base64
import json
import os
import sys
from dataclasses import replace
from pathlib import Path
from random import SystemRandom
from typing import IO, TYPE_CHECKING, Any, Final

from contracts.bodies import ExactBody, Workshop
from contracts.cases import Case
from contracts.cli.apps import without_load
from contracts.cli.choice import ChosenReceiver
from contracts.cli.judgement import Judgement
from contracts.cli.values import names_in
from contracts.expectations import ACKNOWLEDGED
from contracts.findings import EVERY_EVENT
from contracts.greeting import NoReceiverError
from contracts.opening import open_session
from contracts.pacing import Pacer
from contracts.plan import Plan
from contracts.registry import Registry
from contracts.relay import RelayTransport
from contracts.reports.texts import finding_text
from contracts.reports.verdicts import State, verdicts_of
from contracts.run_events import RunEnded
from contracts.runner import run
from contracts.sent import Recipe
from contracts.session import Session
from emitter.cli.target import TargetChoice
from emitter.core.secrets import SecretToken
from emitter.errors import EmitterError
from emitter.settings.file import SPEC_VARIABLE, load_settings

if TYPE_CHECKING:
    from contracts.check import Check
    from contracts.reports.verdicts import Verdict
    from contracts.run_events import RunResult
    from contracts.sent import Sent

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
        options: The options of the tests, by their names without ``--zoom-``; ``secret-token`` where the
            asking process knows it; ``relayed`` where it makes the calls.
        relay: Makes the calls there.

    Raises:
        UsageError: An option cannot be used.
    """

    def __init__(self, options: dict[str, Any], relay: RelayTransport) -> None:
        if options.get("spec"):
            os.environ[SPEC_VARIABLE] = options["spec"]
        registry = Registry.bundled()
        self._registry = registry
        self._relay = relay if options.get("relayed") else None
        checks = registry.select(
            select=names_in(options.get("select")), ignore=names_in(options.get("ignore"))
        )
        self._checks = without_load(checks) if self._relay else checks
        target = TargetChoice(_flags(options), load_settings(Path.cwd()))
        given = {name.replace("-", "_"): options.get(name, _USUAL.get(name)) for name in _OPTIONS}
        given |= {**_NOT_OFFERED, "counts_effects": not options.get("side-by-side")}
        own_secret = SecretToken(options["secret-token"]) if options.get("secret-token") else None
        chosen = ChosenReceiver(target=options["receiver-url"], own_secret=own_secret)
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
        found = {verdict.check.code: self._value(verdict) for verdict in verdicts if verdict.findings}
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
        return self._value(verdict) if verdict else {"state": State.LEFT_OUT, "text": ""}

    def refusal(self, event: str, body: bytes) -> list[dict[str, str]]:
        """Return what is behind the refusal of a body: what the greeting shows, or the body itself."""
        greeting = [check for check in self._checks if check.ends_run]
        case = Case(
            name="this event",
            event=event,
            recipe=Recipe(body=ExactBody(body=body, event=event)),
            expects=ACKNOWLEDGED,
        )
        try:
            result = self._ran(
                [*greeting, replace(self._registry.find("A01"), cases=lambda _: [case])], greets=True
            )
        except NoReceiverError as error:
            return [{"message": str(error), "mend": ""}]
        return [{"message": finding.message, "mend": finding.mend} for finding in result.findings]

    def acceptance(self, fault: str) -> list[dict[str, str]]:
        """Return what the first check that sends this fault says of a receiver that accepts it."""
        found = next(
            (
                check
                for check in self._registry
                for case in check.cases(self._judgement.scope)
                if isinstance(case, Case)
                and case.expects is not ACKNOWLEDGED
                and [each.name for each in case.recipe.faults] == [fault]
            ),
            None,
        )
        if found is None:
            return []
        return [{"message": f"{found.code}: {found.title}. {found.why}", "mend": found.mend.words}]

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

    def _value(self, verdict: Verdict) -> dict[str, Any]:
        """Return a verdict as JSON; a receiver in the asking process has no command that shows it again."""
        findings = [
            replace(finding, reproduce=None) if self._relay else finding for finding in verdict.findings
        ]
        return {"state": verdict.state, "text": "\n\n".join(map(finding_text, findings))}

    def _opened(self) -> Session:
        judgement, scope = self._judgement, self._judgement.scope
        if self._session is None and judgement.observer:
            judgement.observer.count()  # so that one that cannot be asked is known at once
        if self._session is None and self._relay:
            self._session = Session(
                scope.receiver,
                transport=self._relay,
                workshop=Workshop(scope.catalog, seed=scope.seed, rng=SystemRandom(), pools=scope.pools),
                pacer=Pacer(budget_s=judgement.budget_s, per_second=judgement.per_second),
                observer=judgement.observer,
            )
        if self._session is None:
            self._session = open_session(
                scope,
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


def converse(requests: IO[str], answers: IO[str]) -> None:
    """Answer line by line until there are no more; an error on purpose is an answer too."""
    relay = RelayTransport(requests, answers)
    conversations: dict[str, Conversation] = {}
    while line := requests.readline():
        asked = json.loads(line)
        answer: dict[str, Any]
        try:
            key = json.dumps(asked["about"], sort_keys=True)
            if key not in conversations:
                conversations[key] = Conversation(asked["about"], relay)
            answer = _answered(conversations[key], asked)
        except EmitterError as error:
            answer = {"error": str(error), "status": error.exit_status}
        answers.write(json.dumps(answer) + "\n")
        answers.flush()


def _answered(conversation: Conversation, asked: dict[str, Any]) -> dict[str, Any]:
    match asked["ask"]:
        case "tests":
            return {"tests": conversation.tests()}
        case "greeting":
            return conversation.greeted()
        case "test":
            return conversation.tested(asked["code"], asked["event"])
        case "refusal":
            return {"found": conversation.refusal(asked["event"], base64.b64decode(asked["body"]))}
        case _:
            return {"found": conversation.acceptance(asked["fault"])}


if __name__ == "__main__":
    converse(sys.stdin, sys.stdout)
