"""The option that chooses whose names and texts a world is made of."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Any

import rich_click as click

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

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
    """Return pools of the locales, or None where none is given and the bundled ones will do.

    Raises:
        UnknownNameError: There is no such locale.
    """
    if not locales:
        return None
    # Imported here: Faker takes longer to import than most commands to run.
    from emitter.faking.locales import pools_for  # noqa: PLC0415

    return pools_for(locales, seed)
