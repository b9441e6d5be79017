"""Draws the pools that come with the package: ``python -m emitter.faking.build_pools``.

The same Faker gives the same file; the file names the Faker it came from.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final

import faker
from faker import Faker

from emitter.faking.pools import COLLEAGUE_SLOT, POOLS_FILE, Pools
from emitter.faking.provider import ZoomProvider

if TYPE_CHECKING:
    from collections.abc import Callable

SEED: Final = 20_250_101

LOCALES: Final = (
    "en_US", "en_GB", "en_IN", "de_DE", "fr_FR", "es_MX", "pt_BR", "it_IT", "nl_NL", "pl_PL", "sv_SE",
    "cs_CZ", "tr_TR", "vi_VN", "ja_JP", "zh_CN", "ko_KR", "ru_RU", "uk_UA", "el_GR",
)  # fmt: skip
"""Where the people of the bundled pools come from; the first fills in companies and texts."""

_NAMES: Final = 400
_TEXTS: Final = 240
_WORDS: Final = 120


def draw_pools(*, seed: int = SEED, locales: tuple[str, ...] = LOCALES) -> Pools:
    """Return pools of names from every locale in turn, and of texts with companies of the first.

    Texts come as often as people write them, so that some are there twice; no two people share an address.

    Args:
        seed: Decides, with Faker's version, every value.
        locales: As Faker names them, at least one.
    """
    fakes = [_fake(locale, seed + place) for place, locale in enumerate(locales)]
    home = fakes[0]
    names = [fakes[turn % len(fakes)].zoom_name() for turn in range(_NAMES)]
    return Pools(
        faker_version=faker.VERSION,
        names=tuple({name.local_part: name for name in names}.values()),
        companies=_drawn(_WORDS, home.company),
        jobs=_drawn(_WORDS // 4, home.zoom_job),
        cities=_drawn(_WORDS // 2, home.city),
        playlist_names=_drawn(_TEXTS, home.playlist_name),
        moment_names=_drawn(_TEXTS, home.moment_name),
        comments=_drawn(_TEXTS, lambda: home.coaching_comment(COLLEAGUE_SLOT)),
        topics=_drawn(_WORDS, home.meeting_topic),
    )


def pools_text(pools: Pools) -> str:
    """Return what ``pools.json`` holds: one value a line, so that a change can be read."""
    parts = pools._asdict()
    del parts["known"]
    lines = [f'  "faker_version": {json.dumps(parts.pop("faker_version"))}']
    for key, items in parts.items():
        rows = ",\n    ".join(json.dumps(item, ensure_ascii=False) for item in items)
        lines.append(f"  {json.dumps(key)}: [\n    {rows}\n  ]")
    return "{\n" + ",\n".join(lines) + "\n}\n"


def main() -> None:
    """Write ``pools.json``."""
    POOLS_FILE.write_text(pools_text(draw_pools()), encoding="utf-8", newline="\n")


def _fake(locale: str, seed: int) -> Faker:
    fake = Faker(locale)
    fake.seed_instance(seed)
    fake.add_provider(ZoomProvider)
    return fake


def _drawn(count: int, make: Callable[[], str]) -> tuple[str, ...]:
    return tuple(make() for _ in range(count))


if __name__ == "__main__":
    main()
