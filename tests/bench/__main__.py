"""Measures and prints every figure; exit status 1 if one misses its bar. Run by ``make bench``."""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Final

from tests.bench import calling_back, corpus, delivering, judging, recording, serving, start_up
from tests.bench.figures import table

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.bench.figures import Figure

PARTS: Final[dict[str, Callable[[Path], list[Figure]]]] = {
    "start_up": start_up.figures,
    "delivering": delivering.figures,
    "recording": recording.figures,
    "corpus": corpus.figures,
    "judging": lambda _: judging.figures(),
    "serving": serving.figures,
    "calling_back": calling_back.figures,
}


def main() -> int:
    """Measure everything, or the parts that were asked for, in one run."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument(
        "parts", nargs="*", metavar="PART", help=f"of {', '.join(PARTS)}; all if none is named"
    )
    asked = parser.parse_args().parts
    if unknown := [name for name in asked if name not in PARTS]:
        parser.error(f"no part {unknown[0]!r}; there are {', '.join(PARTS)}")
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as name:
        figures = [figure for part in asked or PARTS for figure in PARTS[part](Path(name))]
    print(table(figures))
    print("medians, in turns with what they are measured beside; processes run the installed wheel")
    return int(any(figure.is_missed for figure in figures))


if __name__ == "__main__":
    sys.exit(main())
