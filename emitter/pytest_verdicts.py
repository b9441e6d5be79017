"""What the judge says of a test, as pytest says it: failed, skipped, known, or a note at the end."""

from __future__ import annotations

from typing import Any, Final

import pytest

_NOTED: Final = "zoom"
_PLUGIN: Final = "zoom-notes"


def conclude(verdict: dict[str, Any], item: pytest.Item) -> None:
    """End a test as its verdict has it; one that passed just goes on.

    Args:
        verdict: A state and a text, see `emitter.testing.contract.Contract.verdict`.
        item: The test; a note that is no failure is kept with it.

    Raises:
        pytest.fail.Exception: It failed; shown as it is, since no line of Python is to blame.
        pytest.skip.Exception: It was left out.
        pytest.xfail.Exception: What was found is known.
    """
    __tracebackhide__ = True
    match verdict["state"]:
        case "failed":
            pytest.fail(verdict["text"], pytrace=False)
        case "known":
            pytest.xfail("known: it is in the baseline")
        case "left out":
            pytest.skip(verdict["text"].partition("\n")[0] or "left out for time")
        case "noted":
            item.user_properties.append((_NOTED, verdict["text"]))
        case _:
            pass


def show_notes(config: pytest.Config) -> None:
    """Have notes shown at the end of the run; tests that pass show nothing else."""
    if not config.pluginmanager.has_plugin(_PLUGIN):
        config.pluginmanager.register(_Notes(), _PLUGIN)


class _Notes:
    def pytest_terminal_summary(self, terminalreporter: Any) -> None:
        noted = [
            text
            for report in terminalreporter.getreports("passed")
            for name, text in report.user_properties
            if name == _NOTED
        ]
        if noted:
            terminalreporter.section("Zoom webhook receiver: found, but no failure")
            terminalreporter.write_line("\n\n".join(dict.fromkeys(noted)))
