"""Every test runs alone: a clean environment, its own home and folder, loopback only, no thread left."""

from __future__ import annotations

import ipaddress
import os
import re
import shutil
import sys
import threading
import time
from pathlib import Path

import pytest
from hypothesis import settings

from emitter.delivery.containers import CONTAINER_VARIABLE
from tests.support.postgres import postgres_server, postgres_url, record

__all__ = ["postgres_server", "postgres_url", "record"]

# What could steer the code under test from outside; everything else, such as PATH, is left alone.
_STEERING = re.compile(
    r"ZOOM_.*|WEBHOOK_SECRET.*|.*_PROXY|REQUESTS_CA_BUNDLE|CURL_CA_BUNDLE|SSLKEYLOGFILE|NETRC"
    r"|NO_COLOR|FORCE_COLOR|CLICOLOR.*|COLUMNS|LINES|TERM|TERMINAL_WIDTH|RICH_.*|FLASK_.*|WERKZEUG_.*|CI",
    re.IGNORECASE,
)
_FOLDERS = {
    "HOME": "home",
    "USERPROFILE": "home",
    "XDG_DATA_HOME": "home/data",
    "XDG_CONFIG_HOME": "home/config",
    "XDG_STATE_HOME": "home/state",
    "WIN_PD_OVERRIDE_LOCAL_APPDATA": "home/data",
    "WIN_PD_OVERRIDE_APPDATA": "home/config",
}
_THREAD_GRACE_S = 2.0
_GUARDED_EVENTS = frozenset({"socket.connect", "socket.sendto", "socket.sendmsg", "socket.bind"})

# Folders of tests are in memory where there is enough: a record waits for the disk at every commit.
_IN_MEMORY = "/dev/shm"  # noqa: S108 - pytest makes a folder of its own in it
_ENOUGH_BYTES = 4 << 30
if Path(_IN_MEMORY).is_dir() and shutil.disk_usage(_IN_MEMORY).free > _ENOUGH_BYTES:
    os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", _IN_MEMORY)

# The same examples in every run, so that a change is what turns a test red; `thorough` looks for others.
settings.register_profile("quick", max_examples=40, deadline=None, derandomize=True)
settings.register_profile("thorough", max_examples=500, deadline=None, print_blob=True)
settings.load_profile("quick")


class LeftTheMachineError(Exception):
    """A test opened a socket that is not on loopback; no OSError, so that nothing handles it."""


def _refuse_everything_but_loopback(event: str, arguments: tuple[object, ...]) -> None:
    if event not in _GUARDED_EVENTS:
        return
    address = arguments[1]
    if not isinstance(address, tuple):  # a path of the file system, or no address at all
        return
    try:
        is_loopback = ipaddress.ip_address(str(address[0]).partition("%")[0]).is_loopback
    except ValueError:
        is_loopback = address[0] == "localhost"
    if not is_loopback:
        raise LeftTheMachineError(f"{event} on {address!r}: tests stay on loopback")


sys.addaudithook(_refuse_everything_but_loopback)


def pytest_collection_modifyitems(items):
    """What needs a service besides is one of the slow tests."""
    for item in items:
        if "postgres_server" in item.fixturenames:
            item.add_marker(pytest.mark.slow)


@pytest.fixture(autouse=True)
def own_surroundings(monkeypatch, tmp_path):
    for name in [name for name in os.environ if _STEERING.fullmatch(name)]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("ZOOM_API_URL", "http://127.0.0.1:9")  # so that `check --start` starts none
    monkeypatch.setenv(CONTAINER_VARIABLE, "")  # wherever the tests run, receivers are beside them
    for name, folder in _FOLDERS.items():
        (tmp_path / folder).mkdir(parents=True, exist_ok=True)
        monkeypatch.setenv(name, str(tmp_path / folder))
    monkeypatch.chdir(tmp_path)


@pytest.fixture(autouse=True)
def no_thread_left():
    before = set(threading.enumerate())
    yield
    deadline = time.monotonic() + _THREAD_GRACE_S
    for thread in set(threading.enumerate()) - before:
        if thread.ident is None:  # just being started by a server that is still up
            continue
        thread.join(max(0.0, deadline - time.monotonic()))
        assert not thread.is_alive(), f"the test left {thread.name} running"
