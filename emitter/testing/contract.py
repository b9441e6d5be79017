"""The contract of a receiver as tests: which there are, and what each comes to, as the judge says."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from emitter.errors import EmitterError

if TYPE_CHECKING:
    from emitter.delivery.transport import Transport
    from emitter.testing.judge import Judge

EVERY_EVENT: Final = "*"


class Contract:
    """One receiver's contract.

    Args:
        judge: Answers.
        options: What it is told of the receiver and of the tests that are wanted.
        greeting: What the receiver's greeting found, where someone has greeted it.
        tests: Which tests there are, where that is known; else the judge is asked.

    Raises:
        UsageError: An option cannot be used.
    """

    def __init__(
        self,
        judge: Judge,
        options: dict[str, Any],
        *,
        greeting: dict[str, Any] | None = None,
        tests: list[dict[str, Any]] | None = None,
    ) -> None:
        self._options = options
        self._judge = judge
        self._greeting = greeting
        self._is_told = False
        self.tests = self._asked({"ask": "tests"}, None)["tests"] if tests is None else tests

    def greeting(self, transport: Transport | None = None) -> dict[str, Any]:
        """Return what the greeting found; the receiver is greeted once."""
        if self._greeting is None:
            try:
                self._greeting = self._asked({"ask": "greeting"}, transport)
            except EmitterError as error:
                self._greeting = {"stopped": str(error), "found": {}}
        return self._greeting

    def verdict(self, test: dict[str, Any], transport: Transport | None = None) -> dict[str, Any]:
        """Return what a test came to: a state and a text.

        Args:
            test: One of `tests`.
            transport: Sends for the judge, where the receiver is in this process.

        Raises:
            EmitterError: The judge cannot answer.
        """
        greeting = self.greeting(transport)
        found = greeting["found"].get(test["code"])
        if found:
            self._is_told = True
            return dict(found)
        if greeting["stopped"]:
            return self._not_judged(greeting)
        if test["is_preflight"]:
            return {"state": "passed", "text": ""}
        return self._asked({"ask": "test", "code": test["code"], "event": test["event"]}, transport)

    def _asked(self, question: dict[str, Any], transport: Transport | None) -> dict[str, Any]:
        return self._judge.ask({"about": self._options, **question}, transport=transport)

    def _not_judged(self, greeting: dict[str, Any]) -> dict[str, Any]:
        """Say once why nothing can be judged, as a failure; the others are skipped."""
        reasons = [greeting["stopped"], *(found["text"] for found in greeting["found"].values())]
        state = "left out" if self._is_told else "failed"
        text = reasons[0] if self._is_told else "\n\n".join(reasons)
        self._is_told = True
        return {"state": state, "text": text}


def name_of(test: dict[str, Any]) -> str:
    """Return ``S01_a_request_with_a_wrong_signature_is_refused``: code and title, for selecting by ``-k``."""
    title = re.sub(r"[^a-z0-9]+", "_", test["title"].lower()).strip("_")
    return f"{test['code']}_{title}"
