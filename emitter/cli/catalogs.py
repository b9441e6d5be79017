"""Which webhook documents a command works with: the bundled one, and each that ``--spec`` names.

``--spec FILE`` may stand before or after the command's name, as often as wanted; what the flags name wins
over `emitter.settings.file.SPEC_VARIABLE`, that over ``spec = [...]`` of the settings. A command asks
`chosen_catalog`.
"""

from __future__ import annotations

import copy
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import rich_click as click

if TYPE_CHECKING:
    from emitter.catalog.events import Catalog

_META: Final = "emitter.cli.catalogs"
_MOST_SHOWN: Final = 3


def chosen_catalog() -> Catalog:
    """Return the events of the bundled document and of every document chosen for the running command.

    Of an event that several documents describe, the last description counts; where they differ, and where
    an event cannot be read, a note says so on stderr.

    Raises:
        InvalidSettingError: A file cannot be opened.
        InvalidSpecError: A file holds no webhook document; the message names file and place.
    """
    from emitter.catalog.files import catalog_with  # noqa: PLC0415 - reads the whole document

    catalog = catalog_with(chosen_files())
    _note(catalog)
    return catalog


def chosen_files() -> list[Path]:
    """Return the files chosen for the running command, in the order in which they are named."""
    context = click.get_current_context(silent=True)
    flags: list[str] = context.find_root().meta.get(_META, []) if context else []
    if flags:
        return [*map(Path, flags)]
    from emitter.settings.file import load_settings, specs_of  # noqa: PLC0415 - most commands have read them already

    return specs_of(load_settings(Path.cwd()), os.environ)


def with_spec_option(command: click.Command) -> click.Command:
    """Return the command, and all commands of a group, with ``--spec``; the given one stays as it is."""
    twin = copy.copy(command)
    twin.params = [*command.params, spec_option()]
    if isinstance(twin, click.Group):
        twin.commands = {name: with_spec_option(each) for name, each in twin.commands.items()}
    return twin


def spec_option() -> click.Option:
    """Return the option; what it names is kept with the command line it stands in."""
    return click.Option(
        ["--spec"],
        multiple=True,
        metavar="FILE",
        expose_value=False,
        callback=_remember,
        allow_from_autoenv=False,
        help="Also load the events of this webhook document; may be repeated.",
    )


def _remember(context: click.Context, _: Any, files: tuple[str, ...]) -> None:
    context.find_root().meta.setdefault(_META, []).extend(files)


def _note(catalog: Catalog) -> None:
    for source, repair in catalog.left_out[:_MOST_SHOWN]:
        click.echo(f"note: {source}: {repair.pointer}: {repair.message}; left out", err=True)
    if more := len(catalog.left_out[_MOST_SHOWN:]):
        click.echo(f"note: {more} more events are left out; `zoom-emitter spec lint` lists them", err=True)
    pairs: dict[tuple[str, str], list[str]] = {}
    for conflict in catalog.conflicts:
        pairs.setdefault((conflict.former, conflict.latter), []).append(conflict.event)
    for (former, latter), events in pairs.items():
        others = f" and {len(events) - 1} more" if len(events) > 1 else ""
        click.echo(f"note: {former} and {latter} differ on {events[0]}{others}; {latter} counts", err=True)
