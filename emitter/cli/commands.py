"""Commands and their subcommands as values, for what is about all of them."""

from __future__ import annotations

import difflib
from typing import TYPE_CHECKING

import rich_click as click

from emitter.cli.main import COMMANDS, imported
from emitter.errors import InvalidSettingError, UnknownNameError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator


def all_commands(names: Iterable[str] = COMMANDS) -> dict[str, click.Command]:
    """Return commands by their names, imported; all of them if not told otherwise."""
    return {name: imported(name) for name in names}


def find_command(text: str) -> tuple[list[str], click.Command, click.Command]:
    """Return the names in ``corpus make``, the command they name, and the first of the names' command.

    Raises:
        UnknownNameError: There is no such command.
        InvalidSettingError: It is several.
    """
    first, *rest = text.split() or [""]
    if first not in COMMANDS:
        raise UnknownNameError("command", first, _nearest(first, COMMANDS))
    command = group = imported(first)
    names = [first]
    for name in rest:
        known = command.commands if isinstance(command, click.Group) else {}
        if name not in known:
            raise UnknownNameError(f"command of {' '.join(names)}", name, _nearest(name, known))
        command = known[name]
        names.append(name)
    if isinstance(command, click.Group):
        raise InvalidSettingError(f"{text!r} is several commands; name one: {', '.join(command.commands)}")
    return names, command, group


def leaves_of(command: click.Command, *names: str) -> Iterator[tuple[tuple[str, ...], click.Command]]:
    """Yield a command, or each command under a group, with its names."""
    if not isinstance(command, click.Group):
        yield names, command
        return
    for name, each in command.commands.items():
        yield from leaves_of(each, *names, name)


def _nearest(name: str, names: Iterable[str]) -> tuple[str, ...]:
    return tuple(difflib.get_close_matches(name, names, n=1))
