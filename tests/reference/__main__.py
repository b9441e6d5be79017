"""Writes the pages that are made from the code: ``python -m tests.reference docs``."""

from __future__ import annotations

import sys
from pathlib import Path

from contracts.checks_page import page as checks_page
from contracts.registry import Registry
from tests.reference import commands, http_api, python_api, reports, settings

PAGES = {
    "checks.md": lambda: checks_page(Registry.bundled()),
    "reference/commands.md": commands.page,
    "reference/settings.md": settings.page,
    "reference/reports.md": reports.page,
    "reference/http-api.md": http_api.page,
    "reference/python.md": python_api.page,
}


def main(folder):
    """Write every page into the folder of the documentation."""
    for name, page in PAGES.items():
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text(page(), encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
