"""Measures and prints every figure; exit status 1 if one misses its bar. Run by ``make bench``."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from tests.bench import calling_back, corpus, delivering, judging, recording, serving, start_up
from tests.bench.figures import table


def main() -> int:
    """Measure everything in one run."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as name:
        folder = Path(name)
        figures = [
            *start_up.figures(folder),
            *delivering.figures(folder),
            *recording.figures(folder),
            *corpus.figures(folder),
            *judging.figures(),
            *serving.figures(folder),
            *calling_back.figures(folder),
        ]
    print(table(figures))
    print("medians, in turns with what they are measured beside; processes run the installed wheel")
    return int(any(figure.is_missed for figure in figures))


if __name__ == "__main__":
    sys.exit(main())
