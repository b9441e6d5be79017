"""Whether this runs in a container, where localhost is not the machine the user sits at."""

from __future__ import annotations

import ipaddress
import os
from pathlib import Path
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

CONTAINER_VARIABLE: Final = "container"
"""Podman, systemd and our own image set it to the kind of container; empty means that it is none."""
_MARKS: Final = (".dockerenv", "run/.containerenv")
"""Files that Docker and Podman put into every container."""
_HINT: Final = "localhost is this container itself; a receiver beside it is host.docker.internal"


def is_in_container(environ: Mapping[str, str] = os.environ, *, root: Path = Path("/")) -> bool:
    """Return whether this runs in a container: the variable decides, and where it is not set, the files."""
    kind = environ.get(CONTAINER_VARIABLE)
    return any((root / mark).exists() for mark in _MARKS) if kind is None else bool(kind)


def localhost_hint(host: str) -> str:
    """Return what to try where a host took no connection: empty unless it is loopback in a container."""
    return _HINT if _is_loopback(host) and is_in_container() else ""


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host.lower().rstrip(".") == "localhost"
