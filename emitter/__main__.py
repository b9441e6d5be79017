"""The command ``zoom-emitter``, also ``python -m emitter``."""

from __future__ import annotations

import atexit
import gc
import sys

from emitter._version import __version__

_GARBAGE_THRESHOLD = 50_000
"""How many objects are made before Python looks for garbage among them, in place of its own 700."""


def main() -> None:
    """Run the command line; the version is answered before anything else is imported."""
    if sys.argv[1:] == ["--version"]:
        sys.stdout.write(f"zoom-emitter {__version__}\n")
        return
    _look_for_little_garbage()
    from emitter.cli.main import run  # noqa: PLC0415 - see above

    run()


def _look_for_little_garbage() -> None:
    # Modules are a hundred thousand objects that stay. Looking for garbage among them again and again while
    # they load, and once more when the process ends, would be a third of a short command's time.
    gc.set_threshold(_GARBAGE_THRESHOLD)
    atexit.register(gc.freeze)


if __name__ == "__main__":
    main()
