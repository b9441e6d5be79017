"""The report for programs: docs/formats.md documents it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

from contracts.findings import Severity
from emitter._version import __version__

if TYPE_CHECKING:
    from contracts.run_events import RunResult

VERSION: Final = 1
"""Of the form; raised only where a key changes its meaning."""


def value(result: RunResult) -> dict[str, Any]:
    """Return the report as JSON: keys are only ever added to."""
    return {
        "version": VERSION,
        "tool": {"name": "zoom-emitter", "version": __version__},
        "spec": {"product": result.product, "events": list(result.events)},
        "receiver": {
            "url": result.receiver.shown,
            "name": result.receiver.subscription.name,
            "language": result.language,
        },
        "summary": {
            **{f"{severity}s": result.count(severity) for severity in (Severity.ERROR, Severity.WARNING)},
            "infos": result.count(Severity.INFO),
            "checks": len(result.checks),
            "cases": len(result.cases),
            "requests": len(result.traffic),
            "left_out": len(result.left_out),
            "depth": result.depth,
            "seed": result.seed,
            "started_at_ms": result.started_at_ms,
            "elapsed_s": round(result.elapsed_s, 3),
            "stopped": result.stopped,
            "is_interrupted": result.is_interrupted,
            "is_observed": result.is_observed,
            "latency": result.latency and result.latency.value(),
            "is_strict": result.is_strict,
            "is_wanting": result.is_wanting(),
            "known": sum(map(result.is_known, result.findings)),
            "mended": [known.value() for known in result.mended()],
        },
        "findings": [
            {**finding.value(), "is_known": result.is_known(finding)} for finding in result.findings
        ],
    }


def render(result: RunResult) -> str:
    """Return the report, indented, with a line end."""
    return json.dumps(value(result), ensure_ascii=False, indent=2) + "\n"
