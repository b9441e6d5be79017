"""What `doctor` looks at: each function looks at one thing and says how it is, and what to do."""

from __future__ import annotations

import email.utils
import importlib.metadata
import os
import platform
import re
import sys
from dataclasses import dataclass
from pathlib import Path
from random import SystemRandom
from typing import TYPE_CHECKING, Any, Final

from emitter._version import __version__
from emitter.errors import EmitterError
from emitter.settings.file import Settings, load_settings

if TYPE_CHECKING:
    from collections.abc import Iterator

    from emitter.cli.target import TargetChoice
    from emitter.core.handshake import Handshake

OK: Final = "ok"
WARNING: Final = "warning"
PROBLEM: Final = "problem"
SURROUNDINGS: Final = 2
FOUND_WANTING: Final = 1
NO_CONNECTION: Final = 3
OLDEST_PYTHON: Final = (3, 11)
_DISTRIBUTION: Final = "zoom-webhook-emitter"
_SHOWN: Final = ("requests", "flask", "sqlalchemy", "schemathesis", "pytest")
_DRIFT_WARNED_S: Final = 30.0
_DRIFT_REFUSED_S: Final = 300.0
"""What receivers take at most, most of them. Source: docs/zoom.md#signing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Examination:
    """How one thing is.

    Attributes:
        name: The thing, in a word.
        text: How it is.
        state: ``ok``, ``warning`` or ``problem``.
        remedy: What to do; empty where all is well.
        status: The exit status of a problem.
    """

    name: str
    text: str
    state: str = OK
    remedy: str = ""
    status: int = 0


def python() -> Examination:
    """Look at the version of Python."""
    text = f"{platform.python_version()} on {platform.system()} {platform.machine()}"
    if sys.version_info >= OLDEST_PYTHON:
        return Examination(name="python", text=text)
    return _problem("python", text, "install Python 3.11 or later")


def versions() -> Examination:
    """Look whether everything that is needed is installed."""
    required = importlib.metadata.requires(_DISTRIBUTION) or []
    names = [_name_in(line) for line in required if "extra ==" not in line]
    found = {name: _version(name) for name in names}
    missing = [name for name, version in found.items() if version is None]
    if missing:
        text = f"zoom-emitter {__version__}, without {', '.join(missing)}"
        return _problem("versions", text, f"pip install --upgrade {_DISTRIBUTION}")
    shown = ", ".join(f"{name} {found[name]}" for name in _SHOWN if name in found)
    return Examination(name="versions", text=f"zoom-emitter {__version__}; {shown}")


def settings(folder: Path) -> tuple[Examination, Settings]:
    """Look whether the settings can be read, those of commands too; return those of a good file."""
    from emitter.cli.commands import all_commands  # noqa: PLC0415 - imports those that have a table
    from emitter.cli.option_tables import default_map  # noqa: PLC0415

    try:
        found = load_settings(folder)
        for name, table in found.commands.items():
            default_map(all_commands([name])[name], table, where=f"{name} in the settings")
    except EmitterError as error:
        remedy = "mend the file; `zoom-emitter config schema` says what it may hold"
        return _problem("settings", str(error), remedy), Settings()
    text = "no zoom-emitter.toml here; none is needed"
    if found.path:
        text = f"{found.path}, receivers: {', '.join(found.receivers) or 'none'}"
    return Examination(name="settings", text=text), found


def database(given: str | None) -> Examination:
    """Look whether the record can be opened; one that is not there yet is not made."""
    from emitter.delivery.places import DATABASE_VARIABLE, place_of, usual_database_path  # noqa: PLC0415
    from emitter.delivery.store import Store  # noqa: PLC0415 - imports SQLAlchemy

    remedy = "name another with --database FILE, or `zoom-emitter deliveries export` and start a new one"
    try:
        chosen = given or os.environ.get(DATABASE_VARIABLE)
        place = place_of(chosen) if chosen else usual_database_path()
        if isinstance(place, Path) and chosen and not place.parent.is_dir():
            return _problem("database", f"there is no folder {place.parent}", "make it, or name another file")
        if isinstance(place, Path) and not place.exists():
            return Examination(name="database", text=f"{place}, made by the first command that sends")
        with Store.open(place):
            pass
    except EmitterError as error:
        return _problem("database", str(error), remedy)
    return Examination(name="database", text=f"{place} can be opened")


def secret(target: TargetChoice, *, is_needed: bool) -> Examination:
    """Look for the secret token, without saying it."""
    from emitter.cli.secret_options import secret_from  # noqa: PLC0415
    from emitter.delivery.secret_sources import words_of  # noqa: PLC0415

    values = target.settings.defaults | {key: value for key, value in target.flags.items() if value}
    try:
        _, source = secret_from(values)
    except EmitterError as error:
        remedy = "export ZOOM_WEBHOOK_SECRET_TOKEN=…, the receiver's own; `check --start` needs none"
        if is_needed:
            return _problem("secret", str(error), remedy)
        return Examination(name="secret", text=str(error), state=WARNING, remedy=remedy)
    return Examination(name="secret", text=f"found: {words_of(source)}")


def clock() -> Examination:
    """Say what this machine's clock shows, where there is no receiver to compare it with."""
    from emitter.delivery.clock import SystemClock  # noqa: PLC0415

    shown = email.utils.formatdate(SystemClock().now_ms() / 1000)
    return Examination(name="clock", text=f"{shown}; name a receiver to compare it with the receiver's")


def started(name: str) -> Examination:
    """Say of a receiver that runs while it is judged only that there is nothing to ask."""
    return Examination(name="receiver", text=f"{name} is started by `zoom-emitter check {name}`")


def receiver(name: str, target: TargetChoice) -> Iterator[Examination]:
    """Look whether a receiver answers, whether its clock and this one agree, and at the handshake."""
    from emitter.core.targets import parse_target  # noqa: PLC0415
    from emitter.delivery.clock import SystemClock  # noqa: PLC0415
    from emitter.delivery.handshake import perform_handshake  # noqa: PLC0415 - imports requests

    try:
        endpoint = target.resolve(name).open()
        handshake = perform_handshake(
            endpoint.subscription,
            secret_token=endpoint.secret_token,
            transport=endpoint.transport,
            clock=SystemClock(),
            rng=SystemRandom(),
        )
    except EmitterError as error:
        yield _problem("receiver", str(error), "")
        return
    shown = parse_target(endpoint.subscription.url).shown
    if not handshake.outcome.is_answer:
        yield Examination(
            name="receiver",
            text=f"{shown}: {handshake.outcome.detail or handshake.outcome.kind}",
            state=PROBLEM,
            remedy="start it, or look at host and port; inside a container: host.docker.internal",
            status=NO_CONNECTION,
        )
        return
    yield Examination(name="receiver", text=f"{shown} answers in {handshake.timing.total_ms:.0f} ms")
    yield _clock(handshake)
    yield _verdict(handshake)


def _clock(handshake: Handshake) -> Examination:
    """Compare this machine's clock with the receiver's, as far as its answer shows it."""
    headers = handshake.answer.headers if handshake.answer else ()
    stated = next((value for name, value in headers if name.lower() == "date"), "")
    try:
        theirs_s = email.utils.parsedate_to_datetime(stated).timestamp()
    except (ValueError, TypeError):
        return Examination(name="clock", text="the receiver states no time to compare with")
    ours_s = (handshake.started_at_ms + handshake.timing.total_ms) / 1000
    drift_s = theirs_s - ours_s
    text = f"the receiver's is {abs(drift_s):.0f} s {'ahead' if drift_s > 0 else 'behind'}"
    remedy = "set both clocks by NTP: receivers refuse what is signed more than five minutes ago or ahead"
    if abs(drift_s) > _DRIFT_REFUSED_S:
        return _problem("clock", text, remedy)
    if abs(drift_s) > _DRIFT_WARNED_S:
        return Examination(name="clock", text=text, state=WARNING, remedy=remedy)
    return Examination(name="clock", text="agrees with the receiver's")


def _verdict(handshake: Handshake) -> Examination:
    verdict = handshake.verdict
    if verdict.is_valid:
        return Examination(name="handshake", text="valid: Zoom would take the answer")
    first = next(iter(verdict.mistakes), None)
    return Examination(
        name="handshake",
        text=f"not valid: {first.title if first else verdict.reason}",
        state=PROBLEM,
        remedy=first.remedy if first else "`zoom-emitter validate-url` shows the answer",
        status=FOUND_WANTING,
    )


def _problem(name: str, text: str, remedy: str) -> Examination:
    return Examination(name=name, text=text, state=PROBLEM, remedy=remedy, status=SURROUNDINGS)


def _name_in(requirement: str) -> str:
    found = re.match(r"[\w.-]+", requirement)
    return found[0].lower() if found else requirement


def _version(name: str) -> Any:
    try:
        return importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        return None
