"""The settings of a corpus as the options of the command that makes it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from emitter.core.schedule import format_duration
from emitter.faking.corpus.formats import iso_ms
from emitter.faking.corpus.settings import REALISTIC, SETS, Settings

if TYPE_CHECKING:
    from collections.abc import Callable

_USUAL: Final = Settings()
_SHARE: Final[Callable[[int], str]] = lambda share: f"{share / 10_000:g}%"  # noqa: E731
_OPTIONS: Final[dict[str, Callable[[int], str]]] = {
    "events": str,
    "stories": str,
    "seed": str,
    "start_ms": lambda ms: iso_ms(ms).replace(".000Z", "Z"),
    "span_ms": lambda ms: format_duration(ms / 1000),
    "accounts": str,
    "format": str,
    "compress": str,
    "partition": str,
    "duplicates": _SHARE,
    "late": _SHARE,
    "reorder": _SHARE,
}


def options_of(settings: Settings) -> list[str]:
    """Return the options that give these settings, without those that are usual."""
    counted = settings.events is not None or settings.stories is not None
    usual_sets = (REALISTIC,) if counted else SETS
    options = (
        [] if settings.sets == usual_sets else [part for name in settings.sets for part in ("--set", name)]
    )
    for name, text in _OPTIONS.items():
        value = getattr(settings, name)
        if value != getattr(_USUAL, name):
            options += [f"--{name.removesuffix('_ms')}", text(value)]
    options += [part for name in settings.wanted for part in ("--event", name)]
    options += [part for name in settings.locales for part in ("--locale", name)]
    if settings.shards > 1:
        options += ["--shard", f"{settings.shard}/{settings.shards}"]
    return options
