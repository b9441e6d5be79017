"""What a world is made of: names and texts of locales, and what the settings say is known."""

from __future__ import annotations

import functools
from pathlib import Path
from typing import TYPE_CHECKING, Any

import rich_click as click

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from emitter.faking.known import Known
    from emitter.faking.pools import Pools


def locale_option(function: Callable[..., Any]) -> Callable[..., Any]:
    """Add ``--locale`` to a command, which gets it as ``locales: tuple[str, ...]``, empty if not given.

    `pools_of` makes pools of it.
    """

    @click.option(
        "--locale",
        "given",
        multiple=True,
        envvar="ZOOM_EMITTER_LOCALE",
        metavar="LOCALE",
        help="Names and texts of a locale, as [bold]ja_JP[/]; several times, or with commas, for several. "
        "By default those of twenty.",
    )
    @functools.wraps(function)
    def with_locales(*args: Any, given: Sequence[str], **kwargs: Any) -> Any:
        split = (part.strip() for text in given for part in text.split(","))
        return function(*args, locales=tuple(part for part in split if part), **kwargs)

    return with_locales


def pools_of(locales: Sequence[str], seed: str | int) -> Pools | None:
    """Return what a world is made of, or None where what comes with the package will do.

    Raises:
        UnknownNameError: There is no such locale.
        InvalidSettingError: The settings cannot be used.
    """
    # No locale is given then, and the settings know of nobody.
    known = known_world()
    if not locales and not any(known):
        return None
    # Imported here: Faker takes longer to import than most commands to run.
    if locales:
        from emitter.faking.locales import pools_for  # noqa: PLC0415

        return pools_for(locales, seed)._replace(known=known)
    from emitter.faking.pools import bundled_pools  # noqa: PLC0415

    return bundled_pools()._replace(known=known)


def known_world() -> Known:
    """Return what ``[world]`` of the settings in this folder says.

    Raises:
        InvalidSettingError: The settings cannot be used.
    """
    from emitter.settings.file import load_settings  # noqa: PLC0415 - not every command has settings

    return load_settings(Path.cwd()).known
