"""Whether the process behind a lease still lives."""

from __future__ import annotations

import os
import socket


def is_alive(worker: str) -> bool:
    """Return whether a worker may still be at work; when in doubt it may, and its lease ends by time.

    Args:
        worker: ``host:pid``. Processes of other machines are beyond knowing.
    """
    host, _, pid = worker.rpartition(":")
    if host != socket.gethostname() or not pid.isascii() or not pid.isdecimal():
        return True
    return _process_exists(int(pid))


if os.name == "posix":

    def _process_exists(pid: int) -> bool:
        try:
            os.kill(pid, 0)
        except (ProcessLookupError, OverflowError):
            return False
        except PermissionError:  # somebody else's process
            return True
        return True

else:

    def _process_exists(pid: int) -> bool:  # noqa: ARG001 - here signal 0 would end the process
        return True
