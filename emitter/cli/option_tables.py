"""``[COMMAND]`` tables of the settings: options of one command, as defaults that click falls back on."""

from __future__ import annotations

import difflib
from typing import TYPE_CHECKING, Any, Final

import rich_click as click

from emitter.errors import InvalidSettingError, UnknownNameError
from emitter.settings.keys import TOP_KEYS

if TYPE_CHECKING:
    from collections.abc import Mapping

_NOT_SETTINGS: Final = frozenset({"help", "version", "list", "list-faults", "explain", "dry-run", "all"})
"""Options that ask for something once."""


def options_of(command: click.Command) -> dict[str, click.Option]:
    """Return the options that a command's table may hold, by their names without ``--``.

    Those of the target have a place of their own: at the top of the settings, or with a receiver.
    """
    options = {}
    for option in command.params:
        if isinstance(option, click.Option):
            name = next((each for each in option.opts if each.startswith("--")), "")[2:]
            if name and name not in _NOT_SETTINGS and name not in TOP_KEYS:
                options[name] = option
    return options


def default_map(command: click.Command, table: Mapping[str, Any], *, where: str) -> dict[str, Any]:
    """Return what click takes as a command's defaults.

    Args:
        command: The command, or a group of some.
        table: The table, with one of its own for each command of a group.
        where: How messages name the table, as ``emit in zoom-emitter.toml``.

    Raises:
        UnknownNameError: A key is no option of the command.
        InvalidSettingError: A key of a group is no table.
    """
    if isinstance(command, click.Group):
        for name, part in table.items():
            _known(name, command.commands, f"command of {where}")
            if not isinstance(part, dict):
                raise InvalidSettingError(f"{where}: {name} holds options of that command, in a table")
        return {
            name: default_map(command.commands[name], part, where=f"{where}, {name}")
            for name, part in table.items()
        }
    options = options_of(command)
    defaults = {}
    for key, value in table.items():
        _known(key, options, f"option of {where}")
        _check(value, options[key], f"{where}: {key}")
        defaults[options[key].name or key] = value
    return defaults


def _known(name: str, names: Mapping[str, Any], kind: str) -> None:
    if name in names:
        return
    if name in TOP_KEYS:
        raise UnknownNameError(kind, name, (), "it stands at the top, or in [receivers.NAME]")
    raise UnknownNameError(kind, name, tuple(difflib.get_close_matches(name, names, n=1)))


def kind_of(option: click.Option) -> str:
    """Return what an option takes in the settings: ``true or false``, ``a whole number`` and so on."""
    if option.multiple:
        return "a list of text"
    if option.is_flag:
        return "true or false"
    kinds = {"integer": "a whole number", "integer range": "a whole number", "float": "a number"}
    return kinds.get(option.type.name, "text")


_PYTHONS: Final[dict[str, tuple[type, ...]]] = {
    "a list of text": (list,),
    "true or false": (bool,),
    "a whole number": (int,),
    "a number": (int, float),
    "text": (str,),
}


def _check(value: Any, option: click.Option, where: str) -> None:
    kind = kind_of(option)
    is_right = isinstance(value, _PYTHONS[kind]) and (kind == "true or false" or not isinstance(value, bool))
    if is_right and kind == "a list of text":
        is_right = all(isinstance(item, str) for item in value)
    if not is_right:
        raise InvalidSettingError(f"{where} is {value!r}; expected {kind}")
