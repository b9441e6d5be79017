"""The receivers that the judge is measured on, in a process of their own.

``python -m tests.bench.judged`` prints the URL of the reference receiver, which takes about a
millisecond, then that of one that verifies no signature, and ends with its standard input.
"""

from __future__ import annotations

import subprocess
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING

from tests.support.wheel import ROOT

if TYPE_CHECKING:
    from collections.abc import Iterator


@contextmanager
def served() -> Iterator[tuple[str, str]]:
    """Run the receivers and give their URLs: of the right one, and of the careless one."""
    line = [sys.executable, "-m", "tests.bench.judged"]
    with subprocess.Popen(
        line, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, encoding="utf-8"
    ) as process:
        assert process.stdout
        yield process.stdout.readline().strip(), process.stdout.readline().strip()
        process.communicate(timeout=10)


def _main() -> None:
    from tests.support.receivers.reference import right  # noqa: PLC0415 - only in this process
    from tests.support.receivers.serving import receivers_served  # noqa: PLC0415

    with receivers_served() as receivers:
        print(receivers.add(right), flush=True)
        print(receivers.add(lambda asked: right(asked.signed_anew())), flush=True)
        sys.stdin.read()


if __name__ == "__main__":
    _main()
