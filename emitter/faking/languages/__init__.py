"""What people write, language by language: one TOML file each, named as Faker's locales begin.

Adding a language is adding a file; slots in braces are those of `emitter.faking.provider`. English is in
`emitter.faking.phrases`.
"""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path
from typing import Final, NamedTuple

from emitter.faking import phrases

_HERE: Final = Path(__file__).parent


class Texts(NamedTuple):
    """Sentences with slots, in one language; each tuple holds at least one."""

    playlist_names: tuple[str, ...]
    moment_names: tuple[str, ...]
    comments: tuple[str, ...]
    topics: tuple[str, ...]
    jobs: tuple[str, ...]


ENGLISH: Final = Texts(
    playlist_names=phrases.ENGLISH_PLAYLIST_NAMES,
    moment_names=phrases.ENGLISH_MOMENT_NAMES,
    comments=phrases.ENGLISH_COMMENTS,
    topics=phrases.ENGLISH_MEETING_TOPICS,
    jobs=phrases.JOBS,
)


@cache
def languages() -> tuple[str, ...]:
    """Return the languages there are texts in, in alphabetical order."""
    return tuple(sorted({"en", *(path.stem for path in _HERE.glob("*.toml"))}))


@cache
def texts_in(language: str) -> Texts:
    """Return the texts in a language, by the two letters of ISO 639-1; in English where there are none.

    Titles of jobs are English where a language has none of its own, as in many teams they are.
    """
    if language == "en" or language not in languages():
        return ENGLISH
    found = tomllib.loads((_HERE / f"{language}.toml").read_text(encoding="utf-8"))
    return Texts(**{"jobs": ENGLISH.jobs} | {key: tuple(texts) for key, texts in found.items()})
