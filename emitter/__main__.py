"""The command ``zoom-emitter``, also ``python -m emitter``."""

from __future__ import annotations

import sys

from emitter._version import __version__


def main() -> None:
    """Run the command line; the version is answered before anything else is imported."""
    if sys.argv[1:] == ["--version"]:
        sys.stdout.write(f"zoom-emitter {__version__}\n")
        return
    from emitter.cli.main import run  # noqa: PLC0415 - see above

    run()


if __name__ == "__main__":
    main()
