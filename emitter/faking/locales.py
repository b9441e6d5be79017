"""Pools of chosen locales, drawn from live Faker.

The bundled pools are of twenty locales and need no Faker; only who asks for others pays for drawing them.
"""

from __future__ import annotations

import difflib
import itertools
from typing import TYPE_CHECKING, Final, TypeVar

import faker
from faker import Faker
from faker.config import AVAILABLE_LOCALES

from emitter.errors import InvalidSettingError, UnknownNameError
from emitter.faking.pools import COLLEAGUE_SLOT, Pools
from emitter.faking.provider import ZoomProvider
from emitter.faking.streams import Stream

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

T = TypeVar("T")

_NAMES: Final = 400
_TEXTS: Final = 240
_WORDS: Final = 120
_SEED_BITS: Final = 63
_MAX_SUGGESTIONS: Final = 3
_ENGLISH_EVERY: Final = 4
"""Every fourth text is English, as teams all over the world mix it in."""


def pools_for(locales: Iterable[str], seed: str | int) -> Pools:
    """Return pools of names, companies, cities and texts of these locales in turn.

    Texts are in the locale's language where `emitter.faking.languages` has it, with some English among them,
    otherwise in English; companies and cities are Faker's of the locale. The same arguments and the same
    version of Faker give the same pools; the order of the locales counts. No two people share an address.

    Args:
        locales: At least one, as Faker names them; case does not matter, nor ``-`` for ``_``.
        seed: Decides every value; a number and its decimal text are the same seed.

    Raises:
        UnknownNameError: Faker has no such locale; `suggestions` holds the nearest.
        InvalidSettingError: No locale is given.
    """
    chosen = tuple(dict.fromkeys(map(find_locale, locales)))
    if not chosen:
        raise InvalidSettingError("no locale is given; write for example de_DE")
    tellers = [_Teller(locale, seed, place) for place, locale in enumerate(chosen)]
    names = {name.local_part: name for name in _in_turn(_NAMES, [each.fake.zoom_name for each in tellers])}
    return Pools(
        faker_version=faker.VERSION,
        names=tuple(names.values()),
        companies=_in_turn(_WORDS, [each.fake.company for each in tellers]),
        jobs=_in_turn(_WORDS // 4, [each.job for each in tellers]),
        cities=_in_turn(_WORDS // 2, [each.fake.city for each in tellers]),
        playlist_names=_in_turn(_TEXTS, [each.playlist_name for each in tellers]),
        moment_names=_in_turn(_TEXTS, [each.moment_name for each in tellers]),
        comments=_in_turn(_TEXTS, [each.comment for each in tellers]),
        topics=_in_turn(_WORDS, [each.topic for each in tellers]),
    )


def find_locale(name: str) -> str:
    """Return the locale as Faker names it.

    Raises:
        UnknownNameError: There is none of this name.
    """
    known = {locale.lower(): locale for locale in sorted(AVAILABLE_LOCALES)}
    given = name.strip().replace("-", "_").lower()
    if given in known:
        return known[given]
    language = given.partition("_")[0]
    related = [key for key in known if key.startswith(f"{language}_")]
    related.sort(key=lambda key: key != f"{language}_{language}")
    of_country = [key for key in known if given and key.endswith(f"_{given}")]
    found = related or of_country or difflib.get_close_matches(given, known, n=_MAX_SUGGESTIONS)
    nearest = tuple(known[key] for key in found[:_MAX_SUGGESTIONS])
    raise UnknownNameError("locale", name, nearest, "" if nearest else "write language_COUNTRY, as de_DE")


class _Teller:
    """Somebody of a locale, who writes its language and sometimes English."""

    def __init__(self, locale: str, seed: str | int, place: int) -> None:
        self.fake = Faker(locale)
        self.fake.seed_instance(Stream(seed, "locale", locale, place).below(1 << _SEED_BITS))
        self.fake.add_provider(ZoomProvider)
        self._own = locale.partition("_")[0]
        self._turn = 0

    def playlist_name(self) -> str:
        return str(self.fake.playlist_name(self._language()))

    def moment_name(self) -> str:
        return str(self.fake.moment_name(self._language()))

    def topic(self) -> str:
        return str(self.fake.meeting_topic(self._language()))

    def comment(self) -> str:
        return str(self.fake.coaching_comment(COLLEAGUE_SLOT, self._language()))

    def job(self) -> str:
        return str(self.fake.zoom_job(self._own))

    def _language(self) -> str:
        self._turn += 1
        return "en" if self._turn % _ENGLISH_EVERY == 0 else self._own


def _in_turn(count: int, makers: Sequence[Callable[[], T]]) -> tuple[T, ...]:
    """Return so many values, one of each maker in turn."""
    return tuple(make() for make in itertools.islice(itertools.cycle(makers), count))
