"""The tests that `emitter.pytest_plugin` adds to a run, and the judge's process they ask."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

import emitter

if TYPE_CHECKING:
    from collections.abc import Iterable

_JUDGE = "contracts.cli.conversation"
_ROOT = "zoom"
_EVERY_EVENT = "*"
_SHOWN_CHARS = 4_000
_GRACE_S = 5.0


class FoundWantingError(Exception):
    """What a test found; shown as it is, since no line of Python is to blame."""


class Judge:
    """The judge's process, started by the first question.

    Args:
        options: The options of the tests, by their names without ``--zoom-``.
    """

    def __init__(self, options: dict[str, Any]) -> None:
        self._options = options
        self._process: subprocess.Popen[str] | None = None
        self._errors = tempfile.TemporaryFile()  # noqa: SIM115 - as long as the process

    def tests(self) -> list[dict[str, Any]]:
        """Start the process and return the tests there are.

        Raises:
            pytest.UsageError: An option cannot be used.
        """
        # The package the judge is in stands first, whatever the repository has of the same name.
        paths = [str(Path(emitter.__file__).parents[1]), *filter(None, [os.environ.get("PYTHONPATH")])]
        self._process = subprocess.Popen(  # noqa: S603 - our own program
            [sys.executable, "-P", "-m", _JUDGE],
            env={**os.environ, "PYTHONPATH": os.pathsep.join(paths), "PYTHONUTF8": "1"},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._errors,
            encoding="utf-8",
        )
        answer = self._answer(self._process, self._options)
        if isinstance(answer, dict):
            raise pytest.UsageError(answer["error"])
        return list(answer)

    def ask(self, question: dict[str, Any]) -> dict[str, Any]:
        """Return the answer to a question.

        Raises:
            FoundWantingError: It cannot be answered, and why.
        """
        if self._process is None:
            self.tests()
        assert self._process is not None  # noqa: S101 - for the type checker
        answer = self._answer(self._process, question)
        if "error" in answer:
            raise FoundWantingError(answer["error"])
        return dict(answer)

    def close(self) -> None:
        """End the process."""
        if self._process and self._process.stdin and self._process.stdout:
            self._process.stdin.close()
            try:
                self._process.wait(_GRACE_S)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()
            self._process.stdout.close()
        self._errors.close()

    def _answer(self, process: subprocess.Popen[str], question: dict[str, Any]) -> Any:
        assert process.stdin and process.stdout  # noqa: S101, PT018 - for the type checker
        try:
            process.stdin.write(json.dumps(question) + "\n")
            process.stdin.flush()
            return json.loads(process.stdout.readline())
        except (OSError, ValueError):
            self._errors.seek(0)
            said = self._errors.read().decode("utf-8", "replace")[-_SHOWN_CHARS:]
            message = f"the judge's process ended; this is a defect of zoom-emitter\n{said}"
            raise FoundWantingError(message) from None


class ReceiverTests:
    """Makes the tests and runs them: a plugin of its own, registered where a receiver is given.

    Args:
        config: The run's.
        options: The options of the tests, by their names without ``--zoom-``.

    Raises:
        pytest.UsageError: An option cannot be used.
    """

    def __init__(self, config: pytest.Config, options: dict[str, Any]) -> None:
        config.addinivalue_line("markers", f"{_ROOT}: a test of a Zoom webhook receiver")
        self._judge = Judge(options)
        handed: dict[str, Any] = getattr(config, "workerinput", {}).get(_ROOT, {})
        self._greeting: dict[str, Any] | None = handed.get("greeting")
        self._tests: list[dict[str, Any]] = handed["tests"] if handed else self._judge.tests()
        self._is_told = False

    @pytest.hookimpl(optionalhook=True)
    def pytest_configure_node(self, node: Any) -> None:
        """Hand a worker of xdist the tests and what the one greeting found."""
        node.workerinput[_ROOT] = {"tests": self._tests, "greeting": self.greeting()}

    @pytest.hookimpl(tryfirst=True)
    def pytest_collection_modifyitems(self, session: pytest.Session, items: list[pytest.Item]) -> None:
        """Add the tests before anyone selects among them."""
        collector = _Receiver.from_parent(session, name=_ROOT, nodeid=_ROOT)
        made = [ReceiverTest.from_parent(collector, test=test, tests=self) for test in self._tests]
        # Else they would be run but not counted.
        report = pytest.CollectReport(_ROOT, "passed", longrepr=None, result=[*made])
        session.ihook.pytest_collectreport(report=report)
        items += made

    def pytest_terminal_summary(self, terminalreporter: Any) -> None:
        """Show what was found and does not fail; tests that pass show nothing else."""
        noted = [
            text
            for report in terminalreporter.getreports("passed")
            for name, text in report.user_properties
            if name == _ROOT
        ]
        if noted:
            terminalreporter.section("Zoom webhook receiver: found, but no failure")
            terminalreporter.write_line("\n\n".join(noted))

    def pytest_unconfigure(self) -> None:
        """End the judge's process."""
        self._judge.close()

    def greeting(self) -> dict[str, Any]:
        """Return what the greeting found; the receiver is greeted once."""
        if self._greeting is None:
            try:
                self._greeting = self._judge.ask({"ask": "greeting"})
            except FoundWantingError as error:
                self._greeting = {"stopped": str(error), "found": {}}
        return self._greeting

    def verdict(self, test: dict[str, Any]) -> dict[str, Any]:
        """Return what a test came to: a state and a text."""
        greeting = self.greeting()
        found = greeting["found"].get(test["code"])
        if found:
            self._is_told = True
            return dict(found)
        if greeting["stopped"]:
            return self._not_judged(greeting)
        if test["is_preflight"]:
            return {"state": "passed", "text": ""}
        return self._judge.ask({"code": test["code"], "event": test["event"]})

    def _not_judged(self, greeting: dict[str, Any]) -> dict[str, Any]:
        """Say once why nothing can be judged, as a failure; the others are skipped."""
        reasons = [greeting["stopped"], *(found["text"] for found in greeting["found"].values())]
        state = "left out" if self._is_told else "failed"
        text = reasons[0] if self._is_told else "\n\n".join(reasons)
        self._is_told = True
        return {"state": state, "text": text}


class _Receiver(pytest.Collector):
    """Stands where a file stands for other tests."""

    def collect(self) -> Iterable[pytest.Item]:
        """Return nothing; the tests are added."""
        return ()


class ReceiverTest(pytest.Item):
    """One check and one event."""

    def __init__(self, *, test: dict[str, Any], tests: ReceiverTests, **known: Any) -> None:
        title = re.sub(r"[^a-z0-9]+", "_", test["title"].lower()).strip("_")
        event = "" if test["event"] == _EVERY_EVENT else f"[{test['event']}]"
        super().__init__(name=f"{test['code']}_{title}{event}", **known)
        self._test = test
        self._tests = tests
        self.add_marker(_ROOT)
        self.extra_keyword_matches |= {test["code"], test["family"]}

    def runtest(self) -> None:
        """Ask the judge."""
        verdict = self._tests.verdict(self._test)
        match verdict["state"]:
            case "failed":
                raise FoundWantingError(verdict["text"])
            case "known":
                pytest.xfail("known: it is in the baseline")
            case "left out":
                pytest.skip(verdict["text"].partition("\n")[0] or "left out for time")
            case "noted":
                self.user_properties.append((_ROOT, verdict["text"]))
            case _:
                pass

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> Any:
        """Return what was found, without a traceback."""
        if isinstance(excinfo.value, FoundWantingError):
            return str(excinfo.value)
        return super().repr_failure(excinfo, style)

    def reportinfo(self) -> tuple[Path, int | None, str]:
        """Return where it is, which is in no file, and its name."""
        return self.path, None, self.name
