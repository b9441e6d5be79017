"""The tests that `--zoom-receiver-url` adds to a run; a plugin, registered where a URL is given."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from emitter.errors import EmitterError
from emitter.pytest_verdicts import conclude, show_notes
from emitter.testing.contract import EVERY_EVENT, Contract, name_of
from emitter.testing.judge import Judge

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

_ROOT = "zoom"


class ReceiverTests:
    """Makes the tests and runs them.

    Args:
        config: The run's.
        options: The options of the tests, by their names without ``--zoom-``.

    Raises:
        pytest.UsageError: An option cannot be used.
    """

    def __init__(self, config: pytest.Config, options: dict[str, Any]) -> None:
        config.addinivalue_line("markers", f"{_ROOT}: a test of a Zoom webhook receiver")
        show_notes(config)
        self._judge = Judge(config.invocation_params.dir)
        handed: dict[str, Any] = getattr(config, "workerinput", {}).get(_ROOT, {})
        try:
            self._contract = Contract(self._judge, options, **handed)
        except EmitterError as error:
            self._judge.close()
            raise pytest.UsageError(str(error)) from None

    @pytest.hookimpl(optionalhook=True)
    def pytest_configure_node(self, node: Any) -> None:
        """Hand a worker of xdist the tests and what the one greeting found."""
        node.workerinput[_ROOT] = {
            "tests": self._contract.tests,
            "greeting": self._contract.greeting(),
        }

    @pytest.hookimpl(tryfirst=True)
    def pytest_collection_modifyitems(self, session: pytest.Session, items: list[pytest.Item]) -> None:
        """Add the tests before anyone selects among them."""
        collector = _Receiver.from_parent(session, name=_ROOT, nodeid=_ROOT)
        made = [ReceiverTest.from_parent(collector, test=test, tests=self) for test in self._contract.tests]
        # Else they would be run but not counted.
        report = pytest.CollectReport(_ROOT, "passed", longrepr=None, result=[*made])
        session.ihook.pytest_collectreport(report=report)
        items += made

    def pytest_unconfigure(self) -> None:
        """End the judge's process."""
        self._judge.close()

    def verdict(self, test: dict[str, Any]) -> dict[str, Any]:
        """Return what a test came to: a state and a text.

        Raises:
            EmitterError: It cannot be said, and why.
        """
        return self._contract.verdict(test)


class _Receiver(pytest.Collector):
    """Stands where a file stands for other tests."""

    def collect(self) -> Iterable[pytest.Item]:
        """Return nothing; the tests are added."""
        return ()


class ReceiverTest(pytest.Item):
    """One check and one event."""

    def __init__(self, *, test: dict[str, Any], tests: ReceiverTests, **known: Any) -> None:
        event = "" if test["event"] == EVERY_EVENT else f"[{test['event']}]"
        super().__init__(name=name_of(test) + event, **known)
        self._test = test
        self._tests = tests
        self.add_marker(_ROOT)
        self.extra_keyword_matches |= {test["code"], test["family"]}

    def runtest(self) -> None:
        """Ask the judge."""
        __tracebackhide__ = True
        try:
            verdict = self._tests.verdict(self._test)
        except EmitterError as error:
            verdict = {"state": "failed", "text": str(error)}
        conclude(verdict, self)

    def reportinfo(self) -> tuple[Path, int | None, str]:
        """Return where it is, which is in no file, and its name."""
        return self.path, None, self.name
