"""Where the log of what runs in the background goes."""

from __future__ import annotations

import logging
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator


@contextmanager
def logging_to_stderr(form: str | None) -> Iterator[None]:
    """Send the app's log to stderr."""
    from emitter.app.logs import JsonLines, TextLines  # noqa: PLC0415

    handler = logging.StreamHandler(sys.stderr)
    is_text = sys.stderr.isatty() if form is None else form == "text"
    handler.setFormatter(TextLines() if is_text else JsonLines())
    logger = logging.getLogger("emitter")
    logger.addHandler(handler)
    level = logger.level
    logger.setLevel(logging.INFO)
    try:
        yield
    finally:
        logger.removeHandler(handler)
        logger.setLevel(level)
