"""The settings file: ``zoom-emitter.toml``, or ``[tool.zoom-emitter]`` of ``pyproject.toml``, in this folder.

A flag wins over the environment, the environment over the file, the file over the default. Unknown keys
are refused with the nearest name, so that a typo never means "use the default".
"""

from __future__ import annotations

import difflib
import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from emitter.errors import InvalidSettingError, UnknownNameError
from emitter.faking.known import NOTHING, Known, known_of
from emitter.settings.keys import COMMAND_TABLES, RECEIVER_KEYS, TOP_KEYS, fits

if TYPE_CHECKING:
    from collections.abc import Mapping

FILE: Final = "zoom-emitter.toml"
TABLE: Final = "tool.zoom-emitter"
"""Where in ``pyproject.toml`` they may stand instead."""
SPEC_VARIABLE: Final = "ZOOM_EMITTER_SPEC"
"""Names files as PATH names folders: with ``:`` between them, ``;`` on Windows."""

_TABLES: Final = ("receivers", "world", *COMMAND_TABLES)


@dataclass(frozen=True, slots=True)
class Settings:
    """What the file says.

    Attributes:
        path: The file, or None where there is none.
        defaults: Values for every command, by option name with hyphens.
        receivers: ``[receivers.NAME]`` tables, each with the defaults beneath it.
        known: What ``[world]`` says is known.
        commands: ``[COMMAND]`` tables: options of one command, by their names without ``--``. Their keys are
            looked at where that command runs.
        own: Those keys of each receiver that stand in its own table.
    """

    path: Path | None = None
    defaults: dict[str, Any] = field(default_factory=dict)
    receivers: dict[str, dict[str, Any]] = field(default_factory=dict)
    known: Known = NOTHING
    commands: dict[str, dict[str, Any]] = field(default_factory=dict)
    own: dict[str, frozenset[str]] = field(default_factory=dict)

    def receiver(self, name: str) -> dict[str, Any]:
        """Return the table of a receiver, or of none for a URL.

        Raises:
            UnknownNameError: No receiver has this name.
        """
        if name in self.receivers:
            return self.receivers[name]
        suggestions = tuple(difflib.get_close_matches(name, self.receivers, n=1))
        hint = f"write a URL such as http://localhost:3000/, or [receivers.{name}] in {FILE}"
        raise UnknownNameError("receiver", name, suggestions, hint)


def load_settings(folder: Path) -> Settings:
    """Read the settings of a folder; a folder without any has the defaults.

    Raises:
        InvalidSettingError: The file is not TOML, or a value has the wrong kind.
        UnknownNameError: It has a key that nothing reads.
    """
    own, project = folder / FILE, folder / "pyproject.toml"
    if own.is_file():
        return _checked(own, _read(own))
    if project.is_file() and (table := _read(project).get("tool", {}).get("zoom-emitter")) is not None:
        return _checked(project, table)
    return Settings()


def specs_of(settings: Settings, environ: Mapping[str, str]) -> list[Path]:
    """Return the webhook documents that the environment names, or else the settings."""
    if named := environ.get(SPEC_VARIABLE):
        return [Path(each) for each in named.split(os.pathsep) if each]
    return [Path(each) for each in settings.defaults.get("spec", [])]


def _read(path: Path) -> dict[str, Any]:
    import tomllib  # noqa: PLC0415 - most folders have no settings

    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise InvalidSettingError(f"{path.name} cannot be read: {error}") from None


def _checked(path: Path, table: Any) -> Settings:
    if not isinstance(table, dict):
        raise InvalidSettingError(f"{path.name}: zoom-emitter is not a table")
    receivers = table.get("receivers", {})
    if not isinstance(receivers, dict) or not all(isinstance(one, dict) for one in receivers.values()):
        raise InvalidSettingError(f"{path.name}: receivers holds one table for each, [receivers.NAME]")
    commands = {key: value for key, value in table.items() if key in COMMAND_TABLES}
    if wrong := next((key for key, value in commands.items() if not isinstance(value, dict)), None):
        raise InvalidSettingError(f"{path.name}: {wrong} holds options of that command, [{wrong}]")
    defaults = {key: value for key, value in table.items() if key not in _TABLES}
    _check_keys(path, "", defaults, TOP_KEYS)
    for name, receiver in receivers.items():
        _check_keys(path, f"receivers.{name}.", receiver, RECEIVER_KEYS)
        if "url" not in receiver:
            raise InvalidSettingError(f"{path.name}: receivers.{name} has no url")
    merged = {name: {**defaults, **receiver} for name, receiver in receivers.items()}
    try:
        known = known_of(table.get("world", {}))
    except InvalidSettingError as error:
        raise InvalidSettingError(f"{path.name}: {error}") from None
    own = {name: frozenset(receiver) for name, receiver in receivers.items()}
    return Settings(path, defaults, merged, known, commands, own)


def _check_keys(path: Path, prefix: str, table: dict[str, Any], known: dict[str, str]) -> None:
    for key, value in table.items():
        if key not in known:
            suggestions = tuple(difflib.get_close_matches(key, [*known, *_tables(prefix)], n=1))
            raise UnknownNameError(f"key in {path.name}", prefix + key, suggestions)
        if not fits(value, known[key]):
            raise InvalidSettingError(f"{path.name}: {prefix}{key} is {value!r}; expected {known[key]}")


def _tables(prefix: str) -> tuple[str, ...]:
    return () if prefix else _TABLES
