"""Processes of the bench of the judge: one that is judged, and one that judges until it has found something.

``python -m tests.bench.judged`` prints the URL of the reference receiver and ends with its standard input;
with a URL it judges what is there and prints a line at the first finding.
"""

from __future__ import annotations

import sys

from contracts.run_events import FindingSeen
from contracts.runner import run
from tests.support.receivers.judging import REGISTRY, receiver_at, scope_for, session_for


def _main() -> None:
    if len(sys.argv) > 1:
        url = sys.argv[1]
        seen = run(session_for(url), REGISTRY.select(), scope_for(receiver_at(url)))
        next(event for event in seen if isinstance(event, FindingSeen))
        print("found", flush=True)
        return
    from tests.support.receivers.reference import right  # noqa: PLC0415 - only in this process
    from tests.support.receivers.serving import receivers_served  # noqa: PLC0415

    with receivers_served() as served:
        print(served.add(right), flush=True)
        sys.stdin.read()


if __name__ == "__main__":
    _main()
