"""What is known from now on: the findings alone, without texts, times or seeds, so that it changes little."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from contracts.baseline import VERSION, known_findings

if TYPE_CHECKING:
    from contracts.run_events import RunResult


def render(result: RunResult) -> str:
    """Return a baseline of all findings of a run, indented, with a line end."""
    findings = [known.value() for known in known_findings(result.findings)]
    return json.dumps({"version": VERSION, "findings": findings}, ensure_ascii=False, indent=2) + "\n"
