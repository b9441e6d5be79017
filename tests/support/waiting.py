"""Waits for something that another thread or process does, without sleeping blindly."""

from __future__ import annotations

import threading
import time

_PAUSE_S = 0.02


def wait_for(look, *, within_s=10.0, what="it"):
    """Return what `look` returns as soon as that is true; fail when the time is over."""
    pause = threading.Event()
    end_s = time.monotonic() + within_s
    while not (found := look()):
        assert time.monotonic() < end_s, f"{what} did not happen within {within_s} s"
        pause.wait(_PAUSE_S)
    return found
